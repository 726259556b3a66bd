"""What an operator can do about messages, and in which order those of one story go."""

import datetime as dt
from collections.abc import Sequence

from monitor.domain.delivery import Claim, Delivered, Message, Refused, TryAgain, Verdict
from monitor.storage import outbox, stories
from monitor.storage.engine import Database
from monitor.storage.outbox import MessageState
from tests.unit.storage.examples import NOW, message, story

LATER = dt.timedelta(hours=1)


def enqueue(database: Database, *messages: Message) -> None:
    with database.write() as connection:
        stories.save_stories(
            connection, [story(one.removeprefix("story-")) for one in {one.story_id for one in messages} if one]
        )
        outbox.enqueue(connection, messages)


def claim(database: Database, limit: int = 9) -> tuple[Claim, ...]:
    with database.write() as connection:
        return outbox.claim(
            connection, owner="me", channels=["desk"], limit=limit, per_channel=limit, lease=dt.timedelta(minutes=1)
        )


def settle(database: Database, claimed: Claim, verdict: Verdict, again: dt.timedelta | None = None) -> None:
    with database.write() as connection:
        assert outbox.settle(connection, claimed, verdict, next_attempt_in=again)


def told(names: Sequence[str], story_id: str) -> tuple[Message, ...]:
    return tuple(message(name, story_id=story_id) for name in names)


def test_a_follow_up_when_its_story_still_waits_then_it_waits_too_and_others_pass(database: Database) -> None:
    first, second = told(["one", "two"], "story-a")
    (other,) = told(["three"], "story-b")
    enqueue(database, first, second, other)
    claims = claim(database)
    assert [one.message.id for one in claims] == [first.id, other.id]
    settle(database, claims[0], TryAgain(reason="503"), LATER)
    settle(database, claims[1], Delivered(answer="ok"))
    assert claim(database) == ()


def test_a_follow_up_when_the_first_was_taken_then_it_knows_the_first_and_what_the_channel_noted(
    database: Database,
) -> None:
    first, second = told(["one", "two"], "story-a")
    enqueue(database, first, second)
    (begun,) = claim(database)
    assert begun.thread is None
    settle(database, begun, Delivered(answer="ok", receipt="17.5"))
    (follow,) = claim(database)
    assert follow.thread is not None
    assert (follow.thread.message_id, follow.thread.receipt) == (first.id, "17.5")
    assert follow.thread.rendered == first.rendered


def test_a_note_of_the_channel_when_the_attempt_failed_then_it_comes_back_and_stays(database: Database) -> None:
    enqueue(database, message())
    (one,) = claim(database)
    settle(database, one, TryAgain(reason="half of it", receipt="half"), dt.timedelta())
    (two,) = claim(database)
    assert two.receipt == "half"
    settle(database, two, Refused(reason="not today"), dt.timedelta())
    assert claim(database)[0].receipt == "half"


def test_a_dead_letter_when_sent_again_then_its_schedule_starts_anew_under_the_same_id(database: Database) -> None:
    enqueue(database, message())
    (one,) = claim(database)
    settle(database, one, Refused(reason="no"), None)
    with database.write() as connection:
        assert outbox.send_again(connection, [one.message.id]) == 1
        assert outbox.send_again(connection, ["msg_unknown"]) == 0
    (again,) = claim(database)
    assert (again.message, again.attempt, again.step) == (one.message, 2, 1)
    settle(database, again, Delivered(answer="ok"))
    with database.write() as connection:
        assert outbox.send_again(connection, [one.message.id]) == 0
        assert [attempt.answer for attempt in outbox.attempts_of(connection, one.message.id)] == ["no", "ok"]


def test_a_message_when_dropped_then_it_says_why_and_is_not_sent(database: Database) -> None:
    enqueue(database, message("one"), message("two"))
    with database.write() as connection:
        assert outbox.drop(connection, [message("one").id], "old news") == 1
        (dropped,) = outbox.messages(connection, states=[MessageState.DROPPED])
    assert (dropped.message.id, dropped.remark) == (message("one").id, "old news")
    assert [one.message.id for one in claim(database)] == [message("two").id]


def test_a_destination_that_answers_again_when_hastened_then_what_failed_for_trouble_is_due_and_what_it_refused_is_not(
    database: Database,
) -> None:
    enqueue(database, message("one"), message("two"))
    trouble, refusal = claim(database)
    settle(database, trouble, TryAgain(reason="503"), LATER)
    settle(database, refusal, Refused(reason="422"), LATER)
    with database.write() as connection:
        assert outbox.hasten(connection, "desk") == 1
    assert [one.message.id for one in claim(database)] == [message("one").id]


def test_messages_when_looked_through_then_each_filter_holds_and_the_latest_come_first(database: Database) -> None:
    old = message("one", created_at=NOW - LATER)
    enqueue(database, old, message("two"), message("three", "web"))
    with database.read() as connection:
        assert [one.message.id for one in outbox.messages(connection, channel_id="desk")] == [
            message("two").id,
            old.id,
        ]
        assert [one.message.id for one in outbox.messages(connection, since=NOW, limit=1)] == [
            message("three", "web").id
        ]
        (found,) = outbox.messages(connection, id_prefix=old.id[:12])
        assert (found.message, found.state, found.answer) == (old, MessageState.PENDING, None)
        assert outbox.messages(connection, id_prefix="%") == ()
