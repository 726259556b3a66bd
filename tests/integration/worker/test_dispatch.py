import asyncio
import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.delivery.retry import REFUSED_TRIES
from monitor.domain.delivery import ChannelSpec, Message, MessageKind, Rendered, Secret, message_id
from monitor.settings.secrets import resolve
from monitor.storage import outbox
from monitor.storage.channels import channel_states
from monitor.storage.outbox import MessageState
from tests.integration.worker.conftest import ON_BOTH_DATABASES, WORKER, Newsroom, Staff, utc_now
from tests.integration.worker.servers import Answer


def enqueue(newsroom: Newsroom, channel: str, *names: str) -> None:
    messages = [
        Message(
            id=message_id(f"{channel}:{name}"),
            dedup_key=f"{channel}:{name}",
            channel_id=channel,
            kind=MessageKind.ALERT,
            rendered=Rendered(content_type="application/json", body=json.dumps({"name": name}).encode()),
            created_at=utc_now(),
        )
        for name in names
    ]
    with newsroom.database.write() as connection:
        assert outbox.enqueue(connection, messages) == len(names)


def states(newsroom: Newsroom) -> dict[MessageState, int]:
    with newsroom.database.read() as connection:
        return {state: count for state, count in outbox.counts(connection).items() if count}


def names_at(newsroom: Newsroom, path: str) -> list[str]:
    return [str(json.loads(one.body)["name"]) for one in newsroom.receiver.at(path) if b'"name"' in one.body]


def fails_first(times: int, status: int, **headers: str) -> Callable[[int], Answer]:
    return lambda before: (status, headers) if before < times else (200, {})


async def wait_until(condition: Callable[[], bool], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.02)


def hooked(newsroom: Newsroom, *paths: str) -> Newsroom:
    for path in paths:
        newsroom.hook(path)
    return newsroom


@ON_BOTH_DATABASES
def test_given_messages_when_a_round_runs_then_each_is_sent_once_and_in_order(newsroom: Newsroom) -> None:
    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "ok", "first", "second", "third")
        sent = await staff.dispatcher.round()
        assert (sent.delivered, sent.postponed, sent.dead) == (3, 0, 0)
        assert (await staff.dispatcher.round()).delivered == 0

    hooked(newsroom, "/ok").play(scenario)
    assert names_at(newsroom, "/ok") == ["first", "second", "third"]
    assert states(newsroom) == {MessageState.DELIVERED: 3}


@ON_BOTH_DATABASES
def test_given_a_failing_destination_when_tried_again_then_id_and_bytes_are_the_same(newsroom: Newsroom) -> None:
    newsroom.receiver.answers["/flaky"] = fails_first(2, 503)

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "flaky", "one")
        # The schedule of the test waits for nothing, so one round goes on until the destination takes the message.
        sent = await staff.dispatcher.round()
        assert (sent.delivered, sent.postponed) == (1, 2)

    hooked(newsroom, "/flaky").play(scenario)
    attempts = newsroom.receiver.at("/flaky")
    assert len(attempts) == 3
    assert len({(one.id, one.body) for one in attempts}) == 1


@ON_BOTH_DATABASES
def test_given_a_destination_that_never_recovers_when_the_schedule_ends_then_the_message_is_a_dead_letter(
    newsroom: Newsroom,
) -> None:
    newsroom.receiver.answers["/down"] = lambda _: (500, {})

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "down", "one")
        assert (await staff.dispatcher.round()).dead == 1

    hooked(newsroom, "/down").play(scenario)
    assert len(newsroom.receiver.at("/down")) == len(newsroom.schedule)
    assert states(newsroom) == {MessageState.DEAD: 1}


