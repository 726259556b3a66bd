"""The page Search, asked over a real socket."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from monitor.domain.taxonomy import Severity
from monitor.storage import events, items, polls, stories
from tests.unit.storage import examples
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting

HOSTILE = '<script>alert("heron")</script> <b onclick=x>heron</b>'


class Read(HTMLParser):
    """What a page says: its text, what is marked in it, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.marked: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.tags[-1:] == ["mark"]:
            self.marked.append(data)


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


def test_given_no_words_when_opened_then_the_page_says_what_can_be_typed(visitor: Visitor) -> None:
    answer = visitor.get("/search")
    assert answer.status == 200
    assert "Phrases" in Read(answer.text).text
    assert "Nothing" not in Read(answer.text).text


def test_given_words_when_searched_then_stories_and_items_are_shown_with_the_words_marked(visitor: Visitor) -> None:
    page = Read(visitor.get("/search?q=HERON+land").text + visitor.get("/search?q=heron").text)
    assert "The heron of Ruritania" in page.text
    assert {"/stories/story-heron", "https://news.example/heron"} <= set(page.links)
    assert {"heron", "Heron"} <= set(page.marked)
    # The item that reports the story says so.
    assert page.links.count("/stories/story-heron") == 2


def test_given_text_with_markup_when_found_then_it_is_shown_as_text(visitor: Visitor) -> None:
    page = Read(visitor.get("/search?q=heron").text)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert "<script>alert(" in page.text
    assert "javascript:alert(1)" not in Read(visitor.get("/search?q=bittern").text).links


def test_given_markup_as_words_when_searched_then_it_stands_in_the_form_as_text(visitor: Visitor) -> None:
    page = Read(visitor.get("/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text)
    assert "script" not in page.tags


def test_given_more_items_than_a_page_shows_when_older_ones_are_followed_then_all_are_seen(visitor: Visitor) -> None:
    seen, link = set(), "/search?q=heron"
    for _ in range(4):
        page = Read(visitor.get(link).text)
        seen |= {word for word in page.text.split("\n") if word.strip().startswith("Heron")}
        older = [one for one in page.links if "after=" in one and "lang=" not in one]
        if not older:
            break
        (link,) = older
    else:
        raise AssertionError("the list does not end")
    assert len(seen) == 30


def test_given_filters_when_followed_then_the_words_stay_and_the_list_narrows(visitor: Visitor) -> None:
    page = Read(visitor.get("/search?q=heron").text)
    (spanish,) = (link for link in page.links if "language=es" in link)
    narrowed = Read(visitor.get(spanish).text)
    assert "A heron lands" not in narrowed.text
    assert "Heron 29" in narrowed.text
    assert "/search?q=heron" in narrowed.links


@pytest.mark.parametrize("typed", ["zebra", "heron+zebra", "-heron", "%22", "AND", "(", "*", "%00", "a" * 3000])
def test_given_words_that_nothing_holds_when_searched_then_the_page_says_what_to_try(
    visitor: Visitor, typed: str
) -> None:
    answer = visitor.get(f"/search?q={typed}")
    assert answer.status == 200
    assert any(hint in Read(answer.text).text for hint in ("Try fewer words", "name one to be found as well"))


@pytest.mark.parametrize(
    "query", ["q=heron&in=stories&after=x", "q=heron&in=items&after=WyIxIl0", "q=heron&in=x", "q=heron&severity=huge"]
)
def test_given_nonsense_in_the_address_when_asked_then_a_sentence_says_so(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"/search?{query}").status == 400


def test_given_another_language_when_asked_then_the_page_speaks_it(visitor: Visitor) -> None:
    assert "Noticias" in Read(visitor.get("/search?q=heron&lang=es").text).text
