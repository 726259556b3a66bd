"""The page Search, asked over a real socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.domain.taxonomy import Severity
from monitor.storage import events, items, polls, stories
from tests.unit.storage import examples
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting
from tests.unit.web.reading import Element, read

HOSTILE = '<script>alert("heron")</script> <b onclick=x>heron</b>'


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    """Visits an archive with a story on herons, the item that told of it, and thirty more."""
    told = examples.news(
        "told", title="A heron lands", link="https://news.example/heron", published_at=NOW, seen_at=NOW
    )
    many = [
        examples.news(f"n{number}", title=f"Heron {number}", summary=HOSTILE, language="es", seen_at=NOW)
        for number in range(30)
    ]
    bad = examples.news("bad", title="A bittern", link="javascript:alert(1)", seen_at=NOW)
    story = examples.story("heron", headline="The heron of Ruritania", severity=Severity.MAJOR, last_report_at=NOW)
    report = examples.report("one", told)
    with empty_database(tmp_path) as database:
        with database.write() as connection:
            polls.sync_feeds(connection, [examples.source()], NOW)
            items.insert_items(connection, [*many, bad])
            items.insert_items(connection, [told])
            stories.save_stories(connection, [story])
            events.insert_events(connection, [report], {report.id: story.id}, {})
        with visiting(lambda: a_site(database)) as opened:
            yield opened


def shown(visitor: Visitor, query: str) -> Element:
    answer = visitor.get(f"/search?{query}")
    assert answer.status == 200
    return read(answer.text)


def links(page: Element) -> list[str]:
    return [link.attributes["href"] for link in page.find("a")]


def test_given_no_words_when_opened_then_the_page_says_what_can_be_typed(visitor: Visitor) -> None:
    page = shown(visitor, "")
    assert "Phrases" in page.words
    assert "Nothing was found" not in page.words
    assert page.find("section") == []


def test_given_words_when_searched_then_stories_and_items_are_shown_with_the_words_marked(visitor: Visitor) -> None:
    page = shown(visitor, "q=HERON+land")
    (item,) = page.find("ol", class_="found")[0].find("li")
    assert [mark.words for mark in item.find("mark")] == ["heron", "lands"]
    # The item that reports the story says so.
    assert links(item) == ["https://news.example/heron", "/stories/story-heron"]
    (story,) = shown(visitor, "q=heron").find("li", class_="story")
    assert "The heron of Ruritania" in story.words


def test_given_text_with_markup_when_found_then_it_is_shown_as_text(visitor: Visitor) -> None:
    page = shown(visitor, "q=heron")
    assert page.find("b") == []
    assert HOSTILE in page.words
    assert "javascript:alert(1)" not in links(shown(visitor, "q=bittern"))


def test_given_markup_as_words_when_searched_then_it_stands_in_the_form_as_text(visitor: Visitor) -> None:
    (field,) = shown(visitor, "q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").find("input", id="q")
    assert field.attributes["value"] == '"><script>alert(1)</script>'


def test_given_more_items_than_a_page_shows_when_older_ones_are_followed_then_all_are_seen(visitor: Visitor) -> None:
    page, seen = shown(visitor, "q=heron"), set()
    while True:
        seen |= {one.words for one in page.find("p", class_="what") if one.words.startswith("Heron")}
        older = page.find("a", rel="next")
        if not older:
            break
        page = read(visitor.get(older[0].attributes["href"]).text)
    assert len(seen) == 30


def test_given_filters_when_followed_then_the_words_stay_and_the_list_narrows(visitor: Visitor) -> None:
    (filters,) = shown(visitor, "q=heron").find("nav", **{"aria-label": "Filters"})
    narrowed = read(visitor.get(filters.links()["Spanish"]).text)
    assert "A heron lands" not in narrowed.words
    assert "Heron 29" in narrowed.words
    assert narrowed.links()["Take the filters away"] == "/search?q=heron"
    # The form keeps the filter for the next words.
    assert {one.attributes["name"] for one in narrowed.find("form")[0].find("input")} == {"q", "language"}


@pytest.mark.parametrize("typed", ["zebra", "heron+zebra", "-heron", "%22", "AND", "(", "*", "%00", "a" * 3000])
def test_given_words_that_nothing_holds_when_searched_then_the_page_says_what_to_try(
    visitor: Visitor, typed: str
) -> None:
    words = shown(visitor, f"q={typed}").words
    assert any(hint in words for hint in ("Try fewer words", "Name at least one word"))


@pytest.mark.parametrize(
    "query", ["q=heron&in=stories&after=x", "q=heron&in=items&after=WyIxIl0", "q=heron&in=x", "q=heron&severity=huge"]
)
def test_given_nonsense_in_the_address_when_asked_then_a_sentence_says_so(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"/search?{query}").status == 400


def test_given_another_language_when_asked_then_the_page_speaks_it(visitor: Visitor) -> None:
    assert "Noticias" in shown(visitor, "q=heron&lang=es").words
