"""What is silenced for a time: each mute covers what meets all that it names, and nothing else."""

import datetime as dt
from typing import Any

import pytest

from monitor.domain.routing import Mute, SilenceReason
from monitor.routing.mute import is_pair_muted, mute_for
from monitor.routing.watches import Routed, route
from tests.unit.routing.test_watches import CHANNELS, MAX_AGE, opened, watch
from tests.unit.stories.reports import EXPELLED, NOON, SOURCE

HOUR = dt.timedelta(hours=1)
NOW = NOON + HOUR
STORY = opened().story


def mute(**fields: Any) -> Mute:
    given: dict[str, Any] = {"id": "ab12", "reason": "", "begins_at": NOON, "ends_at": NOON + 2 * HOUR}
    return Mute(**(given | fields))


@pytest.mark.parametrize(
    ("fields", "covers"),
    [
        ({"between": (frozenset({"CHL"}), frozenset({"VEN"}))}, True),
        ({"between": (frozenset({"CHL"}),)}, True),
        ({"between": (frozenset({"CHL"}), frozenset({"PER"}))}, False),
        ({"type": "diplomat.expelled"}, True),
        ({"type": "missions"}, True),
        ({"type": "meeting"}, False),
        ({"story_id": STORY.id}, True),
        ({"story_id": "another"}, False),
        ({"watch_id": "andes"}, True),
        ({"watch_id": "reef"}, False),
        ({"watch_id": "andes", "type": "meeting"}, False),
        ({"watch_id": "andes", "begins_at": NOW}, True),
        ({"watch_id": "andes", "begins_at": NOW + HOUR}, False),
        ({"watch_id": "andes", "ends_at": NOW}, False),
    ],
)
def test_a_mute_when_asked_then_it_covers_what_meets_all_that_it_names(fields: dict[str, Any], *, covers: bool) -> None:
    found = mute_for([mute(**fields)], watch(), STORY, EXPELLED, now=NOW)
    assert (found is not None) is covers


def ask(*mutes: Mute, told: frozenset[str] = frozenset(), silenced: frozenset[str] = frozenset()) -> Routed:
    return route(
        opened(),
        [watch(), watch("other")],
        EXPELLED,
        CHANNELS,
        now=NOW,
        max_age=MAX_AGE,
        source=SOURCE,
        told=told,
        baseline=False,
        edited=False,
        mutes=mutes,
        silenced=silenced,
    )


def test_given_a_muted_watch_when_routed_then_the_others_are_told_and_the_mute_is_named() -> None:
    routed = ask(mute(watch_id="andes"))
    assert [alert.watches for alert in routed.alerts] == [("other",)]
    assert [(one.watch_id, one.reason, one.detail) for one in routed.silences] == [
        ("andes", SilenceReason.SILENCED, "ab12")
    ]


def test_given_a_story_that_was_silenced_when_reported_once_more_then_it_is_not_told_as_new() -> None:
    routed = ask(silenced=frozenset({"andes"}))
    assert [alert.watches for alert in routed.alerts] == [("other",)]
    assert [one.reason for one in routed.silences] == [SilenceReason.KNOWN]


def test_given_a_channel_that_knows_when_muted_then_the_reason_is_that_it_knows() -> None:
    routed = ask(mute(type="missions"), told=frozenset({"desk"}))
    assert {one.reason for one in routed.silences} == {SilenceReason.KNOWN}


@pytest.mark.parametrize(
    ("fields", "muted"),
    [
        ({"watch_id": "andes"}, True),
        ({"between": (frozenset({"CHL"}),)}, True),
        ({"between": (frozenset({"PER"}),)}, False),
        ({"watch_id": "andes", "ends_at": NOW}, False),
        ({"watch_id": "reef"}, False),
        ({"watch_id": "andes", "type": "missions"}, False),
        ({"story_id": STORY.id}, False),
    ],
)
def test_a_pair_when_asked_then_only_a_mute_of_all_of_it_mutes_it(fields: dict[str, Any], *, muted: bool) -> None:
    assert is_pair_muted([mute(**fields)], watch(), "CHL", "VEN", now=NOW) is muted
