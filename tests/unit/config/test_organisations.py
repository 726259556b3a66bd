"""The names of organisations and armed groups: complete, and told apart from states and from each other."""

import re
import tomllib
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from monitor.domain.events import Part

ROOT = Path(__file__).resolve().parents[3]
ACTORS = ROOT / "config" / "actors"
LANGUAGES = ("en", "es")
WORDS = ("names", "adjectives", "people", "capital", "seats", "places")


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((ACTORS / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def organisations() -> dict[str, Any]:
    return read("organisations.toml")


def words_of(actor: dict[str, Any], *languages: str) -> set[str]:
    """The words for an actor in some languages, or in all."""
    wanted = languages or LANGUAGES
    words = {word for kind in WORDS for language in wanted for word in actor.get(kind, {}).get(language, ())}
    bodies = [body for language in wanted for body in actor.get("institutions", {}).get(language, ())]
    return words | {body["name"] for body in bodies}


def test_each_organisation_when_read_then_it_has_a_kind_and_names_in_both_languages(
    organisations: dict[str, Any],
) -> None:
    assert len(organisations) > 70
    for code, actor in organisations.items():
        assert re.fullmatch(r"[A-Z][A-Z0-9]+", code)
        assert actor["kind"] in {"organisation", "armed group"}, code
        assert all(actor["names"][language] for language in LANGUAGES), code
        assert set(actor) <= {"kind", "home", "names", "adjectives", "seats", "institutions", "ambiguous"}, code


def test_codes_when_read_then_none_is_a_states_and_each_home_is_one(organisations: dict[str, Any]) -> None:
    states = set(read("states.toml"))
    assert not states & set(organisations)
    homes = {code: actor["home"] for code, actor in organisations.items() if "home" in actor}
    assert set(homes.values()) <= states
    assert {organisations[code]["kind"] for code in homes} == {"armed group"}


def test_each_body_when_read_then_its_part_is_one_that_events_know(organisations: dict[str, Any]) -> None:
    for code, actor in organisations.items():
        for bodies in actor.get("institutions", {}).values():
            for body in bodies:
                assert set(body) == {"name", "part", "alone"}, code
                assert Part(body["part"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_of_two_actors_when_read_then_at_most_one_is_meant_by_default(
    organisations: dict[str, Any], language: str
) -> None:
    # In one language, that is: "EU" is the European Union in English and the United States in Mexican Spanish.
    warned: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for actors in (read("names.toml"), read("states.toml"), organisations):
        for code, actor in actors.items():
            for word in words_of(actor, language):
                warned[word][code] = warned[word].get(code, False) or word in actor.get("ambiguous", ())
    unclear = {word: codes for word, codes in warned.items() if sum(not marked for marked in codes.values()) > 1}
    assert unclear == {}


def test_an_ambiguous_word_when_read_then_it_is_one_of_the_actors_own(organisations: dict[str, Any]) -> None:
    for code, actor in organisations.items():
        assert set(actor.get("ambiguous", ())) <= words_of(actor), code


def test_the_published_list_when_read_then_it_names_every_code(organisations: dict[str, Any]) -> None:
    listed = set(
        re.findall(r"^\| `([A-Z0-9]+)` \|", (ROOT / "docs" / "actors.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert listed == set(organisations)
