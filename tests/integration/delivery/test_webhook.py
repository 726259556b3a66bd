import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable

import pytest
from standardwebhooks import Webhook

from monitor.delivery.channel import Channel, build
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    GaveUp,
    OptionValue,
    Refused,
    Rendered,
    Secret,
    TryAgain,
    Verdict,
)
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.integration.delivery.sink import Answer, Answering, Sink, assert_leaks_no_secret, open_sink, ways
from tests.unit.delivery.alerts import make_alert, message
from tests.unit.stories.reports import NOON

NEW, OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
TOKEN = "Bearer fedcba9876543210"


def run(
    answering: Answering, play: Callable[[Sink, Channel], Awaitable[Verdict]], **options: OptionValue
) -> tuple[Verdict, Sink]:
    async def attempt() -> tuple[Verdict, Sink]:
        async with open_sink(answering) as sink:
            spec = ChannelSpec(id="hook", kind="webhook", options={"url": sink.url("/hook/tokentokentoken"), **options})
            return await play(sink, build(spec, sink.ways)), sink

    return asyncio.run(attempt())


async def once(sink: Sink, channel: Channel) -> Verdict:
    return await channel.send(claim(channel), dt.datetime.now(dt.UTC))


def claim(channel: Channel) -> Claim:
    return message(channel.render(make_alert(), ()))


def test_given_two_secrets_when_sent_then_a_receiver_with_either_accepts_the_message() -> None:
    verdict, sink = run(
        lambda _: Answer(status=204, body=b""),
        once,
        secrets=(Secret("env:NEW", NEW), Secret("env:OLD", OLD)),
        headers={"Authorization": Secret("env:TOKEN", TOKEN), "X-Desk": "americas"},
    )
    (received,) = sink.received
    assert verdict == Delivered(answer="204")
    assert Webhook(NEW).verify(received.body, received.headers) == Webhook(OLD).verify(received.body, received.headers)
    assert received.headers["webhook-id"] == "msg_0123456789abcdef"
    assert (received.headers["authorization"], received.headers["x-desk"]) == (TOKEN, "americas")


def test_given_a_first_try_that_fails_when_sent_again_then_id_and_bytes_stay_and_the_time_moves() -> None:
    answers = iter([Answer(status=500, body=b"no"), Answer()])

    async def twice(sink: Sink, channel: Channel) -> Verdict:
        stored = claim(channel)
        assert isinstance(await channel.send(stored, NOON), TryAgain)
        return await channel.send(stored, NOON + dt.timedelta(minutes=5))

    verdict, sink = run(lambda _: next(answers), twice, secret=Secret("env:NEW", NEW))
    first, second = sink.received
    assert isinstance(verdict, Delivered)
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 300
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_given_a_redirect_when_sent_then_it_is_not_followed() -> None:
    verdict, sink = run(lambda _: Answer(status=307, body=b"", headers={"Location": "/elsewhere"}), once)
    assert isinstance(verdict, Refused)
    assert [one.path for one in sink.received] == ["/hook/tokentokentoken"]


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (Answer(status=410, body=b"gone"), GaveUp(reason="answered 410: gone", destination_dead=True)),
        (Answer(status=422, body=b"no such field"), Refused(reason="answered 422: no such field")),
        (
            Answer(status=503, body=b"", headers={"Retry-After": "9"}),
            TryAgain(reason="answered 503", not_before=dt.timedelta(seconds=9)),
        ),
        (
            Answer(status=429, body=b"", headers={"Retry-After": "9"}),
            TryAgain(reason="answered 429", not_before=dt.timedelta(seconds=9), limited=True),
        ),
    ],
)
def test_given_an_answer_when_sent_then_the_verdict_follows_it(answer: Answer, verdict: Verdict) -> None:
    assert run(lambda _: answer, once)[0] == verdict


def test_given_a_connection_that_breaks_when_sent_then_it_is_tried_again() -> None:
    assert isinstance(run(lambda _: Answer(status=0), once)[0], TryAgain)


def test_given_an_endless_answer_when_sent_then_it_counts_as_taken_and_is_not_read_to_its_end() -> None:
    verdict, _ = run(lambda _: Answer(body=b"x" * 8_000_000), once)
    assert isinstance(verdict, Delivered)
    assert len(verdict.answer) < 600


def test_given_an_address_that_the_policy_forbids_when_sent_then_it_is_refused_with_the_reason() -> None:
    async def attempt() -> Verdict:
        async with HttpClient(AddressPolicy(), "relation-monitor-tests") as client:
            spec = ChannelSpec(id="hook", kind="webhook", options={"url": "http://127.0.0.1:9/hook"})
            return await build(spec, ways(client)).send(
                message(Rendered(content_type="application/json", body=b"{}")), NOON
            )

    verdict = asyncio.run(attempt())
    assert isinstance(verdict, Refused)
    assert "loopback" in verdict.reason


@pytest.mark.parametrize("status", [200, 400, 410, 500])
def test_given_a_server_that_repeats_all_it_was_told_when_sent_then_no_verdict_log_or_repr_shows_a_secret(
    status: int, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []

    async def watched(sink: Sink, channel: Channel) -> Verdict:
        shown.append(repr(channel))
        return await once(sink, channel)

    verdict, _ = run(
        lambda told: Answer(status=status, body=json.dumps([told.path, told.headers, NEW]).encode()),
        watched,
        secret=Secret("env:NEW", NEW),
        headers={"Authorization": Secret("env:TOKEN", TOKEN)},
    )
    assert "(hidden)" in repr(verdict)
    secrets = (NEW, NEW.removeprefix("whsec_"), TOKEN, "fedcba98", "tokentokentoken")
    assert_leaks_no_secret(secrets, verdict, *shown, caplog.text, *capfd.readouterr())


def test_given_a_200_that_takes_itself_back_when_judged_then_it_is_refused() -> None:
    verdict, _ = run(lambda _: Answer(body=b'{"ok": false, "error": "no such desk"}'), once)
    assert verdict == Refused(reason='answered 200 {"ok": false, "error": "no such desk"}')
