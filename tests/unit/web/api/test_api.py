"""What the API answers: lists in parts, one thing whole, nothing twice, and a sentence for whatever can't be meant."""

import gzip
import json
import re
import urllib.request
from dataclasses import replace
from typing import Any

import pytest

from monitor.domain.errors import DatabaseUnavailable
from monitor.web.access import Access
from monitor.web.api import models
from monitor.web.site import Site
from tests.unit.web.api.pacific import the_items, the_reports, the_stories
from tests.unit.web.exhibits import Answer, Visitor, visiting

ITEM = the_items()[0].key.hex()
ANSWERS: list[tuple[str, type[models.Shape]]] = [
    ("/api/stories", models.StoryList),
    ("/api/stories/story-0", models.StoryWhole),
    ("/api/events", models.EventList),
    ("/api/items", models.ItemList),
    (f"/api/items/{ITEM}", models.ItemWhole),
    ("/api/types", models.TypeList),
    ("/api/relations", models.StandingList),
    ("/api/relations/FJI-TON", models.RelationWhole),
    ("/api/feeds", models.FeedList),
    ("/api/deliveries", models.DeliveryList),
]


def told(answer: Answer) -> Any:
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


def ids(answer: Answer, name: str) -> list[str]:
    return [one["id"] for one in told(answer)[name]]


@pytest.mark.parametrize(("path", "shape"), ANSWERS)
def test_given_any_operation_when_asked_then_its_answer_has_the_shape_that_is_described(
    visitor: Visitor, path: str, shape: type[models.Shape]
) -> None:
    answer = visitor.get(path)
    shape.model_validate_json(answer.text)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["story-0", "story-1", "story-2", "story-3"]),
        ("between=FJI,TON", ["story-0", "story-1"]),
        ("between=ton", ["story-0", "story-1"]),
        ("severity=major", ["story-0", "story-3"]),
        ("status=possible,planned", ["story-1", "story-3"]),
        ("kind=missions", ["story-0"]),
        ("language=es", ["story-1", "story-3"]),
        ("days=2", ["story-0", "story-1", "story-2"]),
        ("between=FJI&severity=critical&days=9", ["story-3"]),
    ],
)
def test_given_a_filter_when_stories_are_listed_then_those_that_fit_are(
    visitor: Visitor, query: str, found: list[str]
) -> None:
    assert ids(visitor.get(f"/api/stories?{query}"), "stories") == found


def test_given_a_story_when_asked_for_then_it_says_what_happened_and_who_reports_it(visitor: Visitor) -> None:
    story = told(visitor.get("/api/stories/story-0"))
    assert story["sentence"] == "Fiji recalled an envoy from Tonga"
    assert story["url"] == "https://relmon.example/stories/story-0"
    assert [one["id"] for one in story["reports"]] == [the_reports()[0].id]
    assert story["reports"][0]["item"]["title"] == "Islands in the news, part 0 <b>&amp;</b>"
    spanish = visitor.get("/api/stories/story-0", accept_language="es")
    assert told(spanish)["sentence"].startswith("Fiyi")
    assert told(visitor.get("/api/stories/story-0?lang=es")) == told(spanish)


def test_given_a_story_that_was_taken_back_when_asked_for_then_it_says_so(visitor: Visitor) -> None:
    gone = the_stories()[-1]
    story = told(visitor.get(f"/api/stories/{gone.id}"))
    assert gone.retracted_at is not None
    assert story["retracted_at"] == gone.retracted_at.isoformat()
    assert story["reports"][0]["withdrawn_by"] == "publisher"


@pytest.mark.parametrize("name", ["stories", "events", "items", "relations", "feeds", "deliveries"])
def test_given_a_list_when_followed_part_by_part_then_each_row_comes_once(visitor: Visitor, name: str) -> None:
    everything = told(visitor.get(f"/api/{name}?limit=500"))[name]
    found: list[Any] = []
    path: str | None = f"/api/{name}?limit=2"
    while path is not None:
        answer = visitor.get(path)
        part = told(answer)
        found += part[name]
        assert 0 < len(part[name]) <= 2
        link = re.fullmatch(r'<(\?.+)>; rel="next"', answer.headers.get("Link", ""))
        assert (link is None) == (part["next"] is None)
        path = f"/api/{name}{link[1]}" if link else None
    assert found == everything
    assert len(found) > 1


def test_given_events_and_items_when_narrowed_then_only_what_fits_comes(visitor: Visitor) -> None:
    assert len(told(visitor.get("/api/events?between=TON,FJI"))["events"]) == 2
    assert [one["status"] for one in told(visitor.get("/api/events?status=denied"))["events"]] == ["denied"]
    assert told(visitor.get("/api/events?kind=missions&days=1"))["events"][0]["id"] == the_reports()[0].id
    assert {one["language"] for one in told(visitor.get("/api/items?feed=diario-del-mar"))["items"]} == {"es"}
    assert [one["id"] for one in told(visitor.get("/api/items?day=2026-03-14"))["items"]] == [ITEM]
    assert told(visitor.get(f"/api/items/{ITEM[:10]}"))["events"][0]["story"] == "story-0"


def test_given_a_pair_when_asked_for_then_its_index_comes_day_by_day(visitor: Visitor) -> None:
    answer = told(visitor.get("/api/relations/ton-fji?from=2026-03-12&to=2026-03-14"))
    assert answer["relation"] == "FJI-TON"
    assert [(one["day"], one["stories"]) for one in answer["readings"]] == [
        ("2026-03-12", []),
        ("2026-03-13", ["story-1"]),
        ("2026-03-14", ["story-0"]),
    ]
    assert len(told(visitor.get("/api/relations/FJI-TON"))["readings"]) == 30
    assert [one["relation"] for one in told(visitor.get("/api/relations?side=WSM"))["relations"]] == ["FJI-WSM"]


