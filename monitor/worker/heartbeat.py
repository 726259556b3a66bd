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
        self._outcome = ""

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
            if self._turns_to("withheld"):
                log.warning("heartbeat_withheld", why=ails)
            return
        trouble = await self._call()
        if trouble is not None:
            if self._turns_to("failed"):
                log.warning("heartbeat_failed", why=trouble)
        elif self._turns_to("answered"):
            log.info("heartbeat_answered")

    async def _call(self) -> str | None:
        answer = await self._client.request(
            "GET", self._url, time_limit=_TIME_LIMIT, max_bytes=_MAX_BYTES, max_redirects=_MAX_REDIRECTS
        )
        if not isinstance(answer, HttpAnswer):
            return answer.detail
        return None if answer.status in _GOOD else f"it answered {answer.status}"

    def _turns_to(self, outcome: str) -> bool:
        """Counts an outcome; True where the one before was another."""
        metrics.HEARTBEATS.labels(outcome=outcome).inc()
        before, self._outcome = self._outcome, outcome
        return before != outcome
