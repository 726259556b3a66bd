"""A web server on a real socket, for tests: over a database of theirs, with the shipped texts."""

import datetime as dt
import http.client
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.classify.matcher import Classifier
from monitor.domain.explanation import StorySeen, TextSeen
from monitor.domain.routing import Watch
from monitor.domain.stories import Story
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.web.access import Access
from monitor.web.app import Pages, create_app
from monitor.web.health import Vitals
from monitor.web.live import Live
from monitor.web.pages.story import REPORTS_SHOWN
from monitor.web.server import serving
from monitor.web.site import Site, Trial
from monitor.worker.explain import Archivist
from tests.databases import open_current
from tests.unit.delivery.books import BOOKS, TAXONOMY

NOW = dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC)
"""A Saturday."""
QUIET = Vitals(loop_age=lambda: 0.0, database_trouble=lambda: None)


def a_site(database: Database, *, watches: tuple[Watch, ...] = (), now: dt.datetime = NOW) -> Site:
    """What pages are shown from, with the clock standing at `now`. Change it with dataclasses.replace."""
    return Site(
        database=database,
        taxonomy=TAXONOMY,
        books=BOOKS,
        watches=watches,
        channels={},
        feeds={},
        paused=frozenset(),
        zone=ZoneInfo("America/Caracas"),
        public_url="",
        version="0.0.0",
        clock=lambda: now,
        trial=Trial(languages={"en": "English", "es": "Español"}, read=_none_is_read),
        explain_story=lambda connection, story: explained(connection, story, watches),
    )


async def _none_is_read(_text: str, _language: str | None) -> TextSeen:
    raise AssertionError("this site reads no texts: give it a trial")


def explained(connection: Connection, story: Story, watches: tuple[Watch, ...]) -> StorySeen:
    """As the worker explains it; nothing is classified for that."""
    archivist = Archivist(connection=connection, taxonomy=TAXONOMY, watches=watches, classifier=no_classifier, feeds={})
    return archivist.story(story, limit=REPORTS_SHOWN)


def no_classifier() -> Classifier:
    raise AssertionError("a page of a story compiles no classifier")


@contextmanager
def empty_database(folder: Path) -> Iterator[Database]:
    database = open_current(f"sqlite:///{folder / 'pages.db'}")
    try:
        yield database
    finally:
        database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Asks a server on a port of this machine."""

    port: int

    def get(self, path: str, **headers: str) -> Answer:
        """GET, with headers given as keywords: accept_language="es"."""
        return self.ask("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return Answer(status=answer.status, headers=answer.headers, text=answer.read().decode())
        finally:
            connection.close()


@contextmanager
def visiting(
    site: Callable[[], Site],
    *,
    access: Access | None = None,
    vitals: Vitals = QUIET,
    hosts: tuple[str, ...] = (),
    live: Live | None = None,
) -> Iterator[Visitor]:
    """A visitor to a server that shows `site`. By default it is served to this machine alone."""
    pages = Pages(site=site, access=access or Access(), live=live or Live())
    app = create_app(vitals=vitals, hosts=hosts, pages=pages)
    with serving(app, host="127.0.0.1", port=0) as port:
        assert port is not None
        try:
            yield Visitor(port)
        finally:
            pages.live.close()
