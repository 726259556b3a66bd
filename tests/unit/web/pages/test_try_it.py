"""The page Try it takes texts of this site's own form, of a person's size, a few at a time."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest

from monitor.domain.errors import ChildTooSlow
from monitor.domain.explanation import Explained, TextSeen
from monitor.web.pages.try_it import LARGEST_TEXT
from monitor.web.site import Trial
from tests.unit.web.exhibits import Answer, Visitor, a_site, empty_database, visiting
from tests.unit.web.reading import read

OWN = {"Sec-Fetch-Site": "same-origin"}


async def nothing_read(text: str, language: str | None) -> TextSeen:
    """What is found in a text without a relation."""
    silent = Explained(sentence=text, actors=(), events=(), status_signs=(), near=(), silence="no actor is named")
    return TextSeen(text=text, language=language, sentences=(silent,), events=())


async def too_slow(_text: str, _language: str | None) -> TextSeen:
    raise ChildTooSlow("the text took longer than 5 s")


@contextmanager
def trying(folder: Path, reader: Callable[[str, str | None], Awaitable[TextSeen]] = nothing_read) -> Iterator[Visitor]:
    with empty_database(folder) as database:
        site = replace(a_site(database), trial=Trial(languages={"en": "English"}, read=reader))
        with visiting(lambda: site) as visitor:
            yield visitor


def send(visitor: Visitor, text: str, headers: dict[str, str] = OWN, language: str = "en") -> Answer:
    filled = urlencode({"text": text, "language": language}).encode()
    return visitor.ask(
        "POST", "/try", headers={"Content-Type": "application/x-www-form-urlencoded", **headers}, body=filled
    )


def test_given_the_page_when_opened_then_it_has_a_form_and_no_answer(tmp_path: Path) -> None:
    with trying(tmp_path) as visitor:
        answer = visitor.get("/try")
    page = read(answer.text)
    (form,) = page.find("form")
    assert (answer.status, form.attributes["method"], form.attributes["action"]) == (200, "post", "/try")
    assert [one.attributes["for"] for one in form.find("label")] == ["text", "language"]
    assert page.find("section") == []


def test_given_a_text_without_relations_when_sent_then_the_page_says_so_and_why(tmp_path: Path) -> None:
    with trying(tmp_path) as visitor:
        answer = send(visitor, "The weather was fine.\nAll day.")
    page = read(answer.text)
    assert answer.status == 200
    assert "No event is read in this text." in page.words
    assert "no actor is named" in page.words


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ],
)
def test_given_a_form_sent_from_elsewhere_when_received_then_it_is_refused(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    with trying(tmp_path) as visitor:
        assert send(visitor, "The weather was fine.", headers).status == 403


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("", 400, "Paste a text first."),
        (" \n\x00 ", 400, "Paste a text first."),
        ("ñ" * (LARGEST_TEXT // 2), 200, "No event is read"),
        ("ñ" * (LARGEST_TEXT // 2 + 1), 413, "That is too long"),
        ("x" * (5 * LARGEST_TEXT), 413, "That is too long"),
    ],
)
def test_given_a_text_of_some_size_when_sent_then_only_a_person_s_is_read(
    tmp_path: Path, text: str, status: int, said: str
) -> None:
    with trying(tmp_path) as visitor:
        answer = send(visitor, text)
    assert answer.status == status
    assert said in read(answer.text).words


def test_given_a_text_that_takes_too_long_when_sent_then_it_is_said_and_stands_in_the_form_again(
    tmp_path: Path,
) -> None:
    with trying(tmp_path, too_slow) as visitor:
        answer = send(visitor, "A text out of the ordinary")
    page = read(answer.text)
    assert answer.status == 503
    assert "could not be read in time" in page.words
    assert page.find("textarea")[0].words == "A text out of the ordinary"


def test_given_a_language_that_is_not_offered_when_sent_then_it_is_found_instead(tmp_path: Path) -> None:
    with trying(tmp_path) as visitor:
        page = read(send(visitor, "The weather was fine.", language="xx").text)
    assert "Its language is none that is known here" in page.words


def test_given_many_texts_within_a_minute_when_sent_then_one_has_to_wait(tmp_path: Path) -> None:
    with trying(tmp_path) as visitor:
        answers = [send(visitor, "") for _ in range(31)]
    assert [answer.status for answer in answers] == [400] * 30 + [429]
    assert "too often" in read(answers[-1].text).words


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_given_other_methods_when_asked_then_they_are_refused(tmp_path: Path, method: str) -> None:
    with trying(tmp_path) as visitor:
        assert visitor.ask(method, "/try", headers=OWN).status == 405
