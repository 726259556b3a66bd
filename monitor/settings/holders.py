"""Office holders as the files list them: who held which office, and from when to when.

Reads the `[[holder]]` tables of config/actors and actors.d for `relmon actors`; writing them is write.py's work. What
their names do in a text is known in classify, which compiles the same tables by itself.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.events import DatePrecision, EventDate, Part

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_NEEDED = ("name", "state", "office")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A person in an office. `begins` and `ends` are as precise as known; None where nothing is said.

    `surname` is None unless it stands for the person by itself.
    """

    name: str
    state: str
    office: str
    begins: EventDate | None
    ends: EventDate | None = None
    part: Part = Part.GOVERNMENT
    aliases: tuple[str, ...] = ()
    surname: str | None = None

    def served_on(self, day: dt.date) -> bool:
        """Whether the term includes the day; of "2013-04" every day may be meant."""
        return (self.begins is None or self.begins.first <= day) and (self.ends is None or day <= self.ends.last)

    def overlaps(self, other: "Holder") -> bool:
        """Whether the two terms share a day. Those that only meet on the day of a handover don't."""
        first, last = self._term
        other_first, other_last = other._term  # noqa: SLF001 - of its own kind
        return first < other_last and other_first < last

    def is_same_person(self, other: "Holder") -> bool:
        """Whether a name of the one is a name of the other; capitals don't count."""
        return not self._names.isdisjoint(other._names)  # noqa: SLF001 - of its own kind

    def has_office_of(self, other: "Holder") -> bool:
        """Whether both hold one and the same office."""
        return self.state == other.state and self.office.casefold() == other.office.casefold()

    @property
    def _term(self) -> tuple[dt.date, dt.date]:
        return self.begins.first if self.begins else dt.date.min, self.ends.last if self.ends else dt.date.max

    @property
    def _names(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in (self.name, *self.aliases))


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedHolder:
    """A holder and where it stands."""

    holder: Holder
    file: str
    line: int


def read_holders(documents: Sequence[TomlDocument]) -> tuple[tuple[ListedHolder, ...], tuple[Finding, ...]]:
    """All holders in the order of the files; one with a mistake is left out and reported."""
    listed: list[ListedHolder] = []
    findings: list[Finding] = []
    for document in documents:
        for number, read in enumerate(_read(document)):
            if isinstance(read, Finding):
                findings.append(read)
            else:
                line = document.line_of(("holder", number))
                listed.append(ListedHolder(holder=read, file=document.file, line=line))
    return tuple(listed), tuple(findings)


def holder_findings(document: TomlDocument) -> Iterator[Finding]:
    """What is wrong with the holders of one file."""
    return (read for read in _read(document) if isinstance(read, Finding))


def _read(document: TomlDocument) -> Iterator[Holder | Finding]:
    """Each table of a file, as a holder or as what is wrong with it."""
    tables = document.data.get("holder", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        yield document.finding(("holder",), "write each holder below a line [[holder]]")
        return
    for number, table in enumerate(tables):
        try:
            yield _holder(table)
        except ValueError as error:
            yield document.finding(("holder", number), str(error))


def _holder(table: Mapping[str, Any]) -> Holder:
    if not all(isinstance(table.get(key), str) and table[key].strip() for key in _NEEDED):
        raise ValueError(f"a holder needs {', '.join(_NEEDED)}, each in quotes")
    part, aliases, surname = table.get("part", Part.GOVERNMENT), table.get("aliases", []), table.get("surname")
    if part not in tuple(Part):
        raise ValueError(f'{table["name"]}: "part" must be one of {", ".join(Part)}')
    if not isinstance(aliases, list) or not all(isinstance(name, str) for name in (*aliases, surname or "")):
        raise ValueError(f'{table["name"]}: "aliases" must be a list of texts, and "surname" one text, all in quotes')
    return Holder(
        name=table["name"],
        state=table["state"],
        office=table["office"],
        begins=days_of(table["from"]) if "from" in table else None,
        ends=days_of(table["to"]) if "to" in table else None,
        part=Part(part),
        aliases=tuple(aliases),
        surname=surname if table.get("alone") else None,
    )


def days_of(written: object) -> EventDate:
    """The days that "2013-04-19", "2013-04" or "2013" may mean. ValueError says how to write a date."""
    match = _DATE.fullmatch(str(written))
    if match is None:
        raise ValueError(f"'{written}' is no date; write 2013-04-19, 2013-04 or 2013")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = dt.date(year or 0, month or 1, day or 1)
    except ValueError:
        raise ValueError(f"'{written}' is no day of the calendar; write 2013-04-19, 2013-04 or 2013") from None
    if day is not None:
        return EventDate(first=first, last=first, precision=DatePrecision.DAY)
    if month is not None:
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
        return EventDate(first=first, last=last, precision=DatePrecision.MONTH)
    return EventDate(first=first, last=first.replace(month=12, day=31), precision=DatePrecision.YEAR)
