"""A message goes out once for each claim, in order, and what became of it is written by its claimant alone."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import update

from monitor.domain.delivery import Claim, Delivered, GaveUp, Message, Refused, TryAgain, Verdict
from monitor.storage import outbox
from monitor.storage.channels import break_channel, pause_channel, reopen_channel
from monitor.storage.engine import Database, database_now
from monitor.storage.outbox import AttemptVerdict, MessageState
from monitor.storage.tables import channel
from tests.unit.storage.examples import NOW, message

LEASE = dt.timedelta(minutes=1)
AT_ONCE = dt.timedelta()
HOUR = dt.timedelta(hours=1)


def enqueue(database: Database, *messages: Message) -> int:
    with database.write() as connection:
        return outbox.enqueue(connection, messages)


def claim(
    database: Database,
    owner: str = "me",
    *,
    channels: tuple[str, ...] = ("desk", "web"),
    limit: int = 10,
    per_channel: int = 10,
    lease: dt.timedelta = LEASE,
) -> tuple[Claim, ...]:
    with database.write() as connection:
        return outbox.claim(
            connection, owner=owner, channels=channels, limit=limit, per_channel=per_channel, lease=lease
        )


def settle(database: Database, claimed: Claim, verdict: Verdict, again: dt.timedelta | None = None) -> bool:
    with database.write() as connection:
        return outbox.settle(connection, claimed, verdict, next_attempt_in=again)


def counted(database: Database) -> dict[MessageState, int]:
    with database.read() as connection:
        return {state: count for state, count in outbox.counts(connection).items() if count}


def ids(claims: tuple[Claim, ...]) -> list[str]:
    return [one.message.id for one in claims]


def test_messages_when_enqueued_again_then_what_stands_does_not_change(database: Database) -> None:
    one = message("one")
    assert enqueue(database, one, message("two"), one) == 2
    assert enqueue(database, replace(one, watches=()), replace(one, id="msg_other"), message("three")) == 1
    assert enqueue(database) == 0
    assert ids(claim(database)) == [message(name).id for name in ("one", "two", "three")]
    with database.read() as connection:
        assert outbox.find_message(connection, one.id) == one
        assert outbox.find_message(connection, "msg_other") is None


def test_a_claim_when_delivered_then_it_is_settled_once_with_its_answer(database: Database) -> None:
    enqueue(database, message())
    (mine,) = claim(database)
    assert (mine.message, mine.owner, mine.attempt) == (message(), "me", 1)
    assert settle(database, mine, Delivered(answer="ok" + "!" * 600))
    assert not settle(database, mine, Delivered(answer="ok"))
    assert counted(database) == {MessageState.DELIVERED: 1}
    assert claim(database) == ()
    with database.read() as connection:
        (attempt,) = outbox.attempts_of(connection, mine.message.id)
    assert (attempt.number, attempt.verdict, len(attempt.answer)) == (1, AttemptVerdict.DELIVERED, 500)


@pytest.mark.parametrize(
    ("verdict", "again", "state"),
    [
        (TryAgain(reason="503"), AT_ONCE, MessageState.PENDING),
        (TryAgain(reason="503"), None, MessageState.DEAD),
        (Refused(reason="400"), AT_ONCE, MessageState.PENDING),
        (Refused(reason="400"), None, MessageState.DEAD),
        (GaveUp(reason="404"), AT_ONCE, MessageState.DEAD),
        (Delivered(answer="ok"), AT_ONCE, MessageState.DELIVERED),
    ],
)
def test_a_verdict_when_settled_then_the_message_stands_accordingly(
    verdict: Verdict, again: dt.timedelta | None, state: MessageState, database: Database
) -> None:
    enqueue(database, message())
    (mine,) = claim(database)
    assert settle(database, mine, verdict, again)
    assert counted(database) == {state: 1}
    assert [one.attempt for one in claim(database)] == ([2] if state is MessageState.PENDING else [])


def test_a_failed_attempt_when_its_pause_is_not_over_then_later_messages_pass(database: Database) -> None:
    enqueue(database, message("one"), message("two"))
    first, second = claim(database)
    assert settle(database, first, TryAgain(reason="503"), HOUR)
    assert settle(database, second, TryAgain(reason="503"), AT_ONCE)
    assert ids(claim(database)) == [second.message.id]


def test_a_message_for_later_when_its_time_has_not_come_then_it_is_not_claimed(database: Database) -> None:
    with database.read() as connection:
        now = database_now(connection)
    enqueue(database, message("later", not_before=now + HOUR), message("past", not_before=now - HOUR))
    assert [one.message.id for one in claim(database)] == [message("past").id]
    assert counted(database) == {MessageState.PENDING: 1, MessageState.SENDING: 1}


def test_an_answer_that_no_database_takes_when_settled_then_it_is_cleaned(database: Database) -> None:
    enqueue(database, message())
    (mine,) = claim(database)
    assert settle(database, mine, TryAgain(reason="bad \ud800 an\0swer"), AT_ONCE)
    with database.read() as connection:
        assert [one.answer for one in outbox.attempts_of(connection, mine.message.id)] == ["bad ? answer"]


def test_a_lease_that_ran_out_when_claimed_anew_then_the_first_sender_may_not_settle(database: Database) -> None:
    enqueue(database, message())
    (late,) = claim(database, lease=dt.timedelta(seconds=-1))
    (successor,) = claim(database)
    assert (successor.message, successor.owner, successor.attempt) == (late.message, late.owner, 2)
    assert not settle(database, late, Delivered(answer="ok"))
    assert counted(database) == {MessageState.SENDING: 1}
    assert settle(database, successor, Delivered(answer="ok"))


def test_an_abandoned_message_when_claimed_anew_then_it_keeps_its_place_in_the_order(database: Database) -> None:
    enqueue(database, message("one"), message("two"))
    claim(database, "dead", limit=1, lease=dt.timedelta(seconds=-1))
    assert ids(claim(database)) == [message("one").id, message("two").id]


def test_a_channel_when_something_of_it_is_on_its_way_then_later_messages_wait(database: Database) -> None:
    enqueue(database, message("one"), message("two"), message("three", "web"))
    (first,) = claim(database, channels=("desk",), limit=1)
    assert ids(claim(database, "other")) == [message("three", "web").id]
    assert settle(database, first, Delivered(answer="ok"))
    assert ids(claim(database, "other")) == [message("two").id]


def test_a_long_queue_when_claimed_then_channels_take_turns(database: Database) -> None:
    enqueue(database, *(message(str(number)) for number in range(20)), message("last", "web"))
    claims = claim(database, limit=4)
    assert ids(claims) == [message(name).id for name in ("0", "1", "2")] + [message("last", "web").id]
    with database.write() as connection:
        assert outbox.release(connection, "me") == 4
    assert len(claim(database, limit=10, per_channel=2)) == 3
    assert claim(database, channels=("nowhere",)) == ()
    assert claim(database, channels=()) == ()


def test_a_paused_or_broken_channel_when_claimed_then_it_yields_nothing_until_it_is_over(database: Database) -> None:
    enqueue(database, message("one"), message("two", "web"))
    with database.write() as connection:
        pause_channel(connection, "desk", HOUR)
        break_channel(connection, "web", "the destination is gone")
    assert claim(database) == ()
    with database.write() as connection:
        reopen_channel(connection, "web")
        connection.execute(update(channel).where(channel.c.id == "desk").values(paused_until=NOW - HOUR * 9999))
    assert len(claim(database)) == 2


def test_claims_of_one_owner_when_released_then_only_they_are_due_again_and_no_attempt_counts(
    database: Database,
) -> None:
    enqueue(database, message("one"), message("two", "web"))
    (mine,) = claim(database, channels=("desk",))
    (theirs,) = claim(database, "other", channels=("web",))
    with database.write() as connection:
        assert outbox.release(connection, "me") == 1
    assert not settle(database, mine, Delivered(answer="ok"))
    (again,) = claim(database)
    assert (again.message, again.attempt) == (mine.message, 1)
    assert settle(database, theirs, Delivered(answer="ok"))


def test_a_message_when_many_daemons_die_over_it_then_its_schedule_is_not_used_up(database: Database) -> None:
    enqueue(database, message())
    for daemon in range(20):
        (one,) = claim(database, f"daemon {daemon}")
        assert one.attempt == 1
        with database.write() as connection:
            assert outbox.void_leases(connection) == 1
        assert not settle(database, one, Delivered(answer="ok"))
    (alive,) = claim(database, "alive")
    assert settle(database, alive, Delivered(answer="ok"))
