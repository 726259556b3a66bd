"""Apprise: what goes out fits and calls nobody, addresses are judged beforehand, and its log becomes a verdict."""

import asyncio
import json

import pytest

from monitor.delivery.channel import build
from monitor.domain.delivery import ChannelSpec, Delivered, Refused, Secret, TryAgain, Verdict
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.integration.delivery.sink import Answer, Received, assert_leaks_no_secret, open_sink, ways
from tests.unit.delivery.alerts import make_alert, message
from tests.unit.stories.reports import NOON

TOKEN = "canary-0123456789"
LIMITS = {  # as the services themselves state them
    f"discord://12345/{TOKEN}": (250, 2000),
    f"tgram://123456789:{TOKEN}/12315544/": (0, 4096),
    "ntfy://ntfy.example/press": (200, 7800),
}


def spec(url: str) -> ChannelSpec:
    return ChannelSpec(id="desk", kind="apprise", options={"url": Secret("env:APPRISE", url)})


def payload(url: str, title: str) -> dict[str, str]:
    channel = build(spec(url), ways(HttpClient(AddressPolicy(), "tests")))
    said = json.loads(channel.render(make_alert(title=title, summary="word " * 4000), ()).body)
    assert isinstance(said, dict)
    return said


@pytest.mark.parametrize("url", LIMITS)
def test_given_a_long_text_when_rendered_then_it_fits_the_service(url: str) -> None:
    said = payload(url, "Caracas orders envoys to leave " * 200)
    most_title, most_body = LIMITS[url]
    if most_title:
        assert len(said["title"]) <= most_title
        assert len(said["body"]) <= most_body
    else:
        assert len(said["title"]) + 2 + len(said["body"]) <= most_body


def test_given_mentions_in_the_news_when_rendered_then_they_call_nobody_and_links_stay() -> None:
    body = payload("ntfy://ntfy.example/press", "@everyone <!channel> <@U1> see https://news.example/@everyone")["body"]
    for mention in ("@everyone", "<!channel", "<@U1"):
        assert mention not in body
    assert "https://news.example/%40everyone" in body
    assert "https://harbour-post.example/a?x=1&y=2" in body


def send(answer: Answer, *, allowed: bool = True) -> tuple[Verdict, list[Received]]:
    async def run() -> tuple[Verdict, list[Received]]:
        async with open_sink(lambda _: answer) as sink:
            place = sink.url("").removeprefix("http://")
            channel = build(spec(f"json://{place}/{TOKEN}"), ways(sink.client, *([place] if allowed else [])))
            return await channel.send(message(channel.render(make_alert(), ())), NOON), sink.received

    return asyncio.run(run())


def test_given_a_service_that_takes_it_when_sent_then_it_is_delivered() -> None:
    verdict, (received,) = send(Answer())
    assert isinstance(verdict, Delivered)
    assert "two Chilean envoys" in json.loads(received.body)["message"]


@pytest.mark.parametrize(("status", "expected"), [(404, Refused), (401, Refused), (500, TryAgain), (0, TryAgain)])
def test_given_an_answer_when_judged_then_what_apprise_logs_of_it_decides(
    status: int, expected: type[Verdict], capfd: pytest.CaptureFixture[str]
) -> None:
    verdict, _ = send(Answer(status=status, body=TOKEN.encode()))
    assert isinstance(verdict, expected)
    assert_leaks_no_secret((TOKEN,), verdict, *capfd.readouterr())


def test_given_a_limit_when_judged_then_the_whole_destination_waits() -> None:
    verdict, _ = send(Answer(status=429))
    assert isinstance(verdict, TryAgain)
    assert verdict.limited


def test_given_an_address_on_this_machine_when_nobody_permits_it_then_nothing_is_sent() -> None:
    verdict, received = send(Answer(), allowed=False)
    assert isinstance(verdict, Refused)
    assert "loopback" in verdict.reason
    assert not received


def test_given_a_redirect_when_sent_then_it_is_not_followed() -> None:
    verdict, received = send(Answer(status=302, headers={"Location": "/elsewhere"}))
    assert not isinstance(verdict, Delivered)
    assert len(received) == 1
