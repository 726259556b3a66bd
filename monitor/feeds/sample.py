"""The sample newswire: entries that ship with the program, so that a first run shows alerts without a network.

Reads the shipped TOML document into the same values that `parse` makes of a real feed; identity and everything after
it treat both alike. That sample news stays marked and apart is decided from the feed's `sample:` address.
"""

import datetime as dt
from typing import Any

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.domain.feeds import FeedEntry, ParsedFeed
from monitor.feeds.links import web_link
from monitor.feeds.text import MAX_SUMMARY_CHARACTERS, MAX_TITLE_CHARACTERS, plain

_REQUIRED: dict[str, type[str] | type[int]] = {"id": str, "title": str, "outlet": str, "minutes_ago": int}
_OPTIONAL: dict[str, type[str] | type[int]] = {"summary": str, "link": str, "language": str}
_MAX_MINUTES_AGO = 7 * 24 * 60


def read_sample(document: TomlDocument, started_at: dt.datetime) -> ParsedFeed:
    """The `[[entry]]` tables of a sample document, each published `minutes_ago` before `started_at`; English by default.

    Raises ConfigurationError with every mistake that the document holds.
    """
    findings: list[Finding] = [
        document.finding((key,), f"unknown key {key!r}; a sample newswire holds [[entry]] tables only")
        for key in document.data
        if key != "entry"
    ]
    tables = document.data.get("entry", [])
    if not isinstance(tables, list) or not tables:
        raise ConfigurationError((*findings, document.finding(("entry",), "holds no [[entry]] table")))
    ids: set[object] = set()
    for number, table in enumerate(tables):
        findings.extend(_findings(document, number, table))
        if isinstance(table, dict) and "id" in table:
            if table["id"] in ids:
                findings.append(document.finding(("entry", number, "id"), f"the id {table['id']!r} is used twice"))
            ids.add(table["id"])
    if findings:
        raise ConfigurationError(tuple(findings))
    return ParsedFeed(title=None, language=None, entries=tuple(_entry(table, started_at) for table in tables))


def _findings(document: TomlDocument, number: int, table: Any) -> list[Finding]:
    place = ("entry", number)
    if not isinstance(table, dict):
        return [document.finding(place, "is no table; write [[entry]]")]
    known = _REQUIRED | _OPTIONAL
    found = [document.finding((*place, key), f"unknown key {key!r}") for key in table if key not in known]
    found += [document.finding(place, f"lacks the key {key!r}") for key in _REQUIRED if key not in table]
    for key, kind in known.items():
        value = table.get(key)
        if value is not None and (mistake := _mistake(key, kind, value)):
            found.append(document.finding((*place, key), mistake))
    return found


def _mistake(key: str, kind: type, value: object) -> str | None:
    """What is wrong with a key's value, as a sentence."""
    if type(value) is not kind:
        return f"{key} must be {'a text' if kind is str else 'a whole number'}"
    if isinstance(value, int) and not 0 <= value <= _MAX_MINUTES_AGO:
        return f"{key} must lie between 0 and {_MAX_MINUTES_AGO} (a week)"
    if isinstance(value, str) and key in _REQUIRED and not value.strip():
        return f"{key} must not be empty"
    return None


def _entry(table: dict[str, Any], started_at: dt.datetime) -> FeedEntry:
    return FeedEntry(
        guid=f"sample:{table['id']}",
        link=web_link(table.get("link", "")),
        title=plain(table["title"], MAX_TITLE_CHARACTERS),
        summary=plain(table.get("summary", ""), MAX_SUMMARY_CHARACTERS),
        published_at=started_at - dt.timedelta(minutes=table["minutes_ago"]),
        outlet=plain(table["outlet"], MAX_TITLE_CHARACTERS),
        language=table.get("language", "en"),
    )
