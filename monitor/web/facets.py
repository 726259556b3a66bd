"""The filter of a list as links that a person can follow: what is chosen, and what may be chosen instead.

Each choice is an address of its own, to be kept and passed on. How many stories a choice leaves is said where somebody
has counted them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.domain.taxonomy import Severity, Status
from monitor.storage.browse.stories import StoryCount
from monitor.web.filters import FilterQuery
from monitor.web.render import Reader

SPANS = (1, 2, 7, 30, 365)
"""The days back from now that are offered."""
_SINGLE = frozenset({"severity", "language"})
"""The parts of a filter that hold one value; the others hold several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A link that changes one part of a filter. `stories` is how many it leaves, None where nobody has counted."""

    words: str
    link: str
    is_chosen: bool
    stories: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One part of a filter, with what it can be."""

    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A part of a filter that narrows the list, and the address of the list without it."""

    words: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """Makes the links of a list at `path` with the filter `query`.

    `counts` are of the list without severity, status and kind; None where they were not counted. `relations` are the pairs that
    are offered, with the number of their stories.
    """

    path: str
    query: FilterQuery
    reader: Reader
    counts: Sequence[StoryCount] | None = None
    relations: Sequence[tuple[str, int]] = ()

    def all(self) -> tuple[Facet, ...]:
        """Every part that offers a choice, in the order in which people ask: whom, how grave, what."""
        found = (self._pairs(), self._severities(), self._families(), self._statuses(), self._languages())
        return tuple(facet for facet in found if len(facet.choices) > 1)

    @property
    def total(self) -> int | None:
        """How many stories the list holds; None where nobody has counted."""
        return self._count(self.query)

    def spans(self, usual: int) -> Facet:
        """How far the list goes back; `usual` is how many days it does where nothing is said."""
        chosen = usual if self.query.has_no_span else self.query.days
        return Facet(
            label=self._say("facets.days"),
            choices=tuple(
                Choice(
                    words=self.reader.texts.count("facets.days_back", days),
                    link=self._link(days=None if days == usual else days),
                    is_chosen=days == chosen,
                )
                for days in sorted({*SPANS, *filter(None, [chosen])})
            ),
        )

    def chosen(self) -> tuple[Chosen, ...]:
        """What narrows the list, but for how many days it goes back."""
        parts = tuple(Chosen(words=words, link=self._without(part)) for part, words in self._parts())
        return (*parts, *self._chosen_days())

    def _chosen_days(self) -> Iterator[Chosen]:
        query = self.query
        if query.day is not None:
            yield Chosen(words=self.reader.book.day(query.day), link=self._link(days=None))
        elif query.first is not None or query.last is not None:
            ends = (self.reader.book.day(day) if day else "…" for day in (query.first, query.last))
            yield Chosen(words=" – ".join(ends), link=self._link(days=None))

    def _parts(self) -> Iterator[tuple[str, str]]:
        query, reader = self.query, self.reader
        if query.between:
            yield "between", self._sides(query.between)
        if query.severity is not None:
            yield "severity", self._severity(query.severity)
        if query.kind:
            yield "kind", ", ".join(reader.kind(kind) for kind in query.kind)
        if query.status:
            yield "status", ", ".join(self._status(status) for status in query.status)
        if query.language is not None:
            yield "language", _heading(reader.language_name(query.language))

    def _pairs(self) -> Facet:
        offered: dict[tuple[str, ...], int | None] = {
            tuple(relation.split("-")): stories for relation, stories in self.relations
        }
        if self.query.between and self.query.between not in offered:
            offered = {self.query.between: None, **offered}
        choices = [
            Choice(
                words=self._sides(between),
                link=self._link(between=between),
                is_chosen=self.query.between == between,
                stories=stories,
            )
            for between, stories in offered.items()
        ]
        return Facet(label=self._say("facets.pair"), choices=(self._any("between"), *choices))

    def _severities(self) -> Facet:
        choices = [
            Choice(
                words=self._severity(level),
                link=self._link(severity=level),
                is_chosen=self.query.severity is level,
                stories=self._count(replace(self.query, severity=level)),
            )
            for level in reversed(Severity)
            if level is not Severity.ROUTINE
        ]
        return Facet(label=self._say("facets.severity"), choices=(self._any("severity"), *choices))

    def _families(self) -> Facet:
        counted = [
            (family, self._count(replace(self.query, kind=(family,)))) for family in self.reader.site.taxonomy.families
        ]
        choices = [
            Choice(
                words=self.reader.kind(family),
                link=self._link(kind=(family,)),
                is_chosen=self.query.kind == (family,),
                stories=stories,
            )
            for family, stories in counted
            if stories != 0 or self.query.kind == (family,)
        ]
        return Facet(label=self._say("facets.kind"), choices=(self._any("kind"), *choices))

    def _statuses(self) -> Facet:
        counted = [
            (status, self._count(replace(self.query, status=(status,))))
            for status in Status
            if status is not Status.PAST
        ]
        choices = [
            Choice(
                words=self._status(status),
                link=self._link(status=(status,)),
                is_chosen=self.query.status == (status,),
                stories=stories,
            )
            for status, stories in counted
            if stories != 0 or self.query.status == (status,)
        ]
        return Facet(label=self._say("facets.status"), choices=(self._any("status"), *choices))

    def _languages(self) -> Facet:
        choices = [
            Choice(
                words=_heading(self.reader.language_name(code)),
                link=self._link(language=code),
                is_chosen=self.query.language == code,
            )
            for code in sorted({*self.reader.site.books, *filter(None, [self.query.language])})
        ]
        return Facet(label=self._say("facets.language"), choices=(self._any("language"), *choices))

    def _any(self, part: str) -> Choice:
        """Leaves a part of the filter open."""
        is_open = getattr(self.query, part) in (None, (), Severity.ROUTINE)
        return Choice(words=self._say("facets.any"), link=self._without(part), is_chosen=is_open)

    def _without(self, part: str) -> str:
        return self._link(**{part: None if part in _SINGLE else ()})

    def _count(self, query: FilterQuery) -> int | None:
        """How many of the counted stories a filter leaves."""
        if self.counts is None:
            return None
        taxonomy = self.reader.site.taxonomy
        kinds = {kind.id for kind in taxonomy if not kind.names.isdisjoint(query.kind)}
        lowest = (query.severity or Severity.ROUTINE).rank
        return sum(
            one.stories
            for one in self.counts
            if one.severity.rank >= lowest
            and (not query.status or one.status in query.status)
            and (not query.kind or one.type in kinds)
        )

    def _sides(self, codes: tuple[str, ...]) -> str:
        return " – ".join(self.reader.side(code) for code in codes)

    def _severity(self, level: Severity) -> str:
        words = self.reader.book.say(f"severities.{level}")
        return words if level is Severity.CRITICAL else self._say("facets.or_worse", severity=words)

    def _status(self, status: Status) -> str:
        return _heading(self.reader.book.say(f"statuses.{status}"))

    def _say(self, key: str, **parts: object) -> str:
        return self.reader.texts.say(key, **parts)

    def _link(self, **changes: object) -> str:
        return self.query.link(self.path, **changes)


def _heading(words: str) -> str:
    """Words that stand in the midst of a sentence elsewhere, by themselves."""
    return words[:1].upper() + words[1:]
