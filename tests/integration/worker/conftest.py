"""A newsroom in small: a publisher, a receiver, a database with tables, and children with the shipped classifier."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor.delivery.channel import Channel, build
from monitor.domain.delivery import ChannelSpec
from monitor.domain.feeds import FeedSource, FirstPoll
from monitor.domain.routing import Watch
from monitor.domain.taxonomy import Severity, Taxonomy
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.documents import read_documents
from monitor.storage import polls, schema
from monitor.storage.engine import Database, open_database
from monitor.worker.commit import Desk
from monitor.worker.dispatch import Dispatcher
from monitor.worker.jobs import ClassifierSource, Jobs
from monitor.worker.poll import Poller, PollReport
from tests.integration.worker.servers import Publisher, Receiver, publisher, receiver

WORKER = "test-worker"


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass
class Newsroom:
    """What a test works with. `source` and `channel` configure; `staff` brings the people."""

    database: Database
    jobs: Jobs
    taxonomy: Taxonomy
    publisher: Publisher
    receiver: Receiver
    channels: dict[str, ChannelSpec] = field(default_factory=dict)
    schedule: tuple[dt.timedelta, ...] = (dt.timedelta(0),) * 4

    def source(self, path: str = "/feed", first_poll: FirstPoll = FirstPoll.ALERT) -> FeedSource:
        return FeedSource(
            id=path.strip("/"),
            url=self.publisher.url(path),
            title=f"Wire {path}",
            poll_every=dt.timedelta(minutes=5),
            language="en",
            first_poll=first_poll,
        )

    def hook(self, path: str) -> None:
        """Adds a webhook channel named like its path at the receiver."""
        name = path.strip("/")
        self.channels[name] = ChannelSpec(id=name, kind="webhook", options={"url": self.receiver.url(path)})

    def play(self, scenario: Callable[["Staff"], Coroutine[Any, Any, None]]) -> None:
        """Runs a scenario with people in the room."""

        async def run() -> None:
            async with self.staff() as staff:
                await scenario(staff)

        asyncio.run(run())

    @asynccontextmanager
    async def staff(self) -> AsyncIterator["Staff"]:
        policy = AddressPolicy.parse(["127.0.0.0/8"])
        async with HttpClient(policy, "relation-monitor/test") as client:
            channels = {name: build(spec, client) for name, spec in self.channels.items()}
            yield Staff(room=self, client=client, channels=channels)


@dataclass
class Staff:
    """Who works in the newsroom, over one open client."""

    room: Newsroom
    client: HttpClient
    channels: dict[str, Channel]

    def __post_init__(self) -> None:
        self.appoint()

    def appoint(self) -> None:
        """Brings a new poller and dispatcher, as a restart does."""
        watch = Watch(
            id="everything",
            name="Everything",
            between=(),
            channels=tuple(self.channels),
            min_severity=Severity.ROUTINE,
        )
        self.desk = Desk(
            taxonomy=self.room.taxonomy,
            watches=(watch,) if self.channels else (),
            channels=self.channels,
            max_age=dt.timedelta(hours=48),
        )
        self.poller = Poller(
            database=self.room.database,
            client=self.client,
            jobs=self.room.jobs,
            gate=HostGate(dt.timedelta(0), 4),
            desk=self.desk,
            limits=FetchLimits(),
            sample=None,
            clock=utc_now,
        )
        self.dispatcher = Dispatcher(
            database=self.room.database,
            channels=self.channels,
            operator=tuple(self.channels)[-1:],
            schedule=self.room.schedule,
            owner=WORKER,
            clock=utc_now,
        )

    def claim(self, source: FeedSource, owner: str = WORKER) -> polls.PollClaim:
        with self.room.database.write() as connection:
            polls.sync_feeds(connection, [source], utc_now())
            (claim,) = polls.claim_due(
                connection, owner=owner, limit=1, lease=dt.timedelta(minutes=5), due_by=None, only=[source.id]
            )
        return claim

    async def poll(self, source: FeedSource) -> PollReport:
        return await self.poller.poll(source, self.claim(source))


@pytest.fixture(scope="session")
def children() -> Iterator[tuple[Jobs, Taxonomy]]:
    """One child with the shipped classifier, for all tests: compiling takes most of a second."""
    documents, findings = read_documents()
    assert not findings
    source = ClassifierSource(
        taxonomy=documents.taxonomy,
        languages=documents.languages,
        patterns=documents.patterns,
        actors=documents.actors,
    )
    jobs = Jobs(source, children=1, parse_limit=dt.timedelta(seconds=5))
    yield jobs, documents.taxonomy
    asyncio.run(jobs.close())


@pytest.fixture
def newsroom(tmp_path: Path, children: tuple[Jobs, Taxonomy]) -> Iterator[Newsroom]:
    jobs, taxonomy = children
    database = open_database(f"sqlite:///{tmp_path / 'monitor.db'}")
    try:
        schema.upgrade(database)
        with publisher() as wire, receiver() as desk:
            yield Newsroom(database=database, jobs=jobs, taxonomy=taxonomy, publisher=wire, receiver=desk)
    finally:
        database.close()
