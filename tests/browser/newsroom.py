"""A month of the newsroom in a database, as the daemon itself would have written it, and the papers that go on printing.

The papers are served on loopback and their feeds polled by the daemon's own poller, every four hours on a clock that is set to the month's
hours; what the clock brings about (digests, summaries, held alerts) comes as it would in the daemon. Then people put
things right, and everything is sent by the daemon's own dispatcher. Only the database's clock can't be set: what it has stamped on the
sending is brought forward at the end to where it belongs.
"""

import asyncio
import datetime as dt
import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

from sqlalchemy import text

from monitor.cli.wiring import classifier_source, desk_of, gatherer_of, ways
from monitor.delivery.channel import build
from monitor.domain.feeds import FeedSource
from monitor.domain.stories import relation_of
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.files import Loaded, examine
from monitor.settings.location import find_config
from monitor.storage import polls, schema
from monitor.storage.engine import Database, open_database
from monitor.storage.stories import stories_between
from monitor.worker import putting_right
from monitor.worker.desk import Desk
from monitor.worker.dispatch import Dispatcher
from monitor.worker.due import tell_due
from monitor.worker.jobs import Jobs
from monitor.worker.poll import Poller
from monitor.worker.switchboard import Switchboard
from monitor.worker.takeover import take_over
from tests.browser.month import DAYS, PAPERS, Entry, month
from tests.integration.worker.servers import Publisher, Receiver, publisher, receiver

_HOUR = dt.timedelta(hours=1)
_STEP = dt.timedelta(hours=4)
_PRINTED = 25
"""How many entries a paper's feed holds."""

_LEASE = dt.timedelta(hours=1)
_WORKER = "newsroom"
_TROUBLED: Mapping[str, str] = {
    "broken-shore": "Broken Shore Daily",
    "moved-gazette": "Moved Gazette",
    "closed-courier": "Closed <b>Courier</b> & Sons",
    "evening-bell": "The Evening Bell",
}
"""Feeds that do badly since some days: an error, a web page, an end, and no more news."""

TROUBLE_BEGAN = dt.timedelta(days=2)
TOKEN = "the-key-hangs-behind-the-door"
"""What people sign in with where the newsroom is opened with it."""

LIVE = "live-wire"
"""Polled every second by a daemon that runs on the newsroom; all others hourly."""


@dataclass(slots=True)
class Newsroom:
    """The month, with what a daemon needs to go on with it. `port` is where its pages will be found."""

    folder: Path
    wire: Publisher
    desk: Receiver
    port: int
    entries: tuple[Entry, ...] = field(default=(), repr=False)

    @property
    def database(self) -> str:
        """The address of its database."""
        return f"sqlite:///{self.folder / 'monitor.db'}"

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    def slack_messages(self) -> list[str]:
        """What Slack has received, the oldest first."""
        return [one.body.decode() for one in self.desk.at("/slack")]

    def report(self, *titles: str) -> None:
        """Has the live wire print these at once, the newest last."""
        now = dt.datetime.now(dt.UTC)
        entries = [
            Entry(paper=LIVE, guid=title, at=now, title=title, summary="", link=f"https://{LIVE}.example/{number}")
            for number, title in enumerate(titles)
        ]
        self.wire.documents[f"/{LIVE}"] = document("Live Wire", entries, now)


@contextmanager
def open_newsroom(folder: Path, until: dt.datetime) -> Iterator[Newsroom]:
    """The newsroom at the end of its month; papers and destinations answer while the block lasts."""
    with publisher() as wire, receiver() as desk:
        room = Newsroom(folder=folder, wire=wire, desk=desk, port=_free_port(), entries=month(until))
        desk.answers = {"/archive": _refuses_some, "/former-desk": lambda _: (410, {})}
        _configure(room)
        loaded = examine(find_config(folder, {}), overrides={}, environ={})
        assert not loaded.errors, loaded.errors
        database = open_database(room.database)
        try:
            schema.upgrade(database)
            asyncio.run(_Play(room, loaded, database, until).all())
        finally:
            database.close()
        yield room


def _refuses_some(before: int) -> tuple[int, Mapping[str, str]]:
    """Refuses a message now and then, so often that it becomes a dead letter."""
    return (400, {}) if before % 29 in range(3) else (200, {})


