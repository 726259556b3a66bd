"""Dates are as precise as stated, and what lies long ago is past."""

import datetime as dt

import pytest

from monitor.classify.dates import find_dates
from monitor.classify.matcher import Classifier
from monitor.classify.tokens import Sentence
from monitor.domain.events import Passage
from monitor.domain.taxonomy import Status

TODAY = dt.date(2026, 3, 4)  # a Wednesday


@pytest.mark.parametrize(
    ("language", "text", "past", "future"),
    [
        ("en", "on 13 June 2020", "2020-06-13", "2020-06-13"),
        ("en", "on June 13, 2020,", "2020-06-13", "2020-06-13"),
        ("en", "in September 2008", "2008-09", "2008-09"),
        ("en", "in 2013", "2013", "2013"),
        ("en", "on Monday", "2026-03-02", "2026-03-09"),
        ("en", "yesterday", "2026-03-03", "2026-03-03"),
        ("en", "last month", "2026-02", "2026-02"),
        ("en", "next year", "2027", "2027"),
        ("en", "two years ago", "2024", "2024"),
        ("en", "on December 5", "2025-12-05", "2026-12-05"),
        ("en", "in May", "2025-05", "2026-05"),
        ("en", "on 31 February 2020", "2020-02", "2020-02"),
        ("es", "el 13 de junio de 2020", "2020-06-13", "2020-06-13"),
        ("es", "en septiembre de 2008", "2008-09", "2008-09"),
        ("es", "el lunes", "2026-03-02", "2026-03-09"),
        ("es", "la semana pasada", "2026-02-23", "2026-02-23"),
        ("es", "hace dos años", "2024", "2024"),
    ],
)
def test_a_date_when_found_then_is_as_precise_as_stated(
    classifier: Classifier, language: str, text: str, past: str, future: str
) -> None:
    words = classifier.grammars[language].language.dates
    (found,) = find_dates(Sentence(f"Peru said {text} so", 0), words, TODAY)
    assert (str(found.past), str(found.future)) == (past, future)


@pytest.mark.parametrize("text", ["paid $2013 for it", "Theresa May said", "500 troops", "the 13 envoys"])
def test_numbers_and_names_when_searched_then_are_no_dates(classifier: Classifier, text: str) -> None:
    assert list(find_dates(Sentence(text, 0), classifier.grammars["en"].language.dates, TODAY)) == []


@pytest.mark.parametrize(
    ("text", "date", "status"),
    [
        ("In October 2013 Peru expelled three Chilean diplomats.", "2013-10", Status.PAST),
        ("Peru expelled three Chilean diplomats on Monday.", "2026-03-02", Status.REPORTED),
        ("Peru will expel three Chilean diplomats on Monday.", "2026-03-09", Status.PLANNED),
        ("Peru expelled three Chilean diplomats.", None, Status.REPORTED),
        ("Peru expelled three Chilean diplomats because they had voted in 2013.", None, Status.REPORTED),
    ],
)
def test_a_dated_deed_when_read_then_long_ago_is_past(
    classifier: Classifier, text: str, date: str | None, status: Status
) -> None:
    (event,) = classifier.classify(Passage(text=text, language="en", published_on=TODAY))
    assert (str(event.date) if event.date else None, event.status) == (date, status)
