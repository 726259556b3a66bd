"""Items to the classifier and back: what it is given of each, and what it read beside the item."""

from collections.abc import Sequence

from monitor import metrics
from monitor.domain.events import Passage
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.worker.jobs import Jobs
from monitor.worker.polled import ReadItem


def passage_of(source: FeedSource, item: NewsItem) -> Passage:
    """What the classifier is given of an item."""
    return Passage(
        text=item.text,
        language=item.language,
        published_on=item.published_at.date(),
        home=source.home,
    )


async def classify_items(jobs: Jobs, source: FeedSource, items: Sequence[NewsItem]) -> tuple[ReadItem, ...]:
    """The items with their events, in their order; a child classifies.

    Raises:
        ChildNotStarted: as of `Jobs.classify`.
    """
    if not items:
        return ()
    with metrics.CLASSIFYING.time():
        readings = await jobs.classify([passage_of(source, item) for item in items])
    return tuple(ReadItem(item=item, events=events) for item, events in zip(items, readings, strict=True))
