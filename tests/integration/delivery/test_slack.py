import asyncio
import dataclasses
import datetime as dt
import json

import pytest

from monitor.delivery.channel import build
from monitor.delivery.slack import SlackChannel
from monitor.domain.delivery import ChannelSpec, Delivered, GaveUp, Refused, Secret, TryAgain, Verdict
from tests.integration.delivery.sink import Received, assert_leaks_no_secret, open_sink, slack
from tests.unit.delivery.alerts import make_alert, message
from tests.unit.stories.reports import NOON

TOKEN = "/services/T0123/B0123/verysecrettoken"


def send(path: str) -> tuple[Verdict, list[Received]]:
    async def attempt() -> tuple[Verdict, list[Received]]:
        async with open_sink(slack) as sink:
            spec = ChannelSpec(id="desk", kind="slack", options={"url": Secret("env:SLACK", sink.url(TOKEN + path))})
            channel = build(spec, sink.ways)
            assert isinstance(channel, SlackChannel)
            brisk = dataclasses.replace(channel, spacing=dt.timedelta(milliseconds=1))
            return await brisk.send(message(brisk.render(make_alert(), ())), NOON), sink.received

    return asyncio.run(attempt())


def test_given_a_working_webhook_when_sent_then_slack_has_the_stored_bytes() -> None:
    verdict, (received,) = send("/fine")
    assert verdict == Delivered(answer="200 ok")
    assert received.path == TOKEN + "/fine"
    assert received.headers["content-type"] == "application/json"
    assert json.loads(received.body)["blocks"]


@pytest.mark.parametrize("path", ["/gone", "/archived", "/badtoken", "/web-api"])
def test_given_a_webhook_that_is_gone_when_sent_then_the_destination_is_dead(path: str) -> None:
    verdict, received = send(path)
    assert isinstance(verdict, GaveUp)
    assert verdict.destination_dead
    assert len(received) == 1


def test_given_blocks_that_slack_refuses_when_sent_then_the_plain_text_goes_once() -> None:
    verdict, received = send("/noblocks")
    assert isinstance(verdict, Delivered)
    first, second = (json.loads(one.body) for one in received)
    assert "blocks" not in second
    assert second["text"] == first["text"]
    assert second["unfurl_links"] is False


def test_given_a_payload_that_slack_never_takes_when_sent_then_it_is_given_up_but_not_the_destination() -> None:
    verdict, received = send("/nothing")
    assert isinstance(verdict, GaveUp)
    assert not verdict.destination_dead
    assert len(received) == 2


def test_given_a_limit_when_sent_then_the_whole_destination_waits() -> None:
    verdict, _ = send("/limited")
    assert verdict == TryAgain(reason="answered 429: rate_limited", not_before=dt.timedelta(seconds=30), limited=True)


@pytest.mark.parametrize("path", ["/rollup", "/broken"])
def test_given_trouble_at_slack_when_sent_then_it_is_tried_again(path: str) -> None:
    assert isinstance(send(path)[0], TryAgain)


def test_given_a_200_that_is_not_slack_when_sent_then_it_does_not_count_as_delivered() -> None:
    verdict, _ = send("/portal")
    assert isinstance(verdict, Refused)
    assert "sign in" in verdict.reason


@pytest.mark.parametrize("path", ["/fine", "/gone", "/limited", "/nothing", "/portal", "/echo"])
def test_given_any_answer_when_sent_then_no_verdict_and_no_log_shows_the_address(
    path: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    verdict, _ = send(path)
    assert_leaks_no_secret((TOKEN, "verysecrettoken"), verdict, caplog.text, *capfd.readouterr())


def test_given_a_server_that_repeats_the_address_when_sent_then_the_rest_of_its_answer_stays() -> None:
    assert send("/echo")[0] == Refused(reason="answered 403: not allowed: (hidden)")
