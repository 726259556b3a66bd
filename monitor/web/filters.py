"""Which stories an address asks for, read from its query and written into links: between=USA,VEN&severity=major&days=7.

A wrong value is a sentence for whoever wrote it, never silence. The pages, the API and the feeds for readers share this.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from monitor.domain.browsing import StoryFilter
from monitor.domain.taxonomy import Severity, Status, Taxonomy
from monitor.web.site import Site

LONGEST_DAYS = 3_660
"""Ten years: as far as anybody looks back by "days"."""
_LONGEST_CODE = 12
_PAIR = 2


class BadQuery(Exception):
    """An address asks for what can't be. `text` is the key of a sentence about it, `parts` what is filled in."""

    def __init__(self, text: str, **parts: object) -> None:
        super().__init__(text, parts)
        self.text = text
        self.parts = parts


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterQuery:
    """The query of an address, part by part. `days` counts back from now; `day`, or `first` to `last`, are whole days."""

    between: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    severity: Severity | None = None
    status: tuple[Status, ...] = ()
    language: str | None = None
    days: int | None = None
    day: dt.date | None = None
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def is_everything(self) -> bool:
        """Whether the address asks for no part of the stories."""
        return self == FilterQuery()

    @property
    def has_no_span(self) -> bool:
        """Whether the address says nothing of when."""
        return self.days is None and self.day is None and self.first is None and self.last is None

    @property
    def without_span(self) -> "FilterQuery":
        """The same, at any time: for a page whose path says when."""
        return replace(self, days=None, day=None, first=None, last=None)

    def filter(self, site: Site) -> StoryFilter:
        """The stories that are asked for, seen from now; days are those of the site's zone."""
        first, last = (self.day, self.day) if self.day else (self.first, self.last)
        since = site.start_of(first) if first else None
        if self.days is not None:
            since = site.clock() - dt.timedelta(days=self.days)
        return StoryFilter(
            sides=self.between,
            kinds=frozenset(kind.id for kind in site.taxonomy if not kind.names.isdisjoint(self.kind)),
            min_severity=self.severity,
            statuses=frozenset(self.status),
            language=self.language,
            since=since,
            until=site.start_of(last + dt.timedelta(days=1)) if last else None,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """The query as names and values, in one order, so that one filter has one address."""
        written = {
            "between": ",".join(self.between),
            "kind": ",".join(self.kind),
            "severity": self.severity,
            "status": ",".join(self.status),
            "language": self.language,
            "days": self.days,
            "day": self.day,
            "from": self.first,
            "to": self.last,
        }
        return [(name, str(value)) for name, value in written.items() if value]

    def link(self, path: str, /, **changes: Any) -> str:
        """The address of `path` with this filter, some parts of it changed; None or () takes one away."""
        # A span of time is said in one way.
        spans = {"days": None, "day": None, "first": None, "last": None}
        if changes.keys() & spans.keys():
            changes = {**spans, **changes}
        query = urlencode(replace(self, **changes).pairs(), safe=",:")
        return f"{path}?{query}" if query else path


FILTER_NAMES = tuple({"first": "from", "last": "to"}.get(one.name, one.name) for one in fields(FilterQuery))
"""The names that a filter takes of a query; all others are a page's own."""


def read_filter(query: Mapping[str, str], taxonomy: Taxonomy) -> FilterQuery:
    """Reads the filter of an address. Names that are no part of it are left alone.

    Raises:
        BadQuery: a value can't be meant.
    """
    read = FilterQuery(
        between=_part(query, "between", _between) or (),
        kind=_part(query, "kind", lambda text: _kinds(text, taxonomy)) or (),
        severity=_part(query, "severity", lambda text: _one_of(Severity, "severity", text)),
        status=_part(query, "status", _statuses) or (),
        language=_part(query, "language", _language),
        days=_part(query, "days", _days),
        day=_part(query, "day", read_day),
        first=_part(query, "from", read_day),
        last=_part(query, "to", read_day),
    )
    ways = (read.days is not None, read.day is not None, read.first is not None or read.last is not None)
    if sum(ways) > 1:
        raise BadQuery("errors.two_spans")
    if read.first and read.last and read.first > read.last:
        raise BadQuery("errors.span_backwards")
    return read


def _part(query: Mapping[str, str], name: str, read: Callable[[str], Any]) -> Any:
    """One part; an empty one, as a form sends it, says nothing."""
    text = query.get(name, "").strip()
    return read(text) if text else None


def _between(text: str) -> tuple[str, ...]:
    codes = tuple(code.strip().upper() for code in text.split(","))
    if len(codes) > _PAIR or len(set(codes)) < len(codes):
        raise BadQuery("errors.bad_between", value=text)
    if not all(code.isascii() and code.replace("_", "").isalnum() and len(code) <= _LONGEST_CODE for code in codes):
        raise BadQuery("errors.bad_between", value=text)
    return tuple(sorted(codes))


def _kinds(text: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    kinds = tuple(dict.fromkeys(kind.strip() for kind in text.split(",")))
    known = {name for kind in taxonomy for name in kind.names}
    for kind in kinds:
        if kind not in known:
            raise BadQuery("errors.bad_kind", value=kind)
    return kinds


def _statuses(text: str) -> tuple[Status, ...]:
    return tuple(dict.fromkeys(_one_of(Status, "status", one.strip()) for one in text.split(",")))


def _one_of(choices: Any, name: str, text: str) -> Any:
    try:
        return choices(text.lower())
    except ValueError:
        raise BadQuery(f"errors.bad_{name}", value=text, choices=", ".join(choices)) from None


def _language(text: str) -> str:
    if not (text.isascii() and text.isalpha() and len(text) in (2, 3)):
        raise BadQuery("errors.bad_language", value=text)
    return text.lower()


def _days(text: str) -> int:
    if not (
        text.isascii() and text.isdigit() and len(text) <= len(str(LONGEST_DAYS)) and 1 <= int(text) <= LONGEST_DAYS
    ):
        raise BadQuery("errors.bad_days", value=text, most=LONGEST_DAYS)
    return int(text)


def read_day(text: str) -> dt.date:
    """A day as addresses write it, 2026-01-03.

    Raises:
        BadQuery: it is none, or lies outside of what a clock can show.
    """
    try:
        day = dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day by itself has no zone
    except ValueError:
        raise BadQuery("errors.bad_day", value=text) from None
    if not 1970 <= day.year <= 9998:  # noqa: PLR2004 - the day after must be one, too
        raise BadQuery("errors.bad_day", value=text)
    return day
