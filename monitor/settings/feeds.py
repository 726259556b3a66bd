"""feeds.toml: the feeds to poll.

Entries come gathered from entries.py; what comes out are FeedSource values for the worker. Whether an address may be
reached is the address policy's decision, made when it is connected to.
"""

import datetime as dt
import re
import urllib.parse
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StrictBool, ValidationError

from monitor.domain.documents import Finding, FindingLevel, TomlDocument
from monitor.domain.feeds import SAMPLE_SCHEME, CronTimes, FeedSource, FirstPoll
from monitor.settings.entries import Entry, gather_entries
from monitor.settings.hours import zone_name
from monitor.settings.mistakes import sentences, value_sentences
from monitor.settings.process import TimeLimit
from monitor.settings.requests import Wanted, request_headers
from monitor.settings.spelling import did_you_mean

SAMPLE_URL = f"{SAMPLE_SCHEME}newswire"
_LANGUAGE = re.compile(r"[a-z]{2}")
_ACTOR = re.compile(r"[A-Z][A-Z0-9]{1,19}")


def feed_address(url: str) -> str:
    """Accepts http and https addresses with a host, and the sample newswire; otherwise a ValueError with a sentence."""
    if url.startswith(SAMPLE_SCHEME):
        if url != SAMPLE_URL:
            raise ValueError(f'"{url}" is no sample; the one that ships with the program is "{SAMPLE_URL}"')
        return url
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise ValueError(f"{url!r} holds a space, a backslash or a control character; write it percent-encoded")
    try:
        parts = urllib.parse.urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f'"{_without_credentials(url)}" is no address; write it like "https://example.org/feed.xml"')
    return url


def language_code(text: str) -> str:
    """Accepts the two small letters of ISO 639-1."""
    if not _LANGUAGE.fullmatch(text):
        raise ValueError(f'"{text}" is no language code; write two small letters, like "en" or "es"')
    return text


def actor_code(text: str) -> str:
    """Accepts what looks like an actor's code: ISO 3166-1 alpha-3, or an organisation's short name."""
    if not _ACTOR.fullmatch(text):
        raise ValueError(f'"{text}" is no actor code; write three capital letters, like "VEN", or a name like "OAS"')
    return text


def cron_line(text: str) -> str:
    """Accepts the five fields of crontab(5)."""
    try:
        next(CronSim(text, dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))
    except (CronSimError, StopIteration):
        raise ValueError(
            f'"{text}" is no line of a crontab; write five fields, like "0 6 * * 1-5" for six o\'clock on weekdays'
        ) from None
    return text


def _with_zone(value: object) -> dt.datetime:
    """Accepts TOML's date and time with an offset, as UTC: the same moment for whoever reads the file."""
    if not isinstance(value, dt.datetime) or value.tzinfo is None:
        raise ValueError("must be a date and time with its zone, not in quotes, like 2026-12-24T06:00:00Z")
    return value.astimezone(dt.UTC)


class _FeedTable(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, AfterValidator(feed_address)]
    title: str | None = None
    language: Annotated[str, AfterValidator(language_code)] | None = None
    home: Annotated[str, AfterValidator(actor_code)] | None = None
    publisher: str | None = None
    group: str | None = None
    tags: tuple[str, ...] = ()
    every: TimeLimit | None = None
    cron: Annotated[str, AfterValidator(cron_line)] | None = None
    zone: Annotated[str, AfterValidator(zone_name)] | None = None
    user: str | None = None
    password: str | None = None
    headers: dict[str, str] = {}
    first_poll: FirstPoll = FirstPoll.BASELINE
    article_text: StrictBool = False
    paused: StrictBool = False
    paused_until: Annotated[dt.datetime, BeforeValidator(_with_zone)] | None = None


FEED_KEYS = ("id", *_FeedTable.model_fields)


