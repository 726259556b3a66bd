"""The texts of alerts in one language: read from config/messages, checked for completeness, filled in.

A file holds all wording of a language, with what actors are called there; nothing of it stands in code, so that a new
language is a new file. Leaves to sentences.py what is said of an event. Comes after settings have read the files, before
channels are built.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Any

from monitor.domain.bands import Band
from monitor.domain.delivery import MessageKind
from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.events import DatePrecision, EventDate, Part
from monitor.domain.severity import Ground
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import RelationType, Severity, Status, Taxonomy

_MONTHS, _WEEKDAYS = 12, 7
_LISTED = 3

# Every text that a language needs, with what may be filled in.
_TEXTS: Mapping[str, str] = {
    **{f"sentence.{status}": "by do did done what" for status in Status},
    "sentence.denied_by": "speaker by do did done what",
    "sentence.denied_self": "speaker do did done what",
    "sentence.according": "sentence speaker",
    "sentence.own_word": "sentence speaker",
    "sentence.with_object": "sentence object",
    "sentence.with_day": "sentence day",
    "sentence.plain": "source target kind status",
    "sentence.unnamed": "",
    "sentence.person": "name state",
    **{f"kinds.{kind}": "" for kind in MessageKind},
    **{f"statuses.{status}": "" for status in Status},
    **{f"severities.{severity}": "" for severity in Severity},
    **{f"stages.{stage}": "" for stage in Stage},
    **{f"parts.{part}": "state" for part in Part},
    **{f"bands.{band}": "" for band in Band},
    "index.title": "pair band index before",
    "index.led_there": "day",
    "index.fading": "day",
    "index.story": "day sentence headline",
    "situations.opening": "pair count",
    "situations.summary": "pair count time",
    "situations.summary_of_one": "pair time",
    "situations.more": "count",
    "situations.at_once": "",
    "corrections.corrected": "sentence",
    "corrections.taken_back": "sentence",
    "corrections.reason": "reason",
    "corrections.told": "sentence",
    "corrections.severity": "now before",
    "corrections.report": "headline",
    "corrections.by_publisher": "outlet",
    "corrections.withdrawn": "outlet sentence",
    "corrections.others": "count",
    "corrections.one_other": "",
    "dates.day": "weekday day month year",
    "dates.week": "day month year",
    "dates.month": "month year",
    "dates.year": "year",
    "dates.on_day": "day month year",
    "dates.on_week": "day month year",
    "dates.on_month": "month year",
    "dates.on_year": "year",
    "dates.short": "day month year",
    "dates.at": "day month year time",
    **{
        f"labels.{label}": ""
        for label in (
            *("sample", "severity", "grounds", "status", "outlet", "date", "publishers", "confidence", "watches"),
            *("story", "published", "earlier", "why", "others", "page"),
        )
    },
    **{f"grounds.{ground}": "" for ground in Ground},
    "words.by_type": "severity",
    "words.raised": "grounds",
    "words.lowered": "grounds",
    "words.set": "grounds",
    "words.and": "first last",
    "words.others": "listed count",
    "words.one_source": "outlet",
    "words.more_sources": "outlet count",
    "words.independent": "count",
    "words.printed_in": "agency outlet",
    "words.printed_by": "agency count",
    "words.and_more": "count",
    "words.feedback": "alert",
    "words.feedback_by_mail": "address alert",
    "words.earlier": "day sentence",
    "words.why_any": "watch severity",
    "words.why_one": "watch one severity",
    "words.why_two": "watch one other severity",
    "words.from_severity": "severity",
    "words.any_severity": "",
    "words.anyone": "",
    "words.since_then": "news",
    "digest.title": "watch at",
    "digest.title_first_poll": "watch",
    "digest.title_quiet": "watch",
    "digest.title_limit": "watch",
    "digest.since": "since",
    "digest.nothing": "",
    "digest.nothing_else": "",
    **{f"digest.{section}": "" for section in ("new", "withdrawn", "ahead", "situations", "index")},
    "digest.late": "day",
    "digest.more_sources": "outlet count",
    "digest.planned": "day sentence",
    "digest.situation": "pair count since",
    "digest.index_line": "pair index before band band_before",
    "digest.routine": "pairs",
    "digest.no_room": "count",
}
_CLAUSE = {"do": "", "did": "", "done": "", "what": "target", "alone": "", "by": "state", "unknown": ""}
_CLAUSE_NEEDED = frozenset({"do", "did", "what", "alone"})
_LISTS = {("dates", "months"): _MONTHS, ("dates", "weekdays"): _WEEKDAYS}
_STATE_WORDS = ("names", "adjectives", "people", "capital", "seats", "places")
_TABLES = frozenset({"clauses", "names", "contractions"})
_PLAIN_KEYS = frozenset({"language", "name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """All that alerts say in one language. `language` is its ISO 639-1 code."""

    language: str
    texts: Mapping[str, str] = field(repr=False)
    clauses: Mapping[str, Mapping[str, str]] = field(repr=False)
    """What a type says of the two sides, by its id; an operator's own types have none."""
    mutual: frozenset[str] = field(repr=False)
    """The ids of types whose sides are interchangeable."""
    names: Mapping[str, str] = field(repr=False)
    """What an actor is called in the midst of a sentence ("the Netherlands"), by code."""
    short_names: Mapping[str, str] = field(repr=False)
    """What it is called by itself ("Netherlands")."""
    state_words: frozenset[tuple[str, str]] = field(repr=False)
    """Words for a state itself, by code, in small letters and in every language: who has such a name is no person."""
    months: tuple[str, ...] = field(repr=False)
    weekdays: tuple[str, ...] = field(repr=False)
    contractions: Mapping[str, str] = field(default_factory=dict, repr=False)

    def say(self, key: str, **parts: object) -> str:
        """The text under "section.key", filled in. What is filled in is never read as a text itself."""
        said = self.texts[key].format(**parts)
        for two, one in self.contractions.items():
            said = said.replace(f" {two}", f" {one}")
        return said

    def actor(self, code: str) -> str:
        """An actor in the midst of a sentence; the code itself for one without a name."""
        return self.names.get(code, code)

    def short_actor(self, code: str) -> str:
        """An actor by itself, without an article."""
        return self.short_names.get(code, code)

    def listed(self, words: Sequence[str]) -> str:
        """Words in a row: "a", "a and b", "a, b and c"; of more than four, the first three and how many others."""
        if len(words) > _LISTED + 1:
            return self.say("words.others", listed=", ".join(words[:_LISTED]), count=len(words) - _LISTED)
        if len(words) > 1:
            return self.say("words.and", first=", ".join(words[:-1]), last=words[-1])
        return "".join(words)

    def date(self, date: EventDate) -> str:
        """A date by itself, as precise as it is stated."""
        return self.say(f"dates.{_precision(date)}", **self._parts(date.first))

    def on(self, date: EventDate) -> str:
        """A date as a part of a sentence ("in March 2026")."""
        return self.say(f"dates.on_{_precision(date)}", **self._parts(date.first))

    def day(self, day: dt.date) -> str:
        """A day in words, without the day of the week."""
        return self.say("dates.short", **self._parts(day))

    def moment(self, at: dt.datetime, zone: dt.tzinfo | None) -> str:
        """A time in `zone` (None: the machine's own), with the zone's name."""
        local = at.astimezone(zone)
        return self.say("dates.at", **self._parts(local.date()), time=f"{local:%H:%M %Z}")

    def _parts(self, day: dt.date) -> dict[str, object]:
        return {
            "weekday": self.weekdays[day.weekday()],
            "day": day.day,
            "month": self.months[day.month - 1],
            "year": day.year,
        }


