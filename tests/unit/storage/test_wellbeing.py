"""All is well, or it is said what isn't, what needs somebody first."""

import datetime as dt
from dataclasses import replace

import pytest

from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.reloads import Followed
from monitor.storage.vitals import ChannelHealth, Vitals
from monitor.storage.wellbeing import Concern, Verdict, concerns, verdict
from monitor.storage.workers import Presence
from tests.unit.storage.examples import MINUTE, NOW

WELL = Vitals(
    feeds={FeedHealth.OK: 9, FeedHealth.FAILING: 0, FeedHealth.NEW: 1},
    overdue=2,
    longest_overdue=dt.timedelta(seconds=3),
    messages={MessageState.PENDING: 1, MessageState.SENDING: 1, MessageState.DEAD: 0},
    oldest_due=dt.timedelta(seconds=3),
    channels={ChannelHealth.OPEN: 1, ChannelHealth.PAUSED: 1, ChannelHealth.BROKEN: 0},
    size_bytes=1,
)


def daemon(configuration: str) -> Presence:
    return Presence(owner=f"of {configuration}", duties=(), configuration=configuration, version="1", configured_at=NOW)


@pytest.mark.parametrize(
    ("vitals", "expected"),
    [
        (WELL, ()),
        (replace(WELL, channels={**WELL.channels, ChannelHealth.BROKEN: 1}), (Concern.BROKEN,)),
        (replace(WELL, messages={**WELL.messages, MessageState.DEAD: 1}), (Concern.DEAD,)),
        (replace(WELL, feeds={**WELL.feeds, FeedHealth.FAILING: 1}), (Concern.FAILING,)),
        (replace(WELL, feeds={**WELL.feeds, FeedHealth.OK: 4, FeedHealth.FAILING: 4}), (Concern.MOST_FAILING,)),
        (replace(WELL, feeds={**WELL.feeds, FeedHealth.OK: 0, FeedHealth.FAILING: 1}), (Concern.FAILING,)),
        (replace(WELL, longest_overdue=2 * MINUTE, oldest_due=2 * MINUTE), (Concern.OVERDUE, Concern.WAITING)),
        (replace(WELL, oldest_due=None), ()),
    ],
)
def test_given_one_thing_amiss_when_judged_then_it_alone_is_a_concern(
    vitals: Vitals, expected: tuple[Concern, ...]
) -> None:
    assert concerns(vitals, [daemon("a"), daemon("a")], [Followed(owner="of a", taken_up_at=NOW)]) == expected


def test_given_daemons_out_of_step_when_judged_then_that_is_grave_and_failing_feeds_are_not() -> None:
    failing = replace(WELL, feeds={**WELL.feeds, FeedHealth.FAILING: 1})
    refused = Followed(owner="of a", taken_up_at=NOW, refused_at=NOW, mistakes=("feeds.toml:1: ...",))
    found = concerns(failing, [daemon("a"), daemon("b")], [refused])
    assert found == (Concern.REFUSED, Concern.BEHIND, Concern.FAILING)
    assert [one.is_grave for one in found] == [True, True, False]
    assert (verdict(found), verdict(found[2:]), verdict(())) == (Verdict.TROUBLE, Verdict.MOSTLY, Verdict.WELL)
    assert verdict([Concern.MOST_FAILING]) is Verdict.TROUBLE
