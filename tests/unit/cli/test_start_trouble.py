"""Who hears of a database that keeps the daemon from starting, and how often."""

import asyncio
import datetime as dt
from pathlib import Path

from monitor.cli.start_trouble import StartTrouble
from monitor.domain.errors import DatabaseUnavailable
from monitor.settings.files import Loaded, load
from monitor.settings.location import find_config
from tests.integration.worker.servers import Receiver, receiver

NOW = dt.datetime(2026, 1, 5, 12, 0, tzinfo=dt.UTC)
FULL = DatabaseUnavailable("The disk is full.")


def told_at(own: Path, desk: Receiver) -> Loaded:
    """A configuration whose operator hears over a webhook."""
    channels = own / "channels.toml"
    channels.write_text(f'[[channel]]\nid = "console"\nkind = "webhook"\nurl = "{desk.url("/ops")}"\n')
    overrides = {"outbound.allow_webhooks": "127.0.0.0/8"}
    return load(find_config(own, {}), overrides=overrides, environ={"HOME": "/home/someone"})


def start_in_vain(loaded: Loaded, folder: Path | None) -> StartTrouble:
    trouble = StartTrouble.from_environment({"RUNTIME_DIRECTORY": f"{folder}:/run/other"} if folder else {})
    asyncio.run(trouble.tell(loaded, FULL, NOW))
    return trouble


def test_given_starts_in_vain_when_one_succeeds_then_the_operator_has_heard_once_of_each(
    own: Path, tmp_path: Path
) -> None:
    with receiver() as desk:
        loaded = told_at(own, desk)
        for _ in range(3):
            start_in_vain(loaded, tmp_path)
        (notice,) = desk.at("/ops")
    assert b"The disk is full." in notice.body
    begun = StartTrouble.from_environment({"RUNTIME_DIRECTORY": str(tmp_path)})
    recovered = begun.over(NOW)
    assert recovered is not None
    assert "2026-01-05 12:00" in recovered.text
    assert begun.over(NOW) is None


def test_given_a_destination_that_refuses_when_the_next_start_is_in_vain_then_it_is_told_again(
    own: Path, tmp_path: Path
) -> None:
    with receiver() as desk:
        desk.answers["/ops"] = lambda before: (200 if before else 503, {})
        loaded = told_at(own, desk)
        for _ in range(3):
            start_in_vain(loaded, tmp_path)
        assert len(desk.at("/ops")) == 2


def test_given_no_place_to_remember_it_or_a_daemon_that_has_run_when_the_database_fails_then_nobody_is_told(
    own: Path, tmp_path: Path
) -> None:
    with receiver() as desk:
        loaded = told_at(own, desk)
        assert start_in_vain(loaded, None).over(NOW) is None
        ran = StartTrouble.from_environment({"RUNTIME_DIRECTORY": str(tmp_path)})
        assert ran.over(NOW) is None
        asyncio.run(ran.tell(loaded, FULL, NOW))
        assert not desk.at("/ops")