def _precision(date: EventDate) -> str:
    """What texts call a precision. "Last week" is stated by its days, and is none of them."""
    if date.precision is DatePrecision.DAY:
        return "day" if date.first == date.last else "week"
    return "month" if date.precision is DatePrecision.MONTH else "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhrasebooksRead:
    """The languages that are complete, by code, and what is wrong with the others."""

    books: Mapping[str, Phrasebook]
    findings: tuple[Finding, ...]


def compile_phrasebooks(
    messages: Sequence[TomlDocument], actors: Sequence[TomlDocument], taxonomy: Taxonomy
) -> PhrasebooksRead:
    """Compiles config/messages/*.toml; `actors` are the classifier's own documents, for the names.

    A language with a mistake is left out, and each mistake is a finding with its place.
    """
    books: dict[str, Phrasebook] = {}
    findings: list[Finding] = []
    for document in messages:
        wrong = tuple(_problems(document, taxonomy))
        findings += wrong
        if not wrong:
            book = _phrasebook(document, actors, taxonomy)
            books[book.language] = book
    return PhrasebooksRead(books=books, findings=tuple(findings))


def _phrasebook(document: TomlDocument, actors: Sequence[TomlDocument], taxonomy: Taxonomy) -> Phrasebook:
    data, language = document.data, document.data["language"]
    short: dict[str, str] = {}
    for code, table in ((code, table) for one in actors for code, table in one.data.items()):
        if isinstance(table, dict) and (called := table.get("names", {}).get(language)):
            short.setdefault(code, called[0])
    return Phrasebook(
        language=language,
        texts={key: _at(data, key) for key in _TEXTS},
        clauses=data["clauses"],
        mutual=frozenset(kind.id for kind in taxonomy if kind.mutual),
        names={**short, **data["names"]},
        short_names={**data["names"], **short},
        state_words=frozenset(_state_words(actors)),
        months=tuple(data["dates"]["months"]),
        weekdays=tuple(data["dates"]["weekdays"]),
        contractions=data.get("contractions", {}),
    )


