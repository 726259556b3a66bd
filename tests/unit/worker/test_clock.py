"""A clock that is set is told from one that runs."""

import datetime as dt

import pytest

from monitor.worker.clock import ClockWatch

START = dt.datetime(2026, 1, 5, 12, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("seconds", [-10_800.0, -6.0, 6.0, 86_400.0])
def test_given_a_clock_that_is_set_when_asked_twice_then_it_says_so_once(seconds: float) -> None:
    wall, steady = START, 1000.0
    watch = ClockWatch(lambda: wall, lambda: steady)
    wall += dt.timedelta(seconds=60 + seconds)
    steady += 60
    assert watch.step().total_seconds() == pytest.approx(seconds)
    assert not watch.step()


@pytest.mark.parametrize("seconds", [-4.0, 0.0, 4.0])
def test_given_a_clock_that_is_corrected_by_little_when_asked_then_nothing_has_happened(seconds: float) -> None:
    wall, steady = START, 1000.0
    watch = ClockWatch(lambda: wall, lambda: steady)
    wall += dt.timedelta(seconds=3600 + seconds)
    steady += 3600
    assert not watch.step()
