import asyncio
import datetime as dt
import json
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import event as database_event
from structlog.testing import capture_logs

from monitor.domain.delivery import AlertTemplate, ChannelSpec, MessageKind
from monitor.domain.feeds import FeedSource, FeedState, FeedWishes, FirstPoll
from monitor.domain.routing import SilenceReason
from monitor.storage import events, items, outbox, polls, silences, stories
from monitor.storage.outbox import MessageState
from monitor.worker.jobs import Jobs
from monitor.worker.poll import PollOutcome
from monitor.worker.polled import Committed, PolledFeed
from monitor.worker.settling import Settling
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff, utc_now
from tests.integration.worker.servers import publisher

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

    async def scenario(staff: Staff) -> None:
        report = await staff.poll(newsroom.source())
        assert report.outcome is PollOutcome.READ
        assert (report.entries, report.written.fresh, report.written.messages) == (2, 2, 1)

    newsroom.play(scenario)
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

    async def scenario(staff: Staff) -> None:
        source = newsroom.source()
        assert (await staff.poll(source)).outcome is PollOutcome.READ
        assert (await staff.poll(source)).outcome is PollOutcome.UNCHANGED
        newsroom.publisher.publish(EXPELLED, "Museum opens late")
        third = await staff.poll(source)
        assert (third.written.fresh, third.written.events) == (1, 0)

    newsroom.play(scenario)
    assert newsroom.publisher.requests[1][1] is not None
    assert waiting(newsroom) == 1