def test_given_messages_when_listed_then_nothing_of_their_bodies_or_addresses_is_told(visitor: Visitor) -> None:
    dead = told(visitor.get("/api/deliveries?state=dead&channel=desk"))["deliveries"]
    assert [one["answer"] for one in dead] == ["404 no_service"]
    assert "text" not in visitor.get("/api/deliveries").text


def test_given_feeds_when_listed_then_their_health_is_told(site: Site) -> None:
    with visiting(lambda: replace(site, paused=frozenset({"never-polled"}))) as visitor:
        feeds = told(visitor.get("/api/feeds"))["feeds"]
        assert [(one["id"], one["health"]) for one in feeds] == [
            ("diario-del-mar", "new"),
            ("island-gazette", "new"),
            ("never-polled", "paused"),
        ]
        assert ids(visitor.get("/api/feeds?health=paused"), "feeds") == ["never-polled"]


@pytest.mark.parametrize("path", [path for path, _ in ANSWERS])
def test_given_an_answer_that_is_known_when_asked_again_then_it_is_a_304(visitor: Visitor, path: str) -> None:
    tag = visitor.get(path).headers["ETag"]
    again = visitor.get(path, if_none_match=f'"other", {tag}')
    assert (again.status, again.text, again.headers["ETag"]) == (304, "", tag)
    assert visitor.get(path, if_none_match='W/"other"').status == 200


def test_given_a_reader_that_unpacks_when_asked_then_long_answers_are_compressed(visitor: Visitor) -> None:
    asked = urllib.request.Request(f"http://127.0.0.1:{visitor.port}/api/types", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        packed = answer.read()
    plain = visitor.get("/api/types").text
    assert gzip.decompress(packed).decode() == plain
    assert len(packed) < len(plain) / 2


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/api/stories?severity=huge", 400, "“huge” is no severity"),
        ("/api/stories?sevrity=major", 400, "There is no parameter sevrity here"),
        ("/api/stories?days=7&day=2026-03-01", 400, "Name one span of time"),
        ("/api/stories?limit=0", 400, "limit: "),
        ("/api/stories?limit=501", 400, "limit: "),
        ("/api/stories?cursor=WyJ4Il0", 400, "This place in the list"),
        ("/api/stories?lang=xx", 400, "en, es alone"),
        ("/api/stories/%0A", 400, "story_id: "),
        ("/api/stories?days=", 400, "The parameter days is empty"),
        ("/api/stories?days=7&days=8", 400, "A parameter is given twice"),
        ("/api/stories?cursor=%00", 400, "This place in the list"),
        ("/api/relations?cursor=W10", 400, "This place in the list"),
        ("/api/events?severity=major", 400, "There is no parameter severity here"),
        ("/api/feeds?health=poorly", 400, "health: "),
        ("/api/relations/FJI-TON?days=400", 400, "366 days at the most"),
        ("/api/relations/FJI-TON?from=2030-01-01", 400, "before it begins"),
        ("/api/relations/FJI", 400, "pair: "),
        ("/api/relations/FJI-FJI", 404, "No pair FJI-FJI is known"),
        ("/api/relations/XAA-XBB", 404, "No pair XAA-XBB is known"),
        ("/api/stories/nowhere", 404, "There is no story nowhere"),
        ("/api/items/00000000", 404, "No item begins with 00000000"),
        ("/api/nothing", 404, "Nothing is served at /api/nothing"),
        ("/api/", 404, "see /api/openapi.json"),
    ],
)
def test_given_what_can_not_be_meant_when_asked_then_a_problem_says_so_in_a_sentence(
    visitor: Visitor, path: str, status: int, sentence: str
) -> None:
    answer = visitor.get(path)
    problem = json.loads(answer.text)
    assert (answer.status, problem["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert sentence in problem["detail"]
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_given_a_method_that_would_change_something_when_asked_then_it_is_refused(
    visitor: Visitor, method: str
) -> None:
    answer = visitor.ask(method, "/api/stories")
    assert answer.status == 405
    assert "read-only" in answer.text
    assert answer.headers["Allow"] == "GET, HEAD"


def test_given_head_when_asked_then_the_headers_are_those_of_get(visitor: Visitor) -> None:
    head, get = visitor.ask("HEAD", "/api/stories"), visitor.ask("GET", "/api/stories")
    assert (head.status, head.text) == (200, "")
    assert (head.headers["ETag"], head.headers["Content-Length"]) == (
        get.headers["ETag"],
        get.headers["Content-Length"],
    )


def test_given_a_token_when_it_is_not_shown_then_no_operation_answers(site: Site) -> None:
    with visiting(lambda: site, access=Access(token="tide")) as visitor:
        for path, _ in [*ANSWERS, ("/api/openapi.json", None)]:
            answer = visitor.get(path)
            assert answer.status == 401
            assert "Fiji" not in answer.text
            assert visitor.get(path, authorization="Bearer tide").status == 200
            assert visitor.get(path, authorization="Basic cmVhZGVyOnRpZGU=").status == 200


def test_given_a_database_that_can_not_be_read_when_asked_then_the_problem_is_temporary(site: Site) -> None:
    class Broken:
        def read(self) -> None:
            raise DatabaseUnavailable("the disk is gone")

    with visiting(lambda: replace(site, database=Broken())) as visitor:  # type: ignore[arg-type]
        answer = visitor.get("/api/stories")
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "10"
    assert "the disk is gone" not in answer.text
