"""The outbox is read a page at a time, without bodies; channels say what waits for them and what they never took."""

from dataclasses import replace

import pytest

from monitor.domain.browsing import Cursor
from monitor.domain.delivery import Delivered, GaveUp, Message, MessageKind, TryAgain, Verdict
from monitor.storage import outbox
from monitor.storage.browse.deliveries import ListedMessage, MessageFilter, list_channels, list_messages, one_message
from monitor.storage.channels import break_channel
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.storage.outbox import MessageState
from tests.unit.storage.examples import MINUTE, NOW, message


def send(connection: Connection, one: Message, verdict: Verdict) -> None:
    """Puts one message in, and tries it once."""
    outbox.enqueue(connection, [one])
    (claim,) = outbox.claim(connection, owner="me", channels=[one.channel_id], limit=1, per_channel=1, lease=MINUTE)
    outbox.settle(connection, claim, verdict, next_attempt_in=60 * MINUTE)


def ids(rows: tuple[ListedMessage, ...]) -> list[str]:
    return [one.id for one in rows]


@pytest.fixture
def sent(database: Database) -> dict[str, Message]:
    """One message in each state, on two channels, the first the oldest."""
    made = {
        "delivered": message("1", title="Freedonia recalls its envoy"),
        "dead": message("2", "web"),
        "again": message("3", kind=MessageKind.NOTICE),
        "dropped": message("4", "web"),
        "waiting": message("5", kind=MessageKind.DIGEST, created_at=NOW + MINUTE),
    }
    with database.write() as connection:
        send(connection, made["delivered"], Delivered(answer="ok"))
        send(connection, made["dead"], GaveUp(reason="answered 410"))
        send(connection, made["again"], TryAgain(reason="answered 503"))
        outbox.enqueue(connection, [made["dropped"], made["waiting"]])
        outbox.drop(connection, [made["dropped"].id], "not wanted")
    return made


def test_given_messages_when_listed_then_the_latest_is_first_with_the_last_answer(
    database: Database, sent: dict[str, Message]
) -> None:
    with database.read() as connection:
        found = list_messages(connection, MessageFilter(), limit=9)
    assert ids(found.rows) == [one.id for one in reversed(sent.values())]
    assert found.next is None
    delivered, dropped = found.rows[-1], found.rows[1]
    assert (delivered.title, delivered.state, delivered.answer) == (
        "Freedonia recalls its envoy",
        MessageState.DELIVERED,
        "ok",
    )
    assert (delivered.watches, delivered.attempts) == (("envoys", "region"), 1)
    assert (dropped.remark, dropped.answer, dropped.attempts) == ("not wanted", None, 0)


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (MessageFilter(channel_id="web"), ["dropped", "dead"]),
        (MessageFilter(state=MessageState.DELIVERED), ["delivered"]),
        (MessageFilter(state=MessageState.PENDING), ["waiting", "again"]),
        (MessageFilter(kind=MessageKind.NOTICE), ["again"]),
        (MessageFilter(channel_id="desk", state=MessageState.DELIVERED), ["delivered"]),
        (MessageFilter(channel_id="web", state=MessageState.DEAD, kind=MessageKind.ALERT), ["dead"]),
        (MessageFilter(channel_id="nowhere"), []),
    ],
)
def test_given_a_filter_when_listed_then_only_what_fits_comes(
    database: Database, sent: dict[str, Message], wanted: MessageFilter, fits: list[str]
) -> None:
    with database.read() as connection:
        found = list_messages(connection, wanted, limit=9)
    assert ids(found.rows) == [sent[name].id for name in fits]


def test_given_more_messages_than_a_page_holds_when_paged_then_each_comes_once(
    database: Database, sent: dict[str, Message]
) -> None:
    with database.read() as connection:
        first = list_messages(connection, MessageFilter(), limit=3)
        second = list_messages(connection, MessageFilter(), limit=3, after=first.next)
    assert len(first.rows) == 3
    assert ids(first.rows + second.rows) == [one.id for one in reversed(sent.values())]
    assert second.next is None


@pytest.mark.parametrize("after", [("x",), ("-1",), (str(2**63),), (), ("1", "2")])
def test_given_a_cursor_of_no_message_when_listed_then_it_is_refused(
    database: Database, after: tuple[str, ...]
) -> None:
    with database.read() as connection, pytest.raises(ValueError):  # noqa: PT011 - what is said depends on what is wrong
        list_messages(connection, MessageFilter(), limit=3, after=Cursor(after=after))


def test_given_an_id_when_looked_up_then_its_message_comes_or_none(
    database: Database, sent: dict[str, Message]
) -> None:
    with database.read() as connection:
        found, none = one_message(connection, sent["dead"].id), one_message(connection, "msg_0")
    assert none is None
    assert found is not None
    assert (found.state, found.answer, found.kind) == (MessageState.DEAD, "answered 410", MessageKind.ALERT)


def test_given_channels_when_listed_then_each_says_what_waits_and_what_it_never_took(
    database: Database, sent: dict[str, Message]
) -> None:
    with database.write() as connection:
        break_channel(connection, "web", "answered 410")
        outbox.enqueue(connection, [replace(message("6", "left-over"), created_at=NOW - MINUTE)])
        found = {one.state.channel_id: one for one in list_channels(connection, ["desk", "web", "new"])}
    assert list(found) == ["desk", "left-over", "new", "web"]
    desk, left_over, new, web = found.values()
    assert (desk.waiting, desk.dead, desk.oldest_at) == (2, 0, NOW)
    assert desk.delivered_at is not None
    assert (left_over.waiting, left_over.oldest_at, left_over.delivered_at) == (1, NOW - MINUTE, None)
    assert (new.waiting, new.dead, new.oldest_at, new.state.broken_at) == (0, 0, None, None)
    assert (web.waiting, web.dead, web.state.broken_reason) == (0, 1, "answered 410")
