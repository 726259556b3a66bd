"""Writes config/actors/names.toml: what states are called, out of CLDR (Babel) and ISO 3166 (pycountry).

Run it after a new release of either, with the dependency group `names` installed, and read the difference:

    python tools/names.py

It covers the states that have a table in config/actors/states.toml, where everything stands that these sources don't
hold: abbreviations, adjectives, capitals and seats of government. The output depends on nothing but the versions that
its header names.
"""

import gettext
import importlib.metadata
import json
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

ACTORS = Path(__file__).resolve().parent.parent / "config" / "actors"
LANGUAGES = ("en", "es")

# Kosovo has no code of its own in ISO 3166; CLDR uses XK, and XKX is the usual long form of it.
USER_ASSIGNED = {"XKX": "XK"}

# The Spanish translation of ISO 3166 leaves these misspelt or untranslated. CLDR, or states.toml, has them right.
UNUSABLE = frozenset(
    {
        "Commonwealth de Dominica",
        "Commonwealth de las Bahamas",
        "Costa de Marfíl",
        "República de Costa de Marfíl",
        "República Democrática Popular de Lao",
        "República de Myanmar",
        "Tunez",
    }
)

HEADER = """\
# What states are called, by ISO 3166-1 alpha-3 code. Written by tools/names.py; edit states.toml instead.
# Sources: Unicode CLDR through Babel {babel}; ISO 3166-1 with its official names, and their Spanish translations,
# through pycountry {pycountry} (Debian iso-codes).
"""


def names_of(code: str, language: str) -> tuple[str, ...]:
    """The plain name of a state, then its other names, in one language, without doubles."""
    country = pycountry.countries.get(alpha_3=code)
    alpha_2 = USER_ASSIGNED[code] if country is None else country.alpha_2
    found = [Locale(language).territories[alpha_2]]
    if country is not None:
        iso = [country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")]
        if language != "en":
            translated = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language])
            iso = [translated.gettext(name) if name else "" for name in iso]
        # "Korea, Republic of" is an index entry, not a name that anybody writes.
        found += [name for name in iso if name and ", " not in name]
    spellings = [spelling for name in found for spelling in _spellings(name) if spelling not in UNUSABLE]
    # Headlines in capitals, and many feeds, leave the accents out.
    return tuple(dict.fromkeys(spelling for name in spellings for spelling in (name, without_accents(name))))


def without_accents(name: str) -> str:
    """A name without its accents: "Perú" as "Peru". The tilde stays, since without it a letter is another one."""
    letters = (
        letter if letter in "ñÑ" else "".join(filter(str.isascii, unicodedata.normalize("NFKD", letter)))
        for letter in unicodedata.normalize("NFC", name)
    )
    return "".join(letters)


def _spellings(name: str) -> tuple[str, ...]:
    """A name as CLDR has it, in the forms that newspapers print: "St. Kitts & Nevis" with "Saint" and "and" too."""
    plain = name.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace(" - ", "-").removeprefix("the ")
    if bracketed := re.fullmatch(r"(.+) \((.+)\)", plain):
        return bracketed.group(1), bracketed.group(2)
    written_out = plain.replace(" & ", " and ")
    return tuple(
        dict.fromkeys((written_out, written_out.replace("St. ", "Saint "), written_out.replace("St. ", "St ")))
    )


def document(states: Mapping[str, Any]) -> str:
    """The whole file: one table for each state of states.toml, in the order of the codes."""
    head = HEADER.format(babel=importlib.metadata.version("babel"), pycountry=importlib.metadata.version("pycountry"))
    return "\n".join([head, "\n\n".join(_table(code, states[code]) for code in sorted(states)), ""])


def _table(code: str, state: Mapping[str, Any]) -> str:
    names = {language: names_of(code, language) for language in LANGUAGES}
    lines = [f"[{code}]", *(f"names.{language} = {_array(found)}" for language, found in names.items())]
    # states.toml says which words are also something else; each file carries the warning for its own words.
    if ambiguous := [word for word in state.get("ambiguous", ()) if any(word in found for found in names.values())]:
        lines.append(f"ambiguous = {_array(ambiguous)}")
    return "\n".join(lines)


def _array(words: Iterable[str]) -> str:
    return json.dumps(list(words), ensure_ascii=False)


def main() -> None:
    """Writes the file and says what it did."""
    with (ACTORS / "states.toml").open("rb") as file:
        states = tomllib.load(file)
    target = ACTORS / "names.toml"
    target.write_text(document(states), encoding="utf-8")
    print(f"{target}: names of {len(states)} states in {len(LANGUAGES)} languages")


if __name__ == "__main__":
    main()
