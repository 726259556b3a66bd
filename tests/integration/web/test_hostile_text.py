"""Whatever stands in the archive is text: no page, feed or export makes anything else of it."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import cycle
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

from monitor.web.filters import FILTER_NAMES
from tests.integration.web.hostile import ATTACK, MARK, PLACES, SIGN
from tests.integration.web.places import TOKEN, Place
from tests.unit.web.exhibits import Answer, Visitor
from tests.unit.web.reading import Element, read

BEARER = {"Authorization": f"Bearer {TOKEN}"}
_NONSENSE = ("\x00", "\r\nSet-Cookie: a=b", b"\xed\xa0\x80", "9" * 400, "%", "-1", "٣")
_OWN_SCRIPT = "/static/"
_SHOWS_NOTHING = frozenset(
    {"/healthz", "/readyz", "/metrics", "/sign-in", "/days", "/relations", "/try"}
    | {f"/api/{one}" for one in ("types", "relations", "relations/{pair}")}
)
"""What holds no text of the archive but codes; every other place has to, or it would prove nothing here."""
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
    silent = {place.written for place in everything if not place.is_endless} - showing
    assert silent <= _SHOWS_NOTHING


def test_given_an_address_of_attacks_when_any_place_is_asked_then_what_it_repeats_is_text(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    for place in everything:
        for address in (*parts_of(place, ATTACK), *queries_of(place, [ATTACK])):
            answer = stranger.ask("GET", address, headers=BEARER)
            assert answer.status < 500, address
            assert_harmless(answer, address)


def test_given_nonsense_when_any_place_is_asked_then_it_answers_in_order(
    stranger: Visitor, everything: tuple[Place, ...]
) -> None:
    for place in everything:
        asked = [*queries_of(place, _NONSENSE), *(one for value in _NONSENSE for one in parts_of(place, value))]
        for address in asked:
            answer = stranger.ask("GET", address, headers=BEARER)
            assert answer.status < 500, address
            assert "Set-Cookie" not in answer.headers, address


def parts_of(place: Place, value: str | bytes) -> list[str]:
    """The address of a page with this value for each of its parts."""
    path = place.path.partition("?")[0]
    parts = [part for part in sorted(set(PLACES.values())) if part in path]
    return [path.replace(f"/{part}", f"/{quote(value, safe='')}") for part in parts if not _is_tried_elsewhere(place)]


def queries_of(place: Place, values: Sequence[str | bytes]) -> Iterator[str]:
    """The address of a page with one value after the other for each name that its query might have."""
    if _is_tried_elsewhere(place):
        return
    path = place.path.partition("?")[0]
    for name, value in zip(_NAMES, cycle(values), strict=False):
        yield f"{path}?{name}={quote(value, safe='')}"


def _is_tried_elsewhere(place: Place) -> bool:
    """What the API makes of addresses is tried with all that its description says of them (tests/unit/web/api)."""
    return place.is_endless or place.is_open or place.written.startswith("/api")
