"""An installation that moves from one kind of database to the other, and back."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from monitor.cli import main
from monitor.domain.errors import CopyFailed
from monitor.domain.routing import Watch
from monitor.domain.searching import read_search
from monitor.domain.taxonomy import Severity
from monitor.storage import outbox, schema, workers
from monitor.storage.copying import copy_rows
from monitor.storage.engine import Database, open_database
from monitor.storage.fulltext import ITEM_TEXT, newest_matches
from monitor.storage.tables import METADATA
from monitor.storage.workers import Presence
from tests.integration.worker.archive import Archive, open_archive
from tests.unit.stories.reports import MEETING, NOON, item, report

DAY = dt.timedelta(days=1)


def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in the order of their keys."""
    with database.read() as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in METADATA.sorted_tables
        }


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A few stories, told and silenced, with a message on its way."""
    with open_archive(tmp_path) as opened:
        opened.watches = [Watch(id="reef", name="Reef", between=(), channels=("desk",), min_severity=Severity.NOTABLE)]
        for day, (source, target) in enumerate((("FJI", "TON"), ("VEN", "CHL"), ("FJI", None))):
            opened.commit(report(source=source, target=target, where=item(at=NOON + day * DAY)))
            opened.commit(report(MEETING, source, "WSM", where=item(at=NOON + (day + 9) * DAY)))
        yield opened


@pytest.fixture
def server(bare_postgresql_url: str) -> Iterator[Database]:
    database = open_database(bare_postgresql_url)
    schema.upgrade(database)
    yield database
    database.close()


def test_an_installation_when_copied_there_and_back_then_every_row_is_the_same(
    archive: Archive, server: Database, tmp_path: Path
) -> None:
    before = contents(archive.database)
    told: list[tuple[str, int, int]] = []
    counts = copy_rows(archive.database, server, lambda *step: told.append(step))
    assert contents(server) == before
    assert counts["message"] == len(before["message"]) > 0
    assert ("event", 6, 6) in told
    back = open_database(f"sqlite:///{tmp_path / 'back.db'}")
    schema.upgrade(back)
    copy_rows(server, back, lambda *_: None)
    assert contents(back) == before
    back.close()


def test_a_copied_installation_when_it_goes_on_then_its_numbers_count_on_and_no_lease_is_held(
    archive: Archive, server: Database
) -> None:
    lease = dt.timedelta(hours=1)
    with archive.database.write() as connection:
        assert outbox.claim(connection, owner="old", channels=["desk"], limit=1, per_channel=1, lease=lease)
    copy_rows(archive.database, server, lambda *_: None)
    moved = Archive(server, watches=archive.watches)
    assert moved.commit(report(source="ECU", target="PER", where=item(at=NOON + 20 * DAY))) == 1
    sequences = [row["sequence"] for row in contents(server)["message"]]
    assert len(set(sequences)) == len(sequences)
    with server.write() as connection:
        claims = outbox.claim(connection, owner="new", channels=["desk"], limit=99, per_channel=99, lease=lease)
    assert claims[0].message.id == archive.messages()[-1].message.id


def test_a_copied_installation_when_searched_then_its_words_have_come_along_in_their_order(
    archive: Archive, server: Database
) -> None:
    copy_rows(archive.database, server, lambda *_: None)
    Archive(server, watches=archive.watches).commit(report(where=item(at=NOON + 20 * DAY)))
    with archive.database.read() as before, server.read() as after:
        numbers = [
            newest_matches(connection, ITEM_TEXT, read_search("envoys"), before=None, limit=99)
            for connection in (before, after)
        ]
    assert numbers[1][1:] == numbers[0]
    assert len(numbers[0]) == len(contents(archive.database)["item"])


def test_a_target_with_rows_when_copied_to_then_it_is_left_alone(archive: Archive, server: Database) -> None:
    copy_rows(archive.database, server, lambda *_: None)
    before = contents(server)
    with pytest.raises(CopyFailed, match="holds rows already"):
        copy_rows(archive.database, server, lambda *_: None)
    assert contents(server) == before


def test_the_command_when_a_daemon_works_on_either_then_it_refuses(archive: Archive, server: Database) -> None:
    source = f"sqlite:///{archive.database.path}"
    presence = Presence(owner="host:1", duties=("poll",), configuration="abc", version="1", configured_at=NOON)
    with server.write() as connection:
        workers.show(connection, presence)
    target = server.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    refused = CliRunner().invoke(main, ["db", "copy", source, target])
    assert refused.exit_code == 75
    assert "host:1 work on postgresql://" in refused.output
    with server.write() as connection:
        workers.leave(connection, "host:1")
    done = CliRunner().invoke(main, ["db", "copy", source, target])
    assert done.exit_code == 0, done.output
    assert "each table's number was compared" in done.output
    again = CliRunner().invoke(main, ["db", "copy", source, target])
    assert (again.exit_code, "holds rows already" in again.output) == (1, True)


def test_the_command_when_the_source_is_missing_then_it_says_so(tmp_path: Path) -> None:
    missing = CliRunner().invoke(
        main, ["db", "copy", f"sqlite:///{tmp_path / 'no.db'}", f"sqlite:///{tmp_path / 'b.db'}"]
    )
    assert missing.exit_code == 75
    assert "There is no database at" in missing.output
    assert not (tmp_path / "no.db").exists()
