"""How all pairs stand at once is how each stands by itself, and the lists hold who moved most."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.bands import Band
from monitor.domain.relations import CountedStory
from monitor.domain.taxonomy import Status
from monitor.stories.index import levels, sums_by_day
from monitor.stories.standings import LOOKS_BACK, MONTH, WEEK, standings

SCALES = {"attack": -10.0, "talks": 4.0}
TODAY = dt.date(2026, 5, 1)
DAY = dt.timedelta(days=1)


def told(
    relation: str = "BTN-NPL",
    kind: str = "attack",
    *,
    days_ago: int = 0,
    status: Status = Status.REPORTED,
    stated_on: dt.date | None = None,
) -> CountedStory:
    return CountedStory(relation, kind, status, TODAY - days_ago * DAY, stated_on, 2)


stories = st.lists(
    st.builds(
        told,
        st.sampled_from(["BTN-NPL", "FJI-TON", "LAO-THA"]),
        st.sampled_from([*SCALES, "known.no.more"]),
        days_ago=st.integers(0, LOOKS_BACK.days - 1),
        status=st.sampled_from(list(Status)),
    ),
    max_size=30,
)


@given(stories)
def test_all_pairs_when_reckoned_at_once_then_each_stands_as_by_itself(found: list[CountedStory]) -> None:
    for standing in standings(found, SCALES, day=TODAY, movers=9).pairs.values():
        sums = sums_by_day([one for one in found if one.relation == standing.relation], SCALES)
        course = dict(levels(sums, first=TODAY - MONTH, last=TODAY))
        assert standing.index == pytest.approx(course[TODAY])
        assert standing.week_before == pytest.approx(course[TODAY - WEEK])
        assert standing.month_before == pytest.approx(course[TODAY - MONTH])


@given(stories, st.integers(0, 4))
def test_lists_when_made_then_the_greatest_change_stands_first_and_nobody_in_both(
    found: list[CountedStory], movers: int
) -> None:
    made = standings(found, SCALES, day=TODAY, movers=movers)
    for warmed, cooled, change in (
        (made.warmed_in_week, made.cooled_in_week, "over_week"),
        (made.warmed_in_month, made.cooled_in_month, "over_month"),
    ):
        up, down = [getattr(one, change) for one in warmed], [getattr(one, change) for one in cooled]
        assert up == sorted(up, reverse=True)
        assert down == sorted(down)
        assert all(one > 0 for one in up)
        assert all(one < 0 for one in down)
        assert max(len(up), len(down)) <= movers
    for mover in (*made.warmed_in_month, *made.cooled_in_month):
        assert mover.course[-1] == pytest.approx(mover.index)
        assert mover.course[0] == pytest.approx(mover.month_before)


def test_a_pair_when_attacks_come_then_it_has_cooled_and_one_at_peace_again_has_warmed() -> None:
    made = standings(
        [
            *[told("FJI-TON", days_ago=2)] * 9,
            *[told("LAO-THA", days_ago=20)] * 9,
            told("BTN-NPL", "talks", days_ago=40),
        ],
        SCALES,
        day=TODAY,
        movers=1,
    )
    assert [one.relation for one in made.cooled_in_week] == ["FJI-TON"]
    assert [one.relation for one in made.warmed_in_week] == ["LAO-THA"]
    assert made.pairs["FJI-TON"].band is Band.HOSTILE
    assert made.pairs["FJI-TON"].stories == 9


def test_states_when_asked_for_the_most_active_then_the_last_month_counts() -> None:
    made = standings(
        [told("FJI-TON"), told("FJI-WSM"), told("FJI-TON", days_ago=3), *[told("LAO-THA", days_ago=40)] * 9],
        SCALES,
        day=TODAY,
        movers=9,
    )
    assert made.most_active(2) == ("FJI", "TON")
    assert made.most_active(9) == ("FJI", "TON", "WSM")


def test_a_stated_day_when_it_is_ahead_of_the_report_then_the_report_counts_today() -> None:
    made = standings([told(stated_on=TODAY + 9 * DAY)], SCALES, day=TODAY, movers=9)
    assert made.pairs["BTN-NPL"].index < 0
    assert standings([], SCALES, day=TODAY, movers=9).pairs == {}
