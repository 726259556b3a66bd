"""Times as people type them on the command line: a date, a time, or an age."""

import datetime as dt

import click

from monitor.settings.units import parse_duration

SINCE_HELP = "a date, a time (2026-01-31T12:00) or an age (2h, 3d)"


AHEAD_HELP = '2026-12-24, 2026-12-24T06:00, or "3d" for three days from now'


def ahead(text: str, now: dt.datetime) -> dt.datetime:
    """A date or time to come, in the reader's own zone where it names none, or a duration counted from `now`."""
    try:
        moment = dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        try:
            moment = now + parse_duration(text)
        except (ValueError, OverflowError):
            raise click.BadParameter(f"{text!r} is no time; write it like {AHEAD_HELP}.") from None
    if moment <= now:
        raise click.BadParameter(f"{text!r} is past already.")
    return moment.replace(microsecond=0)


def since(text: str, now: dt.datetime, option: str = "--since") -> dt.datetime:
    """A date or time, in the reader's own zone where it names none, or an age counted back from `now`."""
    try:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    except ValueError:
        pass
    try:
        return now - parse_duration(text)
    except ValueError:
        sentence = f"'{text}' is neither a date (2026-01-31), nor a time (2026-01-31T12:00), nor an age (2h, 3d)."
        raise click.BadParameter(sentence, param_hint=option) from None
