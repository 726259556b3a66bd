"""One look at an installation from outside, for `relmon status`: what is stored, what waits, who is there, what needs a look.

It reads the database alone, so it tells the same whether a daemon runs or not. How it is shown is status.py's and
live_status.py's.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from monitor import __version__
from monitor.cli.listing import local
from monitor.delivery.wording import printable
from monitor.domain.feeds import FeedState
from monitor.domain.routing import Mute
from monitor.settings.files import Loaded
from monitor.settings.fingerprint import fingerprint
from monitor.storage import mutes, outbox, polls, reloads, schema, workers
from monitor.storage.channels import ChannelState, channel_states
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.outbox import MessageState, StoredMessage
from monitor.storage.overview import Overview, overview
from monitor.storage.reloads import Followed
from monitor.storage.vitals import Vitals, vitals
from monitor.storage.wellbeing import Concern, Verdict, concerns, verdict
from monitor.storage.workers import Presence

FAILING_SHOWN = 20
_LATEST = 30
_DEAD_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that is told, read in one transaction at `at`.

    `failing` are feeds, those first that have failed the longest; `latest` and `dead` messages, the latest first. `workers` are
    the daemons that share the database, where several may. `configuration` is the mark of what the files say now, None where
    they hold mistakes.
    """

    at: dt.datetime
    database: str
    version: str
    schema: str
    configuration: str | None
    overview: Overview
    vitals: Vitals
    failing: tuple[FeedState, ...]
    next_due_at: dt.datetime | None
    channels: tuple[ChannelState, ...]
    latest: tuple[StoredMessage, ...]
    dead: tuple[StoredMessage, ...]
    silent: tuple[Mute, ...]
    """What operators have silenced just now."""
    workers: tuple[Presence, ...]
    followed: tuple[Followed, ...]
    """What each daemon said last of the configuration that it follows."""

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """What isn't well, the grave first."""
        return concerns(self.vitals, self.workers, self.followed)

    @property
    def verdict(self) -> Verdict:
        """Whether all is well."""
        return verdict(self.concerns)

    @property
    def broken(self) -> tuple[ChannelState, ...]:
        """The channels whose destination takes nothing any more."""
        return tuple(channel for channel in self.channels if channel.broken_at is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something that needs a look, or is good to know: a word for its kind, and a sentence."""

    kind: str
    said: str


class Looker:
    """Looks at one database, again and again; what the configuration says is asked once."""

    def __init__(self, database: Database, loaded: Loaded) -> None:
        self._database = database
        # A server's address may hold a password; its name doesn't.
        self._name = database.name if database.is_shared else loaded.settings.database.url
        self._loaded = loaded
        self._configuration = None if loaded.errors else fingerprint(loaded)

    def look(self, now: dt.datetime, *, counted: Overview | None = None) -> Look:
        """Looks. `counted` is what a look before has counted, where that need not be counted anew.

        Raises:
            DatabaseUnavailable: the database can't be read just now.
        """
        with self._database.read() as connection:
            return self._look(connection, now, counted)

    def _look(self, connection: Connection, now: dt.datetime, counted: Overview | None) -> Look:
        paused = [feed.id for feed in self._loaded.feeds if feed.is_paused(now)]
        return Look(
            at=now,
            database=self._name,
            version=__version__,
            schema=schema.NEWEST,
            configuration=self._configuration,
            overview=counted or overview(connection),
            vitals=vitals(connection, channels=tuple(self._loaded.channel_entries), now=now, paused=paused),
            failing=polls.failing_feeds(connection),
            next_due_at=polls.next_due_at(connection),
            channels=channel_states(connection),
            latest=outbox.messages(connection, limit=_LATEST),
            dead=outbox.messages(connection, limit=_DEAD_SHOWN, states=[MessageState.DEAD]),
            silent=mutes.ended_after(connection, now),
            workers=workers.present(connection),
            followed=reloads.followed(connection),
        )


def points(look: Look) -> Iterator[Point]:
    """What needs a look, the gravest first."""
    for channel in look.broken:
        yield Point(kind="Broken", said=f"channel {channel.channel_id}: {printable(channel.broken_reason or '')}")
    for worker in look.workers:
        if worker.configuration != look.workers[-1].configuration:
            yield Point(
                kind="Behind",
                said=f"{worker.owner} follows configuration {worker.configuration}, {look.workers[-1].owner} a newer one",
            )
    yield from _of_configuration(look)
    for message in look.dead:
        yield Point(kind="Dead", said=f"{message.message.channel_id}: {title(message)}{_answer(message)}")
    if (more := look.vitals.messages[MessageState.DEAD] - len(look.dead)) > 0:
        yield Point(kind="", said=f"... and {more} more; `relmon deliveries list --state dead` names them all")
    for feed in look.failing[:FAILING_SHOWN]:
        times = "once" if feed.failures == 1 else f"{feed.failures} times"
        yield Point(kind="Failing", said=f"{feed.feed_id} ({times}): {printable(feed.last_error or '')}")
    if (more := len(look.failing) - FAILING_SHOWN) > 0:
        yield Point(kind="", said=f"... and {more} more; `--json` names them all")
    for mute in look.silent:
        reason = printable(mute.reason) or "no reason given"
        yield Point(kind="Silent", said=f"until {local(mute.ends_at)} by {mute.id}: {reason}")


def _of_configuration(look: Look) -> Iterator[Point]:
    """What stands between the files and what a daemon follows."""
    for one in look.followed:
        daemon = f"{one.owner} has" if len(look.followed) > 1 else "the daemon has"
        if one.refused_at is not None:
            since = f"since {local(one.refused_at)}; what it took up at {local(one.taken_up_at)} stands"
            yield Point(kind="Refused", said=f"{daemon} refused the edited configuration {since}")
        for mistake in one.mistakes:
            yield Point(kind="", said=printable(mistake))
        if one.restart:
            yield Point(kind="Restart", said=f"{daemon} to be restarted for {', '.join(one.restart)} to count")


def title(message: StoredMessage) -> str:
    """What a message is about, in a line."""
    return printable(message.message.title) or message.message.kind.value


def _answer(message: StoredMessage) -> str:
    return f" | {printable(message.answer)}" if message.answer else ""


_State = TypeVar("_State", bound=StrEnum)


def states(counts: Mapping[_State, int]) -> str:
    """Such as "3 delivered, 1 pending"; "none" where all are zero."""
    return ", ".join(f"{count} {state.value}" for state, count in counts.items() if count) or "none"


def span(duration: dt.timedelta) -> str:
    """A duration in its two largest units: "2 h 5 min"."""
    seconds = int(duration.total_seconds())
    parts = [(seconds // 86_400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((number for number, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def duties(worker: Presence) -> str:
    """What a daemon does of the work."""
    return " and ".join(worker.duties) or "shows how the others are"
