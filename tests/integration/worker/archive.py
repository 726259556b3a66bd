"""An archive that reports are committed to one by one, on a clock of the test's own, without feeds or a classifier."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from monitor.delivery.channel import build
from monitor.domain.delivery import ChannelSpec
from monitor.domain.feeds import FeedSource, FeedState
from monitor.domain.routing import Silence, Watch
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import Taxonomy
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.storage import outbox, polls, silences
from monitor.storage.engine import Database
from monitor.storage.outbox import StoredMessage
from monitor.worker.commit import commit_all
from monitor.worker.desk import Desk
from monitor.worker.polled import PolledFeed, ReadItem
from tests.databases import open_current
from tests.integration.delivery.sink import ways
from tests.unit.stories.reports import KINDS, SOURCE

_LEASE = dt.timedelta(hours=1)


@contextmanager
def open_archive(folder: Path) -> Iterator["Archive"]:
    """A new one in this folder."""
    database = open_current(f"sqlite:///{folder / 'monitor.db'}")
    try:
        yield Archive(database)
    finally:
        database.close()


@dataclass
class Archive:
    """A database and a desk. Webhooks are the channels; nothing is ever sent."""

    database: Database
    watches: Sequence[Watch] = ()
    channels: Sequence[str] = ("desk",)
    source: FeedSource = field(default_factory=lambda: replace(SOURCE, tags=frozenset()))

    def desk(self) -> Desk:
        outside = ways(HttpClient(AddressPolicy(), "relation-monitor/test"))
        specs = [
            ChannelSpec(id=name, kind="webhook", options={"url": f"http://127.0.0.1:9/{name}"})
            for name in self.channels
        ]
        return Desk(
            taxonomy=Taxonomy(KINDS),
            watches=tuple(self.watches),
            channels={spec.id: build(spec, outside) for spec in specs},
            max_age=dt.timedelta(hours=48),
        )

    def commit(self, *reports: StoredEvent, baseline: bool = False, now: dt.datetime | None = None) -> int:
        """Commits a poll that brought these reports; returns how many messages came of it."""
        read = tuple(ReadItem(item=report.item, events=(report.event,)) for report in reports)
        return self._write(now or max(report.item.seen_at for report in reports), fresh=read, baseline=baseline)

    def edit(self, report: StoredEvent, now: dt.datetime) -> int:
        """Commits a poll in which an item, stored already, says this in place of what it said."""
        return self._write(now, edited=(ReadItem(item=report.item, events=(report.event,)),))

    def _write(self, at: dt.datetime, **found: Any) -> int:
        with self.database.write() as connection:
            polls.sync_feeds(connection, [self.source], at)
            (claim,) = polls.claim_due(
                connection, owner="test", limit=1, lease=_LEASE, due_by=None, only=[self.source.id]
            )
        state = FeedState(feed_id=self.source.id, next_poll_at=at)
        polled = PolledFeed(claim=claim, source=self.source, state=state, **found)
        (written,) = commit_all(self.database, [polled], self.desk(), at)
        assert written is not None
        return written.messages

    def messages(self) -> list[StoredMessage]:
        """The outbox, the latest first."""
        with self.database.read() as connection:
            return list(outbox.messages(connection, limit=100))

    def silences(self, *reports: StoredEvent) -> list[Silence]:
        with self.database.read() as connection:
            return list(silences.silences_of(connection, [report.id for report in reports]))
