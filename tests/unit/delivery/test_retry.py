import datetime as dt
import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.retry import (
    CIRCUIT_AFTER,
    REFUSED_TRIES,
    answer_text,
    judge_failure,
    judge_http,
    next_attempt,
    rest,
    retry_after,
)
from monitor.domain.delivery import RETRY_SCHEDULE, Delivered, GaveUp, Refused, TryAgain, Verdict
from monitor.outbound.client import RequestFailed, RequestFailure

NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)

jitters = st.floats(min_value=0, max_value=1)
waits = st.timedeltas(min_value=dt.timedelta(0), max_value=dt.timedelta(days=2))
attempts = st.integers(min_value=1, max_value=14)


@given(attempts, jitters, st.none() | waits)
def test_given_any_failure_when_tried_again_then_within_the_step_and_never_before_the_wish(
    attempt: int, jitter: float, wish: dt.timedelta | None
) -> None:
    wait = next_attempt(attempt, TryAgain(reason="x", not_before=wish), RETRY_SCHEDULE, jitter)
    assert (wait is None) is (attempt >= len(RETRY_SCHEDULE))
    if wait is not None:
        floor = wish or dt.timedelta(0)
        assert wait == max(RETRY_SCHEDULE[attempt] * jitter, floor)


@given(st.integers(min_value=1, max_value=500), jitters, st.none() | waits)
def test_given_a_limit_when_judged_then_it_is_neither_final_nor_tried_at_once(
    attempt: int, jitter: float, wish: dt.timedelta | None
) -> None:
    wait = next_attempt(attempt, TryAgain(reason="429", not_before=wish, limited=True), RETRY_SCHEDULE, jitter)
    assert wait is not None
    assert wait >= max(wish or dt.timedelta(0), dt.timedelta(seconds=2.5))


@given(attempts, jitters)
def test_given_a_refusal_when_tried_again_then_three_times_in_all(attempt: int, jitter: float) -> None:
    wait = next_attempt(attempt, Refused(reason="400"), RETRY_SCHEDULE, jitter)
    assert (wait is None) is (attempt >= REFUSED_TRIES)


@pytest.mark.parametrize("verdict", [Delivered(answer="ok"), GaveUp(reason="gone", destination_dead=True)])
def test_given_an_end_when_asked_for_the_next_try_then_there_is_none(verdict: Verdict) -> None:
    assert next_attempt(1, verdict, RETRY_SCHEDULE, 0.5) is None


@pytest.mark.parametrize("verdict", [TryAgain(reason="x", limited=True), TryAgain(reason="x"), Refused(reason="x")])
def test_given_a_schedule_of_one_try_when_it_fails_then_nothing_breaks(verdict: Verdict) -> None:
    wait = next_attempt(1, verdict, (dt.timedelta(0),), 1.0)
    assert (wait is None) is not (isinstance(verdict, TryAgain) and verdict.limited)


def test_given_the_schedule_when_all_tries_fail_then_they_span_days() -> None:
    steps = range(1, len(RETRY_SCHEDULE))
    waited = [next_attempt(attempt, TryAgain(reason="x"), RETRY_SCHEDULE, 0.5) for attempt in steps]
    assert sum(filter(None, waited), dt.timedelta(0)) > dt.timedelta(hours=37)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Delivered),
        (204, Delivered),
        (302, Refused),
        (400, Refused),
        (401, Refused),
        (404, Refused),
        (408, TryAgain),
        (410, GaveUp),
        (422, Refused),
        (425, TryAgain),
        (429, TryAgain),
        (500, TryAgain),
        (503, TryAgain),
        (599, TryAgain),
    ],
)
def test_given_a_status_when_judged_then_its_class_decides(status: int, verdict: type[Verdict]) -> None:
    assert isinstance(judge_http(status, {}, b"said", now=NOW), verdict)


def test_given_a_gone_destination_when_judged_then_it_is_dead() -> None:
    assert judge_http(410, {}, b"", now=NOW) == GaveUp(reason="answered 410", destination_dead=True)


