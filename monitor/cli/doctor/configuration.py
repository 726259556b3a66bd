"""What the doctor finds in the configuration: mistakes, secrets, who hears of trouble, how old the office holders are."""

import datetime as dt
from collections.abc import Iterator

from monitor.cli.doctor.diagnosis import Diagnosis, error, ok, warning
from monitor.cli.wiring import require_channels
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError
from monitor.settings.files import Loaded
from monitor.settings.holders import read_holders

# Some office changes hands somewhere every week, but most stories name states, not people.
_HOLDERS_STALE_AFTER = dt.timedelta(days=180)


def configuration(loaded: Loaded) -> Iterator[Diagnosis]:
    """Everything but the database and the network. Secrets are read, so that a missing one is a mistake; nothing is sent."""
    mistakes = (*loaded.errors, *_of_channels(loaded))
    where = f"{loaded.location.folder} ({loaded.location.chosen_by})"
    if mistakes:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        found = f"{count} in {where}, first {mistakes[0]}"
        yield error(
            "configuration", found, "run `relmon check`, which lists them all, secrets that can't be read included"
        )
    else:
        held = f"feeds {len(loaded.feeds)}, watches {len(loaded.watches)}, channels {len(loaded.channels)}"
        yield ok("configuration", f"no mistake in {where}: {held}")
    if loaded.settings.operator.channels:
        yield ok("operator", f"trouble is told to {', '.join(loaded.settings.operator.channels)}")
    else:
        yield warning("operator", "no channel hears of trouble with the program", "name one in `operator.channels`")


def office_holders(loaded: Loaded, today: dt.date) -> Iterator[Diagnosis]:
    """The age of the latest change that the lists know of."""
    holders, _ = read_holders(loaded.documents.actors)
    days = [days.first for listed in holders for days in (listed.holder.begins, listed.holder.ends) if days]
    latest = max((day for day in days if day <= today), default=None)
    if latest is None:
        yield warning("office holders", "none are listed", "add them with `relmon actors add`")
        return
    found = f"{len(holders)} listed, the latest change on {latest}"
    if today - latest > _HOLDERS_STALE_AFTER:
        yield warning("office holders", found, "upgrade, or add the new ones: `relmon actors add`")
    else:
        yield ok("office holders", found)


def _of_channels(loaded: Loaded) -> tuple[Finding, ...]:
    try:
        require_channels(loaded, loaded.channels)
    except ConfigurationError as mistakes:
        return mistakes.findings
    return ()
