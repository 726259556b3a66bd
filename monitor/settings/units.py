"""Durations and sizes as operators write them: "5m", "1h30m", "10MB".

Pure text to values and back; which setting takes which unit is process.py's business. Comes before every module here
that reads a duration.
"""

import datetime as dt
import re

_DURATION = re.compile(
    r"(?:(?P<days>\d{1,6})d)?(?:(?P<hours>\d{1,6})h)?(?:(?P<minutes>\d{1,6})m(?!s))?"
    r"(?:(?P<seconds>\d{1,6})s)?(?:(?P<milliseconds>\d{1,6})ms)?"
)
FOREVER = "forever"
_SIZE = re.compile(r"(\d{1,9})\s?(B|kB|MB|GB)", re.IGNORECASE)
_BYTES = {"b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000}


def parse_duration(value: object) -> dt.timedelta:
    """Reads "45s", "5m", "2h", "1d", "1h30m" or "500ms"; anything else is a ValueError with a sentence."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) and value else None
    if match is None:
        raise ValueError(f'{value!r} is no duration; write it like "30s", "5m", "2h", "1d" or "1h30m"')
    return dt.timedelta(**{unit: int(amount) for unit, amount in match.groupdict(default="0").items()})


def parse_kept_for(value: object) -> dt.timedelta | None:
    """A duration, or None for "forever"."""
    if value == FOREVER:
        return None
    try:
        return parse_duration(value)
    except ValueError:
        raise ValueError(f'{value!r} is neither a duration such as "90d" nor "{FOREVER}"') from None


def format_duration(duration: dt.timedelta) -> str:
    """The shortest way to write it that `parse_duration` reads back, to the millisecond; "0s" for none at all."""
    minutes, seconds = divmod(duration.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    amounts = (
        (duration.days, "d"),
        (hours, "h"),
        (minutes, "m"),
        (seconds, "s"),
        (duration.microseconds // 1000, "ms"),
    )
    return "".join(f"{amount}{unit}" for amount, unit in amounts if amount) or "0s"


def parse_size(value: object) -> int:
    """Reads "500kB", "10MB" or "1GB" (powers of ten) as bytes; anything else is a ValueError with a sentence."""
    match = _SIZE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'{value!r} is no size; write it like "500kB" or "10MB"')
    return int(match[1]) * _BYTES[match[2].lower()]


def format_size(size: int) -> str:
    """The largest unit that leaves a whole number: 10_000_000 is "10MB"."""
    for unit in ("GB", "MB", "kB"):
        factor = _BYTES[unit.lower()]
        if size and size % factor == 0:
            return f"{size // factor}{unit}"
    return f"{size}B"
