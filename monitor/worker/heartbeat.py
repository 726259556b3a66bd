"""A dead man's switch (R9): an address is called for as long as the daemon does its work.

Whoever watches that address raises the alarm once the calls end. That tells what no daemon can tell of itself: that it is
gone, or its machine is. Whether the work is done is judged here from what the database says; service.py asks, cli/run.py starts it.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Collection

import structlog

from monitor import metrics
from monitor.outbound.client import HttpAnswer, HttpClient
from monitor.storage.vitals import Vitals
from monitor.worker.shift import Duty

log = structlog.get_logger()

# Long enough for a burst of news, a slow destination or a restart; deploy/prometheus/alerts.yml alarms at the same.
_OVERDUE_LIMIT = dt.timedelta(minutes=10)
_UNDELIVERED_LIMIT = dt.timedelta(minutes=15)

_TIME_LIMIT = dt.timedelta(seconds=10)
_MAX_BYTES = 100_000
_MAX_REDIRECTS = 3
_GOOD = range(200, 300)


def ailment(vitals: Vitals, *, duties: Collection[Duty], nobody_reached: bool) -> str | None:
    """What keeps a daemon with these duties from its work, in a sentence; None where nothing does.

    A broken channel is no ailment: its operator was told, and may take a week over it.
    """
    if Duty.POLL in duties:
        if nobody_reached:
            return "no publisher can be reached: the network is down"
        if vitals.longest_overdue > _OVERDUE_LIMIT:
            return f"a feed was due {vitals.longest_overdue.total_seconds():.0f} s ago, and nobody has polled it"
    if Duty.DELIVER in duties and vitals.oldest_due is not None and vitals.oldest_due > _UNDELIVERED_LIMIT:
        return f"a message has waited for {vitals.oldest_due.total_seconds():.0f} s, and can't be delivered"
    return None


class Heartbeat:
    """Calls one address. What ails, and what the call came to, is logged when it changes."""

    def __init__(self, client: HttpClient, url: str, every: dt.timedelta) -> None:
        self._client = client
        self._url = url
        self._every = every
        self._told = ""

    async def keep_calling(self, ailment: Callable[[], Awaitable[str | None]]) -> None:
        """Calls again and again, until cancelled; not while `ailment` has something to say."""
        while True:
            try:
                await self.beat(await ailment())
            except Exception:  # the loop's edge: a bug met here must not silence the calls for good
                log.exception("heartbeat_not_called")
            await asyncio.sleep(self._every.total_seconds())

    async def beat(self, ails: str | None) -> None:
        """Calls once, unless something ails."""
        if ails is not None:
            self._tell("heartbeat_withheld", ails)
            metrics.HEARTBEATS.labels(outcome="withheld").inc()
            return
        trouble = await self._call()
        if trouble is None:
            self._tell("heartbeat_answered", "")
            metrics.HEARTBEATS.labels(outcome="answered").inc()
        else:
            self._tell("heartbeat_failed", trouble)
            metrics.HEARTBEATS.labels(outcome="failed").inc()

    async def _call(self) -> str | None:
        answer = await self._client.request(
            "GET", self._url, time_limit=_TIME_LIMIT, max_bytes=_MAX_BYTES, max_redirects=_MAX_REDIRECTS
        )
        if not isinstance(answer, HttpAnswer):
            return answer.detail
        return None if answer.status in _GOOD else f"it answered {answer.status}"

    def _tell(self, event: str, why: str) -> None:
        if event == self._told:
            return
        self._told = event
        if why:
            log.warning(event, why=why)
        else:
            log.info(event)
