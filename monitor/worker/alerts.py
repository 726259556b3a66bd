"""An alert as a row of the outbox, its bytes final. Made in the poll's transaction, or once what held it back is over."""

import datetime as dt
from collections.abc import Sequence

from monitor import metrics
from monitor.delivery.channel import Channel
from monitor.delivery.wording import line
from monitor.domain.delivery import Message, MessageKind, message_id
from monitor.domain.routing import Alert
from monitor.domain.stories import Story

EARLIER = 5
"""So many stories of what came before go with an alert, as many as any channel tells."""


def alert_message(alert: Alert, channel: Channel, earlier: Sequence[Story], now: dt.datetime) -> Message:
    """The message that tells the alert. `earlier` are stories of its relation, the latest first."""
    metrics.ALERTS.labels(severity=alert.story.severity.value).inc()
    return Message(
        id=message_id(alert.dedup_key),
        dedup_key=alert.dedup_key,
        channel_id=alert.channel_id,
        kind=MessageKind.ALERT,
        rendered=channel.render(alert, earlier),
        created_at=now,
        story_id=alert.story.id,
        watches=alert.watches,
        title=line(alert),
        event_id=alert.report.id,
    )
