"""Changes of the relations index, from stored stories to the outbox, once a day."""

import dataclasses
import datetime as dt

from monitor.domain.routing import Mute, Watch
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Status
from monitor.storage import mutes, outbox
from monitor.storage.stories import save_stories
from monitor.worker.bands import BandWatchers, tell_bands
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff
from tests.unit.storage.examples import NOW, story

pytestmark = ON_BOTH_DATABASES

YESTERDAY = NOW - dt.timedelta(days=1)
WATCH = Watch(
    id="pair",
    name="Pair",
    between=(frozenset({"USA"}), frozenset({"VEN"})),
    channels=("ok",),
    index_changes=True,
)


def grave(number: int, relation: str = "USA-VEN", target: str = "VEN") -> Story:
    return story(
        f"{relation}-{number}",
        type="diplomat.expelled",
        status=Status.REPORTED,
        relation=relation,
        target=target,
        opened_at=YESTERDAY,
        last_report_at=YESTERDAY,
        date=None,
        headline=f"Freedonia expels envoys, take {number}",
    )


def test_given_a_pair_that_has_grown_tense_when_the_day_is_over_then_its_watchers_are_told_once(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        taxonomy = newsroom.classifier.taxonomy
        watchers = BandWatchers.among([WATCH, dataclasses.replace(WATCH, id="no", index_changes=False)], taxonomy)
        channels = staff.desk.channels
        assert tell_bands(newsroom.database, channels, BandWatchers.among([], taxonomy), NOW) == 0
        assert tell_bands(newsroom.database, channels, watchers, YESTERDAY) == 0
        with newsroom.database.write() as connection:
            save_stories(connection, [grave(number) for number in range(4)])
            save_stories(connection, [grave(number, "CUB-USA", "CUB") for number in range(4)])
        assert tell_bands(newsroom.database, channels, watchers, NOW) == 1
        assert tell_bands(newsroom.database, channels, watchers, NOW) == 0

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        (stored,) = outbox.messages(connection)
    assert stored.message.watches == ("pair",)
    body = stored.message.rendered.body.decode()
    assert "Relations between the United States and Venezuela are tense now (index -" in body
    assert "take 3" in body


def test_given_a_pair_that_is_silenced_when_the_day_is_over_then_nobody_hears_of_its_band(newsroom: Newsroom) -> None:
    newsroom.hook("/ok")
    mute = Mute(id="ab12", reason="", begins_at=YESTERDAY, ends_at=NOW + dt.timedelta(days=1), watch_id="pair")

    async def scenario(staff: Staff) -> None:
        watchers = BandWatchers.among([WATCH], newsroom.classifier.taxonomy)
        assert tell_bands(newsroom.database, staff.desk.channels, watchers, YESTERDAY) == 0
        with newsroom.database.write() as connection:
            mutes.add(connection, mute)
            save_stories(connection, [grave(number) for number in range(4)])
        assert tell_bands(newsroom.database, staff.desk.channels, watchers, NOW) == 0

    newsroom.play(scenario)
