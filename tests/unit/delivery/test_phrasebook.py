import datetime as dt
from pathlib import Path

import pytest

from monitor.delivery.phrasebook import Phrasebook, PhrasebooksRead, compile_phrasebooks
from monitor.domain.documents import Finding
from monitor.domain.events import DatePrecision, EventDate
from monitor.settings.toml import parse_toml
from tests.unit.delivery.books import BOOKS, DOCUMENTS, ENGLISH, MESSAGES, SPANISH

SHIPPED = Path("config/messages/en.toml").read_text(encoding="utf-8")


def compiled(text: str, file: str = "messages/en.toml") -> PhrasebooksRead:
    document = parse_toml(text, file=file)
    assert not isinstance(document, Finding)
    return compile_phrasebooks((document,), DOCUMENTS.actors, DOCUMENTS.taxonomy)


def test_given_the_shipped_languages_when_compiled_then_nothing_is_missing_in_any() -> None:
    read = compile_phrasebooks(MESSAGES, DOCUMENTS.actors, DOCUMENTS.taxonomy)
    assert read.findings == ()
    assert {"en", "es"} <= set(read.books)


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
def test_given_every_actor_when_named_then_it_has_a_name_and_no_code(book: Phrasebook) -> None:
    unnamed = {code for code in DOCUMENTS.actor_codes if code not in book.names}
    assert unnamed == set()
    assert book.names.keys() <= DOCUMENTS.actor_codes


@pytest.mark.parametrize(
    ("written", "instead", "message"),
    [
        ('planned = "{by} is to {do} {what}"', "", '"sentence.planned" is missing'),
        ('planned = "{by} is to {do} {what}"', 'planned = "{who}"', "{who} can't be filled in here; {by} {do}"),
        ('routine = "Routine"', 'routine = "{x}"', "nothing can"),
        ('routine = "Routine"', 'routine = "{"', "braces"),
        ('routine = "Routine"', "routine = 3", "must be a text"),
        ('routine = "Routine"', 'routine = "Routine"\nroutin = "x"', 'unknown key "routin"'),
        ('\nlanguage = "en"', '\nlanguage = "fr"', 'write language = "en"'),
        ('"January", ', "", "12 texts"),
        ('"threat" = {', '"treat" = {', 'the type "threat" has no clause'),
        ('"threat" = {', '"treat" = {', '"treat" is no type'),
        ('did = "threatened", ', "", 'threat: "did" is missing'),
        ('did = "threatened", ', 'did = "threatened", x = "", ', 'threat: unknown key "x"'),
        ('"threatened", what = "{target}"', '"threatened", what = "them"', "must name the other side"),
        ('[names]\nAES = "the Alliance of Sahel States"', "[names]\nAES = 1", "[names] must be a table of texts"),
        ("[clauses]", "[causes]", "[clauses] is missing"),
    ],
)
def test_given_a_mistake_in_the_texts_when_compiled_then_it_is_found_and_the_language_left_out(
    written: str, instead: str, message: str
) -> None:
    assert written in SHIPPED
    read = compiled(SHIPPED.replace(written, instead, 1))
    assert read.books == {}
    assert any(message in finding.message for finding in read.findings), read.findings
    assert all(finding.line for finding in read.findings)


def test_given_dates_when_said_then_they_are_as_precise_as_they_are_stated() -> None:
    march = EventDate(first=dt.date(2026, 3, 1), last=dt.date(2026, 3, 31), precision=DatePrecision.MONTH)
    year = EventDate(first=dt.date(2026, 1, 1), last=dt.date(2026, 12, 31), precision=DatePrecision.YEAR)
    day = EventDate(first=dt.date(2026, 3, 3), last=dt.date(2026, 3, 3), precision=DatePrecision.DAY)
    assert [ENGLISH.on(one) for one in (march, year, day)] == ["in March 2026", "in 2026", "on 3 March 2026"]
    assert SPANISH.on(march) == "en marzo de 2026"
    week = EventDate(first=dt.date(2026, 3, 2), last=dt.date(2026, 3, 8), precision=DatePrecision.DAY)
    assert ENGLISH.on(week) == "in the week of 2 March 2026"
    assert SPANISH.date(week) == "semana del 2 de marzo de 2026"
    assert SPANISH.date(day) == "martes 3 de marzo de 2026"


def test_given_a_time_when_said_then_it_is_in_the_zone_with_its_name() -> None:
    at = dt.datetime(2026, 3, 3, 23, 30, tzinfo=dt.UTC)
    assert SPANISH.moment(at, dt.timezone(dt.timedelta(hours=1), "CET")) == "4 de marzo de 2026, 00:30 CET"


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 others"),
    ],
)
def test_given_words_when_listed_then_many_are_counted(words: list[str], listed: str) -> None:
    assert ENGLISH.listed(words) == listed
