"""Whether a report tells of the event that is known: by how it is told, where nothing else tells them apart."""

import datetime as dt
from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.events import DatePrecision, EventActor, EventDate, Part, Telling
from monitor.domain.stories import Stage, StoredEvent, Story, StoryAdvanced, StoryMentioned
from monitor.domain.taxonomy import RelationType, Severity, Status
from tests.unit.stories.reports import (
    EXPELLED,
    GATHERER,
    MEETING,
    NOON,
    STRUCK,
    SUMMIT,
    VISIT,
    actor,
    event,
    item,
    report,
    stored,
)

_DAY_AND_A_HALF = 36


def gathered(reports: Sequence[StoredEvent]) -> list[Story]:
    """The stories of these reports, told one after the other."""
    stories: dict[str, Story] = {}
    for one in reports:
        change = GATHERER.gather(one, tuple(stories.values()))
        if not isinstance(change, StoryMentioned):
            stories[change.story.id] = change.story
    return list(stories.values())


def after(
    hours: float,
    kind: RelationType = STRUCK,
    *,
    told: Telling = Telling.VERB,
    status: Status = Status.REPORTED,
    source: str | None = "VEN",
    target: str | None = "CHL",
    date: EventDate | None = None,
) -> StoredEvent:
    where = item(at=NOON + dt.timedelta(hours=hours), guid=f"{hours}-{told}-{status}")
    return report(kind, source, target, told=told, status=status, where=where, date=date)


@pytest.mark.parametrize(
    ("kind", "told", "hours", "stories"),
    [
        (STRUCK, Telling.VERB, 35, 1),
        (STRUCK, Telling.VERB, 36, 2),
        (STRUCK, Telling.NOUN, 60, 1),
        (STRUCK, Telling.OUTCOME, 60, 1),
        (STRUCK, Telling.ANEW, 11, 1),
        (STRUCK, Telling.ANEW, 12, 2),
        (EXPELLED, Telling.VERB, 60, 1),
        (EXPELLED, Telling.ANEW, 12, 2),
    ],
)
def test_given_a_deed_when_it_is_told_as_news_long_after_then_it_is_another_where_such_deeds_recur(
    kind: RelationType, told: Telling, hours: int, stories: int
) -> None:
    still_talked_about = after(hours - 6, kind, told=Telling.NOUN)
    assert len(gathered([after(0, kind), still_talked_about, after(hours, kind, told=told)])) == stories


@pytest.mark.parametrize(
    ("kind", "told", "hours", "stories"),
    [
        (STRUCK, Telling.VERB, 17, 1),
        (STRUCK, Telling.VERB, 18, 2),
        (STRUCK, Telling.OUTCOME, 18, 1),
        (EXPELLED, Telling.VERB, 18, 1),
    ],
)
def test_given_a_strike_that_nobody_tells_of_any_more_when_one_is_told_as_news_then_it_is_the_next(
    kind: RelationType, told: Telling, hours: int, stories: int
) -> None:
    assert len(gathered([after(0, kind), after(hours, kind, told=told)])) == stories


def test_given_what_has_happened_when_more_of_it_is_possible_then_that_is_another_a_day_and_a_half_later() -> None:
    done = after(0, EXPELLED)
    assert len(gathered([done, after(35, EXPELLED, status=Status.POSSIBLE)])) == 1
    assert len(gathered([done, after(36, EXPELLED, status=Status.POSSIBLE, told=Telling.NOUN)])) == 1
    assert len(gathered([done, after(36, EXPELLED, status=Status.POSSIBLE)])) == 2


def test_given_a_war_when_every_day_is_told_then_each_day_and_a_half_has_its_story_and_nouns_join_the_last() -> None:
    days = [after(hours) for hours in range(0, 145, 12)]
    stories = gathered(days)
    assert [story.opened_at - NOON for story in stories] == [dt.timedelta(hours=h) for h in (0, 36, 72, 108, 144)]
    *_, last = gathered([*days, after(150, told=Telling.NOUN)])
    assert last.last_report_at == NOON + dt.timedelta(hours=150)


@pytest.mark.parametrize(
    ("kind", "told", "stories"),
    [(MEETING, Telling.VERB, 2), (MEETING, Telling.NOUN, 2), (STRUCK, Telling.VERB, 1)],
)
def test_given_what_has_happened_when_the_same_is_planned_then_a_meeting_to_come_is_another(
    kind: RelationType, told: Telling, stories: int
) -> None:
    to_come = after(_DAY_AND_A_HALF, kind, told=told, status=Status.PLANNED)
    assert len(gathered([after(0, kind), to_come])) == stories
    assert len(gathered([after(0, kind), after(20, kind, told=told, status=Status.PLANNED)])) == 1


def test_given_a_deed_and_a_denial_of_the_next_when_the_deed_is_talked_about_then_it_is_the_one_that_happened() -> None:
    deed, denial = after(0), after(30, status=Status.DENIED)
    for talk in (after(31, told=Telling.NOUN, status=Status.POSSIBLE), after(31, told=Telling.OUTCOME)):
        stories = {story.opened_at: story for story in gathered([deed, denial, talk])}
        assert stories[NOON].last_report_at == talk.item.published_at


