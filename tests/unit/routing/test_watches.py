import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.events import Part
from monitor.domain.routing import SilenceReason, Watch
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
from monitor.routing.watches import Routed, route
from tests.unit.stories.reports import (
    EXPELLED,
    GATHERER,
    MEETING,
    NOON,
    SOURCE,
    actor,
    event,
    item,
    report,
    stored,
)

CHANNELS = {"screen": "console", "desk": "slack", "hook": "webhook"}
MAX_AGE = dt.timedelta(hours=12)


def watch(id_: str = "andes", **fields: Any) -> Watch:
    given_: dict[str, Any] = {
        "id": id_,
        "name": id_.title(),
        "between": (frozenset({"VEN"}), frozenset({"CHL"})),
        "channels": ("desk",),
    }
    return Watch(**(given_ | fields))


def opened(said: StoredEvent | None = None, kind: RelationType = EXPELLED) -> StoryOpened:
    change = GATHERER.gather(said or report(), ())
    assert isinstance(change, StoryOpened)
    return change


def ask(
    change: StoryChange,
    watches: Sequence[Watch],
    kind: RelationType = EXPELLED,
    *,
    now: dt.datetime = NOON + dt.timedelta(hours=1),
    told: frozenset[str] = frozenset(),
    baseline: bool = False,
    edited: bool = False,
    channels: Mapping[str, str] = CHANNELS,
) -> Routed:
    return route(
        change,
        watches,
        kind,
        channels,
        now=now,
        max_age=MAX_AGE,
        source=SOURCE,
        told=told,
        baseline=baseline,
        edited=edited,
    )


def reasons(routed: Routed) -> list[tuple[str | None, SilenceReason]]:
    assert not routed.alerts
    return [(silence.watch_id, silence.reason) for silence in routed.silences]


def test_given_a_watched_relation_when_a_story_opens_then_its_channel_is_told() -> None:
    change = opened()
    routed = ask(change, [watch()])
    (alert,) = routed.alerts
    assert routed.silences == ()
    assert (alert.channel_id, alert.watches, alert.stage) == ("desk", ("andes",), Stage.FIRST)
    assert alert.dedup_key == f"alert:{change.story.id}:first:desk"


def test_given_two_watches_on_one_channel_when_both_match_then_one_alert_names_both() -> None:
    routed = ask(opened(), [watch("andes"), watch("caracas", channels=("desk", "hook"))])
    assert [(alert.channel_id, alert.watches) for alert in routed.alerts] == [
        ("desk", ("andes", "caracas")),
        ("hook", ("caracas",)),
    ]


def test_given_two_watches_when_one_does_not_match_then_the_alert_and_the_reason_stand_side_by_side() -> None:
    routed = ask(opened(), [watch("andes"), watch("lima", between=(frozenset({"PER"}),))])
    assert [alert.watches for alert in routed.alerts] == [("andes",)]
    assert [(one.watch_id, one.reason) for one in routed.silences] == [("lima", SilenceReason.RELATION)]


@pytest.mark.parametrize(
    ("between", "follows"),
    [
        ((), True),
        (({"VEN"},), True),
        (({"CHL"},), True),
        (({"PER"},), False),
        (({"CHL"}, {"VEN"}), True),
        (({"VEN", "COL"}, {"CHL", "PER"}), True),
        (({"VEN", "CHL"}, {"PER"}), False),
        (({"any"},), True),
        (({"VEN"}, {"any"}), True),
        (({"any"}, {"PER"}), False),
    ],
)
def test_given_a_watch_between_sides_when_a_story_comes_then_it_follows_its_own(
    between: tuple[set[str], ...], follows: bool
) -> None:
    routed = ask(opened(), [watch(between=tuple(map(frozenset, between)))])
    assert bool(routed.alerts) is follows


def test_given_a_type_below_another_when_a_watch_asks_for_either_or_their_families_then_it_is_told() -> None:
    exchange = replace(EXPELLED, id="diplomat.exchange", family="exchanges", parent=EXPELLED.id, above=EXPELLED.names)
    change = opened(kind=exchange)
    for name in ("diplomat.exchange", "exchanges", "diplomat.expelled", "missions"):
        assert ask(change, [watch(types=frozenset({name}))], exchange).alerts
    assert reasons(ask(opened(), [watch(types=frozenset({"diplomat.exchange"}))])) == [("andes", SilenceReason.TYPE)]


