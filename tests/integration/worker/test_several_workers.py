"""Several daemons that decide at the same moment: what one writes counts for the others, and nobody is told twice (R1)."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import pytest

from monitor.domain.feeds import FeedState
from monitor.domain.routing import Watch
from monitor.domain.stories import StoredEvent
from monitor.storage import events, polls
from monitor.storage.channels import take_turns
from monitor.storage.engine import Database, open_database, try_again
from monitor.storage.stories import recent_stories
from monitor.worker.commit import commit_all
from monitor.worker.digests import tell_digests
from monitor.worker.holding import release_held
from monitor.worker.polled import Committed, PolledFeed, ReadItem
from tests.integration.worker.archive import Archive
from tests.integration.worker.conftest import ON_BOTH_DATABASES
from tests.unit.stories.reports import EXPELLED, NOON, SUMMIT, item, report

pytestmark = ON_BOTH_DATABASES

HOUR = dt.timedelta(hours=1)
WORKERS = 4
EVERYTHING = Watch(id="all", name="Everything", between=(), channels=("desk",))

_WAITING = "SELECT 1 FROM pg_locks WHERE NOT granted"

_T = TypeVar("_T")


@dataclass
class Team:
    """Workers at one database, each with connections of its own, as processes have."""

    archive: Archive
    databases: Sequence[Database]

    def all_at_once(self, work: Callable[[Database], _T]) -> list[_T]:
        """Has each of them do this, all beginning together."""
        together = threading.Barrier(len(self.databases))

        def begin(own: Database) -> _T:
            together.wait()
            return work(own)

        with ThreadPoolExecutor(len(self.databases)) as pool:
            return list(pool.map(begin, self.databases))

    def commit_all_at_once(self, reports: Sequence[StoredEvent]) -> int:
        """Each report is a poll of a feed of its own; returns how many messages came of them all."""
        polled = self._polled(reports)
        shares = {id(own): polled[number :: len(self.databases)] for number, own in enumerate(self.databases)}
        desk = self.archive.desk()

        def work(own: Database) -> list[tuple[Committed | None, ...]]:
            return [try_again(partial(commit_all, own, [poll], desk, NOON)) for poll in shares[id(own)]]

        written = [one for of_worker in self.all_at_once(work) for of_poll in of_worker for one in of_poll]
        assert len(written) == len(reports)
        return sum(one.messages for one in written if one is not None)

    def _polled(self, reports: Sequence[StoredEvent]) -> list[PolledFeed]:
        sources = {one.item.feed_id: replace(self.archive.source, id=one.item.feed_id) for one in reports}
        assert len(sources) == len(reports)
        with self.archive.database.write() as connection:
            polls.sync_feeds(connection, list(sources.values()), NOON)
            claims = polls.claim_due(connection, owner="team", limit=len(sources), lease=HOUR, due_by=None)
        claim_of = {claim.state.feed_id: claim for claim in claims}
        return [
            PolledFeed(
                claim=claim_of[one.item.feed_id],
                source=sources[one.item.feed_id],
                state=FeedState(feed_id=one.item.feed_id, next_poll_at=NOON + HOUR),
                fresh=(ReadItem(item=one.item, events=(one.event,)),),
            )
            for one in reports
        ]


@pytest.fixture
def team(database: Database) -> Iterator[Team]:
    archive = Archive(database, watches=[EVERYTHING])
    address = database.engine.url.render_as_string(hide_password=False)
    with ExitStack() as stack:
        others = [open_database(address) for _ in range(WORKERS - 1)]
        for other in others:
            stack.callback(other.close)
        yield Team(archive=archive, databases=[database, *others])


def told_by(number: int) -> StoredEvent:
    """The same event, as outlets of different names and feeds report it."""
    where = item(outlet=f"Post {number}", at=NOON, guid=f"{number}")
    return report(EXPELLED, "CHL", "VEN", where=replace(where, feed_id=f"feed-{number}"))


def summit_of(source: str, target: str) -> StoredEvent:
    """News of a pair, not so grave that it passes a limit."""
    return report(SUMMIT, source, target, where=item(at=NOON, guid=source))


def test_given_a_hundred_feeds_with_one_event_when_four_workers_commit_at_once_then_one_story_and_one_alert(
    team: Team,
) -> None:
    reports = [told_by(number) for number in range(100)]
    assert team.commit_all_at_once(reports) == 1
    with team.archive.database.read() as connection:
        (story,) = recent_stories(connection, limit=9)
        linked = events.events_of_story(connection, story.id)
    assert {one.stored.id for one in linked} == {one.id for one in reports}
    assert len(story.publishers) == 100
    assert len(team.archive.messages()) == 1


def test_given_one_entry_in_many_feeds_when_workers_commit_at_once_then_it_is_stored_and_told_once(
    team: Team,
) -> None:
    first = told_by(0)
    copies = [replace(first, item=replace(first.item, feed_id=f"feed-{number}")) for number in range(12)]
    assert team.commit_all_at_once(copies) == 1
    with team.archive.database.read() as connection:
        assert len(events.recent_events(connection, limit=9)) == 1


def test_given_a_watch_that_wants_four_publishers_when_they_come_at_once_then_it_is_told_once(team: Team) -> None:
    team.archive.watches = [replace(EVERYTHING, min_publishers=WORKERS)]
    assert team.commit_all_at_once([told_by(number) for number in range(8)]) == 1


def test_given_a_watch_with_an_hourly_limit_when_pairs_make_news_at_once_then_the_limit_holds_across_workers(
    team: Team,
) -> None:
    team.archive.watches = [replace(EVERYTHING, at_most_per_hour=2)]
    # No two have a side in common: those that have wait for each other anyway.
    pairs = (("BOL", "COL"), ("ECU", "PER"), ("PRY", "URY"), ("GUY", "SUR"), ("FJI", "TON"), ("WSM", "KIR"))
    reports = [summit_of(*pair) for pair in pairs]
    in_feeds_of_their_own = [replace(one, item=replace(one.item, feed_id=f"feed-{one.id}")) for one in reports]
    assert team.commit_all_at_once(in_feeds_of_their_own) == 2


def test_given_alerts_that_waited_when_workers_release_them_at_once_then_they_are_told_once(team: Team) -> None:
    team.archive.watches = [replace(EVERYTHING, at_most_per_hour=1)]
    for pair in (("BOL", "COL"), ("ECU", "PER"), ("PRY", "URY")):
        team.archive.commit(summit_of(*pair), now=NOON)
    assert len(team.archive.messages()) == 1
    later = NOON + 2 * HOUR
    assert sum(team.all_at_once(lambda own: release_held(own, team.archive.desk(), later))) == 1
    assert len(team.archive.messages()) == 2


def test_given_an_hourly_limit_when_another_worker_counts_then_what_waited_is_released_after_it(team: Team) -> None:
    team.archive.watches = [replace(EVERYTHING, at_most_per_hour=1)]
    for pair in (("BOL", "COL"), ("ECU", "PER")):
        team.archive.commit(summit_of(*pair), now=NOON)
    desk, counting, releasing = team.archive.desk(), team.archive.database, team.databases[1]
    with ThreadPoolExecutor(1) as pool:
        with counting.write() as connection:
            take_turns(connection, EVERYTHING.channels)
            released = pool.submit(release_held, releasing, desk, NOON + 2 * HOUR)
            # PostgreSQL says who waits; the threads of a file queue before they ask it anything.
            while counting.is_shared and connection.exec_driver_sql(_WAITING).first() is None:
                assert not released.done()
            assert not released.done()
        assert released.result() == 1


def test_given_a_digest_that_is_due_when_workers_tell_it_at_once_then_it_is_told_once(team: Team) -> None:
    team.archive.watches = [replace(EVERYTHING, digest=(dt.time(18),), at_once=None)]
    desk = team.archive.desk()
    tell_digests(team.archive.database, desk, NOON)
    team.archive.commit(report(SUMMIT, "CHL", "BOL", where=item(at=NOON + HOUR)))
    evening = NOON.replace(hour=18)
    assert sum(team.all_at_once(lambda own: tell_digests(own, desk, evening))) == 1
    assert len(team.archive.messages()) == 1
