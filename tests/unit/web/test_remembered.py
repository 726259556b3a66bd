"""What is remembered is made once, renewed by one while others get the old one, and made anew for another key."""

import datetime as dt
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from structlog.testing import capture_logs

from monitor.domain.errors import DatabaseUnavailable
from monitor.web.remembered import Remembered

NOW = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Counting:
    """Makes one, then two, then three."""

    def __init__(self) -> None:
        self.made = 0

    def make(self) -> int:
        self.made += 1
        return self.made


@pytest.fixture
def remembered() -> Remembered[int]:
    return Remembered(fresh=MINUTE, usable=9 * MINUTE)


def test_a_value_when_it_is_fresh_then_it_is_made_once(remembered: Remembered[int]) -> None:
    counting = Counting()
    looks = [remembered.look(counting.make, ("key",), NOW + minutes) for minutes in (0 * MINUTE, MINUTE)]
    assert [(kept.value, kept.at, renew) for kept, renew in looks] == [(1, NOW, None)] * 2


def test_a_value_when_it_is_no_longer_fresh_then_it_is_given_and_renewed_afterwards(
    remembered: Remembered[int],
) -> None:
    counting = Counting()
    remembered.look(counting.make, ("key",), NOW)
    kept, renew = remembered.look(counting.make, ("key",), NOW + 2 * MINUTE)
    assert (kept.value, counting.made) == (1, 1)
    assert renew is not None
    renew()
    kept, renew = remembered.look(counting.make, ("key",), NOW + 2 * MINUTE)
    assert (kept.value, kept.at, renew) == (2, NOW + 2 * MINUTE, None)


def test_a_value_when_many_ask_for_it_at_once_then_it_is_made_once_and_all_get_it(remembered: Remembered[int]) -> None:
    counting, together = Counting(), threading.Barrier(8)

    def make_slowly() -> int:
        time.sleep(0.05)  # long enough for the others to come
        return counting.make()

    def ask(_: int) -> int:
        together.wait()
        return remembered.look(make_slowly, ("key",), NOW)[0].value

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [1] * 8


@pytest.mark.parametrize(("key", "later"), [("other", 0 * MINUTE), ("key", 10 * MINUTE)])
def test_a_value_when_it_is_of_another_key_or_too_old_then_it_is_made_anew(
    key: str, later: dt.timedelta, remembered: Remembered[int]
) -> None:
    counting = Counting()
    remembered.look(counting.make, ("key",), NOW)
    kept, renew = remembered.look(counting.make, (key,), NOW + later)
    assert (kept.value, renew) == (2, None)


def test_a_value_when_it_cannot_be_renewed_then_that_is_logged_and_the_old_one_stays(
    remembered: Remembered[int],
) -> None:
    def fail() -> int:
        raise DatabaseUnavailable("The disk is full.")

    remembered.look(Counting().make, ("key",), NOW)
    _, renew = remembered.look(fail, ("key",), NOW + 2 * MINUTE)
    assert renew is not None
    with capture_logs() as logs:
        renew()
    assert [one["event"] for one in logs] == ["page_not_renewed"]
    assert remembered.look(fail, ("key",), NOW + 2 * MINUTE)[0].value == 1
