"""What a backtest came to: messages of each watch by day, what they are compared with, and what was promised of them.

Pure. `stage.py` brings the messages in the order of time; `showing.py` tells what stands here.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from monitor.domain.delivery import Message, MessageKind, Rendered


@dataclass(slots=True)
class Account:
    """The messages of one configuration, counted by day (UTC) and watch. `watches` are those that are looked at."""

    watches: tuple[str, ...]
    counts: dict[str, Counter[tuple[dt.date, MessageKind]]] = field(init=False)
    sent: list[Message] = field(default_factory=list)
    """All messages that were counted, in their order, without their bytes: so many may come of some years."""

    def __post_init__(self) -> None:
        self.counts = {watch: Counter() for watch in self.watches}

    def add(self, message: Message) -> bool:
        """Counts a message for each watch that it is for; False where it is for none of them."""
        concerned = [watch for watch in message.watches if watch in self.counts]
        for watch in concerned:
            self.counts[watch][message.created_at.date(), message.kind] += 1
        if concerned:
            self.sent.append(replace(message, rendered=Rendered(content_type=message.rendered.content_type, body=b"")))
        return bool(concerned)

    def on(self, day: dt.date, watch: str) -> Counter[MessageKind]:
        """How many messages of each kind the watch has on a day."""
        counted = self.counts[watch]
        return Counter({kind: counted[day, kind] for kind in MessageKind if counted[day, kind]})

    def by_day(self, watch: str) -> Counter[dt.date]:
        """How many messages of all kinds the watch has on each day that has any."""
        days: Counter[dt.date] = Counter()
        for (day, _), number in self.counts[watch].items():
            days[day] += number
        return days

    def at_once(self, watch: str) -> Counter[dt.date]:
        """How many messages a day the watch has beside its digests, which come however much there is to tell."""
        return Counter(
            {
                day: sum(number for kind, number in self.on(day, watch).items() if kind is not MessageKind.DIGEST)
                for day in self.by_day(watch)
            }
        )

    def by_kind(self, watch: str) -> Counter[MessageKind]:
        """How many messages of each kind the watch has in all."""
        kinds: Counter[MessageKind] = Counter()
        for (_, kind), number in self.counts[watch].items():
            kinds[kind] += number
        return kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A message for a watch that only one of two configurations sends."""

    watch: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What one configuration sends that the other doesn't, and the other way round; `same` counts what both send."""

    gained: tuple[Difference, ...]
    lost: tuple[Difference, ...]
    same: int


def compare(new: Account, old: Account) -> Compared:
    """Sets the messages of two configurations against each other, watch by watch.

    A message is the same where it tells the same step of the same story over the same channel; else where it says the same of
    the same day in its title, for a story may be opened by another report where other patterns read the news.
    """
    gained, lost = list(_each(new)), list(_each(old))
    total = len(gained)
    for sameness in (_step, _said):
        gained, lost = _without_common(gained, lost, sameness)
    return Compared(gained=tuple(gained), lost=tuple(lost), same=total - len(gained))


def _each(account: Account) -> Iterator[Difference]:
    for message in account.sent:
        for watch in message.watches:
            if watch in account.counts:
                yield Difference(watch=watch, message=message)


def _step(one: Difference) -> tuple[object, ...]:
    return one.watch, one.message.dedup_key


def _said(one: Difference) -> tuple[object, ...]:
    message = one.message
    return one.watch, message.channel_id, message.kind, message.created_at.date(), message.title


def _without_common(
    gained: Sequence[Difference], lost: Sequence[Difference], sameness: Callable[[Difference], object]
) -> tuple[list[Difference], list[Difference]]:
    """Both lists without what is the same in them; three of a kind on one side and one on the other leave two."""
    common = Counter(map(sameness, gained)) & Counter(map(sameness, lost))
    return _without(gained, common, sameness), _without(lost, common, sameness)


def _without(
    differences: Sequence[Difference], common: Counter[object], sameness: Callable[[Difference], object]
) -> list[Difference]:
    left, kept = Counter(common), []
    for one in differences:
        if left[sameness(one)]:
            left[sameness(one)] -= 1
        else:
            kept.append(one)
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """At most so many messages a day, digests left out: for one watch, or for each where none is named."""

    at_most: int
    watch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A day on which a watch has more messages than was promised."""

    watch: str
    day: dt.date
    messages: int
    at_most: int


def broken(account: Account, promises: Iterable[Promise]) -> Iterator[Broken]:
    """The days on which a promise does not hold, watch by watch."""
    for promise in promises:
        for watch in account.watches if promise.watch is None else (promise.watch,):
            for day, messages in sorted(account.at_once(watch).items()):
                if messages > promise.at_most:
                    yield Broken(watch=watch, day=day, messages=messages, at_most=promise.at_most)
