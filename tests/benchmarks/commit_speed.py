"""How long the poll's transaction takes: polls of new feeds, without fetching, parsing or classifying. Judges nothing.

    python -m tests.benchmarks.commit_speed --feeds 500

Each feed brings 30 entries, of which 20 tell an event between two of 40 states, so that many join a story that stands; names
and segments of documents are left out.
*baseline* are first polls, which tell nobody; *told* are polls of which a watch hears everything. CPU milliseconds of this
process for each feed, by quarters: a quarter that costs more than the one before shows what grows with what is stored.
"""

import argparse
import datetime as dt
import itertools
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from monitor.domain.feeds import FeedSource, FeedState
from monitor.domain.routing import Watch
from monitor.domain.taxonomy import Severity
from monitor.storage import polls
from monitor.worker.commit import commit_all
from monitor.worker.polled import PolledFeed, ReadItem
from tests.integration.worker.archive import Archive, open_archive
from tests.unit.stories.reports import KINDS, NOON, SOURCE, STRUCK, item, report

ENTRIES = 30
EVENTS = 20
FEEDS_AT_ONCE = 30
STATES = [f"{first}{second}X" for first in "ABCDE" for second in "KLMNOPQR"]
EVERYTHING = Watch(id="all", name="Everything", between=(), channels=("desk",), min_severity=Severity.ROUTINE)


def main() -> None:
    """Measures and prints."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--feeds", type=int, default=500)
    count = options.parse_args().feeds
    for name, is_baseline in (("baseline", True), ("told", False)):
        with tempfile.TemporaryDirectory() as folder, open_archive(Path(folder)) as archive:
            archive.watches = [EVERYTHING]
            spent = list(commit_feeds(archive, count, baseline=is_baseline))
        quarter = max(len(spent) // 4, 1)
        parts = [sum(spent[start : start + quarter]) / quarter for start in range(0, quarter * 4, quarter)]
        shown = " ".join(f"{part * 1000:6.1f}" for part in parts)
        print(f"{name:9} {sum(spent) / len(spent) * 1000:6.1f} ms a feed; by quarters {shown}", flush=True)


def commit_feeds(archive: Archive, count: int, *, baseline: bool) -> Iterator[float]:
    """CPU seconds of each feed, as its share of the transaction that it was in."""
    sources = [replace(SOURCE, id=f"feed-{one}", url=f"https://news.example/{one}") for one in range(count)]
    with archive.database.write() as connection:
        polls.sync_feeds(connection, sources, NOON)
    desk = archive.desk()
    luck = random.Random(7)  # noqa: S311 - the same polls in every run
    for start in range(0, count, FEEDS_AT_ONCE):
        polled = first_polls(archive, sources[start : start + FEEDS_AT_ONCE], luck, baseline=baseline)
        started = time.process_time()
        commit_all(archive.database, polled, desk, NOON)
        yield from [(time.process_time() - started) / len(polled)] * len(polled)


def first_polls(
    archive: Archive, sources: Sequence[FeedSource], luck: random.Random, *, baseline: bool
) -> list[PolledFeed]:
    """What these feeds' documents hold, ready to be written."""
    with archive.database.write() as connection:
        claims = polls.claim_due(
            connection,
            owner="benchmark",
            limit=len(sources),
            lease=dt.timedelta(hours=1),
            due_by=None,
            only=[source.id for source in sources],
        )
    by_id = {source.id: source for source in sources}
    return [
        PolledFeed(
            claim=claim,
            source=by_id[claim.state.feed_id],
            state=FeedState(feed_id=claim.state.feed_id, next_poll_at=NOON),
            fresh=tuple(itertools.starmap(read_item, ((claim.state.feed_id, one, luck) for one in range(ENTRIES)))),
            baseline=baseline,
        )
        for claim in claims
    ]


def read_item(feed_id: str, number: int, luck: random.Random) -> ReadItem:
    """An entry of a feed, and the event that was read in it, if any."""
    where = replace(
        item(outlet=feed_id, at=NOON - number * dt.timedelta(minutes=20), guid=f"{feed_id} {number}"), feed_id=feed_id
    )
    kinds = [kind for kind in KINDS.values() if kind is not STRUCK]
    told = report(luck.choice(kinds), *luck.sample(STATES, 2), where=where)
    return ReadItem(item=where, events=(told.event,) if number < EVENTS else ())


if __name__ == "__main__":
    main()
