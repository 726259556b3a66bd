"""Lines for people: stories and events in one line each, times in the reader's own zone."""

import datetime as dt
from collections.abc import Iterable, Iterator

from monitor.delivery.sentences import label
from monitor.delivery.wording import printable
from monitor.domain.stories import Story
from monitor.storage.events import ArchivedEvent

_SAMPLE_MARK = "SAMPLE  "
_WITHDRAWN_MARK = "WITHDRAWN  "


def story_lines(stories: Iterable[Story]) -> Iterator[str]:
    """One line a story: when it was last reported, who and whom, what, how sure, and the first headline."""
    for story in stories:
        sides = _sides(story.source, story.target)
        said = f"{label(story.type)} ({story.status.value})"
        mark = _SAMPLE_MARK if story.sample else ""
        yield f"{local(story.last_report_at)}  {sides:<11}  {mark}{said}: {printable(story.headline)}"


def event_lines(events: Iterable[ArchivedEvent]) -> Iterator[str]:
    """One line an event: time, status, who and whom, type, headline."""
    for archived in events:
        item, event = archived.stored.item, archived.stored.event
        sides = _sides(
            event.source.code if event.source else None,
            event.target.code if event.target else None,
        )
        mark = _SAMPLE_MARK if item.sample else _WITHDRAWN_MARK if archived.withdrawn_at else ""
        yield (
            f"{local(item.published_at)}  {event.status.value:<8}  {sides:<11}  {label(event.type):<22}  "
            f"{mark}{printable(item.title)} ({printable(item.outlet)})"
        )


def local(moment: dt.datetime) -> str:
    """A moment in the zone of whoever reads."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _sides(source: str | None, target: str | None) -> str:
    return f"{source or '?'} → {target or '?'}"