def test_given_an_unknown_side_when_a_watch_names_it_then_it_does_not_match() -> None:
    vague = opened(report(source=None))
    assert reasons(ask(vague, [watch()])) == [("andes", SilenceReason.RELATION)]
    assert ask(vague, [watch(between=(frozenset({"CHL"}),))]).alerts
    assert ask(vague, [watch(between=(frozenset({"CHL"}), frozenset({"any"})))]).alerts


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"types": frozenset({"embassy.closed"})}, SilenceReason.TYPE),
        ({"statuses": frozenset({Status.PLANNED})}, SilenceReason.STATUS),
        ({"parts": frozenset({Part.OPPOSITION})}, SilenceReason.PART),
        ({"min_confidence": 0.95}, SilenceReason.CONFIDENCE),
        ({"feeds": frozenset({"another"})}, SilenceReason.FEED),
        ({"tags": frozenset({"europe"})}, SilenceReason.FEED),
        ({"languages": frozenset({"es"})}, SilenceReason.LANGUAGE),
    ],
)
def test_given_a_watch_with_a_condition_when_it_fails_then_the_silence_says_which(
    fields: dict[str, Any], reason: SilenceReason
) -> None:
    assert reasons(ask(opened(), [watch(**fields)])) == [("andes", reason)]


@pytest.mark.parametrize(
    "fields",
    [
        {"types": frozenset({"missions"})},
        {"types": frozenset({"diplomat.expelled"})},
        {"min_severity": Severity.CRITICAL},
        {"min_confidence": 0.9},
        {"feeds": frozenset({"harbour-post"})},
        {"tags": frozenset({"americas", "europe"})},
        {"languages": frozenset({"en"})},
    ],
)
def test_given_a_watch_with_a_condition_when_it_holds_then_it_alerts(fields: dict[str, Any]) -> None:
    assert ask(opened(), [watch(**fields)]).alerts


def test_given_a_routine_type_when_a_watch_asks_for_notable_news_then_it_is_silent() -> None:
    change = opened(report(MEETING), MEETING)
    assert reasons(ask(change, [watch()], MEETING)) == [("andes", SilenceReason.SEVERITY)]
    assert ask(change, [watch(min_severity=Severity.ROUTINE)], MEETING).alerts


def test_given_a_deed_done_to_a_company_when_the_government_acts_then_it_alerts() -> None:
    what = event(source=actor("CHL"), target=actor("VEN", part=Part.COMPANY))
    assert ask(opened(stored(what)), [watch()]).alerts


def test_given_a_meeting_with_the_opposition_when_a_watch_follows_governments_then_it_is_silent() -> None:
    what = event(MEETING, source=actor("CHL"), target=actor("VEN", part=Part.OPPOSITION))
    routed = ask(opened(stored(what), MEETING), [watch(min_severity=Severity.ROUTINE)], MEETING)
    assert reasons(routed) == [("andes", SilenceReason.PART)]


@pytest.mark.parametrize(
    ("change", "how", "reason"),
    [
        (opened(), {"baseline": True}, SilenceReason.BASELINE),
        (opened(), {"edited": True}, SilenceReason.EDITED),
        (opened(), {"now": NOON + MAX_AGE + dt.timedelta(seconds=1)}, SilenceReason.TOO_OLD),
        (StoryMentioned(story=None, report=report(mention=True)), {}, SilenceReason.MENTION),
        (StoryMentioned(story=opened().story, report=report(mention=True)), {}, SilenceReason.MENTION),
    ],
    ids=["baseline", "edited", "too old", "mention", "mention of a story"],
)
def test_given_what_is_no_news_when_routed_then_one_reason_holds_for_every_watch(
    change: StoryChange, how: dict[str, Any], reason: SilenceReason
) -> None:
    assert reasons(ask(change, [watch("a"), watch("b")], **how)) == [(None, reason)]


def test_given_a_report_at_the_age_gate_when_routed_then_it_still_alerts() -> None:
    assert ask(opened(), [watch()], now=NOON + MAX_AGE).alerts


def _again(story: Story, said: StoredEvent) -> StoryReported | StoryAdvanced:
    change = GATHERER.gather(said, (story,))
    assert isinstance(change, StoryReported | StoryAdvanced)
    return change


def test_given_a_story_that_was_told_when_it_is_reported_again_then_the_channel_hears_nothing() -> None:
    change = _again(opened().story, report(where=item(guid="again")))
    routed = ask(change, [watch()], told=frozenset({"desk"}))
    assert reasons(routed) == [("andes", SilenceReason.KNOWN)]


def test_given_a_second_publisher_when_a_watch_asks_for_it_then_it_hears_of_it_and_others_do_not() -> None:
    change = _again(opened().story, report(where=item(outlet="Andes Daily")))
    eager = watch("eager", follow_ups=frozenset({Stage.CORROBORATED}))
    routed = ask(change, [eager, watch("calm", channels=("hook",))], told=frozenset({"desk", "hook"}))
    assert [(alert.stage, alert.watches) for alert in routed.alerts] == [(Stage.CORROBORATED, ("eager",))]
    assert [(one.watch_id, one.reason) for one in routed.silences] == [("calm", SilenceReason.FOLLOW_UP)]


def test_given_a_watch_for_first_reports_when_a_story_it_has_not_heard_of_is_denied_then_that_is_its_first() -> None:
    change = _again(opened().story, report(status=Status.DENIED))
    first_only = watch(follow_ups=frozenset())
    assert [alert.stage for alert in ask(change, [first_only]).alerts] == [Stage.FIRST]
    assert reasons(ask(change, [first_only], told=frozenset({"desk"}))) == [("andes", SilenceReason.FOLLOW_UP)]


