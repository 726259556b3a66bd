import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.stories import (
    Stage,
    StoredEvent,
    Story,
    StoryAdvanced,
    StoryChange,
    StoryMentioned,
    StoryOpened,
    StoryReported,
)
from monitor.domain.taxonomy import RelationType, Severity, Status
from monitor.stories.gather import STANDING_FOR, gather
from tests.unit.stories.reports import EXPELLED, MEETING, NOON, SUMMIT, VISIT, item, report

KINDS = {kind.id: kind for kind in (EXPELLED, MEETING, SUMMIT, VISIT)}


def replay(reports: Sequence[StoredEvent]) -> tuple[dict[str, Story], list[StoryChange]]:
    """Gathers one report after the other, as worker.poll does."""
    stories: dict[str, Story] = {}
    changes: list[StoryChange] = []
    for one in reports:
        change = gather(one, tuple(stories.values()), KINDS[one.event.type])
        changes.append(change)
        if not isinstance(change, StoryMentioned):
            stories[change.story.id] = change.story
    return stories, changes


def opened(one: StoredEvent) -> Story:
    change = gather(one, (), KINDS[one.event.type])
    assert isinstance(change, StoryOpened)
    return change.story


def day(number: int, last: int | None = None) -> EventDate:
    first = dt.date(2026, 3, number)
    precision = DatePrecision.MONTH if last else DatePrecision.DAY
    return EventDate(first=first, last=dt.date(2026, 3, last or number), precision=precision)


def test_given_no_story_when_a_report_comes_then_one_opens_with_what_it_says() -> None:
    story = opened(report(object_="the consul", date=day(3)))
    assert (story.relation, story.source, story.target) == ("CHL-VEN", "VEN", "CHL")
    assert (story.type, story.status, story.severity) == ("diplomat.expelled", Status.REPORTED, Severity.CRITICAL)
    assert (story.object, story.date) == ("the consul", day(3))
    assert story.opened_at == story.last_report_at == NOON
    assert story.publishers == {"harbour post"}
    assert story.headline == "Caracas orders two Chilean envoys to leave"


def test_given_a_story_when_another_outlet_reports_it_then_it_joins_and_counts() -> None:
    later = NOON + dt.timedelta(hours=5)
    stories, changes = replay(
        [report(), report(where=item(outlet="Andes Daily", at=later, title="Chile's envoys out"))]
    )
    (story,) = stories.values()
    assert isinstance(changes[1], StoryReported)
    assert story.publishers == {"harbour post", "andes daily"}
    assert story.last_report_at == later
    assert story.opened_at == NOON
    assert story.headline == "Caracas orders two Chilean envoys to leave"


def test_given_a_story_when_an_older_report_comes_late_then_its_last_report_stays() -> None:
    stories, _ = replay([report(), report(where=item(outlet="Andes Daily", at=NOON - dt.timedelta(days=1)))])
    (story,) = stories.values()
    assert story.last_report_at == NOON


@pytest.mark.parametrize(
    "other",
    [
        report(source="CHL", target="VEN"),
        report(target="PER"),
        report(kind=MEETING),
        report(where=item(at=NOON + STANDING_FOR + dt.timedelta(seconds=1))),
        report(where=item(at=NOON - STANDING_FOR - dt.timedelta(seconds=1))),
        report(where=item(sample=True)),
    ],
    ids=["reversed", "other target", "other type", "too late", "too early", "sample"],
)
def test_given_a_story_when_a_report_of_another_event_comes_then_a_second_opens(other: StoredEvent) -> None:
    assert len(replay([report(), other])[0]) == 2


def test_given_a_mutual_type_when_the_sides_are_turned_then_it_is_one_story() -> None:
    assert len(replay([report(MEETING, "VEN", "CHL"), report(MEETING, "CHL", "VEN")])[0]) == 1


