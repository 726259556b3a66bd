"""A burst of one pair: when it opens a situation, what still passes at once, and what summaries tell."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.routing import Alert
from monitor.domain.situations import Situation, SituationEntry
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import RelationType
from monitor.stories.situation import (
    COUNTED_FOR,
    SUMMARY_EVERY,
    Hold,
    Open,
    Outcome,
    SendAtOnce,
    entry_of,
    is_over,
    judge,
    summary_due,
    summed_up,
)
from tests.unit.stories.reports import EXPELLED, GATHERER, KINDS, MEETING, NOON, SUMMIT, VISIT, item, report


def alert(number: int, kind: RelationType = VISIT, stage: Stage = Stage.FIRST) -> Alert:
    said = report(kind, object_=f"port {number}", where=item(guid=str(number)))
    story = GATHERER.gather(said, ()).story
    assert story is not None
    return Alert(story=story, stage=stage, report=said, kind=kind, channel_id="desk", watches=("andes",))


def told(number: int, kind: RelationType = VISIT) -> SituationEntry:
    return entry_of(alert(number, kind), f"line {number}", summary=0, now=NOON)


def meet(one: Alert, recent: list[SituationEntry], standing: Situation | None = None, burst: int = 4) -> Outcome:
    return judge(one, "the line", standing=standing, recent=recent, burst=burst, now=NOON)


def opened() -> Situation:
    outcome = meet(alert(4), [told(1), told(2), told(3)])
    assert isinstance(outcome, Open)
    return outcome.situation


def test_given_few_stories_when_another_comes_then_it_is_sent_and_no_situation_stands() -> None:
    assert meet(alert(3), [told(1), told(2)]) == SendAtOnce()
    # Two steps of one story are no two stories.
    step = dataclasses.replace(told(2), stage=Stage.HAPPENED)
    assert meet(alert(3), [told(1), told(2), step]) == SendAtOnce()


def test_given_a_burst_when_it_is_full_then_a_situation_opens_with_all_of_it() -> None:
    outcome = meet(alert(4), [told(1), told(2), told(3)])
    assert isinstance(outcome, Open)
    assert not outcome.alert_passes
    assert [entry.line for entry in outcome.situation.entries] == ["line 1", "line 2", "line 3", "the line"]
    assert not outcome.situation.waiting


def test_given_a_situation_when_an_ordinary_story_comes_then_it_waits_for_the_summary() -> None:
    outcome = meet(alert(5), [], opened())
    assert isinstance(outcome, Hold)
    assert [entry.line for entry in outcome.situation.waiting] == ["the line"]


@pytest.mark.parametrize(
    "passing",
    [alert(5, MEETING), alert(5, SUMMIT), alert(5, EXPELLED)]
    + [alert(5, VISIT, stage) for stage in (Stage.DENIED, Stage.CALLED_OFF, Stage.CONTRADICTED)],
    ids=["first of its type", "higher severity", "critical", "denied", "called off", "contradicted"],
)
def test_given_a_situation_when_what_must_not_be_missed_comes_then_it_passes_and_is_noted(passing: Alert) -> None:
    outcome = meet(passing, [], opened())
    assert isinstance(outcome, SendAtOnce)
    assert outcome.situation is not None
    assert not outcome.situation.waiting
    assert len(outcome.situation.entries) == len(opened().entries) + 1


def test_given_a_critical_situation_when_another_critical_story_opens_then_it_passes_and_its_sequel_waits() -> None:
    standing = meet(alert(4, EXPELLED), [told(number, EXPELLED) for number in (1, 2, 3)])
    assert isinstance(standing, Open)
    assert standing.alert_passes
    assert isinstance(meet(alert(5, EXPELLED), [], standing.situation), SendAtOnce)
    assert isinstance(meet(alert(5, EXPELLED, Stage.ATTRIBUTED), [], standing.situation), Hold)


def test_given_what_waits_when_half_an_hour_has_passed_then_one_summary_tells_it_and_later_it_is_over() -> None:
    held = meet(alert(5), [], opened())
    assert isinstance(held, Hold)
    assert not summary_due(held.situation, NOON + SUMMARY_EVERY - dt.timedelta(seconds=1))
    assert summary_due(held.situation, NOON + SUMMARY_EVERY)
    assert not is_over(held.situation, NOON + COUNTED_FOR)
    after = summed_up(held.situation, NOON + SUMMARY_EVERY)
    assert not summary_due(after, NOON + 9 * SUMMARY_EVERY)
    assert (after.summaries, after.waiting) == (1, ())
    assert is_over(after, NOON + COUNTED_FOR)


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(list(KINDS)), st.sampled_from([Stage.FIRST, Stage.DENIED])),
        max_size=14,
    )
)
def test_given_any_alerts_when_a_situation_takes_them_then_each_is_sent_or_told_and_none_is_lost(
    steps: list[tuple[int, str, Stage]],
) -> None:
    standing: Situation | None = None
    sent: list[SituationEntry] = []
    for number, kind, stage in steps:
        one = alert(number, KINDS[kind], stage)
        outcome = judge(one, "line", standing=standing, recent=sent, burst=3, now=NOON)
        standing = outcome.situation if outcome.situation is not None else standing
        if isinstance(outcome, SendAtOnce) or (isinstance(outcome, Open) and outcome.alert_passes):
            sent.append(entry_of(one, "line", summary=0, now=NOON))
        else:
            assert standing is not None
            assert (one.story.id, stage) in {(entry.story_id, entry.stage) for entry in standing.entries}
