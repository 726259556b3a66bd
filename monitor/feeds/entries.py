"""One entry as every format ends up: plain text cut to its limits, a web link, a date that a newspaper can know.

What parse.py (RSS, RDF, Atom) and jsonfeed.py read passes here, so that identity and everything after it meet the same
values whatever the format was.
"""

import datetime as dt
import re

from monitor.domain.feeds import FeedEntry
from monitor.feeds.text import MAX_SUMMARY_CHARACTERS, MAX_TITLE_CHARACTERS, plain, without_forbidden

MAX_ENTRIES = 5000
"""How many entries of one document are read (S5)."""

MAX_NAME_CHARACTERS = 200
_MAX_GUID_CHARACTERS = 2000
_TITLE_FROM_SUMMARY_CHARACTERS = 150

_EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
"""News feeds carry no dates outside; what does is a placeholder or a mistake."""


def clean_entry(
    *,
    guid: str,
    link: str | None,
    title: str,
    texts: tuple[str, ...],
    published_at: dt.datetime | None,
    outlet: str | None = None,
    language: str | None = None,
) -> FeedEntry | None:
    """An entry out of what a document says, or None where it says nothing: no title, no text, no link.

    `link` is one that links.py made. Of `texts`, the first that holds any words becomes the summary. The first words of it stand in for a missing title.
    """
    clean_title = plain(title, MAX_TITLE_CHARACTERS)
    summary = next((text for text in (plain(text, MAX_SUMMARY_CHARACTERS) for text in texts) if text), "")
    if not (clean_title or summary or link):
        return None
    return FeedEntry(
        guid=without_forbidden(guid)[:_MAX_GUID_CHARACTERS] or None,
        link=link,
        title=clean_title or _opening(summary) or link or "",
        summary=summary,
        published_at=published_at if published_at is not None and is_plausible(published_at) else None,
        outlet=outlet,
        language=language,
    )


def is_plausible(date: dt.datetime) -> bool:
    """Whether a news feed can mean this date."""
    return _EARLIEST <= date < _LATEST


def name(text: str) -> str | None:
    """The name of a feed or an outlet, as one line; None where there is none."""
    return plain(text, MAX_NAME_CHARACTERS) or None


def language_of(text: str) -> str | None:
    """A language's code in lower case, without its region: "es" for "es-VE"."""
    code = re.match(r"[A-Za-z]{2,3}(?![A-Za-z])", text.strip())
    return code[0].lower() if code else None


def _opening(summary: str) -> str:
    """The first words of a text, for an entry without a title."""
    if len(summary) <= _TITLE_FROM_SUMMARY_CHARACTERS:
        return summary
    return summary[:_TITLE_FROM_SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + "…"
