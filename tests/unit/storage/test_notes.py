"""Facts of an installation are kept by key."""

from monitor.storage import notes
from monitor.storage.engine import Database
from tests.unit.storage.examples import NOW


def test_a_note_when_written_then_it_is_read_and_what_happens_once_happens_once(database: Database) -> None:
    with database.write() as connection:
        assert notes.read(connection, "first_start") is None
        assert notes.write_once(connection, "first_start", "monday")
        assert not notes.write_once(connection, "first_start", "tuesday")
        assert notes.read(connection, "first_start") == "monday"
        notes.write(connection, "first_start", "wednesday")
        assert notes.read(connection, "first_start") == "wednesday"


def test_a_database_when_it_must_prove_to_be_writable_then_it_writes(database: Database) -> None:
    for _ in range(2):
        with database.write() as connection:
            notes.prove_writable(connection, NOW)
    with database.read() as connection:
        assert notes.read(connection, "last_proved_writable_at") == NOW.isoformat()
