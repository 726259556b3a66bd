"""Office holders are read with their terms; dates are as precise as they are written."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.domain.documents import TomlDocument
from monitor.domain.events import Part
from monitor.settings.documents import read_documents
from monitor.settings.holders import Holder, days_of, read_holders
from monitor.settings.toml import parse_toml

ANA = '[[holder]]\nname = "Ana Example"\nstate = "VEN"\noffice = "envoy"\n'


def document(text: str) -> TomlDocument:
    parsed = parse_toml(text, file="own.toml")
    assert isinstance(parsed, TomlDocument)
    return parsed


def term(begins: str | None, ends: str | None = None) -> Holder:
    return Holder(
        name="Ana Example",
        state="VEN",
        office="envoy",
        begins=None if begins is None else days_of(begins),
        ends=None if ends is None else days_of(ends),
    )


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2013-04-19", dt.date(2013, 4, 19), dt.date(2013, 4, 19)),
        ("2012-02", dt.date(2012, 2, 1), dt.date(2012, 2, 29)),
        ("2013", dt.date(2013, 1, 1), dt.date(2013, 12, 31)),
        (dt.date(2013, 4, 19), dt.date(2013, 4, 19), dt.date(2013, 4, 19)),
    ],
)
def test_date_when_read_spans_the_days_that_it_may_mean(written: object, first: dt.date, last: dt.date) -> None:
    date = days_of(written)
    assert (date.first, date.last, str(date)) == (first, last, str(written))


@pytest.mark.parametrize("written", ["", "13", "2013-4", "2013-13", "2013-02-30", "0000", "April 2013", None])
def test_what_is_no_date_when_read_is_refused_with_the_way_to_write_one(written: object) -> None:
    with pytest.raises(ValueError, match=r"write 2013-04-19, 2013-04 or 2013"):
        days_of(written)


@given(st.dates(), st.sampled_from([4, 7, 10]))
def test_any_day_when_written_more_or_less_precisely_is_among_those_meant(day: dt.date, length: int) -> None:
    written = day.isoformat()[:length]
    date = days_of(written)
    assert date.first <= day <= date.last
    assert str(date) == written


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (("2013", "2014"), ("2014-06", None), True),
        (("2013", "2014-05-31"), ("2014-05-31", None), False),
        (("2013", None), ("2020", None), True),
        ((None, "2013"), (None, "1999"), True),
        ((None, "2012"), ("2013", None), False),
    ],
)
def test_two_terms_when_compared_share_days_but_for_that_of_the_handover(
    one: tuple[str | None, ...], other: tuple[str | None, ...], shared: bool
) -> None:
    assert term(*one).overlaps(term(*other)) is shared
    assert term(*other).overlaps(term(*one)) is shared


def test_term_when_asked_for_a_day_counts_its_first_and_its_last_one() -> None:
    served = term("2013-04", "2014")
    days = ("2013-03-31", "2013-04-01", "2014-12-31", "2015-01-01")
    assert [served.served_on(dt.date.fromisoformat(day)) for day in days] == [False, True, True, False]


def test_holders_when_read_keep_what_is_written_and_their_line() -> None:
    text = f'# mine\n{ANA}aliases = ["A. Example"]\nsurname = "Example"\npart = "opposition"\nfrom = 2026-02-01\n'
    (listed,), findings = read_holders([document(text)])
    assert findings == ()
    assert (listed.file, listed.line) == ("own.toml", 2)
    assert listed.holder == Holder(
        name="Ana Example",
        state="VEN",
        office="envoy",
        begins=days_of("2026-02-01"),
        part=Part.OPPOSITION,
        aliases=("A. Example",),
        surname=None,  # it doesn't stand for her alone
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[holder]]\nname = "Ana Example"\n', "own.toml:1: error: a holder needs name, state, office"),
        (ANA + 'from = "soon"\n', "own.toml:1: error: 'soon' is no date"),
        (ANA + 'part = "press"\n', 'own.toml:1: error: Ana Example: "part" must be one of government'),
        (ANA + 'aliases = "A"\n', 'own.toml:1: error: Ana Example: "aliases" must be a list'),
        (ANA + "surname = 1\n", 'own.toml:1: error: Ana Example: "aliases" must be a list of texts, and "surname" one'),
        (ANA + 'part = ["press"]\n', 'own.toml:1: error: Ana Example: "part" must be one of'),
        ("[holder]\n", "own.toml:1: error: write each holder below a line [[holder]]"),
    ],
)
def test_wrong_holder_when_read_is_left_out_and_said(text: str, said: str) -> None:
    holders, findings = read_holders([document(text), document(ANA)])
    assert [listed.holder.name for listed in holders] == ["Ana Example"]
    assert [str(finding)[: len(said)] for finding in findings] == [said]


def test_shipped_holders_when_read_are_all_right() -> None:
    holders, findings = read_holders(read_documents()[0].actors)
    assert findings == ()
    assert len(holders) > 500
