"""A newsroom in small: a publisher, a receiver, a database with tables, and children with the shipped classifier."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor.delivery.channel import build
from monitor.domain.delivery import ChannelSpec
from monitor.domain.documents import TomlDocument
from monitor.domain.feeds import FeedSource, FirstPoll, ParsedFeed
from monitor.domain.routing import Watch
from monitor.domain.taxonomy import Severity
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import HostGate
from monitor.feeds.sample import read_sample
from monitor.outbound.client import HttpClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.channels import reread
from monitor.settings.documents import read_documents
from monitor.settings.starter import starter_folder
from monitor.settings.toml import read_toml
from monitor.storage import polls
from monitor.storage.engine import Database, open_database
from monitor.stories.corrections import Corrections
from monitor.worker.articles import Articles
from monitor.worker.calls import ClassifierSource
from monitor.worker.desk import Desk
from monitor.worker.dispatch import Dispatcher
from monitor.worker.jobs import Jobs
from monitor.worker.poll import Poller, PollReport
from monitor.worker.switchboard import Switchboard
from tests.databases import open_current
from tests.integration.delivery.sink import ways
from tests.integration.worker.servers import Publisher, Receiver, publisher, receiver

WORKER = "test-worker"

# For modules and tests in which it matters that another daemon may be at work; the others have SQLite alone.
ON_BOTH_DATABASES = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass
class Newsroom:
    """What a test works with. `source` and `channel` configure; `staff` brings the people."""

    database: Database
    classifier: ClassifierSource
    jobs: Jobs
    publisher: Publisher
    receiver: Receiver
    channels: dict[str, ChannelSpec] = field(default_factory=dict)
    sample: ParsedFeed | None = None
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
            channels = Switchboard(
                self.channels.values(),
                reread=lambda spec: reread(spec, environ={}, folder=Path()),
                build=lambda spec: build(spec, ways(client)),
            )
            yield Staff(room=self, client=client, channels=channels)


@dataclass
class Staff:
    """Who works in the newsroom, over one open client."""

    room: Newsroom
    client: HttpClient
    channels: Switchboard

    def __post_init__(self) -> None:
        self.appoint()

    def appoint(self, jobs: Jobs | None = None, patience: dt.timedelta = dt.timedelta(seconds=20)) -> None:
        """Brings a new poller and dispatcher, as a restart does; `jobs` may be children of the test's own.

        `patience` is for articles.
        """
        watch = Watch(
            id="everything",
            name="Everything",
            between=(),
            channels=tuple(self.channels),
            min_severity=Severity.ROUTINE,
        )
        self.desk = Desk(
            taxonomy=self.room.classifier.taxonomy,
            watches=(watch,) if self.channels else (),
            channels=self.channels,
            max_age=dt.timedelta(hours=48),
            operator=tuple(self.channels)[-1:],
            public_url="https://monitor.example/",
            corrections=Corrections(["corrected", "fe de erratas"]),
        )
        jobs = jobs or self.room.jobs
        gate = HostGate(dt.timedelta(0), 4)
        articles = Articles(
            database=self.room.database,
            client=self.client,
            jobs=jobs,
            gate=gate,
            desk=self.desk,
            limits=FetchLimits(),
            patience=patience,
            clock=utc_now,
        )
        self.poller = Poller(
            database=self.room.database,
            client=self.client,
            jobs=jobs,
            gate=gate,
            desk=self.desk,
            limits=FetchLimits(),
            concurrency=4,
            sample=self.room.sample,
            articles=articles,
            clock=utc_now,
        )
        self.dispatcher = Dispatcher(
            database=self.room.database,
            channels=self.channels,
            operator=tuple(self.channels)[-1:],
            schedule=self.room.schedule,
            owner=WORKER,
            clock=utc_now,
            renew=self.channels.renew,
        )

    def claim(self, source: FeedSource, owner: str = WORKER) -> polls.PollClaim:
        ((_, claim),) = self.claim_all([source], owner)
        return claim

    def claim_all(self, sources: Sequence[FeedSource], owner: str = WORKER) -> list[tuple[FeedSource, polls.PollClaim]]:
        by_id = {source.id: source for source in sources}
        with self.room.database.write() as connection:
            polls.sync_feeds(connection, sources, utc_now())
            claims = polls.claim_due(
                connection, owner=owner, limit=len(sources), lease=dt.timedelta(minutes=5), due_by=None, only=by_id
            )
        assert len(claims) == len(sources)
        return [(by_id[claim.state.feed_id], claim) for claim in claims]

    async def poll(self, source: FeedSource) -> PollReport:
        return await self.poller.poll(source, self.claim(source))


@pytest.fixture(scope="session")
def classifier() -> ClassifierSource:
    """What the shipped classifier is compiled from."""
    documents, findings = read_documents()
    assert not findings
    return ClassifierSource(
        taxonomy=documents.taxonomy,
        languages=documents.languages,
        patterns=documents.patterns,
        actors=documents.actors,
    )


@pytest.fixture(scope="session")
def jobs(classifier: ClassifierSource) -> Iterator[Jobs]:
    """One child for all tests: compiling takes most of a second."""
    children = Jobs(classifier, children=1, parse_limit=dt.timedelta(seconds=5))
    yield children
    asyncio.run(children.close())


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with current tables and nothing in them."""
    match getattr(request, "param", "sqlite"):
        case "postgresql":
            opened = open_database(request.getfixturevalue("postgresql_url"))
        case _:
            opened = open_current(f"sqlite:///{tmp_path / 'monitor.db'}")
    yield opened
    opened.close()


@pytest.fixture
def newsroom(database: Database, classifier: ClassifierSource, jobs: Jobs) -> Iterator[Newsroom]:
    sample = read_toml(starter_folder() / "sample" / "newswire.toml")
    assert isinstance(sample, TomlDocument)
    with publisher() as wire, receiver() as desk:
        yield Newsroom(
            database=database,
            classifier=classifier,
            jobs=jobs,
            publisher=wire,
            receiver=desk,
            sample=read_sample(sample, utc_now()),
        )
