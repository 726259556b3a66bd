import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace

from monitor.domain.feeds import FeedSource, FeedState, FeedTrouble, FetchFailure
from monitor.feeds.trouble import TroubleLimits
from monitor.storage import polls
from monitor.worker import trouble
from tests.integration.worker.conftest import ON_BOTH_DATABASES, Newsroom, Staff, utc_now

pytestmark = ON_BOTH_DATABASES

HOUR = dt.timedelta(hours=1)
WELL = FeedState(feed_id="", last_polled_at=utc_now(), last_ok_at=utc_now(), next_poll_at=utc_now())
FAILING = replace(
    WELL,
    failures=9,
    failing_since=utc_now() - 4 * HOUR,
    failure=FetchFailure.UNREACHABLE,
    last_error="could not be reached: connection refused",
)


def remember(newsroom: Newsroom, sources: Mapping[str, FeedSource], state: FeedState, *feed_ids: str) -> None:
    """Lets the feeds be in this state, as a poll would have left them."""
    with newsroom.database.write() as connection:
        polls.sync_feeds(connection, tuple(sources.values()), utc_now())
        claims = polls.claim_due(connection, owner="test", limit=99, lease=HOUR, due_by=None, only=feed_ids)
        assert (
            polls.finish_all(connection, [(claim, replace(state, feed_id=claim.state.feed_id)) for claim in claims])
            == set()
        )


def tell(newsroom: Newsroom, staff: Staff, sources: Mapping[str, FeedSource]) -> int:
    with newsroom.database.write() as connection:
        return trouble.tell_feeds(connection, tuple(staff.channels.values()), sources, TroubleLimits(), utc_now())


def texts(newsroom: Newsroom) -> list[str]:
    return [json.dumps(json.loads(one.body), ensure_ascii=False) for one in newsroom.receiver.at("/ok")]


def test_given_feeds_that_fail_for_hours_when_told_then_one_message_names_them_and_one_says_they_are_well_again(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")
    sources = {source.id: source for source in (newsroom.source("/a"), newsroom.source("/b"), newsroom.source("/c"))}

    async def scenario(staff: Staff) -> None:
        remember(newsroom, sources, FAILING, "a", "b")
        assert tell(newsroom, staff, sources) == 2
        assert tell(newsroom, staff, sources) == 0
        staff.appoint()  # as after a restart
        assert tell(newsroom, staff, sources) == 0
        await staff.dispatcher.round()
        (first,) = texts(newsroom)
        assert "2 feeds in trouble" in first
        assert "Wire /a (a) has failed for 4 hours: could not be reached: connection refused" in first
        remember(newsroom, sources, replace(WELL, told=FeedTrouble.FAILING), "a")
        assert tell(newsroom, staff, sources) == 1
        await staff.dispatcher.round()
        assert "well again" in texts(newsroom)[1]
        assert tell(newsroom, staff, sources) == 0

    newsroom.play(scenario)


def test_given_very_many_feeds_in_trouble_when_told_then_it_is_one_message_of_a_readable_length(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")
    sources = {source.id: source for source in (newsroom.source(f"/f{number:02}") for number in range(40))}

    async def scenario(staff: Staff) -> None:
        remember(newsroom, sources, FAILING, *sources)
        assert tell(newsroom, staff, sources) == 40
        await staff.dispatcher.round()
        (message,) = texts(newsroom)
        assert "40 feeds in trouble" in message
        assert "... and 20 more" in message

    newsroom.play(scenario)


def test_given_a_paused_feed_when_trouble_is_told_then_it_is_left_out(newsroom: Newsroom) -> None:
    newsroom.hook("/ok")
    paused = replace(newsroom.source("/a"), paused_until=utc_now() + HOUR)

    async def scenario(staff: Staff) -> None:
        remember(newsroom, {"a": paused}, FAILING, "a")
        assert tell(newsroom, staff, {"a": paused}) == 0

    newsroom.play(scenario)


def test_given_a_network_that_is_down_when_told_then_it_is_said_once_and_once_that_it_is_back(
    newsroom: Newsroom,
) -> None:
    newsroom.hook("/ok")

    async def scenario(staff: Staff) -> None:
        channels, since = tuple(staff.channels.values()), utc_now()
        for down_since in (None, since, since, None, None):
            with newsroom.database.write() as connection:
                down = trouble.tell_network(connection, channels, down_since, utc_now())
            assert down is (down_since is not None)
        await staff.dispatcher.round()
        down_message, back_message = texts(newsroom)
        assert "No feed can be reached since" in down_message
        assert "Feeds answer again" in back_message

    newsroom.play(scenario)
