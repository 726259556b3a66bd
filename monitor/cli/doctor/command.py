"""`relmon doctor`: one page about everything that the daemon needs."""

import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.common import config_option, database_option, json_option, locate, set_up_log, tells_errors
from monitor.cli.doctor.configuration import configuration, office_holders
from monitor.cli.doctor.database import database as of_database
from monitor.cli.doctor.diagnosis import Diagnosis, Health, ok
from monitor.cli.doctor.outside import outside
from monitor.cli.wiring import utc_now
from monitor.settings.files import Loaded, examine


@click.command()
@config_option
@database_option
@json_option
@click.option("--offline", is_flag=True, help="Ask no host of a feed.")
@tells_errors
def doctor(config_folder: Path | None, database: str | None, *, as_json: bool, offline: bool) -> None:
    """Look at everything that the daemon needs, and say what to do where something is wrong.

    Version, configuration, office holders, database, disk, permissions, daemon, feeds, channels, messages, certificates,
    network, clock. No message is sent. Asks up to three hosts of feeds whether they answer.

    Exit codes: 0 where all works, warnings or not; 1 where something doesn't.
    """
    overrides = {} if database is None else {"database.url": database}
    loaded = examine(locate(config_folder), overrides=overrides, environ=os.environ)
    set_up_log(loaded)
    found = tuple(_examined(loaded, offline=offline))
    if as_json:
        click.echo(json.dumps(_report(found), ensure_ascii=False, indent=2))
    else:
        for line in _lines(found):
            click.echo(line)
    if any(one.health is Health.ERROR for one in found):
        sys.exit(1)


def _examined(loaded: Loaded, *, offline: bool) -> Iterator[Diagnosis]:
    now = utc_now()
    yield ok("version", f"relmon {__version__}, Python {platform.python_version()}, {platform.system()}")
    yield from configuration(loaded)
    yield from office_holders(loaded, now.date())
    yield from of_database(loaded.settings.database.url, now)
    if not offline:
        yield from outside(loaded)


def _lines(found: tuple[Diagnosis, ...]) -> Iterator[str]:
    for one in found:
        yield f"{one.health.value:<7}  {one.what:<14}  {one.found}"
        if one.do:
            yield f"{'':<25}  → {one.do}"
    wrong, doubtful = (sum(one.health is health for one in found) for health in (Health.ERROR, Health.WARNING))
    yield ""
    yield "All is well." if not wrong + doubtful else f"{wrong} wrong, {doubtful} worth a look."


def _report(found: tuple[Diagnosis, ...]) -> dict[str, object]:
    return {
        "ok": all(one.health is not Health.ERROR for one in found),
        "findings": [
            {"what": one.what, "health": one.health.value, "found": one.found, "do": one.do or None} for one in found
        ],
    }
