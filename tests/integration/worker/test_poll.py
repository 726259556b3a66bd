import asyncio

from structlog.testing import capture_logs

from monitor.domain.feeds import FirstPoll
from monitor.domain.routing import SilenceReason
from monitor.storage import events, items, outbox, polls, silences, stories
from monitor.storage.outbox import MessageState
from monitor.worker.poll import PollOutcome
from tests.integration.worker.conftest import Newsroom

EXPELLED = "Peru expels three Chilean diplomats"
RECALLED = "Norway recalls its ambassador to Hungary"


def waiting(newsroom: Newsroom) -> int:
    with newsroom.database.read() as connection:
        return outbox.counts(connection)[MessageState.PENDING]


def reasons(newsroom: Newsroom) -> set[SilenceReason]:
    with newsroom.database.read() as connection:
        found = [archived.stored.id for archived in events.recent_events(connection, limit=100)]
        return {silence.reason for silence in silences.silences_of(connection, found)}


def test_given_a_new_entry_when_polled_then_item_event_story_and_alert_are_stored_together(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED, "A quiet day at the museum")
    newsroom.hook("/ok")

    async def scenario() -> None:
        async with newsroom.staff() as staff:
            report = await staff.poll(newsroom.source())
        assert report.outcome is PollOutcome.READ
        assert (report.entries, report.written.fresh, report.written.messages) == (2, 2, 1)

    asyncio.run(scenario())
    with newsroom.database.read() as connection:
        assert {item.title for item in items.recent_items(connection, limit=9)} == {
            EXPELLED,
            "A quiet day at the museum",
        }
        (event,) = events.recent_events(connection, limit=9)
        (story,) = stories.recent_stories(connection, 9)
        (state,) = polls.feed_states(connection)
    assert event.stored.event.type == "diplomat.expelled"
    assert event.story_id == story.id
    assert story.relation == "CHL-PER"
    assert state.last_ok_at is not None
    assert waiting(newsroom) == 1


def test_given_a_feed_without_news_when_polled_again_then_nothing_is_written_twice(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED)
    newsroom.hook("/ok")

    async def scenario() -> list[PollOutcome]:
        async with newsroom.staff() as staff:
            source = newsroom.source()
            first = await staff.poll(source)
            unchanged = await staff.poll(source)
            newsroom.publisher.publish(EXPELLED, "Museum opens late")
            third = await staff.poll(source)
            assert (third.written.fresh, third.written.events) == (1, 0)
            return [first.outcome, unchanged.outcome, third.outcome]

    assert asyncio.run(scenario()) == [PollOutcome.READ, PollOutcome.UNCHANGED, PollOutcome.READ]
    assert newsroom.publisher.requests[1][1] is not None
    assert waiting(newsroom) == 1


def test_given_a_baseline_feed_when_first_polled_then_it_stores_all_and_alerts_only_on_what_comes_later(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED)
    newsroom.hook("/ok")

    async def scenario() -> None:
        async with newsroom.staff() as staff:
            source = newsroom.source(first_poll=FirstPoll.BASELINE)
            first = await staff.poll(source)
            assert (first.written.events, first.written.opened, first.written.messages) == (1, 1, 0)
            assert reasons(newsroom) == {SilenceReason.BASELINE}
            newsroom.publisher.publish(EXPELLED, RECALLED)
            second = await staff.poll(source)
            assert second.written.messages == 1

    asyncio.run(scenario())


def test_given_an_edit_when_what_it_says_is_the_same_then_silence_and_when_it_changes_then_an_alert(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish("Peru to expel three Chilean diplomats")
    newsroom.hook("/ok")

    async def scenario() -> None:
        async with newsroom.staff() as staff:
            source = newsroom.source()
            await staff.poll(source)
            newsroom.publisher.publish("Peru to expel three Chilean diplomats soon")
            same = await staff.poll(source)
            assert (same.written.edited, same.written.events, same.written.messages) == (1, 0, 0)
            assert SilenceReason.EDITED in reasons(newsroom)
            newsroom.publisher.publish(EXPELLED)
            changed = await staff.poll(source)
            assert (changed.written.edited, changed.written.events, changed.written.messages) == (1, 1, 1)

    asyncio.run(scenario())
    with newsroom.database.read() as connection:
        (item,) = items.recent_items(connection, limit=9)
        (story,) = stories.recent_stories(connection, 9)
    assert item.title == EXPELLED
    assert story.status == "reported"


def test_given_two_feeds_and_two_entries_with_one_event_when_polled_then_one_story_alerts_once(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED, "Three Chilean diplomats expelled by Peru", path="/one")
    newsroom.publisher.publish("Peru expels Chilean diplomats", path="/two")
    newsroom.hook("/ok")

    async def scenario() -> None:
        async with newsroom.staff() as staff:
            assert (await staff.poll(newsroom.source("/one"))).written.opened == 1
            second = await staff.poll(newsroom.source("/two"))
            assert (second.written.events, second.written.opened, second.written.messages) == (1, 0, 0)

    asyncio.run(scenario())
    with newsroom.database.read() as connection:
        (story,) = stories.recent_stories(connection, 9)
    assert len(story.publishers) == 2
    assert waiting(newsroom) == 1


def test_given_a_feed_that_fails_when_polled_again_and_again_then_it_is_said_once_and_so_is_its_return(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.documents["/feed"] = None

    async def scenario() -> list[PollOutcome]:
        outcomes = []
        async with newsroom.staff() as staff:
            for document in (None, b"<html><body>Please sign in</body></html>", None):
                newsroom.publisher.documents["/feed"] = document
                outcomes.append((await staff.poll(newsroom.source())).outcome)
            newsroom.publisher.publish(EXPELLED)
            outcomes.append((await staff.poll(newsroom.source())).outcome)
        return outcomes

    with capture_logs() as logs:
        outcomes = asyncio.run(scenario())
    assert outcomes == [PollOutcome.FAILED] * 3 + [PollOutcome.READ]
    told = [(line["event"], line["log_level"]) for line in logs if line["log_level"] in ("warning", "error")]
    assert told == [("feed_failed", "warning")]
    assert [line["event"] for line in logs if line["event"] == "feed_recovered"] == ["feed_recovered"]


def test_given_a_lease_that_another_took_when_the_poll_ends_then_nothing_is_written(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED)

    async def scenario() -> None:
        async with newsroom.staff() as staff:
            source = newsroom.source()
            ours = staff.claim(source)
            with newsroom.database.write() as connection:
                polls.void_leases(connection)
            theirs = staff.claim(source, owner="another-worker")
            assert (await staff.poller.poll(source, ours)).outcome is PollOutcome.LOST
            with newsroom.database.read() as connection:
                assert items.recent_items(connection, limit=9) == ()
            assert (await staff.poller.poll(source, theirs)).written.fresh == 1

    asyncio.run(scenario())
