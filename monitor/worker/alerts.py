"""An alert as a row of the outbox, its bytes final: with what came before, who reports it, and its page.

Made in the poll's transaction, or once what held the alert back is over. What is rendered here never changes again (R3). Comes
after routing has said who is told; the outbox takes the messages.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field

import structlog

from monitor import metrics
from monitor.delivery.wording import line
from monitor.domain.delivery import Message, MessageKind, Notice, message_id
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Alert
from monitor.domain.stories import Stage, StoredEvent, Story
from monitor.storage import stories
from monitor.storage.connection import Connection
from monitor.storage.events import items_of_story
from monitor.stories.coverage import coverage_of
from monitor.worker.desk import Desk
from monitor.worker.notices import broken_channels, operator_channels, post
from monitor.worker.standing import StandingStories

log = structlog.get_logger()

# As many as any channel tells.
_EARLIER = 5
# What comes after so many reports names hardly a publisher for which an alert has room.
_REPORTS = 200


@dataclass(slots=True)
class Writer:
    """Makes messages of alerts. `standing` are stories that the transaction knows better than the tables do."""

    connection: Connection
    desk: Desk
    now: dt.datetime
    standing: StandingStories = field(default_factory=StandingStories)
    _reported: dict[str, list[NewsItem]] = field(default_factory=dict)

    def note(self, story: Story, report: StoredEvent) -> None:
        """Remembers a report of a story that is not in the tables yet."""
        self._reported.setdefault(story.id, []).append(report.item)

    def message(self, alert: Alert) -> Message:
        """The message that tells the alert."""
        metrics.ALERTS.labels(severity=alert.story.severity.value).inc()
        coverage = coverage_of(self._items(alert), self.desk.voices)
        whole = dataclasses.replace(alert, coverage=coverage, page=self._page(alert.story))
        rendered = self.desk.channels[alert.channel_id].render(whole, self._earlier(alert.story))
        if rendered.trouble is not None:
            self._tell_operator(alert.channel_id, rendered.trouble)
        return Message(
            id=message_id(alert.dedup_key),
            dedup_key=alert.dedup_key,
            channel_id=alert.channel_id,
            kind=MessageKind.ALERT,
            rendered=rendered,
            created_at=self.now,
            story_id=alert.story.id,
            watches=alert.watches,
            title=line(alert),
            event_id=alert.report.id,
        )

    def _tell_operator(self, channel_id: str, trouble: str) -> None:
        """Says, once a day for each channel, that its own text fails."""
        log.error("template_failed", channel=channel_id, error=trouble)
        notice = Notice(
            dedup_key=f"template:{channel_id}:{self.now.date()}",
            title=f"The template of channel {channel_id} fails",
            text=f"Its alerts go out in the built-in words. {trouble}",
            at=self.now,
        )
        broken = broken_channels(self.connection)
        post(self.connection, operator_channels(self.desk.channels, self.desk.operator, without=broken), notice)

    def _page(self, story: Story) -> str | None:
        return f"{self.desk.public_url.rstrip('/')}/stories/{story.id}" if self.desk.public_url else None

    def _items(self, alert: Alert) -> list[NewsItem]:
        """The items that report the story, each once, with that of the alert among them."""
        story = alert.story
        told_before = alert.stage is not Stage.FIRST or len(story.publishers) > 1
        stored = items_of_story(self.connection, story.id, _REPORTS) if told_before else ()
        found = (*stored, *self._reported.get(story.id, ()), alert.report.item)
        return list({item.key: item for item in found}.values())

    def _earlier(self, story: Story) -> tuple[Story, ...]:
        """What came before between the two sides: of what is stored and of what this transaction opened itself."""
        if story.source is None or story.target is None:
            return ()
        stored = stories.stories_before(self.connection, story, _EARLIER)
        # The transaction knows better than the tables what it has changed itself.
        untouched = [one for one in stored if self.standing.get(one.id) is None]
        standing = [
            one
            for one in self.standing.between_the_same(story)
            if one.opened_at <= story.opened_at and one.retracted_at is None
        ]
        latest = sorted((*untouched, *standing), key=lambda one: (one.last_report_at, one.id), reverse=True)
        return tuple(latest[:_EARLIER])
