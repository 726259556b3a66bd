import datetime as dt
from dataclasses import replace

import pytest

from monitor.domain.feeds import FeedState, FeedTrouble, FetchFailure
from monitor.feeds.trouble import TroubleLimits, sentence, trouble_of

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LIMITS = TroubleLimits(failing=3 * HOUR, silent=72 * HOUR)
WELL = FeedState(
    feed_id="f", last_polled_at=NOW, last_ok_at=NOW, rhythm=HOUR, newest_at=NOW - HOUR, entries=30, baseline_done=True
)
FAILING = replace(
    WELL,
    failures=9,
    failing_since=NOW - 3 * HOUR,
    failure=FetchFailure.UNREACHABLE,
    last_error="could not be reached: connection refused",
    last_ok_at=NOW - 4 * HOUR,
)


@pytest.mark.parametrize(
    ("state", "trouble"),
    [
        (FeedState(feed_id="f"), None),
        (WELL, None),
        (FAILING, FeedTrouble.FAILING),
        (replace(FAILING, failing_since=NOW - 2 * HOUR), None),
        (replace(FAILING, failures=2), None),
        (replace(FAILING, failures=2, told=FeedTrouble.SILENT), FeedTrouble.SILENT),
        (replace(FAILING, failure=FetchFailure.GONE, failures=1), None),
        (replace(FAILING, failure=FetchFailure.GONE, failures=2), FeedTrouble.GONE),
        (replace(FAILING, failure=FetchFailure.NOT_A_FEED, failures=3, failing_since=NOW), FeedTrouble.WEB_PAGE),
        (
            replace(FAILING, failure=FetchFailure.NOT_A_FEED, failures=3, failing_since=NOW, last_ok_at=None),
            None,
        ),
        (replace(WELL, entries=0, empty_since=NOW - HOUR), FeedTrouble.EMPTY),
        (replace(WELL, entries=0, empty_since=NOW), None),
        (replace(WELL, entries=0, empty_since=NOW - HOUR, newest_at=None), None),
        (replace(WELL, newest_at=NOW - 71 * HOUR), None),
        (replace(WELL, newest_at=NOW - 73 * HOUR), FeedTrouble.SILENT),
        (replace(WELL, newest_at=NOW - 73 * HOUR, rhythm=8 * HOUR), None),
        (replace(WELL, newest_at=NOW - 73 * HOUR, rhythm=None), None),
        (replace(WELL, told=FeedTrouble.FAILING), None),
    ],
)
def test_a_feeds_state_when_judged_then_its_trouble_is_named(state: FeedState, trouble: FeedTrouble | None) -> None:
    assert trouble_of(state, LIMITS) is trouble


def test_a_program_that_was_switched_off_when_it_starts_then_nobody_is_accused() -> None:
    # A week of its own silence: the last poll was a week ago, and all was well then.
    assert trouble_of(replace(WELL, newest_at=NOW - HOUR), LIMITS) is None


@pytest.mark.parametrize(
    ("state", "trouble", "words"),
    [
        (FAILING, FeedTrouble.FAILING, "has failed for 3 hours: could not be reached: connection refused"),
        (FAILING, FeedTrouble.GONE, "is gone, its server says (410)"),
        (replace(FAILING, last_error="is not a feed but a web page"), FeedTrouble.WEB_PAGE, "where a feed was"),
        (replace(WELL, empty_since=NOW - 90 * HOUR), FeedTrouble.EMPTY, "has held no entry for 4 days"),
        (
            replace(WELL, newest_at=NOW - 80 * HOUR),
            FeedTrouble.SILENT,
            "nothing new for 3 days; an entry every 60 minutes",
        ),
    ],
)
def test_a_trouble_when_told_then_it_says_what_is_wrong(state: FeedState, trouble: FeedTrouble, words: str) -> None:
    assert words in sentence(state, trouble, NOW)
