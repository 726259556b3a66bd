"""Has dated items classified by all children at once, ahead of whoever plays them in their order.

Comes between the texts of a backtest and `rehearsal.py`. Only so many items are on their way at a time, so that memory is
bounded however many there are.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from monitor.domain.events import Passage
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.worker.classifying import passage_of
from monitor.worker.jobs import Jobs
from monitor.worker.polled import ReadItem

# As many as a child is given at a time.
_ITEMS_A_BATCH = 50
_BATCHES_A_CHILD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedItem:
    """An item to be played, once for each of the configurations that are compared.

    `sources` are its feed as each of them knows it.
    """

    item: NewsItem
    sources: tuple[FeedSource, ...]


async def read_ahead(
    readers: Sequence[Jobs], items: Iterable[DatedItem], *, children: int
) -> AsyncIterator[tuple[DatedItem, tuple[ReadItem, ...]]]:
    """Each item with what each of the readers makes of it, in the order of the items.

    `readers` has one for each configuration, and may name one of them twice: where both give it the same text, it is read once.

    Raises:
        ConfigurationError: patterns, actors or languages hold mistakes; it lists them all.
        ChildNotStarted: there is no child to do the work.
    """
    batches = _batches(items)
    under_way: deque[tuple[list[DatedItem], asyncio.Task[list[tuple[ReadItem, ...]]]]] = deque()
    try:
        while True:
            for batch in islice(batches, children * _BATCHES_A_CHILD - len(under_way)):
                under_way.append((batch, asyncio.create_task(_read(readers, batch))))
            if not under_way:
                return
            batch, task = under_way.popleft()
            for item, readings in zip(batch, await task, strict=True):
                yield item, readings
    finally:
        for _, task in under_way:
            task.cancel()


def _batches(items: Iterable[DatedItem]) -> Iterator[list[DatedItem]]:
    left = iter(items)
    while batch := list(islice(left, _ITEMS_A_BATCH)):
        yield batch


async def _read(readers: Sequence[Jobs], batch: Sequence[DatedItem]) -> list[tuple[ReadItem, ...]]:
    """For each item of the batch, what each reader makes of it."""
    asked: list[tuple[Jobs, list[Passage]]] = []
    by_reader: list[list[ReadItem]] = []
    for place, reader in enumerate(readers):
        asks = reader, [passage_of(one.sources[place], one.item) for one in batch]
        if asks in asked:
            by_reader.append(by_reader[asked.index(asks)])
        else:
            readings = await reader.classify(asks[1])
            by_reader.append(
                [ReadItem(item=one.item, events=events) for one, events in zip(batch, readings, strict=True)]
            )
        asked.append(asks)
    return list(zip(*by_reader, strict=True))
