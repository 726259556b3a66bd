"""Scores events against the gold set, level by level.

The events of a row are matched one to one, each level asking for more than the one before:

    actors  the same source and target; either order where the type is mutual, and a side that the text leaves unsaid
            may be anyone
    type    and the type, or one that is accepted beside it
    full    and the status

Apart from these, the alarms: what a default watch sends at once (notable or louder, reported or planned, no mention).
An alarm is right where the row has a piece of news with the same actors and PLOVER root; one about a mention or the
past is wrong, since nobody wants to be woken for last year's news. Only counts; gate.py judges the figures.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.domain.events import EventActor, RelationEvent
from monitor.domain.taxonomy import Severity, Status, Taxonomy
from tests.golden.corpus import GoldEvent, GoldRow

Agree = Callable[[GoldEvent, RelationEvent], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How many events agree, of how many labelled and how many read."""

    hits: int
    gold: int
    read: int

    @property
    def precision(self) -> float:
        """The share of the events read that are right; 0 where none was read."""
        return self.hits / self.read if self.read else 0.0

    @property
    def recall(self) -> float:
        """The share of the labelled events that were read."""
        return self.hits / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.hits / (self.gold + self.read) if self.gold + self.read else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A row whose events were not all read as labelled: what was left over on either side at the level "full"."""

    row: GoldRow
    unread: tuple[GoldEvent, ...]
    unlabelled: tuple[RelationEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The figures of one part of the corpus. `quiet` are rows without an event, `roused` those that alarm all the same."""

    rows: int
    actors: Level
    type: Level
    full: Level
    alarms: int
    alarms_right: int
    quiet: int
    roused: int
    misses: tuple[Miss, ...]

    @property
    def alarm_precision(self) -> float:
        """The share of the alarms that are right; 1 where nothing alarmed."""
        return self.alarms_right / self.alarms if self.alarms else 1.0


@dataclass(frozen=True, slots=True)
class Scorer:
    """Compares readings with labels; the taxonomy says which types are mutual, and how loud each one is."""

    taxonomy: Taxonomy

    def score(self, pairs: Iterable[tuple[GoldRow, Sequence[RelationEvent]]]) -> Score:
        """The figures over rows and what was read in each."""
        rows = tuple(pairs)
        alarms = [(row, event) for row, events in rows for event in events if self._alarms(event)]
        quiet = {row.id for row, _ in rows if not row.events}
        return Score(
            rows=len(rows),
            actors=_level(rows, self._same_actors),
            type=_level(rows, self._same_type),
            full=_level(rows, self._same_status),
            alarms=len(alarms),
            alarms_right=sum(self._is_right(row, event) for row, event in alarms),
            quiet=len(quiet),
            roused=len({row.id for row, _ in alarms} & quiet),
            misses=tuple(filter(None, (self._miss(row, events) for row, events in rows))),
        )

    def _alarms(self, event: RelationEvent) -> bool:
        return (
            self.taxonomy[event.type].severity is not Severity.ROUTINE
            and event.status in (Status.REPORTED, Status.PLANNED)
            and not event.mention
        )

    def _is_right(self, row: GoldRow, event: RelationEvent) -> bool:
        root = self.taxonomy[event.type].plover
        return any(
            gold.is_news
            and root in {self.taxonomy[kind].plover for kind in gold.types}
            and self._same_actors(gold, event)
            for gold in row.events
        )

    def _same_actors(self, gold: GoldEvent, event: RelationEvent) -> bool:
        source, target = _code(event.source), _code(event.target)
        if gold.source is None or gold.target is None:
            return gold.source in (None, source) and gold.target in (None, target)
        kind = event.type if event.type in gold.types else gold.types[0]
        reverse = self.taxonomy[kind].mutual and (target, source) == (gold.source, gold.target)
        return reverse or (source, target) == (gold.source, gold.target)

    def _same_type(self, gold: GoldEvent, event: RelationEvent) -> bool:
        return event.type in gold.types and self._same_actors(gold, event)

    def _same_status(self, gold: GoldEvent, event: RelationEvent) -> bool:
        return event.status is gold.status and self._same_type(gold, event)

    def _miss(self, row: GoldRow, events: Sequence[RelationEvent]) -> Miss | None:
        matched = _match(row.events, events, self._same_status)
        if len(matched) == len(row.events) == len(events):
            return None
        labelled, read = {one for one, _ in matched}, {other for _, other in matched}
        return Miss(
            row=row,
            unread=tuple(gold for place, gold in enumerate(row.events) if place not in labelled),
            unlabelled=tuple(event for place, event in enumerate(events) if place not in read),
        )


def _level(rows: Sequence[tuple[GoldRow, Sequence[RelationEvent]]], agree: Agree) -> Level:
    return Level(
        hits=sum(len(_match(row.events, events, agree)) for row, events in rows),
        gold=sum(len(row.events) for row, _ in rows),
        read=sum(len(events) for _, events in rows),
    )


def _match(gold: Sequence[GoldEvent], events: Sequence[RelationEvent], agree: Agree) -> list[tuple[int, int]]:
    """Pairs of places, each used once; first come, first served, which is enough for the few events of a row."""
    pairs: list[tuple[int, int]] = []
    free = list(range(len(events)))
    for place, labelled in enumerate(gold):
        found = next((other for other in free if agree(labelled, events[other])), None)
        if found is not None:
            free.remove(found)
            pairs.append((place, found))
    return pairs


def _code(actor: EventActor | None) -> str | None:
    return actor.code if actor else None
