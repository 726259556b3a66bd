"""What holds an alert back although it is wanted: the quiet hours of its watches, and how much they want in an hour (P20).

Pure. Delivery waits, evaluation doesn't: what is held was routed as ever, and is told once the time comes. Several watches
share an alert, and it waits only where each of them says so. Comes after watches.py; storage keeps what waits,
worker/holding.py has it told.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from monitor.domain.digests import DigestCause, HeldAlert
from monitor.domain.routing import Alert, Watch
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity

AN_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)


def local_moment(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment of a local time, in UTC: the first one where clocks are set back, an hour later where it is left out."""
    return dt.datetime.combine(day, time, ZoneInfo(zone)).astimezone(dt.UTC)


def quiet_until(watch: Watch, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours end in which `now` lies; None outside of them."""
    if watch.quiet is None:
        return None
    begin, end = watch.quiet.begin, watch.quiet.end
    today = now.astimezone(ZoneInfo(watch.time_zone)).date()
    for day in (today - _DAY, today):
        ends_on = day if end > begin else day + _DAY
        until = local_moment(ends_on, end, watch.time_zone)
        if local_moment(day, begin, watch.time_zone) <= now < until:
            return until
    return None


def quiet_for_all(watches: Sequence[Watch], severity: Severity, now: dt.datetime) -> dt.datetime | None:
    """When the first of the watches wants to hear of something of this severity; None where one of them does now."""
    times = [_quiet_until(watch, severity, now) for watch in watches]
    known = [time for time in times if time is not None]
    return min(known) if known and len(known) == len(times) else None


def held_for_quiet(alert: Alert, now: dt.datetime) -> HeldAlert | None:
    """The alert as it waits for the end of quiet hours; None where one of its watches wants it now."""
    until = quiet_for_all(alert.matched, alert.story.severity, now)
    return None if until is None else _held(alert, until, DigestCause.QUIET, now)


def held_for_limit(alert: Alert, sent: Mapping[str, Sequence[dt.datetime]], now: dt.datetime) -> HeldAlert | None:
    """The alert as it waits for room in the hour; None where one of its watches has room.

    `sent` are the times at which messages for each watch, by its id, were put on the way to the alert's channel within the
    last hour.
    """
    if alert.stage is Stage.FIRST and alert.story.severity is Severity.CRITICAL:
        return None
    times = [_room_at(watch, sent.get(watch.id, ())) for watch in alert.matched]
    known = [time for time in times if time is not None]
    return _held(alert, min(known), DigestCause.LIMIT, now) if known and len(known) == len(times) else None


def _quiet_until(watch: Watch, severity: Severity, now: dt.datetime) -> dt.datetime | None:
    breaks_through = watch.quiet is not None and severity.rank >= watch.quiet.unless.rank
    return None if breaks_through else quiet_until(watch, now)


def _room_at(watch: Watch, sent: Sequence[dt.datetime]) -> dt.datetime | None:
    """When the hour of this watch has room again; None where it has room now."""
    most = watch.at_most_per_hour
    if most is None or len(sent) < most:
        return None
    return sorted(sent)[-most] + AN_HOUR


def _held(alert: Alert, until: dt.datetime, cause: DigestCause, now: dt.datetime) -> HeldAlert:
    return HeldAlert(
        channel_id=alert.channel_id,
        story_id=alert.story.id,
        stage=alert.stage,
        event_id=alert.report.id,
        watches=alert.watches,
        cause=cause,
        held_at=now,
        until=until,
    )
