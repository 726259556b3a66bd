"""Times of day and time zones as operators write them: "07:30", in quotes or as TOML's own 07:30:00; "America/Caracas".

Comes before every module here that reads one.
"""

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def read_time(value: object) -> dt.time:
    """The time of day, to the minute; anything else is a ValueError with a sentence."""
    if isinstance(value, dt.time) and not (value.second or value.microsecond):
        return value
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        shown = f'"{value}"' if isinstance(value, str) else repr(value)
        raise ValueError(f'{shown} is no time of day; write it like "07:30"')
    return dt.time(int(match[1]), int(match[2]))


def zone_name(text: str) -> str:
    """Accepts the name of a time zone."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'"{text}" is no time zone; write it like "America/Caracas"') from None
    return text
