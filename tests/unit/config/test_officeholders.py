"""Who held which office: terms in order, codes that exist, and no name that stands for two people."""

import calendar
import datetime as dt
import tomllib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.events import Part

ACTORS = Path(__file__).resolve().parents[3] / "config" / "actors"
KEYS = {"name", "aliases", "surname", "alone", "state", "office", "part", "from", "to", "source"}

# One person at a time, so that a successor's first day bounds the predecessor's last. A dispute or a handing-over of
# powers explains each exception.
SINGLE = ("president", "prime minister", "chancellor", "foreign minister", "secretary of state", "secretary-general")
SHARED = {
    ("BRA", "president"),  # Temer acted while Rousseff was on trial
    ("ISR", "prime minister"),  # Olmert acted after Sharon's stroke
    ("KOR", "president"),  # Hwang acted while Park was on trial
    ("NIC", "president"),  # two presidents since the constitution of 2025
}

Holder = dict[str, Any]


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((ACTORS / name).read_text(encoding="utf-8"))


def bounds(text: str) -> tuple[dt.date, dt.date]:
    """The first and last day that "2013-04-19", "2013-04" or "2013" allows."""
    match [int(part) for part in text.split("-")]:
        case [year, month, day]:
            return dt.date(year, month, day), dt.date(year, month, day)
        case [year, month]:
            return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])
        case [year]:
            return dt.date(year, 1, 1), dt.date(year, 12, 31)
    raise ValueError(text)


@pytest.fixture(scope="module")
def holders() -> list[Holder]:
    found: list[Holder] = read("officeholders.toml")["holder"]
    return found


def first_end(holder: Holder) -> dt.date:
    """The earliest day that can have been the last one of a term."""
    return bounds(holder["to"])[0] if "to" in holder else dt.date.max


def last_day(holder: Holder) -> dt.date:
    """The latest day that can have been the last one of a term."""
    return bounds(holder["to"])[1] if "to" in holder else dt.date.max


def names_of(holder: Holder) -> set[str]:
    alone = {holder["surname"]} if holder.get("alone") else set()
    return {holder["name"], *holder.get("aliases", ())} | alone


def test_each_holder_when_read_then_its_keys_codes_and_part_are_known(holders: list[Holder]) -> None:
    codes = set(read("states.toml")) | set(read("organisations.toml"))
    assert len(holders) > 1000
    for holder in holders:
        assert {"name", "state", "office", "from"} <= set(holder) <= KEYS, holder
        assert holder["state"] in codes, holder
        assert Part(holder.get("part", "government")) is not Part.FORMER, holder
        assert not holder.get("alone") or holder["surname"], holder
        assert len(set(holder.get("aliases", ()))) == len(holder.get("aliases", ())), holder


def test_each_term_when_read_then_its_days_are_in_order(holders: list[Holder]) -> None:
    for holder in holders:
        assert bounds(holder["from"])[0] <= last_day(holder), holder


def test_the_file_when_read_then_it_says_when_it_was_right_and_where_to_check() -> None:
    head = read("officeholders.toml")
    assert dt.date(2026, 1, 1) <= dt.date.fromisoformat(head["as_of"]) <= dt.date.fromisoformat(head["compared_on"])
    assert head["sources"]
    assert head["check_against"]


def test_each_source_when_named_by_a_term_then_the_head_explains_it(holders: list[Holder]) -> None:
    named = {holder["source"] for holder in holders if "source" in holder}
    assert named == {line.partition(":")[0] for line in read("officeholders.toml")["sources"]}


def test_a_term_from_a_list_of_years_when_read_then_its_first_day_is_within_that_lists_reach(
    holders: list[Holder],
) -> None:
    latest = {"leaders-2019": "2019-12-31", "ministers-2022": "2022-08-31", "terms-2022": "2022-12-31"}
    too_late = [
        h
        for h in holders
        if bounds(h["from"])[0] > dt.date.fromisoformat(latest.get(h.get("source", ""), "9999-01-01"))
    ]
    assert too_late == []


def test_an_office_for_one_when_read_then_terms_follow_each_other(holders: list[Holder]) -> None:
    terms = defaultdict(list)
    for holder in holders:
        if holder["office"] in SINGLE and "part" not in holder:
            last = first_end(holder)
            terms[holder["state"], holder["office"]].append((bounds(holder["from"])[1], last, holder["name"]))
    overlaps = {
        (office, earlier[2], later[2])
        for office, in_office in terms.items()
        if office not in SHARED
        for earlier, later in pairwise(sorted(in_office))
        if later[0] < earlier[1]
    }
    assert overlaps == set()


def test_one_name_when_held_for_two_actors_then_never_on_the_same_day(holders: list[Holder]) -> None:
    terms = defaultdict(list)
    for holder in holders:
        last = first_end(holder)
        for name in names_of(holder):
            terms[name].append((bounds(holder["from"])[1], last, holder["state"]))
    clashes = {
        (name, earlier[2], later[2])
        for name, held in terms.items()
        for earlier, later in pairwise(sorted(held))
        if earlier[2] != later[2] and later[0] < earlier[1]
    }
    assert clashes == set()


def test_a_surname_that_stands_alone_when_read_then_it_is_no_actors_own_name(holders: list[Holder]) -> None:
    kinds = ("names", "capital", "seats")
    words = {
        word
        for file in ("names.toml", "states.toml", "organisations.toml")
        for actor in read(file).values()
        for kind in kinds
        for each in actor.get(kind, {}).values()
        for word in each
        if word not in actor.get("ambiguous", ())
    }
    assert {holder["surname"] for holder in holders if holder.get("alone")} & words == set()


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Maduro", "2009-05-01", {"VEN foreign minister"}),
        ("Maduro", "2019-05-01", {"VEN president"}),
        ("Trump", "2022-01-01", set()),
        ("Trump", "2025-06-01", {"USA president"}),
        ("John Kerry", "2014-06-01", {"USA secretary of state"}),
        ("Nicolas Maduro", "2019-05-01", {"VEN president"}),
        ("Zelenskyy", "2023-01-01", {"UKR president"}),
        ("Rutte", "2020-01-01", {"NLD prime minister"}),
        ("Rutte", "2025-01-01", {"NATO secretary-general"}),
        ("Lavrov", "2010-01-01", {"RUS foreign minister"}),
        ("Guaidó", "2020-06-01", {"VEN opposition leader"}),
        ("Delcy Rodriguez", "2016-01-01", {"VEN foreign minister"}),
        ("Morales", "2019-01-01", set()),
        ("Cavusoglu", "2015-10-01", set()),
        ("Cavusoglu", "2016-10-01", {"TUR foreign minister"}),
        ("Ehud Olmert", "2006-02-01", {"ISR prime minister"}),
        ("Andy Burnham", "2026-09-01", {"GBR prime minister"}),
        ("Keir Starmer", "2026-09-01", set()),
    ],
)
def test_a_well_known_name_when_asked_for_a_day_then_its_office_is_found(
    holders: list[Holder], name: str, day: str, expected: set[str]
) -> None:
    on = dt.date.fromisoformat(day)
    serving = {
        f"{holder['state']} {holder['office']}"
        for holder in holders
        if name in names_of(holder) and bounds(holder["from"])[0] <= on <= last_day(holder)
    }
    assert serving == expected
