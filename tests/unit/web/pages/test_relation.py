"""The page of a pair: what stands in the archive stands on it, in words and in the chart, and every way leads there."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.storage.stories import save_stories
from tests.unit.web.exhibits import Visitor, a_site, empty_database, visiting
from tests.unit.web.pages.conftest import SCRIPT, STORIES
from tests.unit.web.reading import Element, read


@pytest.fixture
def bare_visitor(tmp_path: Path) -> Iterator[Visitor]:
    with empty_database(tmp_path) as database, visiting(lambda: a_site(database)) as visitor:
        yield visitor


def seen(visitor: Visitor, path: str, **headers: str) -> Element:
    answer = visitor.get(path, **headers)
    assert answer.status == 200
    return read(answer.text)


def marks(page: Element) -> dict[str, tuple[str, set[str]]]:
    """What each mark of the chart says to those who listen, and its classes, by where it leads."""
    (chart,) = page.find("svg", class_="chart")
    return {
        link.attributes["href"]: (link.attributes["aria-label"], set(mark.attributes["class"].split()))
        for link in chart.find("a")
        for mark in link.find("path")
    }


def test_a_pair_when_looked_at_then_each_story_is_a_mark_that_leads_to_it(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert page.find("h1")[0].words == "Bhutan – Nauru"
    found = marks(page)
    assert len(found) == 6
    said, classes = found["/stories/story-expelled"]
    assert said == "12 March 2026: Nauru expelled diplomats of Bhutan"
    assert classes >= {"cooler", "major"}
    assert "warmer" in found["/stories/story-talks"][1]


def test_a_pair_when_looked_at_then_it_says_how_it_stands_and_who_did_what_to_whom(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert (
        page.find("p", class_="standing")[0].words
        == "tense Index −23 cooler by 11 than 7 days ago cooler by 26 than 30 days ago"
    )
    assert [one.words for one in page.find("h3")] == [
        "Bhutan to Nauru (2)",
        "Nauru to Bhutan (2)",
        "With each other (1)",
    ]
    links = page.links()
    assert links["ambassador summoned"] == "/?between=BTN,NRU&kind=ambassador.summoned&days=365"
    # It is planned, and so no deed.
    assert "visit" not in links


def test_a_span_when_chosen_then_stories_before_it_are_left_out(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU?days=30")
    assert "/stories/story-talks" not in marks(page)
    assert "talks" not in page.links()
    assert [one.words for one in page.find("a", **{"aria-current": "page"})] == ["Relations", "30 days"]


def test_readings_when_shown_as_a_table_then_there_is_one_a_day_since_anything_is_known(
    archive_visitor: Visitor,
) -> None:
    rows = [one.words for one in seen(archive_visitor, "/relations/BTN-NRU?days=30").find("tr")]
    assert len(rows) == 1 + 30
    assert rows[1].startswith("14 March 2026 −23 tense")
    weekly = seen(archive_visitor, "/relations/BTN-NRU?days=365").find("tr")
    assert len(weekly) == 1 + 41


def test_a_pair_when_it_is_known_for_weeks_then_its_year_begins_a_week_before(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert [one.words for one in page.find("text", class_="tick")] == ["1 Feb", "15 Feb", "1 Mar"]
    (curve,) = page.find("polyline", class_="curve")
    assert len(curve.attributes["points"].split()) == 41


def test_a_long_timeline_when_followed_then_each_story_comes_once(archive_visitor: Visitor) -> None:
    link, found = "/relations/KIR-TUV", list[str]()
    for _ in range(2):
        page = seen(archive_visitor, link.partition("#")[0])
        found += [one.words for one in page.find("p", class_="headline")]
        link = "/relations/KIR-TUV" + "".join(one.attributes["href"] for one in page.find("a", rel="next"))
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
        ("%00-NRU", "A relation is between two different states: name both.", None),
        ("%3F-NRU", "“?” is no state or organisation that is known here.", None),
        ("-", "A relation is between two different states: name both.", None),
    ],
)
def test_nonsense_when_asked_for_then_a_page_says_what_is_wrong(
    pair: str, says: str, near: str | None, archive_visitor: Visitor
) -> None:
    answer = archive_visitor.get(f"/relations/{pair}")
    page = read(answer.text)
    assert answer.status == 404
    assert says in [one.words for one in page.find("p")]
    assert near is None or near in page.links().values()
    assert page.find("form", action="/relations")[0].attributes["method"] == "get"


@pytest.mark.parametrize("query", ["days=7", "days=x", "after=zzz", "after=WyJhIl0"])
def test_a_wrong_part_of_an_address_when_asked_for_then_a_sentence_says_so(
    query: str, archive_visitor: Visitor
) -> None:
    answer = archive_visitor.get(f"/relations/BTN-NRU?{query}")
    assert answer.status == 400
    assert read(answer.text).find("h1")[0].words


def test_text_of_a_feed_when_it_is_markup_then_it_is_shown_as_text(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU")
    assert not page.find("script")
    assert any(SCRIPT in one.words for one in page.find("p", class_="headline"))
    assert any(SCRIPT in said for said, _ in marks(page).values())


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
    assert any(one.words.startswith("No stories between the two") for one in page.find("p", class_="empty"))
    assert not page.find("p", class_="standing")
    assert not page.find("svg")


def test_sample_news_when_it_is_all_there_is_then_it_is_listed_and_counts_for_nothing(tmp_path: Path) -> None:
    with empty_database(tmp_path) as database:
        with database.write() as connection:
            save_stories(connection, [replace(one, sample=True) for one in STORIES])
        with visiting(lambda: a_site(database)) as visitor:
            page = seen(visitor, "/relations/BTN-NRU")
    assert len(page.find("p", class_="headline")) == 6
    assert not page.find("svg")


def test_a_reader_of_spanish_when_looking_then_the_page_speaks_it(archive_visitor: Visitor) -> None:
    page = seen(archive_visitor, "/relations/BTN-NRU", accept_language="es")
    assert page.find("h1")[0].words == "Bután – Nauru"
    assert "Bután a Nauru (2)" in [one.words for one in page.find("h3")]
