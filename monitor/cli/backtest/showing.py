"""Tells what a backtest came to: by day while it plays, the sum, the difference; as text for people, as JSON for programs."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from monitor.cli.backtest.account import Account, Broken, Compared, Difference
from monitor.cli.backtest.stage import Played
from monitor.delivery.wording import printable
from monitor.domain.delivery import Message, MessageKind

_NAMES = {
    MessageKind.ALERT: "alert",
    MessageKind.SUMMARY: "summary",
    MessageKind.DIGEST: "digest",
    MessageKind.NOTICE: "notice",
}
_PLURALS = {"summary": "summaries"}


def day_lines(day: dt.date, account: Account) -> Iterator[str]:
    """The counts of one day: a line for each watch that has any."""
    yield f"{day:%Y-%m-%d, %A}"
    width = max(map(len, account.watches))
    for watch in account.watches:
        if counts := account.on(day, watch):
            yield f"  {watch:<{width}}  {_counts(counts)}"


def title_line(message: Message) -> str:
    """A message in one line, below its day."""
    return f"  {message.created_at:%H:%M}  {', '.join(message.watches)}: {printable(message.title)}"


def text_lines(message: Message) -> Iterator[str]:
    """A message as it would be read, below its day."""
    yield ""
    yield f"  {message.created_at:%H:%M} UTC, over {message.channel_id} for {', '.join(message.watches)}"
    for line in message.rendered.body.decode().rstrip().splitlines():
        yield f"    {line}"


def sum_lines(account: Account, played: Played) -> Iterator[str]:
    """What each watch has in all, and on its fullest day."""
    if played.first is None or played.last is None:
        yield "There was nothing to play."
        return
    days = (played.last.date() - played.first.date()).days + 1
    yield (
        f"Played {count(played.items, 'item')} of {count(days, 'day')} ({played.first:%Y-%m-%d} to "
        f"{played.last:%Y-%m-%d}) with {count(played.events, 'event')}."
    )
    width = max(map(len, account.watches), default=0)
    for watch in account.watches:
        by_day = account.by_day(watch)
        if not by_day:
            yield f"  {watch:<{width}}  nothing"
            continue
        fullest = max(sorted(by_day), key=lambda day: by_day[day])
        yield (
            f"  {watch:<{width}}  {_counts(account.by_kind(watch))}: {by_day.total() / days:.1f} a day, on "
            f"{count(len(by_day), 'day')} of {days}, most on {fullest} ({by_day[fullest]})"
        )


def difference_lines(compared: Compared) -> Iterator[str]:
    """What is gained and lost, and how much stays."""
    signed = [(one, "+") for one in compared.gained] + [(one, "-") for one in compared.lost]
    for one, sign in sorted(signed, key=lambda pair: (pair[0].message.created_at, pair[0].watch, pair[1])):
        message = one.message
        yield f"{sign} {message.created_at:%Y-%m-%d %H:%M}  {one.watch}: {printable(message.title)}"
    yield (
        f"{count(len(compared.gained), 'message')} gained (+), {len(compared.lost):,} lost (-), "
        f"{compared.same:,} the same."
    )


def broken_line(one: Broken) -> str:
    """A promise that does not hold."""
    return f"{one.watch}: {count(one.messages, 'message')} on {one.day}, and at most {one.at_most} were expected."


def report(
    account: Account,
    played: Played,
    *,
    messages: Iterable[Message],
    compared: Compared | None,
    broken: Iterable[Broken],
) -> dict[str, Any]:
    """All of it for programs. Days are UTC; days on which a watch has nothing are left out."""
    return {
        "from": played.first and played.first.isoformat(),
        "to": played.last and played.last.isoformat(),
        "items": played.items,
        "events": played.events,
        "watches": {watch: _days(account, watch) for watch in account.watches},
        "messages": [_message(message) | {"text": message.rendered.body.decode()} for message in messages],
        "compared": None
        if compared is None
        else {
            "gained": [_difference(one) for one in compared.gained],
            "lost": [_difference(one) for one in compared.lost],
            "same": compared.same,
        },
        "broken": [
            {"watch": one.watch, "day": one.day.isoformat(), "messages": one.messages, "at_most": one.at_most}
            for one in broken
        ],
    }


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"1 {noun}" if number == 1 else f"{number:,} {_PLURALS.get(noun, noun + 's')}"


def _counts(counts: Mapping[MessageKind, int]) -> str:
    return ", ".join(count(number, _NAMES[kind]) for kind, number in Counter(counts).items())


def _days(account: Account, watch: str) -> dict[str, dict[str, int]]:
    days = sorted(account.by_day(watch))
    return {day.isoformat(): {kind.value: number for kind, number in account.on(day, watch).items()} for day in days}


def _message(message: Message) -> dict[str, Any]:
    return {
        "at": message.created_at.isoformat(),
        "channel": message.channel_id,
        "watches": list(message.watches),
        "kind": message.kind.value,
        "title": message.title,
        "story": message.story_id,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return _message(one.message) | {"watch": one.watch}
