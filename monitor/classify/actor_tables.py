"""Actor tables: from the TOML of config/actors to the lexicon of each language.

States and organisations stand under their code, office holders in `[[holder]]` entries. Mistakes are findings with their
place. Runs once, when the classifier is compiled; finding names in a sentence is the lexicon's work.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from monitor.classify.lexicon import Entry, Lexicon, Name, NameKind
from monitor.classify.tokens import Sentence
from monitor.classify.words import WordSet
from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.events import NamedActor, Part


def given_names(actors: Iterable[NamedActor]) -> dict[str, tuple[Name, ...]]:
    """Names that one text brings along, in the shape of `Lexicon.names`."""
    table = _Table()
    for actor in actors:
        table.add(actor.name, Entry(code=actor.code, kind=NameKind.NAME))
    return table.index()


def compile_lexicons(
    documents: Sequence[TomlDocument],
    languages: Mapping[str, Mapping[str, WordSet]],
    titles: Iterable[str] = (),
    detaching: Iterable[str] = (),
) -> tuple[dict[str, Lexicon], tuple[Finding, ...]]:
    """Compiles actor tables, a lexicon for each of the `languages`, which say what they call the offices of the tables.

    Persons have the same names in all languages.
    A table says what it holds: states and organisations by code, or `[[holder]]` entries.
    """
    persons = _Table()
    findings: list[Finding] = []
    codes: set[str] = set()
    tables = {language: _Table() for language in languages}
    # A name may stand in one file and the note that it is ambiguous in another.
    ambiguous = {
        (code, name.lower())
        for document in documents
        for code, entry in document.data.items()
        if isinstance(entry, dict)
        for name in entry.get("ambiguous", ())
    }
    for document in documents:
        for code, entry in document.data.items():
            if code == "holder":
                for number, holder in enumerate(entry):
                    findings += _add_holder(persons, document, number, holder)
            elif isinstance(entry, dict) and code.isupper():
                codes.add(code)
                for language, table in tables.items():
                    _add_actor(table, code, entry, language, ambiguous)
    for document in documents:
        for number, holder in enumerate(document.data.get("holder", ())):
            if holder.get("state") not in codes:
                findings.append(
                    document.finding(("holder", number, "state"), f"'{holder.get('state')}' is no known actor code")
                )
    known, before, behind = frozenset(codes), frozenset(titles), frozenset(detaching)
    lexicons = {
        language: Lexicon(
            table.with_names_of(persons).index(), known, behind, before, persons.surnames, languages[language]
        )
        for language, table in tables.items()
    }
    return lexicons, tuple(findings)


class _Table:
    """Collects names while the tables are read."""

    def __init__(self) -> None:
        self.names: dict[tuple[str, ...], dict[tuple[str, ...], list[Entry]]] = {}
        self.surnames: dict[str, tuple[Entry, ...]] = {}

    def add_surname(self, surname: str, entry: Entry) -> None:
        self.surnames[surname.lower()] = (*self.surnames.get(surname.lower(), ()), entry)

    def add(self, name: str, entry: Entry) -> None:
        sentence = Sentence(name, 0)
        if sentence.lower:
            entries = self.names.setdefault(sentence.lower, {}).setdefault(sentence.words, [])
            if entry not in entries:
                entries.append(entry)

    def with_names_of(self, other: "_Table") -> "_Table":
        """This table with the names of another added to it."""
        for lower, spellings in other.names.items():
            for cased, entries in spellings.items():
                known = self.names.setdefault(lower, {}).setdefault(cased, [])
                known += (entry for entry in entries if entry not in known)
        return self

    def index(self) -> dict[str, tuple[Name, ...]]:
        index: dict[str, list[Name]] = {}
        for lower, spellings in self.names.items():
            for cased, entries in spellings.items():
                index.setdefault(lower[0], []).append(Name(lower[1:], cased, tuple(entries), _plain(entries)))
        # Longest first; among equals the more capitalised spelling, so that "US" is tried before "us".
        for names in index.values():
            if len(names) > 1:
                names.sort(key=lambda name: (-len(name.rest), [word.islower() for word in name.cased]))
        return {first: tuple(names) for first, names in index.items()}


def _plain(entries: Sequence[Entry]) -> Entry | None:
    """The only entry, where neither a day nor a title decides whether it counts."""
    plain = len(entries) == 1 and entries[0].kind is not NameKind.HOLDER and not entries[0].titled
    return entries[0] if plain else None


def _add_actor(
    table: _Table,
    code: str,
    entry: Mapping[str, Any],
    language: str,
    ambiguous: AbstractSet[tuple[str, str]],
) -> None:
    kinds = {
        "names": NameKind.BODY if "kind" in entry else NameKind.NAME,  # only organisations say of what kind they are
        "capital": NameKind.CAPITAL,
        "seats": NameKind.NAME,
        "adjectives": NameKind.ADJECTIVE,
        "people": NameKind.PEOPLE,
        "places": NameKind.PLACE,
    }
    for section, kind in kinds.items():
        for name in entry.get(section, {}).get(language, ()):
            table.add(name, Entry(code=code, kind=kind, ambiguous=(code, name.lower()) in ambiguous))
    for institution in entry.get("institutions", {}).get(language, ()):
        entry_of = Entry(
            code=code,
            kind=NameKind.NAME,
            role=institution["name"],
            part=Part(institution.get("part", Part.GOVERNMENT)),
            ambiguous=(code, institution["name"].lower()) in ambiguous,
            leans=not institution.get("alone", True),
            surname=bool(institution.get("surname", False)),
        )
        table.add(institution["name"], entry_of)


def _add_holder(table: _Table, document: TomlDocument, number: int, holder: Mapping[str, Any]) -> Iterator[Finding]:
    path = ("holder", number)
    try:
        first = _day(holder.get("from"), first=True)
        last = _day(holder.get("to"), first=False)
        part = Part(holder.get("part", Part.GOVERNMENT))
    except ValueError as error:
        yield document.finding(path, f"{holder.get('name', 'a holder')}: {error}")
        return
    if not {"name", "state", "office"} <= holder.keys():
        yield document.finding(path, "a holder needs name, state and office")
        return
    entry = Entry(code=holder["state"], kind=NameKind.HOLDER, role=holder["office"], part=part, first=first, last=last)
    for name in dict.fromkeys((holder["name"], *holder.get("aliases", ()))):
        table.add(name, entry)
    if holder.get("surname"):
        alone = bool(holder.get("alone"))
        table.add_surname(holder["surname"], entry)
        table.add(holder["surname"], replace(entry, surname=alone, titled=not alone))


def _day(text: str | dt.date | None, *, first: bool) -> dt.date | None:
    """The first or last day of "2013-04-19", "2013-04" or "2013"."""
    if text is None or isinstance(text, dt.date):
        return text
    parts = [int(part) for part in text.split("-")]
    match parts:
        case [year, month, day]:
            return dt.date(year, month, day)
        case [year, month]:
            return dt.date(year, month, 1) if first else _month_end(year, month)
        case [year]:
            return dt.date(year, 1, 1) if first else dt.date(year, 12, 31)
        case _:
            raise ValueError(f"'{text}' is no date; write 2013-04-19, 2013-04 or 2013")


def _month_end(year: int, month: int) -> dt.date:
    return (dt.date(year, month, 28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