def _configure(room: Newsroom) -> None:
    feeds = [
        f'[[feed]]\nid = "{paper.id}"\nurl = "{room.wire.url("/" + paper.id)}"\ntitle = "{paper.title}"\n'
        f'publisher = "{paper.title}"\nlanguage = "{paper.language}"\nevery = "1h"\n'
        for paper in PAPERS.values()
    ]
    feeds += [
        f'[[feed]]\nid = "{name}"\nurl = "{room.wire.url("/" + name)}"\ntitle = "{title}"\nlanguage = "en"\nevery = "1h"\n'
        for name, title in _TROUBLED.items()
    ]
    feeds.append(f'[[feed]]\nid = "sleepy-sun"\nurl = "{room.wire.url("/sleepy-sun")}"\npaused = true\n')
    feeds.append(
        f'[[feed]]\nid = "{LIVE}"\nurl = "{room.wire.url("/" + LIVE)}"\ntitle = "Live Wire"\nlanguage = "en"\n'
        'every = "1s"\nfirst_poll = "alert"\n'
    )
    allowed = json.dumps([f"127.0.0.1:{room.wire.port}"])
    files = {
        "monitor.toml": (
            f'[poll]\nhost_spacing = "0s"\nchildren = 1\n[delivery]\nretry = ["0s", "0s", "0s"]\n'
            f"[outbound]\nallow_feeds = {allowed}\n"
            f'allow_webhooks = ["127.0.0.1:{room.desk.port}"]\n[alerts]\nzone = "Pacific/Fiji"\n'
            f'[operator]\nchannels = ["archive"]\n[web]\nport = {room.port}\npublic_url = "{room.address}"\n'
            'token = "file:token"\n'
        ),
        "feeds.toml": "\n".join(feeds),
        "channels.toml": (
            '[[channel]]\nid = "slack"\nkind = "slack"\nurl = "file:slack-webhook"\n'
            f'[[channel]]\nid = "archive"\nkind = "webhook"\nurl = "{room.desk.url("/archive")}"\n'
            f'[[channel]]\nid = "former-desk"\nkind = "webhook"\nurl = "{room.desk.url("/former-desk")}"\n'
        ),
        "watches.toml": (
            '[[watch]]\nid = "fiji-tonga"\nname = "Fiji and Tonga"\nbetween = ["FJI", "TON"]\nsend = ["slack"]\n'
            'follow_ups = ["happened", "denied"]\nindex_changes = true\n'
            '[[watch]]\nid = "everything"\nname = "Everything of note"\nmin_severity = "notable"\nsend = ["archive"]\n'
            'quiet = { from = "22:00", to = "07:00", unless = "critical" }\nat_once = "major"\ndigest = ["07:30"]\n'
            '[[watch]]\nid = "indian-ocean"\nname = "Indian Ocean"\nbetween = [["MUS", "MDV"], ["SYC", "BTN"]]\n'
            'send = ["former-desk"]\n'
        ),
    }
    for name, content in files.items():
        (room.folder / name).write_text(content)
    for name, secret in {"slack-webhook": room.desk.url("/slack"), "token": TOKEN}.items():
        file = room.folder / name
        file.touch(0o600)
        file.write_text(secret)


