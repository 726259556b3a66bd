"""The next of a feed's set times. Reading crontab lines, and what clocks do in spring and autumn, is cronsim's work.

Comes below pacing. settings/feeds.py has refused what can't be read.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from cronsim import CronSim

from monitor.domain.feeds import CronTimes


def next_time(at: CronTimes, after: dt.datetime) -> dt.datetime:
    """The first set time later than `after`, in UTC.

    An hour that the zone's clocks skip is made up for, and one that comes twice counts once, as Debian's cron has it.
    """
    return next(CronSim(at.expression, after.astimezone(ZoneInfo(at.zone)))).astimezone(dt.UTC)