def test_given_a_429_when_more_waits_behind_then_the_whole_destination_pauses_as_long_as_it_asks(
    newsroom: Newsroom,
) -> None:
    newsroom.receiver.answers["/busy"] = fails_first(1, 429, **{"Retry-After": "1"})

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "busy", "first", "second")
        started = time.monotonic()
        assert (await staff.dispatcher.round()).delivered == 0
        assert len(newsroom.receiver.at("/busy")) == 1
        while not names_at(newsroom, "/busy")[1:]:
            await staff.dispatcher.round()
            await asyncio.sleep(0.02)
        assert time.monotonic() - started >= 0.9
        await staff.dispatcher.round()

    hooked(newsroom, "/busy").play(scenario)
    assert states(newsroom) == {MessageState.DELIVERED: 2}


def test_given_a_destination_in_trouble_when_it_has_failed_thrice_then_it_rests_and_its_first_answer_frees_the_queue(
    newsroom: Newsroom,
) -> None:
    # An hour for each message, but less than a second for the destination as a whole.
    newsroom.schedule = (dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(seconds=0.4))
    newsroom.receiver.answers["/down"] = fails_first(3, 503)
    names = ["one", "two", "three", "four", "five"]

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "down", *names)
        assert (await staff.dispatcher.round()).postponed == 3
        assert len(newsroom.receiver.at("/down")) == 3
        while states(newsroom) != {MessageState.DELIVERED: 5}:
            await staff.dispatcher.round()
            await asyncio.sleep(0.02)

    hooked(newsroom, "/down").play(scenario)
    assert names_at(newsroom, "/down") == ["one", "two", "three", "four", "one", "two", "three", "five"]


def test_given_a_destination_that_is_gone_when_sending_then_it_is_broken_once_and_told_over_another_channel(
    newsroom: Newsroom,
) -> None:
    newsroom.receiver.answers["/gone"] = lambda _: (410, {})

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "gone", "first", "second")
        assert (await staff.dispatcher.round()).dead == 1
        await staff.dispatcher.round()

    hooked(newsroom, "/gone", "/operator").play(scenario)
    assert len(newsroom.receiver.at("/gone")) == 1
    (notice,) = newsroom.receiver.at("/operator")
    assert b"gone" in notice.body
    assert states(newsroom) == {MessageState.DEAD: 1, MessageState.PENDING: 1, MessageState.DELIVERED: 1}
    with newsroom.database.read() as connection:
        (broken,) = [state for state in channel_states(connection) if state.broken_at is not None]
    assert broken.channel_id == "gone"


def test_given_a_destination_that_hangs_when_others_have_messages_then_they_are_not_held_up(newsroom: Newsroom) -> None:
    def hang(_: int) -> Answer:
        time.sleep(1)
        return 200, {}

    newsroom.receiver.answers["/hangs"] = hang

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "hangs", "slow")
        enqueue(newsroom, "ok", "first", "second", "third")
        started = time.monotonic()
        staff.dispatcher.wake()
        await wait_until(lambda: len(names_at(newsroom, "/ok")) == 3)
        assert time.monotonic() - started < 0.9
        await staff.dispatcher.stop(dt.timedelta(seconds=5))

    hooked(newsroom, "/hangs", "/ok").play(scenario)
    assert states(newsroom) == {MessageState.DELIVERED: 4}


@pytest.mark.parametrize("patience", [0.1, 5.0])
@ON_BOTH_DATABASES
def test_given_a_send_on_its_way_when_stopped_then_it_may_end_in_time_and_else_its_lease_is_given_back(
    newsroom: Newsroom, patience: float
) -> None:
    def slow(_: int) -> Answer:
        time.sleep(0.6)
        return 200, {}

    newsroom.receiver.answers["/slow"] = slow

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "slow", "one", "two")
        staff.dispatcher.wake()
        await wait_until(lambda: bool(newsroom.receiver.at("/slow")))
        await staff.dispatcher.stop(dt.timedelta(seconds=patience))
        staff.dispatcher.wake()
        await asyncio.sleep(0.1)

    hooked(newsroom, "/slow").play(scenario)
    delivered = {MessageState.DELIVERED: 1, MessageState.PENDING: 1}
    assert states(newsroom) == (delivered if patience > 1 else {MessageState.PENDING: 2})
    with newsroom.database.write() as connection:
        claims = outbox.claim(
            connection, owner=WORKER, channels=["slow"], limit=9, per_channel=9, lease=dt.timedelta(seconds=30)
        )
    assert {claim.attempt for claim in claims} == {1}


