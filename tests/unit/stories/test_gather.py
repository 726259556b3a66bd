import dataclasses
import datetime as dt
from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.events import DatePrecision, EventDate, Telling
from monitor.domain.publishers import Publisher
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
from monitor.stories.corroborate import Voices
from monitor.stories.sameness import STANDING_FOR
from tests.unit.stories.reports import ESCORTED, EXPELLED, GATHERER, KINDS, MEETING, NOON, SUMMIT, VISIT, item, report


def replay(reports: Sequence[StoredEvent]) -> tuple[dict[str, Story], list[StoryChange]]:
    """Gathers one report after the other, as worker.poll does."""
    stories: dict[str, Story] = {}
    changes: list[StoryChange] = []
    for one in reports:
        change = GATHERER.gather(one, tuple(stories.values()))
        changes.append(change)
        if not isinstance(change, StoryMentioned):
            stories[change.story.id] = change.story
    return stories, changes


def opened(one: StoredEvent) -> Story:
    change = GATHERER.gather(one, ())
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
    assert isinstance(changes[1], StoryAdvanced)
    assert changes[1].stage is Stage.CORROBORATED
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
        change = GATHERER.gather(report(where=item(outlet="Andes Daily")), standing)
        assert isinstance(change, StoryAdvanced)
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
        (Status.PLANNED, Status.DENIED, Stage.CALLED_OFF),
        (Status.REPORTED, Status.DENIED, Stage.DENIED),
    ],
)
def test_given_a_story_when_a_report_takes_it_further_then_it_advances(
    before: Status, after: Status, stage: Stage
) -> None:
    change = GATHERER.gather(report(status=after), (opened(report(status=before)),))
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
    change = GATHERER.gather(report(status=after), (opened(report(status=before)),))
    assert isinstance(change, StoryReported)
    assert change.story.status is before


@pytest.mark.parametrize("said", [report(mention=True), report(status=Status.PAST)], ids=["mention", "past"])
def test_given_a_mention_when_gathered_then_it_links_to_its_story_and_changes_nothing(said: StoredEvent) -> None:
    story = opened(report(where=item(outlet="Andes Daily")))
    assert GATHERER.gather(said, (story,)) == StoryMentioned(story=story, report=said)
    assert GATHERER.gather(said, ()) == StoryMentioned(story=None, report=said)


def test_given_what_was_reported_and_denied_when_it_is_reported_again_then_both_claims_stand() -> None:
    _, changes = replay([report(), report(status=Status.DENIED), report(where=item(guid="again"))])
    assert [change.stage for change in changes if isinstance(change, StoryAdvanced)] == [
        Stage.DENIED,
        Stage.CONTRADICTED,
    ]


def test_given_a_deed_when_it_is_denied_days_later_then_that_is_a_story_of_its_own_and_the_deed_stands() -> None:
    later, last = (item(outlet="Andes Daily", at=NOON + dt.timedelta(hours=hours)) for hours in (25, 30))
    stories, _ = replay([report(), report(status=Status.DENIED, where=later), report(where=last)])
    assert {story.status: story.last_report_at for story in stories.values()} == {
        Status.REPORTED: last.published_at,
        Status.DENIED: later.published_at,
    }


def test_given_a_story_without_its_source_when_a_report_names_it_then_it_is_attributed_once() -> None:
    stories, changes = replay([report(source=None), report(), report(source=None), report()])
    assert [change.stage for change in changes if isinstance(change, StoryAdvanced)] == [Stage.ATTRIBUTED]
    assert len(stories) == 1


def test_given_publishers_one_by_one_when_they_report_then_the_second_and_the_third_are_steps() -> None:
    outlets = ("The Harbour Post", "Andes Daily", "Harbour Post", "Radio Llano", "Cape Wire")
    _, changes = replay([report(where=item(outlet=outlet)) for outlet in outlets])
    stages = [change.stage if isinstance(change, StoryAdvanced) else None for change in changes]
    assert stages == [None, Stage.CORROBORATED, None, Stage.ESTABLISHED, None]


def test_given_an_outlet_that_speaks_for_a_side_when_it_reports_then_it_is_official() -> None:
    voices = Voices([Publisher(id="ministry", names=("Ministry of the Coast",), official="VEN")])
    gatherer = dataclasses.replace(GATHERER, voices=voices)
    change = gatherer.gather(report(where=item(outlet="Ministry of the Coast")), (opened(report()),))
    assert isinstance(change, StoryAdvanced)
    assert change.stage is Stage.OFFICIAL


def test_given_an_open_object_when_a_report_names_it_then_the_story_has_more_detail() -> None:
    _, changes = replay([report(), report(object_="the consul")])
    assert isinstance(changes[1], StoryAdvanced)
    assert changes[1].stage is Stage.DETAILED


@pytest.mark.parametrize("own_first", [True, False])
def test_given_an_operators_own_type_when_its_parent_is_reported_then_it_is_one_story(own_first: bool) -> None:
    kinds = (ESCORTED, EXPELLED) if own_first else (EXPELLED, ESCORTED)
    assert len(replay([report(kind) for kind in kinds])[0]) == 1


def test_given_a_deed_that_is_known_when_one_of_a_later_day_is_reported_then_it_is_another() -> None:
    later = report(date=day(6), where=item(at=NOON + dt.timedelta(days=2)))
    assert len(replay([report(), later])[0]) == 2
    assert len(replay([report(status=Status.PLANNED), later])[0]) == 1


def test_given_a_story_that_has_faded_when_several_tell_it_at_once_then_it_has_happened_anew() -> None:
    later = NOON + dt.timedelta(days=2, hours=1)
    wave = [report(where=item(outlet=outlet, at=later)) for outlet in ("Andes Daily", "Radio Llano", "Cape Wire")]
    assert len(replay([report(), *wave])[0]) == 2
    assert len(replay([report(), wave[0]])[0]) == 1
    kept_alive = [report(where=item(outlet="Coast FM", at=later - dt.timedelta(hours=hours))) for hours in (34, 18, 6)]
    assert len(replay([report(), *kept_alive, *wave])[0]) == 1


def test_given_one_event_in_four_languages_when_each_says_its_own_part_of_it_then_one_story_opens() -> None:
    said = [
        report(source=None, where=item(outlet="The Harbour Post", language="en")),
        report(where=item(outlet="Diario del Llano", language="es", at=NOON + dt.timedelta(hours=2))),
        report(object_="the consul", where=item(outlet="Gazeta do Porto", language="pt")),
        report(where=item(outlet="La Vigie", language="fr", at=NOON - dt.timedelta(hours=3))),
    ]
    for order in permutations(said):
        _, changes = replay(order)
        assert sum(isinstance(change, StoryOpened) for change in changes) == 1


@given(st.lists(st.sampled_from([None, "the consul", "the attaché", "the nuncio"]), min_size=1, max_size=7), st.data())
def test_given_objects_of_one_day_when_reports_come_in_any_order_then_each_has_one_story(
    objects: list[str | None], data: st.DataObject
) -> None:
    said = [report(object_=name, where=item(guid=str(n))) for n, name in enumerate(objects)]
    expected = max(1, len({name for name in objects if name is not None}))
    assert len(replay(data.draw(st.permutations(said)))[0]) == expected


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
        told = draw(st.sampled_from(list(Telling)))
        reports.append(report(kind, source, target, where=where, object_=named, status=status, told=told))
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
