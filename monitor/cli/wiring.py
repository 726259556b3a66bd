"""Puts the rooms together for the two commands that poll and send: `relmon run` and `relmon poll`.

What is configured goes in, what works comes out; what is done with it is the worker's.
"""

import asyncio
import datetime as dt
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

import structlog

from monitor import __version__
from monitor.delivery.channel import Channel, build, check_spec, template_problems
from monitor.delivery.phrasebook import PhrasebooksRead, compile_phrasebooks
from monitor.delivery.ways import Ways
from monitor.domain.delivery import ChannelSpec
from monitor.domain.documents import Finding
from monitor.domain.errors import ConfigurationError, DatabaseUnavailable
from monitor.domain.feeds import FeedSource
from monitor.domain.routing import Watch
from monitor.feeds.fetch import FetchLimits
from monitor.feeds.hosts import Booking, HostGate
from monitor.feeds.outage import NetworkWatch
from monitor.feeds.page_text import EXTRA, can_extract
from monitor.feeds.sample import read_sample
from monitor.outbound.client import HttpClient, trusted_authorities
from monitor.outbound.mail import MailClient
from monitor.outbound.policy import AddressPolicy
from monitor.settings.channels import reread
from monitor.settings.documents import Documents
from monitor.settings.files import Loaded
from monitor.storage import schema, workers
from monitor.storage.backup import upgrade_after_copy
from monitor.storage.engine import Database, is_file, open_database
from monitor.storage.lock import daemon_lock
from monitor.storage.schema import SchemaState
from monitor.stories.corrections import Corrections
from monitor.stories.corroborate import Voices
from monitor.stories.gather import Gatherer
from monitor.worker.articles import Articles
from monitor.worker.calls import ClassifierSource
from monitor.worker.desk import Desk
from monitor.worker.dispatch import Dispatcher
from monitor.worker.jobs import Jobs
from monitor.worker.poll import Poller
from monitor.worker.switchboard import Switchboard
from monitor.worker.takeover import take_over
from monitor.worker.upkeep import Retention
from monitor.worker.what_if import WhatIf

log = structlog.get_logger()

USER_AGENT = f"relation-monitor/{__version__}"
_WAIT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Everything that polls and sends, ready to work on one database. `owner` is the name on its leases."""

    database: Database
    jobs: Jobs
    gate: HostGate
    network: NetworkWatch
    poller: Poller
    dispatcher: Dispatcher
    channels: Mapping[str, Channel]
    desk: Desk
    owner: str


def phrasebooks(loaded: Loaded) -> PhrasebooksRead:
    """The texts of alerts in each language, and what is wrong with them."""
    documents = loaded.documents
    return compile_phrasebooks(loaded.messages, documents.actors, documents.taxonomy)


def ways(loaded: Loaded, http: HttpClient) -> Ways:
    """What channels are built with: the ways out, under the exceptions that the settings make, and the texts.

    Raises ConfigurationError where a text is missing.
    """
    settings, read = loaded.settings, phrasebooks(loaded)
    if read.findings:
        raise ConfigurationError(read.findings)
    return Ways(
        http=http,
        mail=MailClient(AddressPolicy.parse(settings.outbound.allow_smtp)),
        policy=AddressPolicy.parse(settings.outbound.allow_webhooks),
        books=read.books,
    )


def classifier_source(documents: Documents) -> ClassifierSource:
    """What the children compile the classifier from."""
    return ClassifierSource(
        taxonomy=documents.taxonomy,
        languages=documents.languages,
        patterns=documents.patterns,
        actors=documents.actors,
    )


def desk_of(loaded: Loaded, channels: Mapping[str, Channel]) -> Desk:
    """What the configuration makes of a report, told over these channels."""
    settings = loaded.settings
    return Desk(
        taxonomy=loaded.taxonomy,
        watches=loaded.watches,
        channels=channels,
        max_age=settings.alerts.max_age,
        burst=settings.alerts.situation_stories,
        operator=tuple(settings.operator.channels),
        voices=Voices(loaded.documents.publishers),
        corrections=Corrections(
            mark for language in loaded.documents.languages for mark in language.data.get("correction_marks", ())
        ),
        public_url=settings.web.public_url,
        severities=loaded.settings.severity.table,
    )


def gatherer_of(loaded: Loaded) -> Gatherer:
    """What takes reports into stories, as the configuration has it."""
    voices = Voices(loaded.documents.publishers)
    return Gatherer(taxonomy=loaded.taxonomy, voices=voices, severities=loaded.settings.severity.table)


def what_if_of(loaded: Loaded, watches: tuple[Watch, ...], now: dt.datetime) -> WhatIf:
    """What would become of a text for these watches, as the configuration has it."""
    return WhatIf(
        taxonomy=loaded.taxonomy,
        gatherer=gatherer_of(loaded),
        watches=watches,
        channel_kinds={name: str(entry.values.get("kind")) for name, entry in loaded.channel_entries.items()},
        max_age=loaded.settings.alerts.max_age,
        now=now,
    )


def retention_of(loaded: Loaded) -> Retention:
    """How long the configuration has things kept."""
    given = loaded.settings.retention
    return Retention(items_without_events=given.items_without_events, events=given.events, deliveries=given.deliveries)


def utc_now() -> dt.datetime:
    """The clock of the commands."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def owned_database(url: str, *, upgrade: SchemaState, patience: dt.timedelta = dt.timedelta()) -> Iterator[Database]:
    """The database behind the daemon's lock, with current tables.

    An empty one gets its tables; an older one is upgraded only where `upgrade` says OLDER, since there is no way back
    but a copy. Of an SQLite file one is made first. A server that can't be reached is waited for, `patience` long;
    a file won't come by itself.

    Raises:
        DatabaseInUse: another daemon owns it.
        CopyFailed: its tables are older, and it could not be copied.
        DatabaseUnavailable: it can't be opened or written.
        SchemaMismatch: its tables are older or newer than this version.
    """
    database = _opened(url, patience)
    try:
        with daemon_lock(database.path):
            if schema.state(database) in (SchemaState.EMPTY, upgrade):
                upgrade_after_copy(database, utc_now())
            schema.require_current(database)
            yield database
    finally:
        database.close()