def _state_words(actors: Sequence[TomlDocument]) -> Iterator[tuple[str, str]]:
    for code, table in ((code, table) for one in actors for code, table in one.data.items()):
        for section in _STATE_WORDS if isinstance(table, dict) else ():
            for words in table.get(section, {}).values():
                yield from ((code, word.casefold()) for word in words)


def _problems(document: TomlDocument, taxonomy: Taxonomy) -> Iterator[Finding]:
    data = document.data
    if data.get("language") != Path(document.file).stem:
        yield document.finding(("language",), f'write language = "{Path(document.file).stem}", as the file is called')
    for key, permitted in _TEXTS.items():
        yield from _text_problems(document, tuple(key.split(".")), _at(data, key), permitted)
    yield from _strangers(document)
    for (section, name), length in _LISTS.items():
        names = _at(data, f"{section}.{name}")
        if not isinstance(names, list) or len(names) != length or not all(isinstance(one, str) for one in names):
            yield document.finding((section, name), f'"{name}" must be a list of {length} texts')
    for section in ("names", "contractions"):
        table = data.get(section, {} if section == "contractions" else None)
        if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
            yield document.finding((section,), f"[{section}] must be a table of texts")
    yield from _clauses_problems(document, taxonomy)


def _strangers(document: TomlDocument) -> Iterator[Finding]:
    """Sections and keys that mean nothing: most often a slip of the pen."""
    for section, table in document.data.items():
        known = {key.partition(".")[2] for key in _TEXTS if key.startswith(f"{section}.")}
        known |= {name for of, name in _LISTS if of == section}
        if not known and section not in _TABLES | _PLAIN_KEYS:
            yield document.finding((section,), f'unknown key "{section}"')
        for name in table if isinstance(table, dict) and known else ():
            if name not in known:
                yield document.finding((section, name), f'unknown key "{name}"')


def _clauses_problems(document: TomlDocument, taxonomy: Taxonomy) -> Iterator[Finding]:
    data = document.data
    clauses = data.get("clauses")
    if not isinstance(clauses, dict):
        yield document.finding(("clauses",), "[clauses] is missing: it says what each type means in a sentence")
        return
    needs = _CLAUSE_NEEDED | (
        {"done"} if any("{done}" in str(_at(data, key)) for key in _TEXTS if key.startswith("sentence.")) else set()
    )
    for kind in taxonomy:
        yield from _clause_problems(document, kind, clauses.get(kind.id), needs)
    for stranger in clauses.keys() - taxonomy.types.keys():
        yield document.finding(("clauses", stranger), f'"{stranger}" is no type of relation events')


def _clause_problems(
    document: TomlDocument, kind: RelationType, clause: Any, needs: frozenset[str]
) -> Iterator[Finding]:
    if clause is None and kind.parent is not None:
        return  # an operator's own type, which is told plainly
    path = ("clauses", kind.id)
    if not isinstance(clause, dict):
        yield document.finding(path, f'the type "{kind.id}" has no clause')
        return
    for name in sorted(needs - clause.keys()):
        yield document.finding(path, f'{kind.id}: "{name}" is missing')
    for name, text in clause.items():
        if name not in _CLAUSE:
            yield document.finding(path, f'{kind.id}: unknown key "{name}"')
        else:
            yield from _text_problems(document, (*path, name), text, _CLAUSE[name])
    if "{target}" not in str(clause.get("what", "{target}")):
        yield document.finding((*path, "what"), f'{kind.id}: "what" must name the other side, as {{target}}')


def _text_problems(document: TomlDocument, path: tuple[str, ...], text: Any, permitted: str) -> Iterator[Finding]:
    key = ".".join(path)
    if text is None:
        yield document.finding(path, f'"{key}" is missing')
        return
    try:
        filled = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except (TypeError, ValueError):
        yield document.finding(path, f'"{key}" must be a text whose braces {{...}} all close')
        return
    for stranger in sorted(filled - set(permitted.split())):
        may = " ".join(f"{{{name}}}" for name in permitted.split()) or "nothing"
        yield document.finding(path, f'"{key}": {{{stranger}}} can\'t be filled in here; {may} can')


def _at(data: Mapping[str, Any], key: str) -> Any:
    section, _, name = key.partition(".")
    table = data.get(section)
    return table.get(name) if isinstance(table, dict) else None
