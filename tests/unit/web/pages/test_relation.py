"""The page of a pair: what stands in the archive stands on it, in words and in the chart, and every way leads there."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.web.exhibits import Visitor, a_site, empty_database, visiting
from tests.unit.web.markup import Markup
from tests.unit.web.pages.conftest import SCRIPT


@pytest.fixture
def bare_visitor(tmp_path: Path) -> Iterator[Visitor]:
    with empty_database(tmp_path) as database, visiting(lambda: a_site(database)) as visitor:
        yield visitor


def seen(visitor: Visitor, path: str, **headers: str) -> Markup:
    answer = visitor.get(path, **headers)
    assert answer.status == 200
    return Markup(answer.text)


def test_a_pair_when_looked_at_then_each_story_is_a_mark_that_leads_to_it(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert page.one("h1").text == "Bhutan – Nauru"
    marks = [one for one in page.elements if one.tag == "path" and "mark" in one.classes]
    assert len(marks) == 6
    names = [name for link, name in page.links().items() if link.startswith("/stories/story-")]
    assert len(names) == 6
    shapes = {
        link.attributes["href"]: link.attributes["aria-label"]
        for link in page.all("a")
        if "aria-label" in link.attributes
    }
    assert shapes["/stories/story-expelled"] == "12 March 2026: Nauru expelled diplomats of Bhutan"


def test_marks_when_drawn_then_their_shape_says_which_way_they_move_the_pair(archive_visitor: Visitor) -> None:
    elements = seen(archive_visitor, "/relations/BTN-NRU").elements
    marks = {
        link.attributes["href"]: mark.classes
        for link, mark in zip(elements, elements[2:], strict=False)
        if link.tag == "a" and mark.tag == "path"
    }
    assert marks["/stories/story-expelled"] >= {"cooler", "major"}
    assert "warmer" in marks["/stories/story-talks"]


def test_a_pair_when_looked_at_then_it_says_how_it_stands_and_who_did_what_to_whom(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert (
        page.one("p", "standing").text == "tense Index −23 cooler by 11 than 7 days ago cooler by 26 than 30 days ago"
    )
    assert [one.text for one in page.all("h3")] == ["Bhutan to Nauru (2)", "Nauru to Bhutan (2)", "With each other (1)"]
    links = page.links()
    assert links["/?between=BTN,NRU&kind=ambassador.summoned&days=365"] == "ambassador summoned"
    # It is planned, and so no deed.
    assert not any("kind=visit" in link for link in links)


def test_a_span_when_chosen_then_stories_before_it_are_left_out(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU?days=30")
    assert "talks" not in " ".join(page.links())
    assert [one.text for one in page.all("a", aria_current="page")] == ["Relations", "30 days"]


def test_readings_when_shown_as_a_table_then_there_is_one_a_day_since_anything_is_known(
    archive_visitor: Visitor,
) -> None:
    rows = [one.text for one in seen(archive_visitor, "/relations/BTN-NRU?days=30").all("tr")]
    assert len(rows) == 1 + 30
    assert rows[1].startswith("14 March 2026−23")
    weekly = seen(archive_visitor, "/relations/BTN-NRU?days=365").all("tr")
    assert len(weekly) == 1 + 41


def test_a_long_timeline_when_followed_then_each_story_comes_once(archive_visitor: Visitor) -> None:
    link, found = "/relations/KIR-TUV", list[str]()
    for _ in range(2):
        page = seen(archive_visitor, link.partition("#")[0])
        found += [one.text for one in page.all("p", "headline")]
        link = "/relations/KIR-TUV" + "".join(str(one.attributes["href"]) for one in page.all("a", rel="next"))
    assert link == "/relations/KIR-TUV"
    assert len(found) == len(set(found)) == 30


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("/relations/NRU-BTN?days=30", "/relations/BTN-NRU?days=30"),
        ("/relations/btn-nru", "/relations/BTN-NRU"),
        ("/relations/nauru-bhut%C3%A1n.csv?days=90", "/relations/BTN-NRU.csv?days=90"),
    ],
)
def test_a_pair_when_written_in_another_way_then_its_page_is_found(
    written: str, leads_to: str, archive_visitor: Visitor
) -> None:
    answer = archive_visitor.get(written)
    assert (answer.status, answer.headers["location"]) == (302, leads_to)


@pytest.mark.parametrize(
    ("pair", "says", "near"),
    [
        ("Nauro-BTN", "“Nauro” is no state or organisation that is known here.", "/relations/BTN-NRU"),
        ("BTN-BTN", "A relation is between two different states: name both.", None),
        ("BTN", "A relation is between two different states: name both.", None),
        ("BTN-NRU-TON", "A relation is between two different states: name both.", None),
        ("%3Cscript%3E-NRU", "“<script>” is no state or organisation that is known here.", None),
        ("nauro-" * 40, "A relation is between two different states: name both.", None),
        ("N" * 300 + "-BTN", f"“{'N' * 60}” is no state or organisation that is known here.", None),
        ("-", "A relation is between two different states: name both.", None),
    ],
)
def test_nonsense_when_asked_for_then_a_page_says_what_is_wrong(
    pair: str, says: str, near: str | None, archive_visitor: Visitor
) -> None:
    answer = archive_visitor.get(f"/relations/{pair}")
    page = Markup(answer.text)
    assert answer.status == 404
    assert says in [one.text for one in page.all("p")]
    assert near is None or near in page.links()
    assert page.one("form", action="/relations").attributes["method"] == "get"


@pytest.mark.parametrize("query", ["days=7", "days=x", "after=zzz", "after=WyJhIl0"])
def test_a_wrong_part_of_an_address_when_asked_for_then_a_sentence_says_so(
    query: str, archive_visitor: Visitor
) -> None:
    answer = archive_visitor.get(f"/relations/BTN-NRU?{query}")
    assert answer.status == 400
    assert Markup(answer.text).one("h1").text


def test_text_of_a_feed_when_it_is_markup_then_it_is_shown_as_text(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert not page.all("script")
    assert any(SCRIPT in one.text for one in page.all("p", "headline"))
    assert any(SCRIPT in name for name in page.links().values())


def test_stories_when_taken_along_then_both_formats_hold_those_of_the_span(archive_visitor: Visitor) -> None:
    table = archive_visitor.get("/relations/BTN-NRU.csv?days=30")
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    lines = archive_visitor.get("/relations/BTN-NRU.jsonl?days=30").text.splitlines()
    assert table.headers["content-disposition"] == 'attachment; filename="BTN-NRU.csv"'
    assert [row["id"] for row in rows] == [json.loads(line)["id"] for line in lines]
    assert {row["relation"] for row in rows} == {"BTN-NRU"}
    assert len(rows) == 5


def test_a_pair_without_stories_when_looked_at_then_the_page_says_what_to_do(bare_visitor: Visitor) -> None:
    page = seen(bare_visitor, "/relations/FJI-WSM")
    assert any(one.text.startswith("No stories between the two") for one in page.all("p", "empty"))
    assert not page.all("p", "standing")


def test_a_reader_of_spanish_when_looking_then_the_page_speaks_it(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU", accept_language="es")
    assert page.one("h1").text == "Bután – Nauru"
    assert "Bután a Nauru (2)" in [one.text for one in page.all("h3")]
