"""What an HTTP destination's answer means, and when to try again.

Pure: `judge_http` and `judge_failure` read one attempt, `next_attempt` says when the next one is due. Leaves it to the
channels to read a vendor's own words first, and to storage to keep the time. Comes after a channel's send, before the
message is settled.
"""

import datetime as dt
import email.utils
from collections.abc import Mapping, Sequence
from typing import assert_never

from monitor.domain.delivery import Delivered, GaveUp, Refused, TryAgain, Verdict
from monitor.outbound.client import RequestFailed, RequestFailure

REFUSED_TRIES = 3
"""A destination that refuses a message is asked three times in all: what it lacks may be mended within minutes."""

CIRCUIT_AFTER = 3
"""After so many attempts in a row without a usable answer, whatever they carried, the destination is let rest."""

_LONGEST_REST = dt.timedelta(minutes=1)

# A server that asks for more is taken at its word for a week, which also keeps times within what can be stored.
_LONGEST_WISH = dt.timedelta(days=7)
_ANSWER_CHARACTERS = 500

# 408 Request Timeout, 425 Too Early, 429 Too Many Requests: the request was right, only its moment was not (R4).
_BAD_MOMENT = frozenset({408, 425, 429})
_TOO_MANY_REQUESTS = 429
_GONE = 410


def next_attempt(
    attempt: int, verdict: Verdict, schedule: Sequence[dt.timedelta], jitter: float
) -> dt.timedelta | None:
    """How long to wait after `attempt` (1 for the first try); None where there is nothing more to try.

    None after a `TryAgain` or a `Refused` makes a dead letter. `jitter` is drawn evenly from 0 to 1 and takes its part of
    each wait ("full jitter"), so that messages which failed together come back apart. The wait is never shorter than the
    destination's own wish. A 429 is never final and never tried again at once (P10): it neither climbs the schedule where
    it names its wait, nor ends with it.
    """
    match verdict:
        case Delivered() | GaveUp():
            return None
        case Refused():
            return schedule[attempt] * jitter if attempt < min(REFUSED_TRIES, len(schedule)) else None
        case TryAgain(limited=True, not_before=wish):
            step = min(attempt if wish is None else 1, len(schedule) - 1)
            return max(_upper_half(schedule[step], jitter), wish or dt.timedelta(0))
        case TryAgain(not_before=wish):
            if attempt >= len(schedule):
                return None
            return max(schedule[attempt] * jitter, wish or dt.timedelta(0))
        case _:
            assert_never(verdict)


def rest(failures: int, schedule: Sequence[dt.timedelta], jitter: float) -> dt.timedelta | None:
    """How long a whole destination rests after `failures` in a row; None while these may be chance.

    Without it, each message of a long queue would be tried for itself at a destination that is down. After the rest one
    message goes as a probe. A minute at most: the first message that is taken frees all that waits.
    """
    if failures < CIRCUIT_AFTER:
        return None
    return min(_upper_half(schedule[min(failures - 1, len(schedule) - 1)], jitter), _LONGEST_REST)


def _upper_half(wait: dt.timedelta, jitter: float) -> dt.timedelta:
    """For waits that must not come to nothing."""
    return wait * (1 + jitter) / 2


def judge_http(status: int, headers: Mapping[str, str], body: bytes, *, now: dt.datetime) -> Verdict:
    """The verdict on an answer, by its status alone (R4). `headers` is case-insensitive; `now` dates a Retry-After."""
    said = f"answered {status}" + (f": {answer_text(body)}" if body else "")
    if 200 <= status < 300:  # noqa: PLR2004 - the class of successful answers, RFC 9110
        return Delivered(answer=f"{status} {answer_text(body)}".strip())
    if status in _BAD_MOMENT or status >= 500:  # noqa: PLR2004 - the class of server errors, RFC 9110
        wish = retry_after(headers.get("Retry-After"), now=now)
        return TryAgain(reason=said, not_before=wish, limited=status == _TOO_MANY_REQUESTS)
    if status == _GONE:
        return GaveUp(reason=said, destination_dead=True)
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects, RFC 9110
        return Refused(reason=f"answered {status}, a redirect; messages follow none, so set the address it points to")
    return Refused(reason=said)


def judge_failure(failed: RequestFailed, *, now: dt.datetime) -> Verdict:
    """The verdict on a request without a whole answer; where a status had come, that status counts."""
    if failed.status is not None:
        return judge_http(failed.status, {}, failed.detail.encode(), now=now)
    if failed.reason is RequestFailure.REFUSED:
        # Only the operator can permit the address; three tries leave the time to do so.
        return Refused(reason=failed.detail)
    return TryAgain(reason=failed.detail)


def retry_after(value: str | None, *, now: dt.datetime) -> dt.timedelta | None:
    """Reads a Retry-After header, seconds or an HTTP date (RFC 9110, 10.2.3); None where there is none to be read.

    A date that has passed is a wait of zero. The longest wait that is believed is a week.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = int(text[:10])
        return min(dt.timedelta(seconds=seconds), _LONGEST_WISH)
    try:
        at = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # "-0000" and the like come back naive; an HTTP date is always GMT.
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    return min(max(at - now, dt.timedelta(0)), _LONGEST_WISH)


def answer_text(body: bytes) -> str:
    """What a destination said, on one line of printable text, at most 500 characters."""
    text = body[: 4 * _ANSWER_CHARACTERS].decode("utf-8", "replace")
    text = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return text[:_ANSWER_CHARACTERS]