def test_given_a_told_story_when_its_source_becomes_known_then_that_is_told_however_late() -> None:
    later = NOON + dt.timedelta(days=2, hours=12)
    change = _again(opened(report(source=None)).story, report(where=item(outlet="Andes Daily", at=later)))
    (alert,) = ask(change, [watch(between=())], told=frozenset({"desk"}), now=later).alerts
    assert alert.stage is Stage.ATTRIBUTED


def test_given_a_story_told_to_one_channel_when_reported_again_then_only_the_other_hears_of_it() -> None:
    change = _again(opened().story, report(where=item(outlet="Andes Daily")))
    routed = ask(change, [watch(channels=("desk", "hook"))], told=frozenset({"desk"}))
    assert [(alert.channel_id, alert.stage) for alert in routed.alerts] == [("hook", Stage.FIRST)]


def test_given_a_first_report_without_its_source_when_a_second_names_it_then_the_watch_is_told() -> None:
    vague = opened(report(source=None))
    assert not ask(vague, [watch()]).alerts
    assert ask(_again(vague.story, report(where=item(outlet="Andes Daily"))), [watch()]).alerts


def test_given_an_old_story_when_a_fresh_report_comes_then_it_is_no_longer_news() -> None:
    later = NOON + dt.timedelta(hours=30)
    change = _again(opened().story, report(where=item(outlet="Andes Daily", at=later)))
    assert reasons(ask(change, [watch()], now=later)) == [(None, SilenceReason.KNOWN)]


def test_given_a_told_story_when_it_advances_then_the_channel_hears_of_the_new_stage() -> None:
    change = GATHERER.gather(report(status=Status.DENIED), (opened().story,))
    assert isinstance(change, StoryAdvanced)
    (alert,) = ask(change, [watch()], told=frozenset({"desk"})).alerts
    assert alert.stage is Stage.DENIED


def test_given_a_story_that_was_taken_back_when_reported_again_then_nobody_hears_of_it() -> None:
    retracted = replace(opened().story, retracted_at=NOON)
    change = _again(retracted, report(where=item(outlet="Andes Daily")))
    assert reasons(ask(change, [watch()])) == [(None, SilenceReason.RETRACTED)]


def test_given_sample_news_when_routed_then_it_reaches_consoles_only() -> None:
    change = opened(report(where=item(sample=True)))
    routed = ask(change, [watch("a", channels=("screen", "desk", "hook")), watch("b")])
    assert [(alert.channel_id, alert.watches) for alert in routed.alerts] == [("screen", ("a",))]
    assert [(one.watch_id, one.reason) for one in routed.silences] == [("b", SilenceReason.SAMPLE)]


_codes = st.frozensets(st.sampled_from(["VEN", "CHL", "PER", "any"]), min_size=1)
_watches = st.builds(
    Watch,
    id=st.uuids().map(str),
    name=st.just("w"),
    between=st.lists(_codes, max_size=2).map(tuple),
    channels=st.lists(st.sampled_from(sorted(CHANNELS)), min_size=1, unique=True).map(tuple),
    min_severity=st.sampled_from(list(Severity)),
    min_confidence=st.sampled_from([0.0, 0.95]),
)


@given(
    watches=st.lists(_watches, max_size=6),
    sample=st.booleans(),
    told=st.frozensets(st.sampled_from(sorted(CHANNELS))),
    again=st.booleans(),
)
def test_given_any_watches_when_routed_then_each_is_answered_once_and_each_channel_told_at_most_once(
    watches: list[Watch], sample: bool, told: frozenset[str], again: bool
) -> None:
    first = opened(report(where=item(sample=sample)))
    change: StoryChange = _again(first.story, report(where=item(sample=sample))) if again else first
    routed = ask(change, watches, told=told)
    alerted = [id_ for alert in routed.alerts for id_ in alert.watches]
    silent = [one.watch_id for one in routed.silences]
    assert set(alerted).isdisjoint(silent)
    assert set(alerted) | set(silent) == {one.id for one in watches}
    assert len(silent) == len(set(silent))
    channels = [alert.channel_id for alert in routed.alerts]
    assert len(channels) == len(set(channels))
    if again:
        assert told.isdisjoint(channels)


def test_given_too_few_publishers_when_routed_then_the_watch_waits_and_says_how_many_there_are() -> None:
    routed = ask(opened(), [watch(min_publishers=3)])
    assert routed.alerts == ()
    assert [(one.reason, one.detail) for one in routed.silences] == [(SilenceReason.UNCORROBORATED, "1 of 3")]


def test_given_a_state_that_says_it_itself_when_routed_then_one_publisher_is_enough() -> None:
    change = opened()
    official = replace(change, story=replace(change.story, official=True))
    assert len(ask(official, [watch(min_publishers=3)]).alerts) == 1
