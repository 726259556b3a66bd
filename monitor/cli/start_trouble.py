"""A database that keeps the daemon from starting, told to the channels under `[operator]` (P24).

There is no database then in which to remember that it was told, and a supervisor starts the daemon anew every few seconds. So a
file in the runtime folder says it, which systemd keeps between such starts and which is on no disk. Where there is no such
folder, standard error alone tells: rather that than a message every five seconds. Once the daemon runs, trouble with the database
is worker/database_trouble's.
"""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from monitor.cli.wiring import USER_AGENT, require_channels, ways
from monitor.delivery.channel import build
from monitor.domain.delivery import Notice
from monitor.domain.errors import ConfigurationError, DatabaseUnavailable
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.files import Loaded
from monitor.worker.notices import tell_directly

_MARK = "database-trouble-told"


class StartTrouble:
    """Keeps in mind, from one start to the next, whether the operator knows. `mark` is None where there is no place for it."""

    def __init__(self, mark: Path | None) -> None:
        self._mark = mark
        self._has_started = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "StartTrouble":
        """With the first folder in RUNTIME_DIRECTORY, as systemd.exec(5) has it."""
        folder = environ.get("RUNTIME_DIRECTORY", "").partition(":")[0]
        return cls(Path(folder) / _MARK if folder else None)

    async def tell(self, loaded: Loaded, error: DatabaseUnavailable, now: dt.datetime) -> None:
        """Tells it once, until a start succeeds. What nobody took is told at the next start."""
        if self._mark is None or self._has_started or not loaded.settings.operator.channels:
            return
        try:
            with self._mark.open("x", encoding="ascii") as written:
                written.write(now.isoformat())
        except OSError:  # it was told, or could not be remembered
            return
        # A mistake in the configuration is told by the first start that gets beyond the database.
        with suppress(ConfigurationError):
            if await _send(loaded, _down(error, now)):
                return
        self._mark.unlink(missing_ok=True)

    def over(self, now: dt.datetime) -> Notice | None:
        """The daemon has started; what the operator is to hear of that."""
        self._has_started = True
        if self._mark is None or not self._mark.exists():
            return None
        with suppress(OSError, ValueError):
            since = dt.datetime.fromisoformat(self._mark.read_text(encoding="ascii"))
            self._mark.unlink()
            return _back(since, now)
        return None


async def _send(loaded: Loaded, notice: Notice) -> bool:
    require_channels(loaded, loaded.channels)
    policy = AddressPolicy.parse(loaded.settings.outbound.allow_webhooks, setting="allow_webhooks")
    async with HttpClient(policy, USER_AGENT) as http:
        outside = ways(loaded, http)
        channels = {spec.id: build(spec, outside) for spec in loaded.channels}
        return await tell_directly(channels, loaded.settings.operator.channels, notice)


def _down(error: DatabaseUnavailable, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"not-started:{now.isoformat()}",
        title="Relation Monitor can't start: its database can't be used",
        text=f"{error} Until it can, nothing is polled or sent; it is tried again and again, and nothing is lost.",
        at=now,
    )


def _back(since: dt.datetime, now: dt.datetime) -> Notice:
    return Notice(
        dedup_key=f"started-again:{since.isoformat()}",
        title="Relation Monitor has started again",
        text=f"Its database could not be used since {since:%Y-%m-%d %H:%M} UTC. Polls and sends go on.",
        at=now,
    )
