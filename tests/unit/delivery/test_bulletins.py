"""A digest in words, and as each channel lays it out: within its limits, with nothing of the text read as code."""

import dataclasses
import json
from typing import Any

import pytest

from monitor.delivery.apprise import AppriseChannel
from monitor.delivery.blocks import digest_blocks
from monitor.delivery.bulletins import bulletin, text_lines
from monitor.delivery.console import ConsoleChannel
from monitor.delivery.mail_body import digest_body
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.webhook import MAX_BODY_BYTES, WebhookChannel
from monitor.domain.delivery import Secret, message_id
from monitor.domain.digests import DigestCause
from monitor.domain.taxonomy import Severity
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from tests.unit.delivery.books import BOOKS, ENGLISH, SPANISH
from tests.unit.delivery.digests import EMPTY, full, line, made
from tests.unit.delivery.test_slack import assert_within_limits

WEBHOOK = WebhookChannel(
    id="desk", url="https://hooks.example/in", client=HttpClient(AddressPolicy(), "tests"), book=ENGLISH
)


def test_digest_in_english_when_worded_says_all_sections_in_the_readers_zone() -> None:
    said = bulletin(full(), ENGLISH)
    assert said.title == "“Pacific desk”: digest of 5 March 2026, 07:30 +12"
    assert list(text_lines(said)) == [
        "Since 4 March 2026, 07:30 +12.",
        "New:",
        (
            "- MAJOR Fiji recalled an envoy from Tonga: Suva and its neighbours (The Lagoon Herald and others, 2 in all)"
            " https://lagoon-herald.example/news/story01?a=1&b=2"
        ),
        (
            "- NOTABLE Fiji seized property of Samoa (FV Manta): Suva and its neighbours (The Lagoon Herald; late, published 5 March 2026)"
            " https://lagoon-herald.example/news/story02?a=1&b=2"
        ),
        "- and 3 more",
        "Denied, called off or disputed:",
        (
            "- NOTABLE It is said that Tonga did not accuse Fiji, or will not: Suva and its neighbours (Update: now denied; The Lagoon Herald)"
            " https://lagoon-herald.example/news/story03?a=1&b=2"
        ),
        "Planned for the days ahead:",
        "- Friday, 6 March 2026: Fiji is to hold talks with Tonga",
        "Situations, of which you have heard:",
        "- Fiji and Tonga: 9 stories since 5 March 2026, 00:00 +12",
        "Relations index:",
        "- Fiji and Tonga: -34 (tense), before -12 (ordinary)",
        "Stories of less weight, counted only: Fiji and Vanuatu 4, Fiji and Tonga 2",
    ]


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("cause", DigestCause)
def test_any_digest_when_worded_in_any_language_names_its_watch(book: Phrasebook, cause: DigestCause) -> None:
    said = bulletin(full(cause), book)
    assert "Pacific desk" in said.title
    assert [section.key for section in said.sections] == ["new", "withdrawn", "ahead", "situations", "index", "routine"]


def test_digest_in_spanish_when_worded_is_spanish_throughout() -> None:
    text = "\n".join(text_lines(bulletin(full(), SPANISH)))
    assert "Fiyi retiró a un enviado ante Tonga" in text
    assert "Viernes 6 de marzo de 2026" in text
    assert "New" not in text


def test_digest_without_news_when_worded_says_so() -> None:
    assert list(text_lines(bulletin(EMPTY, ENGLISH))) == [
        "Since 4 March 2026, 07:30 +12. Nothing new beside what you were told at once."
    ]


def test_digest_on_a_console_when_rendered_is_a_block_of_text() -> None:
    text = ConsoleChannel(id="desk", book=ENGLISH).render_digest(full()).body.decode()
    assert text.startswith("“Pacific desk”: digest of 5 March 2026")
    assert all(one.startswith("    ") for one in text.splitlines()[1:] if one)


def test_digest_by_mail_when_rendered_is_the_same_in_html_with_links() -> None:
    body = digest_body(full(), ENGLISH)
    assert body.subject == "[digest] “Pacific desk”: digest of 5 March 2026, 07:30 +12"
    assert '<a href="https://lagoon-herald.example/news/story01?a=1&amp;b=2"' in body.html
    for section in bulletin(full(), ENGLISH).sections:
        for one in section.lines:
            assert one.text in body.text
            assert one.text in body.html


def test_digest_for_programs_when_rendered_has_its_parts_as_fields() -> None:
    said = json.loads(WEBHOOK.render_digest(full()).body)
    assert (said["type"], said["timestamp"]) == ("relation.digest", "2026-03-04T19:30:00Z")
    data = said["data"]
    assert (data["cause"], data["watches"], data["more"], data["empty"]) == ("scheduled", ["pacific"], 3, False)
    assert data["new"][0]["sentence"] == "Fiji recalled an envoy from Tonga"
    assert data["ahead"][0]["date"] == "2026-03-06"
    assert (data["routine"], data["routine_stories"]) == ({"FJI-VUT": 4, "FJI-TON": 2}, 6)


def test_what_was_held_back_when_rendered_for_programs_is_a_summary() -> None:
    assert json.loads(WEBHOOK.render_digest(full(DigestCause.QUIET)).body)["type"] == "relation.summary"


def test_digest_as_a_cloud_event_when_rendered_has_the_id_of_its_message() -> None:
    channel = dataclasses.replace(WEBHOOK, source="/relation-monitor")
    event = json.loads(channel.render_digest(full()).body)
    assert (event["specversion"], event["type"]) == ("1.0", "relation.digest")
    assert event["id"] == message_id(full().key_for("desk"))


@pytest.mark.parametrize("most_title", [0, 100])
def test_digest_over_apprise_when_rendered_is_cut_to_what_the_service_takes(most_title: int) -> None:
    channel = AppriseChannel(
        id="desk",
        url=Secret("env:URL", "json://hooks.example"),
        policy=AddressPolicy(),
        book=ENGLISH,
        most_title=most_title,
        most_body=300,
        targets=(),
    )
    said = json.loads(channel.render_digest(full()).body)
    assert said["title"].startswith("[digest] “Pacific desk”")
    assert len(said["body"]) <= 300


def test_digest_in_slack_when_rendered_escapes_and_links() -> None:
    rendered = digest_blocks(full(), ENGLISH)
    assert_within_limits(rendered)
    text = rendered.body.decode()
    assert "<https://lagoon-herald.example/news/story01?a=1&amp;b=2|Fiji recalled an envoy from Tonga>" in text


@pytest.mark.parametrize(("link", "thing"), [(100, "x" * 90), (1900, "x" * 90), (1900, "\\" * 900), (1900, "&" * 900)])
def test_any_long_digest_when_rendered_fits_slack_and_webhooks(link: int, thing: str) -> None:
    stories = [made(n, "asset.seized", "FJI", "WSM", Severity.MAJOR, object=thing) for n in range(12)]
    crowded = tuple(line(one, link="https://lagoon-herald.example/" + "n" * link) for one in stories)
    digest = dataclasses.replace(full(new=crowded), withdrawn=crowded)
    assert_within_limits(digest_blocks(digest, ENGLISH))
    body = WEBHOOK.render_digest(digest).body
    assert len(body) < MAX_BODY_BYTES
    data: dict[str, Any] = json.loads(body)["data"]
    assert len(data["new"]) == len(stories)
