"""A watch with `min_publishers` hears of a story once others report it, whatever else it asks of a report."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.routing import Silence, SilenceReason, Watch
from monitor.domain.stories import StoredEvent
from monitor.storage.engine import Database
from tests.integration.worker.archive import Archive
from tests.integration.worker.conftest import ON_BOTH_DATABASES
from tests.unit.stories.reports import NOON, item, report

pytestmark = ON_BOTH_DATABASES

HOUR = dt.timedelta(hours=1)
CAUTIOUS = Watch(id="cautious", name="Cautious", between=(), channels=("desk",), min_publishers=2)


def told_by(outlet: str, hours: int, **fields: Any) -> StoredEvent:
    return report(where=item(outlet=outlet, at=NOON + hours * HOUR, **fields))


FIRST = told_by("The Harbour Post", 0)
AGAIN = told_by("The Harbour Post", 1)
SECOND = told_by("Reef Radio", 2)
THIRD = told_by("Cape Wire", 3)
SPANISH = told_by("El Faro", 2, language="es")


@pytest.fixture
def archive(database: Database) -> Archive:
    opened = Archive(database)
    opened.watches = [CAUTIOUS]
    return opened


def test_given_one_publisher_when_a_second_reports_it_then_the_watch_is_told_once(archive: Archive) -> None:
    assert [archive.commit(one) for one in (FIRST, AGAIN, SECOND, THIRD)] == [0, 0, 1, 0]
    alone = Silence(event_id=FIRST.id, watch_id="cautious", reason=SilenceReason.UNCORROBORATED, detail="1 of 2")
    assert archive.silences(FIRST) == [alone]
    (alert,) = archive.messages()
    assert ":first:" in alert.message.dedup_key


def test_given_both_reports_in_one_poll_when_committed_then_the_second_tells_it(archive: Archive) -> None:
    assert archive.commit(FIRST, SECOND) == 1


def test_given_a_watch_of_one_language_when_another_one_corroborates_then_its_own_report_is_told(
    archive: Archive,
) -> None:
    archive.watches = [replace(CAUTIOUS, languages=frozenset({"en"}))]
    assert [archive.commit(one) for one in (FIRST, SPANISH, THIRD)] == [0, 1, 0]
    (alert,) = archive.messages()
    assert FIRST.item.outlet.encode() in alert.message.rendered.body


def test_given_the_reports_of_one_poll_when_another_language_corroborates_then_the_first_is_told(
    archive: Archive,
) -> None:
    archive.watches = [replace(CAUTIOUS, languages=frozenset({"en"}))]
    assert archive.commit(FIRST, SPANISH) == 1


def test_given_a_channel_that_was_told_when_corroborated_then_it_is_not_told_again(archive: Archive) -> None:
    archive.watches = [CAUTIOUS, replace(CAUTIOUS, id="eager", min_publishers=1)]
    assert [archive.commit(one) for one in (FIRST, SECOND)] == [1, 0]


def test_given_news_that_is_too_old_when_corroborated_then_nobody_is_told(archive: Archive) -> None:
    archive.watches = [replace(CAUTIOUS, languages=frozenset({"en"}))]
    archive.commit(FIRST)
    late = told_by("El Faro", 60, language="es")
    assert archive.commit(late) == 0
