"""Reads and judges the options of a channel as an operator wrote them; shared by every kind of channel.

Says each mistake as (option, sentence), for settings to add file and line. Leaves to each kind which options it takes.
Comes after settings have read the file and resolved the secrets, before a channel is built.
"""

import base64
import datetime as dt
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from monitor.domain.delivery import ChannelSpec, OptionValue, Secret

Problem = tuple[str | None, str]
"""Which option is wrong (None for the channel as a whole), and a sentence that says what to do."""

_MOST_A_MINUTE = 6000
HIDDEN = "(hidden)"

# Parts of a secret that are shorter than this are left standing in answers: "services" alone gives nothing away.
_TELLING_CHARACTERS = 8


def unknown_options(spec: ChannelSpec, known: Iterable[str]) -> tuple[Problem, ...]:
    """One problem for each option that this kind of channel does not take."""
    taken = sorted(known)
    listed = f"It takes: {', '.join(taken)}." if taken else "It takes none."
    return tuple(
        (name, f"A {spec.kind} channel takes no option '{name}'. {listed}")
        for name in spec.options
        if name not in taken
    )


def text_of(value: OptionValue | None) -> str | None:
    """The text of an option that may be a literal or a secret; None for anything else."""
    if isinstance(value, Secret):
        return value.reveal()
    return value if isinstance(value, str) else None


def pace_of(spec: ChannelSpec, usual: dt.timedelta) -> dt.timedelta:
    """The least time between two messages, from `per_minute`; the usual one where nothing is said."""
    rate = spec.options.get("per_minute")
    return dt.timedelta(minutes=1) / rate if isinstance(rate, int) else usual


def pace_problems(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with `per_minute`."""
    rate = spec.options.get("per_minute", 1)
    if isinstance(rate, bool) or not isinstance(rate, int) or not 0 < rate <= _MOST_A_MINUTE:
        return (("per_minute", f"Write how many messages it takes a minute, 1 to {_MOST_A_MINUTE}."),)
    return ()


def zone_of(spec: ChannelSpec) -> ZoneInfo | None:
    """The time zone under `zone`; None where there is none, or none that is known here."""
    name = spec.options.get("zone")
    try:
        return ZoneInfo(name) if isinstance(name, str) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_problems(spec: ChannelSpec) -> tuple[Problem, ...]:
    """What is wrong with `zone`, as in "America/Caracas"."""
    if "zone" in spec.options and zone_of(spec) is None:
        return (("zone", "No such time zone is known here. Name one as in 'America/Caracas' or 'UTC'."),)
    return ()


def address_problem(address: str) -> str | None:
    """What is wrong with a web address, in a sentence that does not repeat it (it may be a secret)."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return "The address can't be read. Write it whole, as in https://example.org/hook."
    if parts.scheme not in ("http", "https") or not host:
        return "The address must start with https:// (or http://) and name a host."
    if not address.isprintable() or " " in address:
        return "The address holds a space or a line break. Write it in one piece."
    return None


def telling_parts(secret: str) -> tuple[str, ...]:
    """A secret, with those of its parts that a server might repeat alone.

    Of an address these are its path, its query and its login; of a header's value ("Bearer ...") its words.
    """
    parts = _split(secret)
    path_and_query = parts.path + (f"?{parts.query}" if parts.query else "")
    pieces = [path_and_query, *parts.path.split("/"), *re.split("[=&]", parts.query), *secret.split()]
    if parts.password:
        login = f"{unquote(parts.username or '')}:{unquote(parts.password)}"
        pieces += [parts.password, unquote(parts.password), base64.b64encode(login.encode()).decode()]
    return (secret, *(piece for piece in pieces if len(piece) >= _TELLING_CHARACTERS))


def _split(secret: str) -> SplitResult:
    try:
        return urlsplit(secret)
    except ValueError:
        return SplitResult("", "", secret, "", "")


def conceal(text: str, secrets: Iterable[str]) -> str:
    """`text` without any of `secrets`, for logs and verdicts: some servers repeat what they were sent."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