def test_given_a_baseline_feed_when_first_polled_then_it_stores_all_and_alerts_only_on_what_comes_later(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        source = newsroom.source(first_poll=FirstPoll.BASELINE)
        first = await staff.poll(source)
        assert (first.written.events, first.written.opened, first.written.messages) == (1, 1, 0)
        assert reasons(newsroom) == {SilenceReason.BASELINE}
        newsroom.publisher.publish(EXPELLED, RECALLED)
        second = await staff.poll(source)
        assert second.written.messages == 1

    newsroom.play(scenario)


@ON_BOTH_DATABASES
def test_given_an_edit_when_what_it_says_is_the_same_then_silence_and_when_it_changes_then_an_alert(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish("Peru to expel three Chilean diplomats")
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        source = newsroom.source()
        await staff.poll(source)
        newsroom.publisher.publish("Peru to expel three Chilean diplomats soon")
        same = await staff.poll(source)
        assert (same.written.edited, same.written.events, same.written.messages) == (1, 0, 0)
        assert SilenceReason.EDITED in reasons(newsroom)
        newsroom.publisher.publish(EXPELLED)
        changed = await staff.poll(source)
        assert (changed.written.edited, changed.written.events, changed.written.messages) == (1, 1, 1)

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        (item,) = items.recent_items(connection, limit=9)
        (story,) = stories.recent_stories(connection, 9)
    assert item.title == EXPELLED
    assert story.status == "reported"


@ON_BOTH_DATABASES
def test_given_two_feeds_and_two_entries_with_one_event_when_polled_then_one_story_alerts_once(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED, "Three Chilean diplomats expelled by Peru", path="/one")
    newsroom.publisher.publish("Peru expels Chilean diplomats", path="/two")
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        assert (await staff.poll(newsroom.source("/one"))).written.opened == 1
        second = await staff.poll(newsroom.source("/two"))
        assert (second.written.events, second.written.opened, second.written.messages) == (1, 0, 0)

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        (story,) = stories.recent_stories(connection, 9)
    assert len(story.publishers) == 2
    assert waiting(newsroom) == 1


def test_given_a_story_that_goes_on_when_told_again_then_the_alert_lists_who_reports_it_and_its_page(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish("Peru to expel three Chilean diplomats", path="/one")
    newsroom.publisher.publish("Peru to expel three Chilean diplomats", path="/two")
    newsroom.publisher.publish(EXPELLED, path="/three")
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        for path in ("/one", "/two", "/three"):
            await staff.poll(newsroom.source(path))

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        told = [json.loads(one.message.rendered.body)["data"] for one in outbox.messages(connection, limit=9)]
    happened = next(one for one in told if one["stage"] == "happened")
    outlets = [printing["outlet"] for one in happened["coverage"] for printing in one["printings"]]
    assert sorted(outlets) == ["Wire /one", "Wire /three", "Wire /two"]
    assert happened["page"] == f"https://monitor.example/stories/{happened['story']['id']}"


def test_given_a_template_that_fails_when_polled_then_the_alert_goes_out_and_the_operator_hears_of_it_once(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED, RECALLED)
    newsroom.channels["desk"] = ChannelSpec(
        id="desk",
        kind="console",
        template=AlertTemplate(file="desk.txt.j2", text="{{ sentence }} {{ others[0].name }}"),
    )
    newsroom.hook("/operator")

    async def scenario(staff: Staff) -> None:
        await staff.poll(newsroom.source())

    newsroom.play(scenario)
    with newsroom.database.read() as connection:
        written = [one.message for one in outbox.messages(connection, limit=9)]
    alerts = [one for one in written if one.channel_id == "desk"]
    assert len(alerts) == 2
    assert all("relmon feedback" in one.rendered.body.decode() for one in alerts)
    (notice,) = [one for one in written if one.kind is MessageKind.NOTICE]
    assert (notice.channel_id, notice.title) == ("operator", "The template of channel desk fails")
    assert "desk.txt.j2, line 1: " in notice.rendered.body.decode()


@ON_BOTH_DATABASES
def test_given_many_feeds_that_report_one_event_at_once_when_polled_together_then_one_story_alerts_once(
    newsroom: Newsroom,
) -> None:
    paths = [f"/wire-{number}" for number in range(12)]
    for path in paths:
        newsroom.publisher.publish(EXPELLED, path=path)
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        claims = staff.claim_all([newsroom.source(path) for path in paths])
        reports = await asyncio.gather(*(staff.poller.poll(source, claim) for source, claim in claims))
        assert sum(report.written.opened for report in reports) == 1
        assert sum(report.written.messages for report in reports) == 1

    newsroom.play(scenario)
    assert waiting(newsroom) == 1


def test_given_a_document_that_holds_its_child_up_when_its_limit_passes_then_the_feed_fails_and_others_go_on(
    newsroom: Newsroom,
) -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(60_000))
    newsroom.publisher.documents["/hostile"] = (
        f"<rss version='2.0'><channel><title>t</title><item><title>x</title><description {attributes}/></item>"
        "</channel></rss>"
    ).encode()
    newsroom.publisher.publish(EXPELLED)

    async def scenario(staff: Staff) -> None:
        hurried = Jobs(newsroom.classifier, children=1, parse_limit=dt.timedelta(seconds=0.2))
        try:
            staff.appoint(hurried)
            await hurried.ready()
            failed = await staff.poll(newsroom.source("/hostile"))
            assert failed.outcome is PollOutcome.FAILED
            assert "no answer within 0.2 s" in str(failed.trouble)
            assert (await staff.poll(newsroom.source())).written.events == 1
        finally:
            await hurried.close()

    newsroom.play(scenario)


def test_given_small_documents_that_wait_for_a_child_when_others_are_due_then_these_are_asked_meanwhile(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.publish(EXPELLED)
    for path in ("/a", "/b", "/c", "/d"):
        newsroom.publisher.documents[path] = newsroom.publisher.documents["/feed"]

    async def scenario(staff: Staff) -> None:
        starting = Jobs(newsroom.classifier, children=1, parse_limit=dt.timedelta(seconds=5))
        try:
            staff.appoint(starting)
            # As many documents as there are places, and one feed more.
            sources = [newsroom.source(path) for path in ("/a", "/b", "/c", "/d")]
            *documents, missing = staff.claim_all([*sources, replace(newsroom.source("/x"), url=elsewhere.url("/x"))])
            with starting._pool._nursery._lock:  # no child is there before the feed without a document has ended
                reading = [asyncio.create_task(staff.poller.poll(*one)) for one in documents]
                other = await asyncio.wait_for(staff.poller.poll(*missing), timeout=10)
            assert other.outcome is PollOutcome.FAILED
            assert {report.outcome for report in await asyncio.gather(*reading)} == {PollOutcome.READ}
        finally:
            await starting.close()

    with publisher() as elsewhere:
        newsroom.play(scenario)


def test_given_the_sample_newswire_when_polled_again_then_its_items_are_marked_and_known(newsroom: Newsroom) -> None:
    newsroom.channels["console"] = ChannelSpec(id="console", kind="console")
    newsroom.hook("/ok")
    source = FeedSource(
        id="sample",
        url="sample:newswire",
        title="Sample",
        poll_every=dt.timedelta(minutes=5),
        first_poll=FirstPoll.ALERT,
    )

    async def scenario(staff: Staff) -> None:
        first = await staff.poll(source)
        assert first.written.fresh == first.entries > 15
        assert first.written.messages > 3
        staff.appoint()
        again = await staff.poll(source)
        assert (again.written.fresh, again.written.edited) == (0, 0)
        # Sample news goes to the console only.
        assert (await staff.dispatcher.round()).delivered == first.written.messages

    newsroom.play(scenario)
    assert newsroom.receiver.received == []
    with newsroom.database.read() as connection:
        assert all(item.sample for item in items.recent_items(connection, limit=99))
        assert all(story.sample for story in stories.recent_stories(connection, 99))


def test_given_a_feed_that_fails_when_polled_again_and_again_then_it_is_said_once_and_so_is_its_return(
    newsroom: Newsroom,
) -> None:
    newsroom.publisher.documents["/feed"] = None

    async def scenario(staff: Staff) -> None:
        for document in (None, b"<html><body>Please sign in</body></html>", None):
            newsroom.publisher.documents["/feed"] = document
            assert (await staff.poll(newsroom.source())).outcome is PollOutcome.FAILED
        newsroom.publisher.publish(EXPELLED)
        assert (await staff.poll(newsroom.source())).outcome is PollOutcome.READ

    with capture_logs() as logs:
        newsroom.play(scenario)
    told = [(line["event"], line["log_level"]) for line in logs if line["log_level"] in ("warning", "error")]
    assert told == [("feed_failed", "warning")]
    assert [line["event"] for line in logs if line["event"] == "feed_recovered"] == ["feed_recovered"]


@ON_BOTH_DATABASES
def test_given_a_lease_that_another_took_when_the_poll_ends_then_nothing_is_written(newsroom: Newsroom) -> None:
    newsroom.publisher.publish(EXPELLED)

    async def scenario(staff: Staff) -> None:
        source = newsroom.source()
        ours = staff.claim(source)
        with newsroom.database.write() as connection:
            polls.void_leases(connection)
        theirs = staff.claim(source, owner="another-worker")
        assert (await staff.poller.poll(source, ours)).outcome is PollOutcome.LOST
        with newsroom.database.read() as connection:
            assert items.recent_items(connection, limit=9) == ()
        assert (await staff.poller.poll(source, theirs)).written.fresh == 1

    newsroom.play(scenario)


def state_of(newsroom: Newsroom, feed_id: str) -> FeedState:
    with newsroom.database.read() as connection:
        return next(state for state in polls.feed_states(connection) if state.feed_id == feed_id)


def test_given_several_feeds_that_were_well_when_nobody_can_be_reached_then_none_is_blamed(newsroom: Newsroom) -> None:
    with ExitStack() as stack:
        others = [stack.enter_context(publisher()) for _ in range(4)]
        for other in others:
            other.publish("A quiet day at the museum")
        sources = [replace(newsroom.source(f"/{number}"), url=other.url()) for number, other in enumerate(others)]

        async def all_well(staff: Staff) -> None:
            for source, claim in staff.claim_all(sources):
                assert (await staff.poller.poll(source, claim)).outcome is PollOutcome.READ

        newsroom.play(all_well)

    async def network_down(staff: Staff) -> None:
        for source, claim in staff.claim_all(sources):
            assert (await staff.poller.poll(source, claim)).outcome is PollOutcome.FAILED
        assert staff.poller.network_down_since is not None

    newsroom.play(network_down)
    # Two failed before it could be known; what counts is that none is asked less and less often.
    assert sorted(state_of(newsroom, source.id).failures for source in sources) == [0, 0, 1, 1]


def test_given_a_crowded_host_when_a_feed_is_put_off_then_it_is_given_back_unasked(newsroom: Newsroom) -> None:
    async def scenario(staff: Staff) -> None:
        source = newsroom.source()
        claim = staff.claim(source)
        report = await staff.poller.put_off(source, claim, dt.timedelta(minutes=2))
        assert report.outcome is PollOutcome.PUT_OFF
        assert newsroom.publisher.requests == []
        again = staff.claim(source)
        assert again.state.failures == 0
        assert again.state.next_poll_at is not None
        assert again.state.next_poll_at > utc_now() + dt.timedelta(minutes=1)
        lost = await staff.poller.put_off(source, claim, dt.timedelta(minutes=2))
        assert lost.outcome is PollOutcome.LOST

    newsroom.play(scenario)


@ON_BOTH_DATABASES
def test_given_a_poll_that_can_not_be_written_when_others_end_with_it_then_only_it_is_lost(newsroom: Newsroom) -> None:
    async def scenario(staff: Staff) -> None:
        settling = Settling(newsroom.database, staff.desk, utc_now)
        sources = [newsroom.source(f"/{name}") for name in "abc"]
        polled = [
            PolledFeed(claim=claim, source=source, state=replace(claim.state, next_poll_at=utc_now()))
            for source, claim in staff.claim_all(sources)
        ]
        # Without a time for its next poll, a feed would never be polled again: storage refuses that.
        polled[1] = replace(polled[1], state=replace(polled[1].state, next_poll_at=None))
        first, broken, third = await asyncio.gather(*map(settling.write, polled), return_exceptions=True)
        assert (first, third) == (Committed(), Committed())
        assert isinstance(broken, ValueError)

    newsroom.play(scenario)


def test_given_polls_without_news_when_they_end_one_after_the_other_then_they_share_a_transaction(
    newsroom: Newsroom,
) -> None:
    commits: list[object] = []

    async def scenario(staff: Staff) -> None:
        settling = Settling(newsroom.database, staff.desk, utc_now)
        claims = staff.claim_all([newsroom.source(f"/{name}") for name in "ab"])
        database_event.listen(newsroom.database.engine, "commit", commits.append)
        writing = []
        for source, claim in claims:
            polled = PolledFeed(claim=claim, source=source, state=replace(claim.state, next_poll_at=utc_now()))
            writing.append(asyncio.create_task(settling.write(polled)))
            for _ in range(5):
                await asyncio.sleep(0)
        assert await asyncio.gather(*writing) == [Committed(), Committed()]

    newsroom.play(scenario)
    assert len(commits) == 1


@ON_BOTH_DATABASES
def test_given_a_feed_with_wishes_when_polled_then_they_and_its_rhythm_are_remembered(newsroom: Newsroom) -> None:
    dates = "".join(
        f"<item><title>Fiji and Tonga talk, day {day}</title><guid>{day}</guid>"
        f"<pubDate>{day:02} Mar 2026 06:00:00 GMT</pubDate></item>"
        for day in range(1, 6)
    )
    newsroom.publisher.documents["/feed"] = (
        "<rss version='2.0'><channel><title>Daily</title><ttl>30</ttl>"
        f"<skipHours><hour>3</hour></skipHours>{dates}</channel></rss>"
    ).encode()

    async def scenario(staff: Staff) -> None:
        source = newsroom.source()
        await staff.poll(source)
        # A poll that brings nothing forgets nothing.
        assert (await staff.poll(source)).outcome is PollOutcome.UNCHANGED

    newsroom.play(scenario)
    state = state_of(newsroom, "feed")
    assert state.wishes == FeedWishes(ttl=dt.timedelta(minutes=30), skip_hours=frozenset({3}))
    assert (state.rhythm, state.entries) == (dt.timedelta(days=1), 5)
    assert state.newest_at == dt.datetime(2026, 3, 5, 6, tzinfo=dt.UTC)
