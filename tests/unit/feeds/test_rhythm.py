import datetime as dt
from dataclasses import replace

from hypothesis import given, strategies

from monitor.domain.feeds import FeedState, FeedWishes, NewsItem
from monitor.feeds.rhythm import learn

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
FRESH = FeedState(feed_id="f")


def item(minutes_ago: float) -> NewsItem:
    return NewsItem(
        key=b"",
        digest=b"",
        feed_id="f",
        guid=None,
        link=None,
        title="Palau and Nauru talk",
        summary="",
        outlet="Wire",
        language=None,
        published_at=NOW - minutes_ago * MINUTE,
        seen_at=NOW,
    )


def taught(state: FeedState, *minutes_ago: float, entries: int = 30, now: dt.datetime = NOW) -> FeedState:
    return learn(state, entries=entries, wishes=FeedWishes(), fresh=[item(one) for one in minutes_ago], now=now)


def test_a_first_document_when_read_then_the_usual_gap_is_its_rhythm() -> None:
    state = taught(FRESH, 500, 60, 40, 20, 0)
    assert (state.rhythm, state.newest_at, state.entries) == (20 * MINUTE, NOW, 30)
    assert taught(FRESH, 5).rhythm is None
    assert taught(FRESH, 5, 5, 5).rhythm == MINUTE


def test_new_entries_when_they_come_slower_then_the_rhythm_follows_step_by_step() -> None:
    state = replace(FRESH, rhythm=10 * MINUTE, newest_at=NOW - 60 * MINUTE)
    state = taught(state, 0)
    assert (state.rhythm, state.newest_at) == (20 * MINUTE, NOW)
    assert taught(state).rhythm == 20 * MINUTE
    archive = taught(state, 9000, 8000)
    assert (archive.rhythm, archive.newest_at) == (20 * MINUTE, NOW)


def test_a_document_without_entries_when_read_then_it_is_remembered_since_when() -> None:
    empty = taught(FRESH, entries=0)
    assert empty.empty_since == NOW
    still = taught(empty, entries=0, now=NOW + MINUTE)
    assert still.empty_since == NOW
    assert taught(still, 0, entries=1).empty_since is None


@given(strategies.lists(strategies.lists(strategies.floats(0, 1e7), max_size=8), max_size=8))
def test_any_dates_when_learned_from_then_the_rhythm_is_never_shorter_than_a_minute(rounds: list[list[float]]) -> None:
    state = FRESH
    for minutes in rounds:
        state = taught(state, *minutes)
    assert state.rhythm is None or state.rhythm >= MINUTE - dt.timedelta(microseconds=10)
    assert state.newest_at is None or state.newest_at <= NOW
