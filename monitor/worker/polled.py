"""What a poll brings to its transaction, and what the transaction says it wrote.

`poll.py` and `articles.py` make these of documents, `commit.py` writes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.domain.delivery import Notice
from monitor.domain.events import RelationEvent
from monitor.domain.feeds import FeedSource, FeedState, NewsItem
from monitor.domain.memory import FeedMemory
from monitor.storage.polls import PollClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadItem:
    """A new or edited item, and what the classifier read in it."""

    item: NewsItem
    events: tuple[RelationEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What a document taught: what to remember of it, and names by which items are found again, with their keys.

    `replayed` are the keys of items that came back as if they were new (P6): nothing of them alerts. `notices` go to the
    operator.
    """

    memory: FeedMemory | None = None
    names: Mapping[bytes, bytes] = field(default_factory=dict)
    replayed: frozenset[bytes] = frozenset()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolledFeed:
    """A poll that is ready to be written. `state` is the feed's state after it; `baseline`: nothing of it alerts.

    `renewed` are known items to be stored as they stand in the document now, in which nothing was read anew; `extended` are
    known items to which their articles add these events.
    """

    claim: PollClaim
    source: FeedSource
    state: FeedState
    fresh: tuple[ReadItem, ...] = ()
    edited: tuple[ReadItem, ...] = ()
    extended: tuple[ReadItem, ...] = ()
    renewed: tuple[NewsItem, ...] = ()
    lesson: Lesson = field(default_factory=Lesson)
    baseline: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing but the feed's state is to be written."""
        return not (self.fresh or self.edited or self.extended or self.renewed) and self.lesson == Lesson()


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What was written: counts of new and edited items, read articles, new events, opened stories, enqueued messages."""

    fresh: int = 0
    edited: int = 0
    articles: int = 0
    events: int = 0
    opened: int = 0
    messages: int = 0