def test_given_a_meeting_when_it_is_also_a_visit_then_it_is_one_story_in_either_direction() -> None:
    assert len(replay([report(MEETING, "VEN", "CHL"), report(VISIT, "CHL", "VEN")])[0]) == 1
    assert len(replay([report(VISIT, "CHL", "VEN"), report(MEETING, "VEN", "CHL")])[0]) == 1


def test_given_two_visits_when_they_go_opposite_ways_then_they_are_two_stories() -> None:
    assert len(replay([report(VISIT, "VEN", "CHL"), report(VISIT, "CHL", "VEN")])[0]) == 2


def test_given_a_routine_meeting_when_a_notable_summit_comes_then_it_is_a_story_of_its_own() -> None:
    stories, _ = replay([report(MEETING), report(SUMMIT)])
    assert {story.severity for story in stories.values()} == {Severity.ROUTINE, Severity.NOTABLE}


def test_given_a_story_with_an_unknown_side_when_a_report_names_it_then_the_story_learns_it() -> None:
    stories, _ = replay([report(source=None), report()])
    (story,) = stories.values()
    assert (story.source, story.relation) == ("VEN", "CHL-VEN")


def test_given_a_mutual_story_with_one_side_when_the_turned_report_comes_then_the_other_side_is_learned() -> None:
    stories, _ = replay([report(MEETING, "VEN", None), report(MEETING, "CHL", "VEN")])
    (story,) = stories.values()
    assert (story.source, story.target) == ("VEN", "CHL")


def test_given_two_reports_that_share_no_known_side_when_gathered_then_they_stay_apart() -> None:
    assert len(replay([report(target=None), report(source=None)])[0]) == 2


def test_given_two_fitting_stories_when_a_report_comes_then_it_joins_the_one_with_more_shared_sides() -> None:
    vague, exact = opened(report(source=None)), opened(report())
    for standing in ((vague, exact), (exact, vague)):
        change = gather(report(where=item(outlet="Andes Daily")), standing, EXPELLED)
        assert isinstance(change, StoryReported)
        assert change.story.id == exact.id


def test_given_known_objects_when_they_differ_then_two_stories_and_an_unknown_one_joins() -> None:
    stories, _ = replay([report(object_="The Consul"), report(object_="the  consul"), report(object_="the attaché")])
    assert len(stories) == 2
    assert len(replay([report(), report(object_="the consul"), report()])[0]) == 1


@pytest.mark.parametrize(
    ("one", "other", "stories"),
    [(day(3), day(4), 1), (day(3), day(5), 2), (day(1, 31), day(20), 1), (None, day(20), 1)],
)
def test_given_stated_dates_when_they_touch_then_one_story(
    one: EventDate | None, other: EventDate | None, stories: int
) -> None:
    assert len(replay([report(date=one), report(date=other, where=item(outlet="Andes Daily"))])[0]) == stories


def test_given_a_vague_date_when_a_precise_one_comes_then_the_story_keeps_the_precise_one() -> None:
    for order in ([report(date=day(1, 31)), report(date=day(20))], [report(date=day(20)), report(date=day(1, 31))]):
        (story,) = replay(order)[0].values()
        assert story.date == day(20)


@pytest.mark.parametrize(
    ("before", "after", "stage"),
    [
        (Status.POSSIBLE, Status.PLANNED, Stage.PLANNED),
        (Status.POSSIBLE, Status.REPORTED, Stage.HAPPENED),
        (Status.PLANNED, Status.REPORTED, Stage.HAPPENED),
        (Status.DENIED, Status.REPORTED, Stage.HAPPENED),
        (Status.POSSIBLE, Status.DENIED, Stage.DENIED),
        (Status.PLANNED, Status.DENIED, Stage.DENIED),
        (Status.REPORTED, Status.DENIED, Stage.DENIED),
    ],
)
def test_given_a_story_when_a_report_takes_it_further_then_it_advances(
    before: Status, after: Status, stage: Stage
) -> None:
    change = gather(report(status=after), (opened(report(status=before)),), EXPELLED)
    assert isinstance(change, StoryAdvanced)
    assert (change.stage, change.story.status) == (stage, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.REPORTED, Status.PLANNED),
        (Status.REPORTED, Status.POSSIBLE),
        (Status.PLANNED, Status.POSSIBLE),
        (Status.DENIED, Status.PLANNED),
        (Status.DENIED, Status.DENIED),
        (Status.REPORTED, Status.REPORTED),
    ],
)
def test_given_a_story_when_a_report_says_less_then_its_status_stays(before: Status, after: Status) -> None:
    change = gather(report(status=after), (opened(report(status=before)),), EXPELLED)
    assert isinstance(change, StoryReported)
    assert change.story.status is before


