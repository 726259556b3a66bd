"""Every place that the web server answers, asked of the application itself, so that a new one is tried by itself."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import BaseRoute, Mount, Route

from monitor.domain.routing import Watch
from monitor.storage.engine import Database
from monitor.web.access import Access
from monitor.web.app import Pages, routes
from monitor.web.site import Site
from tests.databases import open_current
from tests.integration.web.hostile import ATTACK, PLACES, fill
from tests.unit.storage.examples import source
from tests.unit.web.exhibits import QUIET, Visitor, a_site, visiting

TOKEN = "a-token-that-nobody-guesses-4711"
PASSWORD = "sesame-of-the-feed"
OPEN = ("/healthz", "/readyz", "/sign-in")
"""What anybody may ask, by what S8 and docs/pages.md say; and whatever stands under /static."""
TAKES_POST = ("/sign-in", "/try")
_QUERIES = {
    "/search": "q=canary",
    "/live": "days=1",
    "/sign-in": "next=/",
}
"""What makes a place show something; the others show it by themselves."""
_ENDLESS = ("/live",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place with the methods that it takes. `path` has what stands for its parts; `written` is how the route has it."""

    written: str
    path: str
    methods: frozenset[str]

    @property
    def is_open(self) -> bool:
        return self.written in OPEN

    @property
    def is_endless(self) -> bool:
        """Whether an answer goes on until somebody hangs up."""
        return self.written in _ENDLESS


def hostile_site(database: Database) -> Site:
    """What is shown of an archive whose every text is an attack, by a configuration whose names are, too."""
    feed = source(title=ATTACK, publisher=ATTACK, group=ATTACK, url=f"https://desk:{PASSWORD}@news.example/{ATTACK}")
    watch = Watch(id="envoys", name=ATTACK, between=(), channels=("desk",))
    return replace(a_site(database, watches=(watch,)), feeds={feed.id: feed}, channels={"desk": "slack"})


@contextmanager
def hostile_database(folder: Path) -> Iterator[Database]:
    database = open_current(f"sqlite:///{folder / 'hostile.db'}")
    try:
        fill(database)
        yield database
    finally:
        database.close()


@contextmanager
def served(site: Site, access: Access | None = None, hosts: tuple[str, ...] = ()) -> Iterator[Visitor]:
    """A visitor; where there is a token, one that doesn't show it by itself."""
    with visiting(lambda: site, access=access or Access(token=TOKEN), hosts=hosts) as visitor:
        yield visitor


def places(site: Site) -> tuple[Place, ...]:
    """All of them, those of the API and every format of what comes in several among them."""
    everything = routes(QUIET, Pages(site=lambda: site, access=Access(token=TOKEN)))
    found = {one.written: one for one in _places(everything)}
    with visiting(lambda: site) as visitor:
        answer = visitor.get("/api/openapi.json")
        described = json.loads(answer.text)["paths"] if answer.status == 200 else {}
    for path, operations in described.items():
        written = path if path.startswith("/api") else f"/api{path}"
        found[written] = _place(written, {method.upper() for method in operations} | {"HEAD"})
    return tuple(found.values())


def _places(found: Sequence[BaseRoute], above: str = "") -> Iterator[Place]:
    merged: dict[str, set[str]] = {}
    for one in found:
        if isinstance(one, Route):
            merged.setdefault(above + one.path, set()).update(one.methods or ())
        else:
            assert isinstance(one, Mount), f"{one!r} is served, and nothing here knows how to ask for it"
            yield from _places(one.routes, above + one.path)
    for path, methods in merged.items():
        yield _place(path, methods)


def _place(written: str, methods: Iterable[str]) -> Place:
    def filled(part: re.Match[str]) -> str:
        name = part[1].partition(":")[0]
        assert name in PLACES, f"say in hostile.PLACES what stands for {{{name}}} of {written}"
        return PLACES[name]

    path = re.sub(r"\{([^}]+)\}", filled, written)
    query = _QUERIES.get(written)
    return Place(written=written, path=f"{path}?{query}" if query else path, methods=frozenset(methods))
