"""The lead: how far into an article the news itself is told.

Newspapers put the news first: behind the first sentences of the body stand background, opinion and what was known
before. A deed told only there is marked as told in passing, unless its own clause dates it to the last days. Comes
behind the matcher's readings, before the surest of them are kept; says nothing of a sentence by itself.
"""

import datetime as dt
import itertools
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from monitor.classify.tokens import split_sentences
from monitor.domain.events import DatePrecision, Passage, RelationEvent

# Of the loud deeds read out of 249 newspaper articles, two in three were news and right in the first three sentences, and
# two in five further down, without a difference between the fourth and the fortieth (docs/decisions/0012).
_SENTENCES = 3
_FRESH = dt.timedelta(days=7)
_LESS_SURE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Where the lead of a passage ends, as a place in its text, and the day from which on a deed is fresh."""

    end: int
    fresh_from: dt.date | None

    def weigh(self, event: RelationEvent) -> RelationEvent:
        """An event as it stands if the lead tells it; else less sure, and a mention unless the text dates it as fresh."""
        if event.evidence.start < self.end or self._is_fresh(event):
            return event
        return replace(event, mention=True, confidence=round(event.confidence - _LESS_SURE, 2))

    def _is_fresh(self, event: RelationEvent) -> bool:
        date = event.date
        return (
            date is not None
            and self.fresh_from is not None
            and date.precision is DatePrecision.DAY
            and date.last >= self.fresh_from
        )


def lead_of(passage: Passage, abbreviations: AbstractSet[str]) -> Lead:
    """The title, up to a blank line, and the first sentences behind it; a text without a title begins with its body."""
    text = passage.text
    body = max(text.find("\n\n"), 0)
    starts = (start for start, _ in split_sentences(text[body:], abbreviations))
    behind = next(itertools.islice(starts, _SENTENCES, None), None)
    return Lead(
        end=len(text) if behind is None else body + behind,
        fresh_from=passage.published_on - _FRESH if passage.published_on else None,
    )