@pytest.mark.parametrize("said", [report(mention=True), report(status=Status.PAST)], ids=["mention", "past"])
def test_given_a_mention_when_gathered_then_it_links_to_its_story_and_changes_nothing(said: StoredEvent) -> None:
    story = opened(report(where=item(outlet="Andes Daily")))
    assert gather(said, (story,), EXPELLED) == StoryMentioned(story=story, report=said)
    assert gather(said, (), EXPELLED) == StoryMentioned(story=None, report=said)


_hours = st.integers(min_value=0, max_value=11)
_outlets = st.sampled_from(["The Harbour Post", "Andes Daily", "Radio Llano", "Cape Wire"])


@st.composite
def same_event(draw: st.DrawFn) -> list[StoredEvent]:
    """Reports of one event on one day: by any outlet, at any hour, with its object and one side named or not."""
    kind = draw(st.sampled_from([EXPELLED, MEETING, VISIT]))
    often_open = draw(st.sampled_from(["source", "target"]))
    reports = []
    for number in range(draw(st.integers(min_value=1, max_value=7))):
        source: str | None = "VEN"
        target: str | None = "CHL"
        if draw(st.booleans()):
            source, target = (None, target) if often_open == "source" else (source, None)
        if kind.mutual and draw(st.booleans()):
            source, target = target, source
        where = item(outlet=draw(_outlets), at=NOON + dt.timedelta(hours=draw(_hours)), guid=str(number))
        named = draw(st.sampled_from([None, "the consul"]))
        status = draw(st.sampled_from([Status.REPORTED, Status.PLANNED, Status.POSSIBLE, Status.DENIED]))
        reports.append(report(kind, source, target, where=where, object_=named, status=status))
    return reports


@given(reports=same_event(), data=st.data())
def test_given_reports_of_one_event_when_they_come_in_any_order_then_one_story(
    reports: list[StoredEvent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(reports))
    stories, _ = replay(shuffled)
    assert len(stories) == 1
    (story,) = stories.values()
    (unshuffled,) = replay(reports)[0].values()
    assert story.publishers == unshuffled.publishers
    assert story.last_report_at == unshuffled.last_report_at


@st.composite
def any_report(draw: st.DrawFn) -> StoredEvent:
    kind: RelationType = draw(st.sampled_from(list(KINDS.values())))
    source, target = draw(
        st.sampled_from([("VEN", "CHL"), ("CHL", "VEN"), ("VEN", None), (None, "CHL"), ("PER", "VEN")])
    )
    at = NOON + dt.timedelta(hours=draw(st.integers(min_value=-100, max_value=100)))
    named = draw(st.sampled_from([None, "the consul", "the attaché"]))
    return report(kind, source, target, where=item(at=at, outlet=draw(_outlets)), object_=named)


@given(st.lists(any_report(), max_size=8), any_report())
def test_given_any_stories_when_a_report_is_repeated_then_it_never_opens_a_second_one(
    before: list[StoredEvent], twice: StoredEvent
) -> None:
    once, _ = replay([*before, twice])
    again, changes = replay([*before, twice, twice])
    assert len(again) == len(once)
    assert isinstance(changes[-1], StoryReported)
