"""The names of states: complete in both languages, and never two states behind one word without a warning."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.events import Part

ACTORS = Path(__file__).resolve().parents[3] / "config" / "actors"
LANGUAGES = ("en", "es")
WORDS = ("names", "adjectives", "people", "capital", "seats", "places")

# The 193 members of the United Nations, in the order of their codes.
MEMBERS = frozenset(
    re.findall(
        r"[A-Z]{3}",
        """
    AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH BLR BLZ BOL BRA BRB BRN BTN BWA CAF
    CAN CHE CHL CHN CIV CMR COD COG COL COM CPV CRI CUB CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESP EST ETH FIN FJI
    FRA FSM GAB GBR GEO GHA GIN GMB GNB GNQ GRC GRD GTM GUY HND HRV HTI HUN IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN
    KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT
    MMR MNE MNG MOZ MRT MUS MWI MYS NAM NER NGA NIC NLD NOR NPL NRU NZL OMN PAK PAN PER PHL PLW PNG POL PRK PRT PRY QAT
    ROU RUS RWA SAU SDN SEN SGP SLB SLE SLV SMR SOM SRB SSD STP SUR SVK SVN SWE SWZ SYC SYR TCD TGO THA TJK TKM TLS TON
    TTO TUN TUR TUV TZA UGA UKR URY USA UZB VCT VEN VNM VUT WSM YEM ZAF ZMB ZWE
    """,
    )
)
OTHERS = frozenset({"VAT", "PSE", "TWN", "XKX"})


@pytest.fixture(scope="module")
def states() -> dict[str, Any]:
    return tomllib.loads((ACTORS / "states.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    return tomllib.loads((ACTORS / "names.toml").read_text(encoding="utf-8"))


def words_of(state: dict[str, Any]) -> set[str]:
    words = {word for kind in WORDS for words in state.get(kind, {}).values() for word in words}
    return words | {body["name"] for bodies in state.get("institutions", {}).values() for body in bodies}


def test_both_files_when_read_then_they_hold_the_members_of_the_un_and_four_more(
    states: dict[str, Any], names: dict[str, Any]
) -> None:
    assert len(MEMBERS) == 193
    assert set(states) == set(names) == MEMBERS | OTHERS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_state_when_read_then_it_has_names_adjectives_and_a_capital(
    states: dict[str, Any], names: dict[str, Any], language: str
) -> None:
    bare = [code for code in states if not names[code]["names"][language]]
    bare += [code for code, state in states.items() for kind in ("adjectives", "capital") if not state[kind][language]]
    # Nobody is born a Vatican.
    bare += [code for code, state in states.items() if code != "VAT" and not state["people"][language]]
    assert not bare


def test_each_table_when_read_then_its_keys_and_languages_are_known(states: dict[str, Any]) -> None:
    known = {*WORDS, "institutions", "ambiguous"}
    assert {code: set(state) - known for code, state in states.items() if set(state) - known} == {}
    assert {
        (code, kind)
        for code, state in states.items()
        for kind, by_language in state.items()
        if kind != "ambiguous" and not set(by_language) <= set(LANGUAGES)
    } == set()


def test_each_institution_when_read_then_its_part_is_one_that_events_know(states: dict[str, Any]) -> None:
    bodies = [body for state in states.values() for each in state.get("institutions", {}).values() for body in each]
    assert bodies
    for body in bodies:
        assert set(body) - {"surname"} == {"name", "part", "alone"}
        assert Part(body["part"])
        assert isinstance(body["alone"], bool)


def test_a_word_of_two_states_when_read_then_at_most_one_is_meant_by_default(
    states: dict[str, Any], names: dict[str, Any]
) -> None:
    owners = defaultdict(set)
    for code, state in states.items():
        for word in words_of(state).union(*(names[code]["names"][language] for language in LANGUAGES)):
            owners[word].add(code)
    unclear = {
        word: codes
        for word, codes in owners.items()
        if sum(word not in states[code].get("ambiguous", ()) for code in codes) > 1
    }
    assert unclear == {}
    assert len(owners["Congo"]) == 2


def test_an_ambiguous_word_when_read_then_it_is_one_of_the_states_own(
    states: dict[str, Any], names: dict[str, Any]
) -> None:
    strays = {
        (code, word)
        for code, state in states.items()
        for word in state.get("ambiguous", ())
        if word not in words_of(state).union(*(names[code]["names"][language] for language in LANGUAGES))
    }
    assert strays == set()


def test_an_ambiguous_plain_name_when_read_then_both_files_say_so(
    states: dict[str, Any], names: dict[str, Any]
) -> None:
    for code, state in states.items():
        plain = {word for language in LANGUAGES for word in names[code]["names"][language]}
        assert set(names[code].get("ambiguous", ())) == plain & set(state.get("ambiguous", ())), code
    assert "Jordan" in names["JOR"]["ambiguous"]


def test_every_word_when_read_then_it_is_clean_and_stands_once_in_its_list(states: dict[str, Any]) -> None:
    for code, state in states.items():
        for kind in (*WORDS, "institutions"):
            for each in state.get(kind, {}).values():
                words = [entry["name"] if kind == "institutions" else entry for entry in each]
                assert len(words) == len(set(words)), (code, kind)
                assert all(word and word == " ".join(word.split()) and "’" not in word for word in words), (code, kind)


@pytest.mark.parametrize(
    ("word", "place"),
    [
        ("Venezuelan", "VEN.adjectives.en"),
        ("estadounidenses", "USA.adjectives.es"),
        ("EE. UU.", "USA.names.es"),
        ("U.K.", "GBR.names.en"),
        ("RPDC", "PRK.names.es"),
        ("Burma", "MMR.names.en"),
        ("Turkey", "TUR.names.en"),
        ("Kiev", "UKR.capital.en"),
        ("Nueva Delhi", "IND.capital.es"),
        ("Dutch", "NLD.people.en"),
        ("Philippine", "PHL.adjectives.en"),
        ("alemanas", "DEU.adjectives.es"),
        ("iraníes", "IRN.people.es"),
        ("Kremlin", "RUS.seats.en"),
        ("Casa Rosada", "ARG.seats.es"),
    ],
)
def test_a_well_known_word_when_looked_up_then_its_state_is_found(
    states: dict[str, Any], names: dict[str, Any], word: str, place: str
) -> None:
    code, kind, language = place.split(".")
    known = [
        *states[code].get(kind, {}).get(language, ()),
        *(names[code]["names"][language] if kind == "names" else ()),
    ]
    assert word in known


def test_each_spanish_name_when_it_has_accents_then_it_is_known_without_them_too(names: dict[str, Any]) -> None:
    for code, state in names.items():
        for name in state["names"]["es"]:
            assert name.translate(str.maketrans("áéíóúüÁÉÍÓÚ", "aeiouuAEIOU")) in state["names"]["es"], (code, name)


@pytest.mark.parametrize(
    ("word", "code", "language"), [("Pope", "VAT", "en"), ("Papa", "VAT", "es"), ("Holy Father", "VAT", "en")]
)
def test_a_person_known_by_the_office_alone_when_looked_up_then_the_state_is_found(
    states: dict[str, Any], word: str, code: str, language: str
) -> None:
    assert word in {body["name"] for body in states[code]["institutions"][language]}
