"""Who did what to whom, as tables: a direction each, the deeds by their families, with the way to their stories.

Comes after storage/browse/relations.py has counted, before the page of a pair.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.domain.relations import DeedCount
from monitor.domain.taxonomy import Taxonomy
from monitor.web.filters import FilterQuery
from monitor.web.render import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedRow:
    """One kind of deed, in words, how often it was done, and where its stories are."""

    kind: str
    count: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeedTable:
    """What one did to the other, or (both None) the two with each other, by the family of deeds."""

    source: str | None
    target: str | None
    families: tuple[tuple[str, tuple[DeedRow, ...]], ...]

    @property
    def total(self) -> int:
        """How many there are together."""
        return sum(row.count for _, rows in self.families for row in rows)


def deed_tables(deeds: Iterable[DeedCount], taxonomy: Taxonomy, reader: Reader, wanted: FilterQuery) -> list[DeedTable]:
    """What each did to the other, then what both did with each other: of a meeting nobody is the doer."""
    counted: defaultdict[tuple[str, str] | None, Counter[str]] = defaultdict(Counter)
    for deed in deeds:
        if deed.type in taxonomy:
            sides = None if taxonomy[deed.type].mutual else (deed.source, deed.target)
            counted[sides][deed.type] += deed.count
    directions = sorted(sides for sides in counted if sides is not None)
    together = [None] if None in counted else []
    return [
        DeedTable(
            source=reader.side(sides[0]) if sides else None,
            target=reader.side(sides[1]) if sides else None,
            families=_families(counted[sides], taxonomy, reader, wanted),
        )
        for sides in (*directions, *together)
    ]


def _families(
    kinds: Counter[str], taxonomy: Taxonomy, reader: Reader, wanted: FilterQuery
) -> tuple[tuple[str, tuple[DeedRow, ...]], ...]:
    """The families in the order of their file, in each the most frequent deed first."""
    rows: defaultdict[str, list[DeedRow]] = defaultdict(list)
    for kind, count in kinds.most_common():
        row = DeedRow(kind=reader.kind(kind), count=count, link=wanted.link("/", kind=(kind,)))
        rows[taxonomy[kind].family].append(row)
    return tuple((reader.kind(family), tuple(rows[family])) for family in taxonomy.families if family in rows)
