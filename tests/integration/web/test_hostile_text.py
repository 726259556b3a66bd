"""Whatever stands in the archive is text: no page, feed or export makes anything else of it."""

import csv
import io
import json
from collections.abc import Iterator
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import pytest

from monitor.web.filters import FILTER_NAMES
from tests.integration.web.hostile import ATTACK, MARK, PLACES, SIGN
from tests.integration.web.places import TOKEN, Place
from tests.unit.web.exhibits import Answer, Visitor
from tests.unit.web.reading import Element, read

BEARER = {"Authorization": f"Bearer {TOKEN}"}
_OWN_SCRIPT = "/static/"
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset", "cite"})
_NAMES = (*FILTER_NAMES, "q", "in", "after", "show", "name", "state", "channel", "lang", "next", "page", "text", "days")


def inside(element: Element) -> list[Element]:
    found = [one for one in element.inside if isinstance(one, Element)]
    return [*found, *(deeper for one in found for deeper in inside(one))]


def assert_harmless(answer: Answer, place: object) -> None:
    """An answer runs nothing and leads nowhere by itself, whatever kind of document it is."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    match kind:
        case "":
            assert answer.text == "", place
            assert answer.headers["Location"].startswith("/"), place
            assert not answer.headers["Location"].startswith(("//", "/\\")), place
        case "text/html":
            assert_harmless_page(answer.text, place)
        case "application/atom+xml":
            assert_harmless_feed(answer.text, place)
        case "application/json" | "application/feed+json" | "application/problem+json":
            json.loads(answer.text)
        case "application/jsonl" | "application/x-ndjson" | "application/jsonlines":
            for line in answer.text.splitlines():
                json.loads(line)
        case "text/csv":
            for row in csv.reader(io.StringIO(answer.text)):
                assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row), place
        case _:
            assert kind in ("text/plain", "text/css", "text/javascript", "image/svg+xml"), place


def assert_harmless_page(html: str, place: object) -> None:
    for one in inside(read(html)):
        assert MARK not in one.tag, place
        assert one.tag not in ("style", "iframe", "object", "embed", "base", "applet"), place
        if one.tag == "script":
            assert not one.inside, place
            assert one.attributes["src"].startswith(_OWN_SCRIPT), place
        if one.tag == "meta":
            assert "http-equiv" not in one.attributes, place
        for name, value in one.attributes.items():
            assert MARK not in name, place
            assert not name.startswith("on"), place
            assert name != "style", place
            if name in _ADDRESSES:
                assert urlsplit(value).scheme in ("", "http", "https"), (place, value)
                assert not value.startswith("//"), (place, value)
            if name == "target":
                assert "noopener" in one.attributes.get("rel", ""), place


def assert_harmless_feed(xml: str, place: object) -> None:
    for one in ET.fromstring(xml).iter():  # noqa: S314 - our own document
        assert MARK not in one.tag, place
        if one.tag.endswith("}link"):
            assert urlsplit(one.attrib["href"]).scheme in ("http", "https"), place
        if MARK in (one.text or "") and one.attrib.get("type", "text") != "text":
            # Where it is markup, an attack in it is escaped once more.
            assert f"<x-{MARK}" not in (one.text or ""), place


def test_given_an_archive_of_attacks_when_any_place_shows_it_then_it_is_text(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    showing = set()
    for place in everything:
        if place.is_endless:
            continue
        answer = stranger.ask("GET", place.path, headers=BEARER)
        assert_harmless(answer, place)
        if SIGN in answer.text:
            showing.add(place.written)
    assert {"/feeds", "/feeds/{feed_id}", "/deliveries", "/deliveries/{message_id}", "/search"} <= showing


def test_given_an_address_of_attacks_when_any_place_is_asked_then_what_it_repeats_is_text(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    for place in everything:
        if not place.is_endless:
            for address in addresses(place, ATTACK):
                answer = stranger.ask("GET", address, headers=BEARER)
                assert answer.status < 500, address
                assert_harmless(answer, address)


@pytest.mark.parametrize("value", ["\x00", "\r\nSet-Cookie: a=b", b"\xed\xa0\x80", "9" * 400], ids=repr)
def test_given_nonsense_when_any_place_is_asked_then_it_answers_in_order(
    stranger: Visitor, everything: tuple[Place, ...], value: str | bytes
) -> None:
    for place in everything:
        if not place.is_endless:
            for address in addresses(place, value):
                answer = stranger.ask("GET", address, headers=BEARER)
                assert answer.status < 500, address
                assert "Set-Cookie" not in answer.headers, address


def addresses(place: Place, value: str | bytes) -> Iterator[str]:
    """The address of a place with this value for each of its parts, and for each name that its query might have."""
    path = place.path.partition("?")[0]
    yield from (f"{path}?{name}={quote(value, safe='')}" for name in _NAMES)
    yield from (path.replace(f"/{part}", f"/{quote(value, safe='')}") for part in PLACES.values() if part in path)
