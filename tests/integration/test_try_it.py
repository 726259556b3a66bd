"""The page Try it over a real server, with the starter configuration and a child that reads."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode

import pytest

from monitor.cli.pages import Exhibition
from monitor.cli.wiring import children_for
from monitor.settings.files import load
from monitor.settings.location import ConfigLocation
from monitor.settings.starter import starter_folder
from monitor.storage.tables import METADATA
from tests.databases import open_current
from tests.unit.web.exhibits import Answer, Visitor, visiting
from tests.unit.web.reading import Element, read

EXPELLED = "Bhutan expels two Fijian diplomats"
ARTICLE = f"{EXPELLED}\n\nThimphu gave no reason. The weather was fine."


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    location = ConfigLocation(folder=starter_folder(), chosen_by="--config")
    loaded = load(location, overrides={"poll.children": "1"}, environ={"HOME": "/home/someone"})
    with closing(open_current(f"sqlite:///{tmp_path_factory.mktemp('try') / 'pages.db'}")) as database:
        jobs = children_for(loaded)
        exhibition = Exhibition(loaded, database, jobs=lambda: jobs)
        try:
            with visiting(lambda: exhibition.site) as opened:
                yield opened
        finally:
            asyncio.run(jobs.close())
        with database.read() as connection:
            stored = [table.name for table in METADATA.sorted_tables if connection.execute(table.select()).first()]
        # Nothing that was tried has left a trace.
        assert stored == []


def send(visitor: Visitor, **fields: str) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    # As browsers end the lines of a text.
    filled = urlencode({name: value.replace("\n", "\r\n") for name, value in fields.items()})
    return visitor.ask("POST", "/try", headers=headers, body=filled.encode())


def shown(answer: Answer) -> Element:
    assert answer.status == 200, answer.text
    return read(answer.text)


def test_given_a_sentence_when_tried_then_its_event_is_shown_with_its_evidence_and_its_fate(visitor: Visitor) -> None:
    page = shown(send(visitor, text=EXPELLED))
    (event,) = page.find("article")
    facts = event.facts()
    assert facts["Kind"].startswith("diplomat expelled")
    assert facts["Who"].startswith("Bhutan")
    assert facts["To whom"].startswith("Fiji")
    assert facts["Status"].startswith("reported")
    assert facts["What would become of it"] == "It would open a new story."
    assert "the watch follows other actors" in facts["Not told"]
    (evidence,) = event.find("blockquote")
    assert evidence.words == EXPELLED
    assert "expels" in evidence.find("mark")[0].words
    assert "Read as English." in page.words


def test_given_an_article_when_tried_then_each_silent_sentence_says_why(visitor: Visitor) -> None:
    page = shown(send(visitor, text=ARTICLE))
    assert len(page.find("article")) == 1
    (silent,) = page.find("ol")
    assert "Thimphu gave no reason." in silent.words
    assert "Why:" in silent.words
    # What was pasted stands in the form again, to be changed.
    assert page.find("textarea")[0].words == " ".join(ARTICLE.split())


def test_given_a_pattern_that_nearly_fits_when_tried_then_what_it_lacked_is_said(visitor: Visitor) -> None:
    assert "but it lacks" in shown(send(visitor, text="Bhutan expels two diplomats")).words


def test_given_a_spanish_text_when_tried_in_spanish_then_all_is_said_in_spanish(visitor: Visitor) -> None:
    answer = visitor.ask(
        "POST",
        "/try?lang=es",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{visitor.port}"},
        body=urlencode({"text": "Bután expulsa a dos diplomáticos de Fiyi", "language": "es"}).encode(),
    )
    (event,) = shown(answer).find("article")
    assert event.facts()["Qué sería de ello"] == "Abriría una historia nueva."


def test_given_markup_when_tried_then_it_is_shown_as_text(visitor: Visitor) -> None:
    page = shown(send(visitor, text=f"<script>alert(1)</script> </textarea><img src=x> {EXPELLED}"))
    assert page.find("img") == []
    assert [one for one in page.find("script") if "src" not in one.attributes] == []
    assert "<script>alert(1)</script>" in page.words
