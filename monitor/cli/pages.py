"""The pages as the configuration has them: what they show, and who may see them.

Comes between the settings and the web server; `relmon check` asks the same for its findings.
"""

import asyncio
import datetime as dt
import ipaddress
import os
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from monitor import __version__
from monitor.classify.compile import compile_classifier
from monitor.classify.matcher import Classifier
from monitor.cli.wiring import phrasebooks, utc_now, what_if_of
from monitor.domain.documents import Finding, FindingLevel
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Passage
from monitor.domain.explanation import StorySeen, TextRead, TextSeen
from monitor.domain.stories import Story
from monitor.settings.files import Loaded
from monitor.settings.secrets import SecretMissing, is_reference, resolve
from monitor.storage.connection import Connection
from monitor.storage.engine import Database
from monitor.web.access import Access
from monitor.web.guard import LOOPBACK_NAMES
from monitor.web.pages.story import REPORTS_SHOWN
from monitor.web.site import Site, Trial
from monitor.worker.explain import Archivist
from monitor.worker.jobs import Jobs

_SHORTEST_TOKEN = 20


class Exhibition:
    """What the pages show just now: `site` follows the configuration in force, through reloads."""

    def __init__(self, loaded: Loaded, database: Database, jobs: Callable[[], Jobs]) -> None:
        """`jobs` names the children that are on duty just then: they read the texts that somebody is trying."""
        self._database = database
        self._jobs = jobs
        self.site = _site(loaded, database, jobs)

    def show(self, loaded: Loaded) -> None:
        """Has the next request answered from another configuration."""
        self.site = _site(loaded, self._database, self._jobs)


def _site(loaded: Loaded, database: Database, jobs: Callable[[], Jobs]) -> Site:
    return Site(
        database=database,
        taxonomy=loaded.taxonomy,
        books=phrasebooks(loaded).books,
        watches=loaded.watches,
        channels={channel.id: channel.kind for channel in loaded.channels},
        feeds={feed.id: feed for feed in (*loaded.feeds, *loaded.paused)},
        paused=frozenset(feed.id for feed in loaded.paused),
        zone=ZoneInfo(loaded.settings.alerts.zone),
        public_url=loaded.settings.web.public_url,
        version=__version__,
        clock=utc_now,
        trial=_trial(loaded, database, jobs),
        explain_story=lambda connection, story: _explained(loaded, connection, story),
    )


def _explained(loaded: Loaded, connection: Connection, story: Story) -> StorySeen:
    archivist = Archivist(
        connection=connection,
        taxonomy=loaded.taxonomy,
        watches=loaded.watches,
        classifier=partial(_classifier, loaded),
        feeds={feed.id: feed for feed in (*loaded.feeds, *loaded.paused)},
    )
    return archivist.story(story, limit=REPORTS_SHOWN)


def _classifier(loaded: Loaded) -> Classifier:
    documents = loaded.documents
    return compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
    )


def _trial(loaded: Loaded, database: Database, jobs: Callable[[], Jobs]) -> Trial:
    def rehearse(read: TextRead, now: dt.datetime) -> TextSeen:
        with database.read() as connection:
            return what_if_of(loaded, loaded.watches, now).of(read, connection)

    async def read(text: str, language: str | None) -> TextSeen:
        now = utc_now()
        found = await jobs().read_text(Passage(text=text, language=language, published_on=now.date()))
        return await asyncio.to_thread(rehearse, found, now)

    languages = {str(one.data["language"]): str(one.data["name"]) for one in loaded.documents.languages}
    return Trial(languages=languages, read=read)


def hosts_of(loaded: Loaded) -> tuple[str, ...]:
    """The names under which the pages may be asked for."""
    web = loaded.settings.web
    public = urlsplit(web.public_url).hostname
    return (web.host, *web.hosts, *((public,) if public else ()))


def access_of(loaded: Loaded) -> Access:
    """Who may see the pages.

    Raises:
        ConfigurationError: the token can't be read, or is short enough to be guessed.
    """
    web = loaded.settings.web
    return Access(
        token=_token(loaded),
        is_local=_is_loopback(web.host) and not {name.lower() for name in hosts_of(loaded)} - LOOPBACK_NAMES,
        proxy_header=web.proxy_header,
        proxies=tuple(ipaddress.ip_network(network) for network in web.trusted_proxies),
    )


def page_findings(loaded: Loaded) -> Iterator[Finding]:
    """What is wrong with who may see the pages, for `relmon check`."""
    if not loaded.settings.web.enabled:
        return
    try:
        access = access_of(loaded)
    except ConfigurationError as error:
        yield from error.findings
        return
    if access.proxy_header and any(not network.prefixlen for network in access.proxies):
        yield loaded.setting_finding(
            "web.trusted_proxies",
            f"holds every address there is: whoever sends {access.proxy_header} sees the pages; name the proxy's own",
            FindingLevel.WARNING,
        )
    if access.token is None and not access.proxy_header and not access.is_local:
        web = loaded.settings.web
        key = "web.host" if not _is_loopback(web.host) else "web.hosts" if web.hosts else "web.public_url"
        yield loaded.setting_finding(
            key,
            "others can reach the pages under this address, and no web.token says who may read them: "
            "only /healthz and /readyz are answered",
            FindingLevel.WARNING,
        )


def _token(loaded: Loaded) -> str | None:
    written = loaded.settings.web.token
    if not written:
        return None
    if not is_reference(written):
        raise ConfigurationError(
            (loaded.setting_finding("web.token", 'write where it is kept: "env:NAME" or "file:PATH"'),)
        )
    try:
        token = resolve(written, environ=os.environ, folder=loaded.location.folder).reveal().strip()
    except SecretMissing as error:
        raise ConfigurationError((loaded.setting_finding("web.token", str(error)),)) from error
    if sentence := _weakness(token):
        raise ConfigurationError((loaded.setting_finding("web.token", sentence),))
    return token


def _weakness(token: str) -> str:
    """Why that is no token to rely on; nothing where it is one."""
    if len(token) < _SHORTEST_TOKEN:
        return (
            f"is shorter than {_SHORTEST_TOKEN} characters, and could be guessed; make one with `openssl rand -hex 24`"
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        return "holds spaces or characters beyond ASCII, which no header carries; make one with `openssl rand -hex 24`"
    return ""


def _is_loopback(host: str) -> bool:
    """Whether only this machine reaches that address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
