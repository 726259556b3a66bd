"""The Slack bot against a Web API on loopback: threads, notes at the first message, and what each answer means."""

import asyncio
import dataclasses
import datetime as dt
import json
from collections.abc import Sequence

import pytest

from monitor.delivery.blocks import alert_blocks
from monitor.delivery.channel import build
from monitor.delivery.slack_bot import SlackBotChannel
from monitor.domain.delivery import (
    ChannelSpec,
    Claim,
    Delivered,
    GaveUp,
    OptionValue,
    Refused,
    Secret,
    Thread,
    TryAgain,
    Verdict,
)
from monitor.domain.stories import Stage
from tests.integration.delivery.sink import Answer, Received, SlackApi, assert_leaks_no_secret, open_sink
from tests.unit.delivery.alerts import make_alert, message
from tests.unit.delivery.books import ENGLISH
from tests.unit.stories.reports import NOON

TOKEN = "xoxb-17-canary-token"


def talk(api: SlackApi, claims: Sequence[Claim], *, channel: str = "#press") -> tuple[list[Verdict], list[Received]]:
    async def run() -> tuple[list[Verdict], list[Received]]:
        async with open_sink(api) as sink:
            options: dict[str, OptionValue] = {
                "token": Secret("env:BOT", TOKEN),
                "channel": channel,
                "api": sink.url("/api"),
            }
            bot = build(ChannelSpec(id="desk", kind="slack-bot", options=options), sink.ways)
            assert isinstance(bot, SlackBotChannel)
            brisk = dataclasses.replace(bot, spacing=dt.timedelta(milliseconds=1))
            return [await brisk.send(claim, NOON) for claim in claims], sink.received

    return asyncio.run(run())


def alert(stage: Stage = Stage.FIRST, *, thread: Thread | None = None) -> Claim:
    return message(alert_blocks(make_alert(stage=stage), (), ENGLISH), thread=thread)


def thread_of(first: Claim, verdict: Verdict) -> Thread:
    assert isinstance(verdict, Delivered)
    return Thread(message_id=first.message.id, rendered=first.message.rendered, receipt=verdict.receipt)


def test_given_an_alert_when_sent_then_it_stands_there_and_the_receipt_says_where() -> None:
    api = SlackApi(token=TOKEN)
    (verdict,), _ = talk(api, [alert()])
    ((ts, posted),) = api.messages.items()
    assert verdict == Delivered(answer=f"200 ok, {ts}", receipt=f'{{"channel": "C1", "ts": "{ts}"}}')
    assert posted["blocks"]
    assert posted["unfurl_links"] is False
    assert "thread_ts" not in posted


def test_given_a_follow_up_when_sent_then_it_goes_into_the_thread_and_the_first_message_says_so() -> None:
    api, first = SlackApi(token=TOKEN), alert()
    (verdict,), _ = talk(api, [first])
    follow_up = alert(Stage.DENIED, thread=thread_of(first, verdict))
    (second,), received = talk(api, [follow_up])
    assert isinstance(second, Delivered)
    (opening, reply) = api.messages.items()
    assert (reply[1]["thread_ts"], reply[1]["reply_broadcast"]) == (opening[0], True)
    assert [one.path for one in received] == ["/api/chat.postMessage", "/api/chat.update"]
    assert "Since then:" in str(opening[1]["blocks"])
    assert str(opening[1]["blocks"]).startswith(str(first_blocks(first))[:-1])


def first_blocks(first: Claim) -> object:
    return json.loads(first.message.rendered.body)["blocks"]


def test_given_a_thread_that_was_deleted_when_a_follow_up_comes_then_it_stands_for_itself() -> None:
    api = SlackApi(token=TOKEN)
    first = alert()
    gone = Thread(message_id="msg_first", rendered=first.message.rendered, receipt='{"channel": "C1", "ts": "1.2"}')
    (verdict,), received = talk(api, [alert(Stage.DENIED, thread=gone)])
    assert isinstance(verdict, Delivered)
    assert len(received) == 2
    (posted,) = api.messages.values()
    assert "thread_ts" not in posted


def test_given_blocks_that_slack_refuses_when_sent_then_the_plain_text_goes_once() -> None:
    api = SlackApi(token=TOKEN, says=[Answer(body=b'{"ok":false,"error":"invalid_blocks"}')])
    (verdict,), _ = talk(api, [alert()])
    assert isinstance(verdict, Delivered)
    (posted,) = api.messages.values()
    assert "blocks" not in posted


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer(status=429, headers={"Retry-After": "30"}, body=b'{"ok":false,"error":"ratelimited"}'), "limited"),
        (Answer(body=b'{"ok":false,"error":"internal_error"}'), "later"),
        (Answer(status=503, body=b"down"), "later"),
        (Answer(status=0), "later"),
        (Answer(body=b'{"ok":false,"error":"token_revoked"}'), "dead"),
        (Answer(body=b'{"ok":false,"error":"something_new"}'), "refused"),
        (Answer(body=b"<html>Please sign in</html>"), "refused"),
        (Answer(body=b'{"ok":true}'), "refused"),
    ],
)
def test_given_an_answer_when_judged_then_slacks_own_word_decides(answer: Answer, expected: str) -> None:
    (verdict,), _ = talk(SlackApi(token=TOKEN, says=[answer]), [alert()])
    match verdict:
        case TryAgain(limited=True, not_before=wish):
            assert (expected, wish) == ("limited", dt.timedelta(seconds=30))
        case TryAgain():
            assert expected == "later"
        case GaveUp():
            assert (expected, verdict.destination_dead) == ("dead", True)
        case _:
            assert isinstance(verdict, Refused)
            assert expected == "refused"


def test_given_a_conversation_that_is_gone_when_sent_then_the_destination_is_dead() -> None:
    (verdict,), _ = talk(SlackApi(token=TOKEN), [alert()], channel="C9")
    assert verdict == GaveUp(reason="Slack lets nothing through to C9 (channel_not_found)", destination_dead=True)


def test_given_a_server_that_repeats_the_token_when_judged_then_nothing_shows_it(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    says = Answer(status=403, body=f"not with {TOKEN}".encode())
    (verdict,), _ = talk(SlackApi(token=TOKEN, says=[says]), [alert()])
    assert verdict == Refused(reason="answered 403: not with (hidden)")
    assert_leaks_no_secret((TOKEN,), verdict, caplog.text, *capfd.readouterr())
