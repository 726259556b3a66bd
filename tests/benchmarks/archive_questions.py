"""What large_archive.py asks: the transactions of polls, and what commands and pages read, each by a name for its table."""

import datetime as dt
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from monitor.domain.browsing import EventFilter, StoryFilter
from monitor.domain.feeds import FeedState
from monitor.domain.routing import Watch
from monitor.domain.searching import read_search
from monitor.domain.stories import relation_of
from monitor.domain.taxonomy import Severity
from monitor.storage import items, polls, stories
from monitor.storage.browse import days, feeds, relations, search
from monitor.storage.browse.events import list_events, types_read
from monitor.storage.browse.stories import StoryOrder, list_stories
from monitor.storage.browse.story import find_story, life_of, neighbours_of, reports_of, tally_of
from monitor.storage.database import Database
from monitor.storage.overview import overview
from monitor.stories.index import REACHES_BACK
from monitor.worker.commit import commit_all
from monitor.worker.desk import Desk
from monitor.worker.digests import preview
from monitor.worker.polled import PolledFeed, ReadItem
from tests.benchmarks.made_up_archive import NOW, SPAN, MadeUpArchive
from tests.integration.worker.archive import Archive
from tests.unit.stories.reports import EXPELLED, SOURCE, report
from tests.unit.stories.reports import item as news

Question = tuple[str, Callable[[], object]]

_DAY = dt.timedelta(days=1)
_EVERYTHING = Watch(
    id="all", name="Everything", between=(), channels=("desk",), min_severity=Severity.ROUTINE, digest=(dt.time(7),)
)


def questions(database: Database, filled: MadeUpArchive) -> Iterator[Question]:
    """All of them, in the order of the table; calling one asks it once, of another pair, story or word each time."""
    desk = replace(Archive(database, watches=[_EVERYTHING]).desk(), taxonomy=filled.taxonomy)
    asked = _Asked(filled)
    yield from _of_polls(database, filled, desk)
    for name, ask in itertools.chain(
        _of_events(asked), _of_stories(asked), _of_relations(asked), _of_words(asked), _of_the_whole(desk)
    ):
        yield name, _reading(database, ask)


class _Asked:
    """What is drawn to be asked for, the same in every run."""

    def __init__(self, filled: MadeUpArchive) -> None:
        self.filled = filled
        self._luck = random.Random(11)  # noqa: S311 - no secret

    def sides(self) -> tuple[str, str]:
        """Of one of the pairs that have half of all stories."""
        return self._luck.choice(self.filled.busy_pairs)

    def any_sides(self) -> tuple[str, str]:
        return self._luck.choice(self.filled.pairs)

    def state(self) -> tuple[str]:
        return (self._luck.choice(self.filled.states),)

    def story_id(self) -> str:
        return self.filled.story_id(self._luck.randrange(self.filled.stories))

    def word(self, first: int, last: int) -> str:
        """One of those that are the `first` to the `last` most frequent."""
        return self._luck.choice(self.filled.words[first:last])

    @property
    def frequent(self) -> str:
        """The most frequent type, of more than half of all events."""
        return self.filled.types[0]

    @property
    def rare(self) -> str:
        """The rarest type, of one event in some ten thousand."""
        return self.filled.types[-1]


def _reading(database: Database, ask: Callable[[Connection], object]) -> Callable[[], object]:
    def once() -> object:
        with database.read() as connection:
            return ask(connection)

    return once


def _of_polls(database: Database, filled: MadeUpArchive, desk: Desk) -> Iterator[Question]:
    # Never twice the same, however often an archive is asked.
    numbers = itertools.count(time.time_ns())
    yield "poll: claim a feed", lambda: _claim(database)
    yield "poll: commit, nothing new", lambda: _commit(database, filled, desk, [])
    yield "poll: commit, 3 items, 1 event", lambda: _commit(database, filled, desk, list(itertools.islice(numbers, 3)))


def _of_events(asked: _Asked) -> Iterator[tuple[str, Callable[[Connection], object]]]:
    def latest(sides: Callable[[], tuple[str, ...]] = tuple, kind: str | None = None) -> Callable[[Connection], object]:
        def ask(found: Connection) -> object:
            types = types_read(found, kind) if kind else frozenset[str]()
            return list_events(found, EventFilter(sides=sides(), types=types), limit=50)

        return ask

    yield "events: latest 50", latest()
    yield "events: of a state", latest(asked.state)
    yield "events: of a state unheard of", latest(lambda: ("ZZZ",))
    yield "events: of a busy pair", latest(asked.sides)
    yield "events: of any pair", latest(asked.any_sides)
    yield "events: of a frequent type", latest(kind=asked.frequent)
    yield "events: of a rare type", latest(kind=asked.rare)
    yield "events: of a family of types", latest(kind="military")
    yield "events: of a rare type and a state", latest(asked.state, asked.rare)
    yield "events: of a frequent type and a state", latest(asked.state, asked.frequent)