class _Play:
    """The month, four hours at a time."""

    def __init__(self, room: Newsroom, loaded: Loaded, database: Database, until: dt.datetime) -> None:
        self._room = room
        self._loaded = loaded
        self._database = database
        self._until = until
        self._now = until - dt.timedelta(days=DAYS)

    async def all(self) -> None:
        loaded, policy = self._loaded, AddressPolicy.parse(["127.0.0.0/8"])
        jobs = Jobs(classifier_source(loaded.documents), children=1, parse_limit=dt.timedelta(seconds=5))
        async with HttpClient(policy, "relation-monitor/newsroom") as client:
            outside = ways(loaded, client)
            channels = Switchboard(
                loaded.channels,
                reread=lambda spec: spec,
                # A month of Slack's messages, one a second, would keep everybody waiting.
                build=lambda spec: replace(build(spec, outside), spacing=dt.timedelta(0)),  # type: ignore[type-var]
            )
            desk = desk_of(loaded, channels)
            take_over(self._database, feeds=loaded.feeds, channels=channels, now=self._now)
            poller = Poller(
                database=self._database,
                client=client,
                jobs=jobs,
                gate=HostGate(dt.timedelta(0), 8),
                desk=desk,
                limits=FetchLimits(),
                concurrency=8,
                sample=None,
                clock=lambda: self._now,
            )
            try:
                await self._hours(poller, desk)
                self._put_right(desk)
            finally:
                await jobs.close()
            dispatcher = Dispatcher(
                database=self._database,
                channels=channels,
                operator=(),
                schedule=(dt.timedelta(0),) * 3,
                owner=_WORKER,
                clock=lambda: self._now,
            )
            await dispatcher.round()
        self._set_the_clock_of_sending()

    async def _hours(self, poller: Poller, desk: Desk) -> None:
        """Polls the papers that have printed something since; once a day, all."""
        waiting = list(self._room.entries)
        edits = [(one.edited[0], one.paper) for one in waiting if one.edited]
        while self._now < self._until:
            last, self._now = self._now, min(self._now + _STEP, self._until)
            printing = {paper for at, paper in edits if last < at <= self._now}
            while waiting and waiting[0].at <= self._now:
                printing.add(waiting.pop(0).paper)
            due = [
                feed
                for feed in self._loaded.feeds
                if feed.id in printing or (last.hour < _STEP // _HOUR and feed.id != LIVE)
            ]
            if due:
                self._print()
                await asyncio.gather(*(poller.poll(*claimed) for claimed in self._claim(due)))
            tell_due(self._database, desk, self._now)

    def _claim(self, feeds: Sequence[FeedSource]) -> list[tuple[FeedSource, polls.PollClaim]]:
        by_id = {feed.id: feed for feed in feeds}
        with self._database.write() as connection:
            claims = polls.claim_due(
                connection, owner=_WORKER, limit=len(by_id), lease=_LEASE, due_by=None, only=sorted(by_id)
            )
        return [(by_id[claim.state.feed_id], claim) for claim in claims]

    def _print(self) -> None:
        room = self._room
        for paper in PAPERS.values():
            printed = [one for one in room.entries if one.paper == paper.id and one.at <= self._now]
            room.wire.documents[f"/{paper.id}"] = document(paper.title, printed[-_PRINTED:], self._now)
        quiet = _quiet_entry(self._until - dt.timedelta(days=DAYS - 1))
        for name, title in _TROUBLED.items():
            room.wire.documents[f"/{name}"] = document(title, [quiet], self._now)
        if self._now > self._until - TROUBLE_BEGAN:
            room.wire.documents["/broken-shore"] = None
            room.wire.documents["/moved-gazette"] = (
                b"<!doctype html><title>Moved</title><p>We have moved, do come in.</p>"
            )
            room.wire.refusals["/closed-courier"] = (410, "")
        room.wire.documents[f"/{LIVE}"] = document("Live Wire", [], self._now)

    def _put_right(self, desk: Desk) -> None:
        """What people do: one story is taken back, and two that are one are made one."""
        with self._database.write() as connection:
            between = {
                pair: {story.type: story for story in stories_between(connection, limit=99, relation_name=pair)}
                for pair in (relation_of("GAB", "CPV"), relation_of("URY", "PRY"))
            }
            gabon, uruguay = between.values()
            reason = "the two have left for a holiday"
            putting_right.retract(connection, gabon["diplomat.expelled"], reason, desk.channels, self._now)
            one, whole = uruguay["agreement.reached"], uruguay["agreement.signed"]
            putting_right.merge(connection, one, whole, gatherer_of(self._loaded), self._now)

    def _set_the_clock_of_sending(self) -> None:
        """Each attempt to when it would have been: seconds after the message was put in, later ones after their pauses."""
        with self._database.write() as connection:
            for statement in _SENDING_BROUGHT_FORWARD:
                connection.execute(text(statement))


def _quiet_entry(at: dt.datetime) -> Entry:
    return Entry(paper="", guid="quiet", at=at, title="Bell tower to be painted in autumn", summary="", link=None)


def document(title: str, entries: Sequence[Entry], now: dt.datetime) -> bytes:
    """A paper's feed, the newest entry first."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{one.guid}</guid><title>{escape(escape(one.title_at(now), quote=False))}</title>"
        f"<description>{escape(escape(one.summary))}</description>"
        f"<pubDate>{one.at:%a, %d %b %Y %H:%M:%S} GMT</pubDate>{_link(one)}</item>"
        for one in reversed(entries)
    )
    return f"<rss version='2.0'><channel><title>{escape(title)}</title>{items}</channel></rss>".encode()


def _link(entry: Entry) -> str:
    return f"<link>{escape(entry.link)}</link>" if entry.link else ""


_SENDING_BROUGHT_FORWARD = (
    """
    UPDATE attempt SET at = (
        SELECT strftime('%Y-%m-%d %H:%M:%f', message.created_at, '+' || (attempt.attempt * attempt.attempt * 4) || ' seconds')
        FROM message WHERE message.id = attempt.message_id)
    """,
    """
    UPDATE message SET settled_at = (SELECT max(at) FROM attempt WHERE attempt.message_id = message.id)
    WHERE settled_at IS NOT NULL
    """,
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