def _opened(url: str, patience: dt.timedelta) -> Database:
    until = time.monotonic() + patience.total_seconds()
    while True:
        try:
            return open_database(url)
        except DatabaseUnavailable as error:
            if is_file(url) or time.monotonic() > until:
                raise
            log.warning("database_waited_for", error=str(error))
            time.sleep(_WAIT_S)


@asynccontextmanager
async def crew(
    loaded: Loaded,
    database: Database,
    *,
    feeds: Sequence[FeedSource],
    spacing: dt.timedelta,
    concurrency: int,
    allow_feeds: Sequence[str],
    jobs: Jobs | None = None,
    former: Crew | None = None,
) -> AsyncIterator[Crew]:
    """Builds the crew for `feeds`, and takes the database over. Its children start when there is work for them.

    Children that are given as `jobs` stay whoever's they are. One that relieves a `former` crew works under its name, and
    leaves the database alone: whoever has the two change over writes there.

    Raises:
        ConfigurationError: a channel's options or the sample newswire hold mistakes; it lists them.
        DatabaseUnavailable: the database can't be written.
    """
    settings = loaded.settings
    require_channels(loaded, loaded.channels)
    async with AsyncExitStack() as stack:
        if jobs is None:
            jobs = children_for(loaded)
            stack.push_async_callback(jobs.close)
        tls = trusted_authorities()
        for_feeds = await stack.enter_async_context(HttpClient(AddressPolicy.parse(allow_feeds), USER_AGENT, tls))
        for_channels = await stack.enter_async_context(
            HttpClient(AddressPolicy.parse(settings.outbound.allow_webhooks, setting="allow_webhooks"), USER_AGENT, tls)
        )
        outside = ways(loaded, for_channels)
        channels = Switchboard(
            loaded.channels,
            reread=lambda spec: reread(spec, environ=os.environ, folder=loaded.location.folder),
            build=lambda spec: build(spec, outside),
        )
        gate, network = HostGate(spacing, settings.poll.host_concurrency, _booking(database)), NetworkWatch()
        if former is not None:
            network = former.network
            # Requests of polls that go on count for the same hosts.
            gate = former.gate if former.gate.keeps(spacing, settings.poll.host_concurrency) else gate
        limits = FetchLimits(time_limit=settings.poll.time_limit, max_bytes=settings.poll.max_body)
        desk = desk_of(loaded, channels)
        articles = Articles(
            database=database,
            client=for_feeds,
            jobs=jobs,
            gate=gate,
            desk=desk,
            limits=limits,
            patience=settings.poll.article_patience,
            clock=utc_now,
        )
        if former is None:
            await asyncio.to_thread(take_over, database, feeds=feeds, channels=channels, now=utc_now())
        owner = former.owner if former is not None else _new_owner()
        yield Crew(
            database=database,
            jobs=jobs,
            gate=gate,
            network=network,
            poller=Poller(
                database=database,
                client=for_feeds,
                jobs=jobs,
                gate=gate,
                desk=desk,
                limits=limits,
                concurrency=concurrency,
                articles=articles if _can_read_articles(feeds) else None,
                sample=read_sample(loaded.sample, utc_now()) if any(feed.is_sample for feed in feeds) else None,
                clock=utc_now,
                network=network,
            ),
            dispatcher=Dispatcher(
                database=database,
                channels=channels,
                operator=settings.operator.channels,
                schedule=settings.delivery.retry,
                owner=owner,
                clock=utc_now,
                renew=channels.renew,
            ),
            channels=channels,
            desk=desk,
            owner=owner,
        )


def children_for(loaded: Loaded) -> Jobs:
    """The children that read documents and classify by this configuration. They start when there is work for them."""
    poll = loaded.settings.poll
    return Jobs(classifier_source(loaded.documents), children=poll.children, parse_limit=poll.parse_limit)


def _new_owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def _booking(database: Database) -> Booking | None:
    """Keeps hosts' turns in the database, where other daemons ask the same hosts."""

    def take(host: str, spacing: dt.timedelta) -> dt.timedelta:
        with database.write() as connection:
            return workers.take_turn(connection, host, spacing)

    async def book(host: str, spacing: dt.timedelta) -> dt.timedelta:
        return await asyncio.to_thread(take, host, spacing)

    return book if database.is_shared else None


def _can_read_articles(feeds: Sequence[FeedSource]) -> bool:
    """Whether the package that reads articles is installed; where a feed asks for them and it isn't, that is logged."""
    if can_extract():
        return True
    if asking := sum(feed.article_text for feed in feeds):
        log.warning("articles_not_read", feeds=asking, what_to_do=f"install relation-monitor[{EXTRA}]")
    return False


def require_channels(loaded: Loaded, specs: Sequence[ChannelSpec]) -> None:
    """Raises ConfigurationError where the options of these channels hold mistakes; it lists them."""
    findings = tuple(finding for spec in specs for finding in _channel_findings(loaded, spec))
    if findings:
        raise ConfigurationError(findings)


def _channel_findings(loaded: Loaded, spec: ChannelSpec) -> Iterator[Finding]:
    entry = loaded.channel_entries[spec.id]
    for option, sentence in check_spec(spec):
        yield entry.finding((option,) if option else (), f'channel "{spec.id}": {sentence}')
    yield from template_problems(spec)
