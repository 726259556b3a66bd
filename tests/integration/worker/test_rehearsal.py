"""The daemon's own transaction on a clock that follows the news: a burst, its summary, and a story that stands for days."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.delivery.console import ConsoleChannel
from monitor.domain.delivery import MessageKind
from monitor.domain.routing import QuietHours, Watch
from monitor.domain.taxonomy import Severity
from monitor.settings.documents import read_documents
from monitor.storage import schema
from monitor.storage.engine import Database, throwaway_database
from monitor.stories.situation import SUMMARY_EVERY
from monitor.worker.desk import Desk
from monitor.worker.polled import ReadItem
from monitor.worker.rehearsal import Arrival, Rehearsal
from tests.unit.delivery.books import ENGLISH
from tests.unit.storage.examples import MINUTE, NOW, news, report, source

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
TYPES = ("ambassador.recalled", "diplomat.expelled", "accusation", "sanctions.imposed", "border.closed")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = throwaway_database(tmp_path)
    schema.upgrade(opened)
    yield opened
    opened.close()


def rehearse(database: Database, **watching: Any) -> Rehearsal:
    """Someone who follows the pair over one channel."""
    taxonomy = read_documents()[0].taxonomy
    watch = Watch(
        id="pair", name="Pair", between=(frozenset({"USA", "VEN"}),), channels=("desk",), index_changes=True, **watching
    )
    channels = {"desk": ConsoleChannel(id="desk", book=ENGLISH)}
    desk = Desk(taxonomy=taxonomy, watches=(watch,), channels=channels, max_age=2 * DAY, burst=4)
    return Rehearsal(database, desk)


def arrival(name: str, kind: str, at: dt.datetime) -> Arrival:
    item = news(name, published_at=at, seen_at=at)
    return Arrival(source=source(), read=ReadItem(item=item, events=(report(name, item, type=kind).event,)))


def test_given_one_deed_told_over_days_when_played_then_it_is_told_once_at_its_own_time(database: Database) -> None:
    rehearsal = rehearse(database)
    (first,) = rehearsal.play([arrival("one", "ambassador.recalled", NOW)], NOW)
    assert (first.created_at, first.watches) == (NOW, ("pair",))
    later = NOW + DAY
    assert rehearsal.play([arrival("two", "ambassador.recalled", later)], later) == ()


def test_given_a_burst_when_played_then_its_summary_comes_when_it_would_have(database: Database) -> None:
    rehearsal = rehearse(database)
    burst = [arrival(name, name, NOW) for name in TYPES]
    opening = rehearsal.play(burst, NOW)
    assert any("4 stories within an hour" in message.rendered.body.decode() for message in opening)
    after = NOW + MINUTE
    anew = news("anew", published_at=after, seen_at=after)
    said = report("anew", anew, type="accusation").event
    event = dataclasses.replace(said, source=said.target, target=said.source)
    assert rehearsal.play([Arrival(source=source(), read=ReadItem(item=anew, events=(event,)))], after) == ()
    (summary,) = rehearsal.wait(NOW + 11 * HOUR)
    assert summary.created_at == NOW + SUMMARY_EVERY
    assert "one story since" in summary.rendered.body.decode()


def test_given_a_band_that_changes_when_time_goes_on_then_it_is_told_after_midnight(database: Database) -> None:
    rehearsal = rehearse(database)
    rehearsal.play([arrival("calm", "meeting", NOW - 2 * DAY)], NOW - 2 * DAY)
    rehearsal.play([arrival(name, name, NOW) for name in TYPES], NOW)
    told = rehearsal.wait(NOW + 3 * DAY)
    assert [message.created_at for message in told if "tense" in message.title] == [NOW + 12 * HOUR]


def test_given_quiet_hours_and_a_digest_when_played_then_both_come_by_the_watchs_own_clock(database: Database) -> None:
    rehearsal = rehearse(
        database,
        time_zone="America/Caracas",
        digest=(dt.time(7, 30),),
        quiet=QuietHours(begin=dt.time(22), end=dt.time(7), unless=Severity.CRITICAL),
    )
    rehearsal.play([arrival("day", "meeting", NOW)], NOW)
    night = NOW + 15 * HOUR
    assert rehearsal.play([arrival("night", "ambassador.recalled", night)], night) == ()
    told = rehearsal.wait(NOW + 24 * HOUR)
    assert [
        (message.kind, message.created_at - NOW) for message in told if message.kind is not MessageKind.SUMMARY
    ] == [
        (MessageKind.ALERT, 23 * HOUR),
        (MessageKind.DIGEST, 23 * HOUR + 30 * MINUTE),
    ]
