"""What each daemon says of its configuration is kept until it says something else, or is gone."""

from monitor.storage import notes, reloads
from monitor.storage.engine import Database
from monitor.storage.reloads import Followed
from tests.unit.storage.examples import MINUTE, NOW


def test_given_daemons_that_follow_when_one_refuses_then_its_own_word_changes_and_the_others_stays(
    database: Database,
) -> None:
    one = Followed(owner="here:1", taken_up_at=NOW, restart=("web.port",))
    other = Followed(owner="there:2", taken_up_at=NOW)
    refusing = Followed(owner="there:2", taken_up_at=NOW, refused_at=NOW + MINUTE, mistakes=("feeds.toml:3: ñ",))
    with database.write() as connection:
        for followed in (one, other, refusing):
            reloads.record(connection, followed)
        assert reloads.followed(connection) == (one, refusing)


def test_given_daemons_that_are_gone_when_others_are_forgotten_then_their_word_goes_and_other_notes_stay(
    database: Database,
) -> None:
    with database.write() as connection:
        notes.write(connection, "first_started_at", NOW.isoformat())
        for owner in ("here:1", "there:2", "gone_3"):
            reloads.record(connection, Followed(owner=owner, taken_up_at=NOW))
        reloads.forget_others(connection, {"here:1", "there:2"})
        assert [one.owner for one in reloads.followed(connection)] == ["here:1", "there:2"]
        assert notes.read(connection, "first_started_at") == NOW.isoformat()
