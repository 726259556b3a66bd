"""A story weighs what its type does, moved by what is known of it."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.events import EventActor, Part, RelationEvent
from monitor.domain.severity import Adjustment, Ground, SeverityTable, adjusted
from monitor.domain.stories import Stage, StoredEvent, Story, StoryAdvanced, StoryOpened, StoryReported
from monitor.domain.taxonomy import RelationType, Severity, Status
from monitor.stories.gather import Gatherer
from monitor.stories.severity import as_first_of_its_type, set_by_hand, with_type_severity
from tests.unit.stories.reports import EXPELLED, GATHERER, MEETING, NOON, actor, event, item, report, stored

HOUR = dt.timedelta(hours=1)
NO_STEPS = SeverityTable(possible=0, heads=0, first=0)


def opened(one: StoredEvent, gatherer: Gatherer = GATHERER) -> Story:
    change = gatherer.gather(one, ())
    assert isinstance(change, StoryOpened)
    return change.story


def met(source: EventActor | None, target: EventActor | None, kind: RelationType = MEETING) -> RelationEvent:
    return event(kind, source=source, target=target)


def head(code: str, role: str = "president", part: Part = Part.GOVERNMENT) -> EventActor:
    return EventActor(code=code, name=f"Head of {code}", role=role, part=part)


def test_given_no_ground_when_opened_then_a_story_weighs_what_its_type_does() -> None:
    story = opened(report())
    assert (story.severity, story.type_severity, story.adjustments) == (Severity.CRITICAL, Severity.CRITICAL, ())


def test_given_what_is_only_possible_when_opened_then_it_weighs_less_until_it_has_happened() -> None:
    story = opened(report(status=Status.POSSIBLE))
    assert story.severity is Severity.MAJOR
    assert story.adjustments == (Adjustment(ground=Ground.POSSIBLE, step=-1),)
    change = GATHERER.gather(report(where=item(at=NOON + HOUR, outlet="Reef Radio")), [story])
    assert isinstance(change, StoryAdvanced)
    assert change.stage is Stage.HAPPENED
    assert (change.story.severity, change.story.adjustments) == (Severity.CRITICAL, ())


def test_given_what_is_only_possible_when_denied_then_the_denial_weighs_as_much() -> None:
    story = opened(report(status=Status.POSSIBLE))
    denial = report(status=Status.DENIED, where=item(at=NOON + HOUR))
    assert GATHERER.gather(denial, [story]).story is not None
    change = GATHERER.gather(denial, [story])
    assert isinstance(change, StoryAdvanced)
    assert (change.stage, change.story.severity) == (Stage.DENIED, Severity.MAJOR)
    assert opened(denial).severity is Severity.CRITICAL


@pytest.mark.parametrize(
    ("source", "target", "severity"),
    [
        (head("FJI"), head("TON", "Prime Minister"), Severity.NOTABLE),
        (head("FJI"), actor("TON"), Severity.ROUTINE),
        (head("FJI"), None, Severity.ROUTINE),
        (head("FJI", "foreign minister"), head("TON"), Severity.ROUTINE),
        (head("FJI", part=Part.FORMER), head("TON"), Severity.ROUTINE),
    ],
)
def test_given_an_encounter_when_opened_then_heads_on_both_sides_raise_it(
    source: EventActor, target: EventActor | None, severity: Severity
) -> None:
    assert opened(stored(met(source, target))).severity is severity


def test_given_a_deed_of_state_when_a_head_does_it_then_the_name_stands_for_the_state() -> None:
    gatherer = dataclasses.replace(GATHERER, severities=SeverityTable(heads_in=frozenset({"contacts"})))
    assert opened(stored(met(head("FJI"), actor("TON"), EXPELLED)), gatherer).adjustments == ()
    counted = dataclasses.replace(GATHERER, severities=SeverityTable(heads_in=frozenset({"missions"}), heads=-1))
    assert opened(stored(met(head("FJI"), actor("TON"), EXPELLED)), counted).severity is Severity.MAJOR


def test_given_a_known_meeting_when_a_paper_names_the_heads_then_it_weighs_more_and_is_no_new_stage() -> None:
    story = opened(stored(met(actor("FJI"), actor("TON"))))
    later = stored(met(head("FJI"), head("TON")), item(at=NOON + HOUR))
    change = GATHERER.gather(later, [story])
    assert isinstance(change, StoryReported)
    assert change.story.severity is Severity.NOTABLE
    last = GATHERER.gather(stored(met(actor("FJI"), actor("TON")), item(at=NOON + 2 * HOUR)), [change.story])
    assert last.story is not None
    assert last.story.severity is Severity.NOTABLE


def test_given_a_table_without_steps_when_opened_then_nothing_moves_a_story() -> None:
    gatherer = dataclasses.replace(GATHERER, severities=NO_STEPS)
    assert opened(stored(met(head("FJI"), head("TON"))), gatherer).adjustments == ()
    story = opened(report(status=Status.POSSIBLE), gatherer)
    assert as_first_of_its_type(story, NO_STEPS).severity is Severity.CRITICAL


def test_given_a_first_of_its_type_when_reported_again_then_it_stays_one() -> None:
    story = as_first_of_its_type(opened(stored(met(head("FJI"), head("TON")))), SeverityTable())
    assert story.severity is Severity.MAJOR
    change = GATHERER.gather(stored(met(actor("FJI"), actor("TON")), item(at=NOON + HOUR)), [story])
    assert change.story is not None
    assert change.story.adjustments == story.adjustments
    assert as_first_of_its_type(story, SeverityTable()) == story


def test_given_a_severity_set_by_hand_when_more_is_known_then_it_stays() -> None:
    story = set_by_hand(opened(report(status=Status.POSSIBLE)), Severity.NOTABLE)
    change = GATHERER.gather(report(where=item(at=NOON + HOUR)), [story])
    assert change.story is not None
    assert change.story.severity is Severity.NOTABLE
    assert as_first_of_its_type(change.story, SeverityTable()).severity is Severity.NOTABLE
    assert with_type_severity(story, Severity.CRITICAL).severity is Severity.NOTABLE


def test_given_another_type_when_amended_then_what_moved_the_story_still_does() -> None:
    story = with_type_severity(opened(report(status=Status.POSSIBLE)), Severity.MAJOR)
    assert (story.severity, story.type_severity) == (Severity.NOTABLE, Severity.MAJOR)


@given(st.sampled_from(Severity), st.lists(st.integers(-3, 3), max_size=3))
def test_a_severity_when_moved_then_it_goes_so_many_steps_and_stays_a_severity(
    severity: Severity, steps: list[int]
) -> None:
    moved = adjusted(severity, [Adjustment(ground=Ground.FIRST, step=step) for step in steps])
    assert moved.rank == min(max(severity.rank + sum(steps), 0), Severity.CRITICAL.rank)


def test_a_story_that_was_moved_when_explained_then_every_ground_has_its_step() -> None:
    story = as_first_of_its_type(opened(report(status=Status.POSSIBLE)), SeverityTable())
    assert story.severity_explained == "critical (critical by its type, possible -1, first +1)"
    assert opened(report()).severity_explained == "critical"
    assert set_by_hand(story, Severity.ROUTINE).severity_explained == "routine (routine by its type, by hand)"


def test_a_type_when_asked_for_its_most_then_only_what_raises_it_counts() -> None:
    assert SeverityTable().most(MEETING) is Severity.MAJOR
    assert SeverityTable(heads_in=frozenset()).most(MEETING) is Severity.NOTABLE
    assert SeverityTable(heads=-1, first=0).most(MEETING) is Severity.ROUTINE


def test_given_a_first_or_what_is_set_by_hand_when_told_anew_then_it_weighs_as_before() -> None:
    one = report(status=Status.POSSIBLE)
    story = opened(one)
    first, by_hand = as_first_of_its_type(story, SeverityTable()), set_by_hand(story, Severity.ROUTINE)
    assert GATHERER.retell([one], like=first) == first
    assert GATHERER.retell([one], like=by_hand) == by_hand
    turned = dataclasses.replace(first, type="ambassador.summoned")
    assert GATHERER.retell([one], like=turned).severity is story.severity
