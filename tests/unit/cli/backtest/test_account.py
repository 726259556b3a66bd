"""Messages are counted by watch and day, compared between two configurations, and held against what was promised."""

import dataclasses
import datetime as dt
from typing import Any

from monitor.cli.backtest.account import Account, Broken, Promise, broken, compare
from monitor.domain.delivery import Message, MessageKind
from tests.unit.storage.examples import NOW, message

DAY = dt.timedelta(days=1)


def sent(name: str, *watches: str, at: dt.datetime = NOW, **changes: Any) -> Message:
    return dataclasses.replace(message(name), created_at=at, watches=watches, **changes)


def account(*messages: Message, watches: tuple[str, ...] = ("pair", "state")) -> Account:
    counted = Account(watches)
    for one in messages:
        counted.add(one)
    return counted


def test_given_messages_of_some_days_when_counted_then_each_watch_has_its_own() -> None:
    counted = account(
        sent("one", "pair", "state"),
        sent("two", "state"),
        sent("three", "pair", at=NOW + DAY, kind=MessageKind.SUMMARY),
        sent("four", "another"),
    )
    assert counted.on(NOW.date(), "pair") == {MessageKind.ALERT: 1}
    assert counted.on(NOW.date(), "state") == {MessageKind.ALERT: 2}
    assert counted.by_day("pair") == {NOW.date(): 1, (NOW + DAY).date(): 1}
    assert counted.by_kind("pair") == {MessageKind.ALERT: 1, MessageKind.SUMMARY: 1}
    assert [one.title for one in counted.sent] == [sent("x").title] * 3
    assert {one.rendered.body for one in counted.sent} == {b""}


def test_given_two_accounts_when_compared_then_what_only_one_sends_is_gained_or_lost() -> None:
    new = account(sent("one", "pair", "state", title="a"), sent("two", "pair", title="b"))
    old = account(sent("one", "pair", title="a"), sent("three", "state", title="c"))
    compared = compare(new, old)
    assert [(one.watch, one.message.title) for one in compared.gained] == [("state", "a"), ("pair", "b")]
    assert [(one.watch, one.message.title) for one in compared.lost] == [("state", "c")]
    assert compared.same == 1


def test_given_a_story_that_another_report_opens_when_compared_then_the_same_title_of_a_day_counts_once() -> None:
    new = account(sent("one", "pair", title="a"), sent("two", "pair", title="a"))
    old = account(sent("three", "pair", title="a"), sent("four", "pair", title="a", at=NOW + DAY))
    compared = compare(new, old)
    assert ([one.message.dedup_key for one in compared.gained], compared.same) == ([sent("two").dedup_key], 1)
    assert [one.message.dedup_key for one in compared.lost] == [sent("four").dedup_key]


def test_given_a_promise_when_a_day_has_more_then_it_is_broken_on_that_day() -> None:
    counted = account(
        sent("one", "pair"),
        sent("two", "pair"),
        sent("three", "state", at=NOW + DAY),
        sent("four", "state", at=NOW + DAY, kind=MessageKind.DIGEST),
    )
    expected = Broken(watch="pair", day=NOW.date(), messages=2, at_most=1)
    assert list(broken(counted, [Promise(at_most=1)])) == [expected]
    assert list(broken(counted, [Promise(at_most=2), Promise(at_most=1, watch="state")])) == []
