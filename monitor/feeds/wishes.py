"""What a document says about its own rhythm: `ttl`, `skipHours` and `skipDays`.

Reads the bytes with expressions of its own: feedparser keeps only the last of several hours, and a document whose
entries are known already is never parsed at all. Comes beside parse; pacing decides how far a wish is granted.

Source: RSS 2.0 (https://www.rssboard.org/rss-specification: ttl in minutes, skipHours 0 to 23 in GMT, skipDays by their
English names). The syndication module's updatePeriod is left alone: blog software writes "hourly" whatever happens.
"""

import datetime as dt
import re

from monitor.domain.feeds import FeedWishes

_HEAD_BYTES = 65_536
"""Wishes stand in the channel's head. A feed that hides them behind its entries is polled as if it had none."""

_LONGEST_TTL = dt.timedelta(days=7)
_TTL = re.compile(rb"<ttl>\s*([0-9]{1,6})\s*</ttl>")
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,4000}?)</skipHours>", re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,4000}?)</skipDays>", re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*([0-9]{1,2})\s*</hour>")
_DAY = re.compile(rb"<day>\s*([A-Za-z]{6,9})\s*</day>")
_WEEK = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")


def read_wishes(content: bytes) -> FeedWishes:
    """The wishes in a document's head. Numbers that make no sense count as not said, and so does skipping always."""
    head = content[:_HEAD_BYTES]
    hours = {hour for hour in map(int, _inside(_SKIP_HOURS, _HOUR, head)) if hour <= 24}  # noqa: PLR2004 - midnight
    named = {day.lower() for day in _inside(_SKIP_DAYS, _DAY, head)}
    days = {number for number, name in enumerate(_WEEK) if name in named}
    return FeedWishes(
        ttl=_ttl(head),
        # RSS 0.91 counted the hours from 1 to 24.
        skip_hours=_sensible({hour % 24 for hour in hours}, 24),
        skip_days=_sensible(days, 7),
    )


def _inside(list_: re.Pattern[bytes], entry: re.Pattern[bytes], head: bytes) -> list[bytes]:
    found = list_.search(head)
    return entry.findall(found[1]) if found else []


def _sensible(skipped: set[int], all_of_them: int) -> frozenset[int]:
    return frozenset(skipped) if len(skipped) < all_of_them else frozenset()


def _ttl(head: bytes) -> dt.timedelta | None:
    found = _TTL.search(head)
    wish = dt.timedelta(minutes=int(found[1]) if found else 0)
    return min(wish, _LONGEST_TTL) if wish else None
