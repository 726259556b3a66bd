"""A story as one row of a list, in the words of the reader: the same on every page."""

import datetime as dt
from dataclasses import dataclass

from monitor.delivery.sentences import story_sentence
from monitor.domain.stories import UNKNOWN_SIDE, Story
from monitor.web.render import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """What a row says. `severity` and `status` are names for the stylesheet, their words stand beside them."""

    id: str
    sentence: str
    severity: str
    severity_words: str
    status: str
    status_words: str
    kind: str
    pair: str
    headline: str
    at: dt.datetime
    publishers: int
    date: str | None
    is_sample: bool
    is_retracted: bool
    link: str
    relation_link: str | None


def story_line(story: Story, reader: Reader) -> StoryLine:
    """The row of a story."""
    book = reader.book
    return StoryLine(
        id=story.id,
        sentence=story_sentence(story, book),
        severity=story.severity.value,
        severity_words=book.say(f"severities.{story.severity}"),
        status=story.status.value,
        status_words=book.say(f"statuses.{story.status}"),
        kind=reader.kind(story.type),
        pair=reader.pair(story.relation),
        headline=story.headline,
        at=story.last_report_at,
        publishers=len(story.publishers),
        date=book.date(story.date) if story.date else None,
        is_sample=story.sample,
        is_retracted=story.retracted_at is not None,
        link=story_link(story.id),
        relation_link=relation_link(story.relation),
    )


def outward(link: str | None) -> str | None:
    """A link of an item as far as a page may lead there: feeds give http and https alone, and nothing else is one (S7)."""
    return link if link is not None and link.startswith(("http://", "https://")) else None


def story_link(story_id: str) -> str:
    """Where a story's page is."""
    return f"/stories/{story_id}"


def relation_link(relation: str) -> str | None:
    """Where a pair's page is; none for one with an unknown side."""
    return None if UNKNOWN_SIDE in relation.split("-") else f"/relations/{relation}"