class _Defaults(BaseModel):
    model_config = ConfigDict(extra="forbid")

    every: TimeLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsRead:
    """The feeds to poll, those that the operator paused, and what was wrong; a feed with an error is left out."""

    feeds: tuple[FeedSource, ...]
    paused: tuple[FeedSource, ...]
    findings: tuple[Finding, ...]
    ids: frozenset[str]
    """All ids that stand in the files, those of wrong feeds, too: a watch that names one is not wrong for it."""
    entries: Mapping[str, Entry]
    """Where each feed stands, for findings about it and for commands that change it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedDefaults:
    """What holds where neither the feed nor [defaults] says otherwise, and where references to secrets lead."""

    poll_every: dt.timedelta
    stretch_to: dt.timedelta
    environ: Mapping[str, str]
    folder: Path


def read_feeds(
    documents: Sequence[TomlDocument], around: FeedDefaults, *, actor_codes: Collection[str] | None
) -> FeedsRead:
    """Reads feeds.toml and feeds.d."""
    entries, shape = gather_entries(documents, "feed", beside=("defaults",))
    findings = list(shape)
    for document in documents:
        around = replace(around, poll_every=_default_rhythm(document, findings) or around.poll_every)
    feeds: list[FeedSource] = []
    paused: list[FeedSource] = []
    known_urls: dict[str, str] = {}
    for entry in entries:
        try:
            table = _FeedTable.model_validate(entry.values)
        except ValidationError as error:
            findings += [entry.finding(path, sentence) for path, sentence in sentences(error, FEED_KEYS)]
            continue
        if table.home and actor_codes is not None and table.home not in actor_codes:
            hint = did_you_mean(table.home, actor_codes)
            findings.append(entry.finding(("home",), f'"{table.home}" is no known actor{hint}'))
        if table.url in known_urls:
            message = f'the same address as feed "{known_urls[table.url]}"; remove one of them'
            findings.append(entry.finding(("url",), message, FindingLevel.WARNING))
        known_urls.setdefault(table.url, entry.id)
        source, wrong = _source(entry, table, around)
        findings += wrong
        (paused if table.paused else feeds).append(source)
    return FeedsRead(
        feeds=tuple(feeds),
        paused=tuple(paused),
        findings=tuple(findings),
        ids=frozenset(entry.id for entry in entries),
        entries={entry.id: entry for entry in entries},
    )


def _source(entry: Entry, table: _FeedTable, around: FeedDefaults) -> tuple[FeedSource, list[Finding]]:
    findings: list[Finding] = []
    if table.cron and table.every:
        findings.append(entry.finding(("cron",), 'write "every" or "cron", not both'))
    if table.zone and not table.cron:
        findings.append(entry.finding(("zone",), '"zone" says by which clock "cron" is meant; there is no "cron"'))
    wanted = Wanted(headers=table.headers, user=table.user, password=table.password)
    headers, wrong = request_headers(entry, wanted, environ=around.environ, folder=around.folder)
    source = FeedSource(
        id=entry.id,
        url=table.url,
        title=table.title or table.publisher or entry.id,
        poll_every=table.every or around.poll_every,
        stretch_to=None if table.every else max(around.stretch_to, around.poll_every),
        at=CronTimes(expression=table.cron, zone=table.zone or "UTC") if table.cron else None,
        headers=headers,
        language=table.language,
        home=table.home,
        publisher=table.publisher,
        group=table.group,
        tags=frozenset(table.tags),
        first_poll=table.first_poll,
        article_text=table.article_text,
        paused_until=table.paused_until,
    )
    return source, [*findings, *wrong]


def _default_rhythm(document: TomlDocument, findings: list[Finding]) -> dt.timedelta | None:
    table = document.data.get("defaults", {})
    try:
        return _Defaults.model_validate(table).every
    except ValidationError as error:
        if not isinstance(table, dict):
            findings += [document.finding(("defaults",), sentence) for sentence in value_sentences(error, "defaults")]
        else:
            findings += [
                document.finding(("defaults", *path), sentence)
                for path, sentence in sentences(error, _Defaults.model_fields)
            ]
        return None


def _without_credentials(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//", url)
