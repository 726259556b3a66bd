"""Stored items that changed patterns read otherwise: what becomes of reports and stories, and that nobody hears of it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.events import Evidence
from monitor.domain.feedback import Fault, Feedback
from monitor.domain.rereading import Changed, Gained, Lost, Refined
from monitor.domain.routing import SilenceReason, Watch
from monitor.domain.stories import StoredEvent, Story, Withdrawal
from monitor.domain.taxonomy import RelationType, Severity
from monitor.storage import events, feedback, items, stories
from monitor.storage.engine import Database
from monitor.storage.events import ArchivedEvent
from monitor.worker.polled import ReadItem
from monitor.worker.putting_right import amend, retract
from monitor.worker.rereading import Ledger, Reread, look, write
from tests.databases import open_current
from tests.integration.worker.archive import Archive
from tests.unit.stories.reports import EXPELLED, MEETING, NOON, VISIT, item, report

HOUR = dt.timedelta(hours=1)
WATCH = Watch(id="all", name="All", between=(), channels=("desk",), min_severity=Severity.ROUTINE)


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    url = (
        f"sqlite:///{tmp_path / 'monitor.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql_url")
    )
    database = open_current(url)
    yield Archive(database, watches=[WATCH])
    database.close()


def of(kind: RelationType, hours: int = 0, outlet: str = "The Harbour Post", **changes: object) -> StoredEvent:
    """A report of Fiji and Tonga."""
    where = item(at=NOON + hours * HOUR, outlet=outlet)
    return report(kind, "FJI", "TON", where=where, **changes)  # type: ignore[arg-type]


def reread(archive: Archive, *now_read: StoredEvent, silent: StoredEvent | None = None) -> Reread:
    """Reads the items of these reports, which say this now, and of one that says nothing any more."""
    read = [ReadItem(item=one.item, events=(one.event,)) for one in now_read]
    if silent is not None:
        read.append(ReadItem(item=silent.item, events=()))
    with archive.database.write() as connection:
        return write(connection, read, archive.desk(), NOON + 30 * HOUR, ledger=Ledger())


def found(archive: Archive) -> list[Story]:
    """All stories that stand, the first opened first."""
    with archive.database.read() as connection:
        known = stories.recent_stories(connection, 99)
    return sorted((one for one in known if _stands(one)), key=lambda one: one.opened_at)


def _stands(story: Story) -> bool:
    return story.retracted_at is None and story.merged_into is None


def reports(database: Database) -> dict[str, ArchivedEvent]:
    with database.read() as connection:
        return {one.stored.id: one for one in events.recent_events(connection, limit=99)}


def silent_item(archive: Archive, one: StoredEvent) -> None:
    """Stores an item in which nothing was read."""
    archive.commit(of(VISIT, -200))
    with archive.database.write() as connection:
        items.insert_items(connection, [one.item])


def test_given_an_item_without_events_when_one_is_read_then_a_story_opens_and_nobody_is_told(archive: Archive) -> None:
    gained = of(EXPELLED)
    silent_item(archive, gained)
    before = len(archive.messages())
    assert reread(archive, gained).found == (Gained(after=gained),)
    assert [one.type for one in found(archive)] == [VISIT.id, EXPELLED.id]
    assert len(archive.messages()) == before
    assert [one.reason for one in archive.silences(gained)] == [SilenceReason.RECLASSIFIED]
    # Live news of it is told: nobody has heard of it yet.
    assert archive.commit(of(EXPELLED, 1, "The Reef Times")) == 1
    assert len(found(archive)) == 2


def test_given_written_differences_when_read_again_then_nothing_differs(archive: Archive) -> None:
    lost, turned = of(MEETING), of(VISIT, 100)
    archive.commit(lost)
    archive.commit(turned)
    now_read = report(VISIT, "TON", "FJI", where=turned.item)
    assert reread(archive, now_read, silent=lost).found == (Lost(before=lost), Changed(before=turned, after=now_read))
    state = found(archive), reports(archive.database)
    assert reread(archive, now_read, silent=lost) == Reread()
    assert (found(archive), reports(archive.database)) == state


def test_given_a_told_story_when_its_only_report_reads_otherwise_then_it_goes_on_under_its_id_untold(
    archive: Archive,
) -> None:
    was = of(VISIT)
    assert archive.commit(was) == 1
    (story,) = found(archive)
    now_read = report(EXPELLED, "FJI", "TON", where=was.item)
    reread(archive, now_read)
    (after,) = found(archive)
    assert (after.id, after.type, after.severity) == (story.id, EXPELLED.id, Severity.CRITICAL)
    archived = reports(archive.database)
    assert (archived[was.id].withdrawn_by, archived[now_read.id].withdrawn_by) == (Withdrawal.PATTERNS, None)
    assert archive.commit(of(EXPELLED, 1, "The Reef Times")) == 0
    assert len(found(archive)[0].publishers) == 2


def test_given_a_story_of_two_reports_when_one_leaves_it_then_who_was_told_does_not_hear_of_the_other_as_news(
    archive: Archive,
) -> None:
    first, second = of(VISIT), of(VISIT, 1, "The Reef Times")
    assert (archive.commit(first), archive.commit(second)) == (1, 0)
    now_read = report(EXPELLED, "FJI", "TON", where=second.item)
    reread(archive, now_read)
    assert [(one.type, len(one.publishers)) for one in found(archive)] == [(VISIT.id, 1), (EXPELLED.id, 1)]
    assert archive.commit(of(EXPELLED, 2, "Coral Daily")) == 0
    assert [(one.type, len(one.publishers)) for one in found(archive)] == [(VISIT.id, 1), (EXPELLED.id, 2)]


def test_given_both_reports_of_a_told_story_when_they_read_otherwise_then_one_story_is_left_with_its_messages(
    archive: Archive,
) -> None:
    both = of(VISIT), of(VISIT, 1, "The Reef Times")
    for one in both:
        archive.commit(one)
    reread(archive, *(report(EXPELLED, "FJI", "TON", where=one.item) for one in both))
    (story,) = found(archive)
    assert (story.type, len(story.publishers)) == (EXPELLED.id, 2)
    assert {one.message.story_id for one in archive.messages()} == {story.id}


def test_given_a_story_when_nothing_is_read_any_more_then_it_is_taken_back_and_live_news_opens_another(
    archive: Archive,
) -> None:
    false = of(EXPELLED)
    assert archive.commit(false) == 1
    reread(archive, silent=false)
    assert found(archive) == []
    assert len(archive.messages()) == 1
    live = of(EXPELLED, 2, "The Reef Times")
    assert archive.commit(live) == 1
    assert [one.opened_at for one in found(archive)] == [live.item.published_at]


def test_given_a_lost_report_when_it_is_read_again_then_its_story_stands_again_and_is_not_told_again(
    archive: Archive,
) -> None:
    one = of(EXPELLED)
    archive.commit(one)
    (story,) = found(archive)
    reread(archive, silent=one)
    assert reread(archive, one).found == (Gained(after=one),)
    assert [(again.id, again.type) for again in found(archive)] == [(story.id, story.type)]
    assert reports(archive.database)[one.id].withdrawn_at is None
    assert archive.commit(of(EXPELLED, 1, "The Reef Times")) == 0


def test_given_a_mention_when_it_reads_as_news_then_the_story_counts_it(archive: Archive) -> None:
    first, passing = of(EXPELLED), of(EXPELLED, 1, "The Reef Times", mention=True)
    archive.commit(first)
    archive.commit(passing)
    assert len(found(archive)[0].publishers) == 1
    news = of(EXPELLED, 1, "The Reef Times")
    assert reread(archive, news).found == (Refined(before=passing, after=news),)
    assert len(found(archive)[0].publishers) == 2


def test_given_a_story_put_right_by_hand_when_read_otherwise_then_it_stays(archive: Archive) -> None:
    amended, denied = of(VISIT), of(EXPELLED, 100)
    archive.commit(amended)
    archive.commit(denied)
    visit, expelled = found(archive)
    with archive.database.write() as connection:
        amend(connection, visit, visit, {}, NOON)
        retract(connection, expelled, "", {}, NOON)
    result = reread(archive, report(MEETING, "FJI", "TON", where=amended.item), silent=denied)
    assert (result.found, len(result.kept)) == ((), 2)
    assert all(one.withdrawn_at is None for one in reports(archive.database).values())


def test_given_a_report_that_a_reader_called_wrong_when_it_would_come_back_then_it_does_not(archive: Archive) -> None:
    one = of(EXPELLED)
    archive.commit(one)
    (sent,) = archive.messages()
    with archive.database.write() as connection:
        verdict = Feedback(message_id=sent.message.id, fault=Fault.WRONG, note="", at=NOON)
        feedback.keep_feedback(connection, verdict)
    reread(archive, silent=one)
    assert reread(archive, one).kept == (Gained(after=one),)
    assert found(archive) == []


def test_given_a_text_that_is_stored_no_more_when_its_item_is_read_then_what_it_said_stays(archive: Archive) -> None:
    gone = Evidence(sentence="A line that an edit has taken out", start=0, end=6, pattern="p")
    one = of(EXPELLED)
    archive.commit(one)
    former = report(VISIT, "FJI", "TON", where=one.item)
    former = StoredEvent(id=former.id, item=former.item, event=replace(former.event, evidence=gone))
    archive.edit(former, NOON + HOUR)
    result = reread(archive, one)
    assert result == Reread()


def test_given_an_item_edited_since_it_was_read_when_written_then_it_is_to_be_read_again(archive: Archive) -> None:
    one = of(EXPELLED)
    archive.commit(one)
    before_the_edit = item(at=NOON, title="Fiji and Tonga talk")
    with archive.database.write() as connection:
        read = [ReadItem(item=before_the_edit, events=())]
        result = write(connection, read, archive.desk(), NOON, ledger=Ledger())
    assert result == Reread(outdated=(one.item.key,))
    assert len(found(archive)) == 1


def test_given_differences_when_they_are_only_looked_at_then_stories_are_counted_and_nothing_is_written(
    archive: Archive,
) -> None:
    both = of(VISIT), of(VISIT, 1, "The Reef Times")
    for one in both:
        archive.commit(one)
    state = found(archive), reports(archive.database)
    ledger = Ledger()
    for one in both:
        read = [ReadItem(item=one.item, events=(report(EXPELLED, "FJI", "TON", where=one.item).event,))]
        with archive.database.read() as connection:
            look(connection, read, archive.desk(), NOON, ledger=ledger)
    assert (len(ledger.opened), len(ledger.changed), len(ledger.emptied)) == (1, 0, 1)
    assert (found(archive), reports(archive.database)) == state


def test_given_another_deed_in_the_same_sentence_when_one_is_lost_then_it_is_no_change_of_that(
    archive: Archive,
) -> None:
    was = of(VISIT)
    archive.commit(was)
    elsewhere = Evidence(sentence=was.event.evidence.sentence, start=20, end=27, pattern="p")
    other = report(MEETING, "TON", "PER", where=was.item)
    other = StoredEvent(id=other.id, item=other.item, event=replace(other.event, evidence=elsewhere))
    assert reread(archive, other).found == (Lost(before=was), Gained(after=other))