@pytest.mark.parametrize("status", [Status.PLANNED, Status.POSSIBLE])
def test_given_what_is_to_come_when_only_a_noun_speaks_of_it_then_it_has_not_happened(status: Status) -> None:
    feared = after(0, status=status)
    (story,) = gathered([feared, after(1, told=Telling.NOUN)])
    assert (story.status, story.happened_at) == (status, None)
    change = GATHERER.gather(after(2), (story,))
    assert isinstance(change, StoryAdvanced)
    assert (change.stage, change.story.status) == (Stage.HAPPENED, Status.REPORTED)


def test_given_a_meeting_with_a_day_when_it_is_told_days_before_then_it_has_not_happened() -> None:
    day = dt.date(2026, 3, 7)
    set_for = EventDate(first=day, last=day, precision=DatePrecision.DAY)
    planned = after(0, MEETING, status=Status.PLANNED, date=set_for)
    (story,) = gathered([planned, after(24, MEETING)])
    assert story.status is Status.PLANNED
    (story,) = gathered([planned, after(48, MEETING)])
    assert story.status is Status.REPORTED


@pytest.mark.parametrize(
    ("first", "then", "hours", "stories"),
    [
        (("VEN", "CHL"), ("VEN", None), 12, 1),
        (("VEN", "CHL"), ("VEN", None), 13, 2),
        (("VEN", None), ("VEN", "CHL"), 13, 2),
        ((None, "CHL"), ("VEN", "CHL"), 30, 1),
        (("VEN", "CHL"), (None, "CHL"), 13, 2),
        (("VEN", None), ("VEN", None), 30, 1),
    ],
)
def test_given_a_side_that_is_open_when_it_is_told_later_then_only_who_did_it_may_still_be_found_out(
    first: tuple[str | None, str | None], then: tuple[str | None, str | None], hours: int, stories: int
) -> None:
    one = after(0, EXPELLED, source=first[0], target=first[1])
    other = after(hours, EXPELLED, source=then[0], target=then[1])
    assert len(gathered([one, other])) == stories


def test_given_a_dissident_who_is_received_when_the_state_sends_an_envoy_then_each_has_a_story() -> None:
    dissident = stored(event(MEETING, source=actor("VEN", part=Part.OPPOSITION), target=actor("CHL")), item(guid="one"))
    again = stored(event(VISIT, source=actor("CHL"), target=actor("VEN", part=Part.OPPOSITION)), item(guid="two"))
    envoy = stored(event(MEETING, source=actor("VEN"), target=actor("CHL")), item(guid="three"))
    host_alone = stored(event(MEETING, source=None, target=actor("CHL")), item(guid="four"))
    for order in permutations((dissident, again, envoy)):
        assert sorted(len(story.opposition) for story in gathered(order)) == [0, 1]
    assert len(gathered([dissident, host_alone])) == 1


@pytest.mark.parametrize(("office", "stories"), [("president", 1), ("envoy", 2), (None, 2)])
def test_given_a_meeting_when_it_is_also_called_a_summit_then_it_is_one_story_where_heads_meet(
    office: str | None, stories: int
) -> None:
    ours, theirs = (EventActor(code=code, name=code, role=office) for code in ("VEN", "CHL"))
    called = [
        stored(event(kind, source=ours, target=theirs), item(guid=kind.id, outlet=kind.id))
        for kind in (MEETING, SUMMIT)
    ]
    for order in permutations(called):
        assert len(gathered(order)) == stories
    if stories == 1:
        (story,) = gathered(called)
        assert story.severity is Severity.MAJOR  # a notable summit, of heads


@st.composite
def one_night(draw: st.DrawFn) -> list[StoredEvent]:
    """Reports of two deeds of two pairs within minutes of each other, however they are told."""
    reports = []
    for number in range(draw(st.integers(min_value=1, max_value=8))):
        target = draw(st.sampled_from(["CHL", "PER"]))
        told = draw(st.sampled_from(list(Telling)))
        status = draw(st.sampled_from([Status.REPORTED, Status.PLANNED, Status.POSSIBLE, Status.DENIED]))
        at = NOON + dt.timedelta(minutes=draw(st.integers(min_value=0, max_value=90)))
        outlet = draw(st.sampled_from(["The Harbour Post", "Andes Daily", "Cape Wire"]))
        where = item(at=at, outlet=outlet, guid=str(number))
        reports.append(report(STRUCK, "VEN", target, told=told, status=status, where=where))
    return reports


@given(reports=one_night(), data=st.data())
def test_given_reports_of_one_night_when_they_come_in_any_order_then_they_part_alike(
    reports: list[StoredEvent], data: st.DataObject
) -> None:
    def parts(stories: Sequence[Story]) -> set[tuple[str, frozenset[str]]]:
        return {(story.relation, story.publishers) for story in stories}

    assert parts(gathered(data.draw(st.permutations(reports)))) == parts(gathered(reports))