def _of_stories(asked: _Asked) -> Iterator[tuple[str, Callable[[Connection], object]]]:
    def latest(order: StoryOrder = StoryOrder.LATEST, **wanted: object) -> Callable[[Connection], object]:
        def ask(found: Connection) -> object:
            drawn = {name: value() if callable(value) else value for name, value in wanted.items()}
            return list_stories(found, StoryFilter(**drawn), order=order, limit=30)  # type: ignore[arg-type]

        return ask

    yield "stories: latest 30", latest()
    yield "stories: gravest 30", latest(StoryOrder.GRAVEST)
    yield "stories: of a state", latest(sides=asked.state)
    yield "stories: of a busy pair", latest(sides=asked.sides)
    yield "stories: of a frequent type", latest(kinds=frozenset({asked.frequent}))
    yield "stories: of a rare type", latest(kinds=frozenset({asked.rare}))
    yield "stories: of a rare type and a state", latest(kinds=frozenset({asked.rare}), sides=asked.state)
    yield "stories: critical", latest(min_severity=Severity.CRITICAL)
    yield "stories: with a report in Spanish", latest(language="es")
    yield (
        "stories: of a day, a page of 30",
        lambda found: days.stories_begun(found, StoryFilter(), NOW - 2 * _DAY, NOW - _DAY, limit=30),
    )
    yield (
        "stories: how many on each of 30 days",
        lambda found: days.count_begun(found, [NOW - number * _DAY for number in range(30, -1, -1)]),
    )
    yield "stories: what is planned", lambda found: days.planned(found, NOW.date(), limit=30)
    yield "story with its life", lambda found: _whole_story(found, asked.story_id())


def _of_relations(asked: _Asked) -> Iterator[tuple[str, Callable[[Connection], object]]]:
    def pair() -> str:
        return relation_of(*asked.sides())

    year = NOW - dt.timedelta(days=365) - REACHES_BACK
    yield (
        "index of a busy pair, 30 days",
        lambda found: stories.stories_of_pair(found, pair(), NOW - 30 * _DAY - REACHES_BACK),
    )
    yield "relation: a year's chart", lambda found: relations.counted_stories_of(found, pair(), year)
    yield "relation: who did what", lambda found: relations.deeds_between(found, pair(), year)
    yield "matrix: all pairs, to be remembered", lambda found: relations.counted_stories(found, NOW - REACHES_BACK)


def _of_words(asked: _Asked) -> Iterator[tuple[str, Callable[[Connection], object]]]:
    def items_with(*ranks: tuple[int, int]) -> Callable[[Connection], object]:
        def ask(found: Connection) -> object:
            typed = read_search(" ".join(f'"{asked.word(*rank)}"' for rank in ranks))
            return search.search_items(found, typed, StoryFilter(), now=NOW, limit=20)

        return ask

    yield "search: items with a frequent word", items_with((0, 20))
    yield "search: items with a rare word", items_with((15_000, 20_000))
    yield "search: items with two frequent words", items_with((0, 20), (0, 20))
    yield "search: items with a frequent and a rare", items_with((0, 20), (15_000, 20_000))
    yield (
        "search: stories with a frequent word",
        lambda found: search.search_stories(found, read_search(f'"{asked.word(0, 20)}"'), StoryFilter(), limit=20),
    )
    yield (
        "search: stories with a word half typed",
        lambda found: search.search_stories(found, read_search(asked.word(500, 2_000)[:3]), StoryFilter(), limit=20),
    )


def _of_the_whole(desk: Desk) -> Iterator[tuple[str, Callable[[Connection], object]]]:
    yield "digest of everything", lambda found: preview(found, desk, _EVERYTHING, "desk", NOW)
    yield "status: counts", overview
    yield "feeds: all 2,000", polls.feed_states
    yield "feeds: a page of 50, and how all do", lambda found: (feeds.list_feeds(found, limit=50), feeds.tally(found))
    yield "items: latest 50", lambda found: items.recent_items(found, limit=50)


def _whole_story(connection: Connection, story_id: str) -> object:
    """What the page of a story reads."""
    found = find_story(connection, story_id[:8])
    assert found is not None
    return (
        reports_of(connection, found.id, limit=50),
        tally_of(connection, found.id),
        life_of(connection, found),
        neighbours_of(connection, found, 3),
    )


def _claim(database: Database) -> Sequence[polls.PollClaim]:
    """A poll's first transaction."""
    with database.write() as connection:
        return polls.claim_due(connection, owner="benchmark", limit=1, lease=dt.timedelta(minutes=5), due_by=NOW + SPAN)


def _commit(database: Database, filled: MadeUpArchive, desk: Desk, numbers: Sequence[int]) -> object:
    """A whole poll's transactions: new entries by these numbers, the first of which tells an event."""
    (held,) = _claim(database)
    feed_id = held.state.feed_id
    fresh = [replace(news(at=NOW, outlet=feed_id, guid=f"new {number}"), feed_id=feed_id) for number in numbers]
    pairs = [filled.busy_pairs[number % len(filled.busy_pairs)] for number in numbers]
    told = [report(EXPELLED, *pair, where=one) for pair, one in zip(pairs, fresh, strict=True)]
    polled = PolledFeed(
        claim=held,
        source=replace(SOURCE, id=feed_id, url=f"https://news.example/{feed_id}"),
        state=FeedState(feed_id=feed_id, next_poll_at=NOW + SPAN),
        fresh=tuple(
            ReadItem(item=one.item, events=(one.event,) if place == 0 else ()) for place, one in enumerate(told)
        ),
    )
    return commit_all(database, [polled], desk, NOW)