def test_given_a_channel_with_spacing_when_it_sends_twice_then_the_pause_lies_between(newsroom: Newsroom) -> None:
    newsroom.channels["slack"] = ChannelSpec(
        id="slack",
        kind="slack",
        options={"url": Secret("env:SLACK_URL", newsroom.receiver.url("/services/T0/B0/x"))},
    )

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "slack", "first", "second")
        started = time.monotonic()
        assert (await staff.dispatcher.round()).delivered == 2
        assert time.monotonic() - started >= staff.channels["slack"].spacing.total_seconds()

    newsroom.play(scenario)


@ON_BOTH_DATABASES
def test_given_a_message_that_dies_when_more_die_that_day_then_the_operator_is_told_once(newsroom: Newsroom) -> None:
    newsroom.receiver.answers["/strict"] = lambda _: (422, {})

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "strict", "first", "second")
        assert (await staff.dispatcher.round()).dead == 2
        await staff.dispatcher.round()

    hooked(newsroom, "/strict", "/operator").play(scenario)
    assert len(newsroom.receiver.at("/strict")) == 2 * REFUSED_TRIES
    (notice,) = newsroom.receiver.at("/operator")
    assert b"answered 422" in notice.body


def test_given_an_operator_channel_that_is_gone_when_it_breaks_then_the_others_are_told(newsroom: Newsroom) -> None:
    newsroom.receiver.answers["/operator"] = lambda _: (410, {})

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "operator", "trouble")
        await staff.dispatcher.round()
        await staff.dispatcher.round()

    hooked(newsroom, "/desk", "/operator").play(scenario)
    assert len(newsroom.receiver.at("/operator")) == 1
    (notice,) = newsroom.receiver.at("/desk")
    assert b"Channel operator is broken" in notice.body


def webhook_with_secret_in(path: Path, newsroom: Newsroom) -> None:
    newsroom.channels["locked"] = ChannelSpec(
        id="locked",
        kind="webhook",
        options={
            "url": newsroom.receiver.url("/locked"),
            "headers": {"X-Key": resolve(f"file:{path}", environ={}, folder=path.parent)},
        },
    )


def only_with(newsroom: Newsroom, key: str) -> Callable[[int], Answer]:
    return lambda _: (200 if newsroom.receiver.at("/locked")[-1].headers["x-key"] == key else 410, {})


@pytest.mark.parametrize("when", ["before the refusal", "after the refusal"])
def test_given_a_destination_that_refuses_when_the_secret_in_its_file_changes_then_the_message_goes_through(
    newsroom: Newsroom, tmp_path: Path, when: str
) -> None:
    secret = tmp_path / "key"
    secret.write_text("old-key-canary")
    webhook_with_secret_in(secret, newsroom)
    newsroom.receiver.answers["/locked"] = only_with(newsroom, "new-key-canary")

    async def scenario(staff: Staff) -> None:
        enqueue(newsroom, "locked", "first", "second")
        if when == "before the refusal":
            secret.write_text("new-key-canary\n")
            sent = await staff.dispatcher.round()
            assert (sent.delivered, sent.postponed, sent.dead) == (2, 1, 0)
            return
        assert (await staff.dispatcher.round()).dead == 1
        await asyncio.to_thread(staff.dispatcher.renew_secrets)
        assert (await staff.dispatcher.round()).delivered == 0
        secret.write_text("new-key-canary")
        await asyncio.to_thread(staff.dispatcher.renew_secrets)
        assert (await staff.dispatcher.round()).delivered == 1

    newsroom.play(scenario)
    assert {one.headers["x-key"] for one in newsroom.receiver.at("/locked")} == {"old-key-canary", "new-key-canary"}