def test_given_a_429_when_judged_then_the_whole_destination_pauses_as_long_as_it_asks() -> None:
    verdict = judge_http(429, {"Retry-After": "7"}, b"slow down", now=NOW)
    assert verdict == TryAgain(reason="answered 429: slow down", not_before=dt.timedelta(seconds=7), limited=True)
    busy = judge_http(503, {"Retry-After": "7"}, b"", now=NOW)
    assert busy == TryAgain(reason="answered 503", not_before=dt.timedelta(seconds=7))


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("Wed, 04 Mar 2026 12:00:30 GMT", 30),
        ("Wednesday, 04-Mar-26 12:00:30 GMT", 30),
        ("Wed, 04 Mar 2026 11:00:00 GMT", 0),
        ("99999999999999999999", 7 * 86400),
        ("Wed, 04 Mar 2099 12:00:00 GMT", 7 * 86400),
    ],
)
def test_given_a_retry_after_when_read_then_it_is_a_wait_from_now(value: str, wait: int) -> None:
    assert retry_after(value, now=NOW) == dt.timedelta(seconds=wait)


@pytest.mark.parametrize("value", [None, "", "soon", "-5", "1.5", "٣", "Wed, 04 Mar 99999999999999999999 12:00:00 GMT"])
def test_given_no_readable_retry_after_when_read_then_there_is_none(value: str | None) -> None:
    assert retry_after(value, now=NOW) is None


@given(st.datetimes(min_value=dt.datetime(2026, 3, 4, 12), max_value=dt.datetime(2026, 3, 10)))  # noqa: DTZ001 - made aware below
def test_given_any_http_date_when_read_then_the_wait_ends_there(at: dt.datetime) -> None:
    aware = at.replace(microsecond=0, tzinfo=dt.UTC)
    assert NOW + (retry_after(email.utils.format_datetime(aware, usegmt=True), now=NOW) or dt.timedelta(0)) == aware


@given(st.text())
def test_given_any_header_when_read_then_a_sane_wait_or_none(value: str) -> None:
    wait = retry_after(value, now=NOW)
    assert wait is None or dt.timedelta(0) <= wait <= dt.timedelta(days=7)


@given(st.binary(max_size=3000))
def test_given_any_answer_when_quoted_then_it_is_one_short_printable_line(body: bytes) -> None:
    text = answer_text(body)
    assert len(text) <= 500
    assert text.isprintable()


@pytest.mark.parametrize(
    ("failed", "verdict"),
    [
        (RequestFailed(reason=RequestFailure.UNREACHABLE, detail="no way"), TryAgain(reason="no way")),
        (RequestFailed(reason=RequestFailure.TIMED_OUT, detail="no answer"), TryAgain(reason="no answer")),
        (RequestFailed(reason=RequestFailure.REFUSED, detail="not allowed"), Refused(reason="not allowed")),
        # It took the message and then said too much: sending it again would only double it.
        (RequestFailed(reason=RequestFailure.TOO_LARGE, detail="much", status=200), Delivered(answer="200 much")),
        (
            RequestFailed(reason=RequestFailure.PROTOCOL, detail="x", status=410),
            GaveUp(reason="answered 410: x", destination_dead=True),
        ),
    ],
)
def test_given_a_broken_request_when_judged_then_a_status_that_came_counts(
    failed: RequestFailed, verdict: Verdict
) -> None:
    assert judge_failure(failed, now=NOW) == verdict


@given(st.integers(min_value=0, max_value=500), jitters)
def test_given_failures_in_a_row_when_they_are_no_chance_then_the_destination_rests_a_minute_at_most(
    failures: int, jitter: float
) -> None:
    pause = rest(failures, RETRY_SCHEDULE, jitter)
    assert (pause is None) is (failures < CIRCUIT_AFTER)
    assert pause is None or dt.timedelta(0) < pause <= dt.timedelta(minutes=1)
