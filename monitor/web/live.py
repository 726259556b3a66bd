"""News for pages that are open: a stream of server-sent events, which says which stories have just been reported.

One watcher looks for all listeners of the process, in a thread, every two seconds, and only while anybody listens. What a
story says stands in no event: the page fetches its own list again (static/live.js), so that there is one way of making it.
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from monitor.domain.browsing import StoryFilter
from monitor.domain.errors import DatabaseError
from monitor.storage.browse.heard import Heard, heard_since
from monitor.storage.browse.places import moment
from monitor.storage.engine import Database
from monitor.web.filters import read_filter
from monitor.web.site import site_of

log = structlog.get_logger()

MOST_LISTENERS = 50
_LOOK_EVERY_S = 2.0
_HEARTBEAT_S = 15.0
_COME_AGAIN_S = 30
# Daemons that share a database write what they saw a little later than they saw it, and not in one order.
_LATE = dt.timedelta(minutes=5)
_MOST_AT_ONCE = 300
_MOST_WAITING = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Listener:
    """One open page: what it wants to hear of, and what waits to be sent; None ends its stream."""

    wanted: StoryFilter
    waiting: asyncio.Queue[Sequence[Heard] | None] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))

    def offer(self, heard: Sequence[Heard] | None) -> None:
        """Puts something in line. A page that takes nothing for minutes misses it, and the daemon doesn't wait."""
        if not self.waiting.full():
            self.waiting.put_nowait(heard)


class Live:
    """The listeners of this process, and the watcher that looks for them.

    Everything but `close` runs in the web server's loop.
    """

    def __init__(self, *, look_every_s: float = _LOOK_EVERY_S, heartbeat_s: float = _HEARTBEAT_S) -> None:
        self._look_every_s = look_every_s
        self._heartbeat_s = heartbeat_s
        self._listeners: set[_Listener] = set()
        self._watcher: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False

    def routes(self) -> list[Route]:
        """The stream; it takes the filter of any list of stories, and `last-event-id` as a parameter, too."""
        return [Route("/live", self._stream, methods=["GET"])]

    def close(self) -> None:
        """Ends all streams, so that the server can stop at once. Any thread may call it."""
        self._is_closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    async def _stream(self, request: Request) -> Response:
        site = site_of(request)
        wanted = read_filter(request.query_params, site.taxonomy).filter(site)
        if self._is_closed or len(self._listeners) >= MOST_LISTENERS:
            return PlainTextResponse(
                f"As many pages as may follow the news are open already. Try again in {_COME_AGAIN_S} seconds.\n",
                status_code=503,
                headers={"Retry-After": str(_COME_AGAIN_S)},
            )
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        # A page that opens a new stream can't send the header that a browser sends by itself.
        last_id = request.headers.get("last-event-id") or request.query_params.get("last-event-id", "")
        events = self._events(_Listener(wanted), site.database, site.clock, last_id)
        return StreamingResponse(events, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    async def _events(
        self, listener: _Listener, database: Database, clock: Callable[[], dt.datetime], last_id: str
    ) -> AsyncIterator[str]:
        self._loop = asyncio.get_running_loop()
        self._listeners.add(listener)
        try:
            await self._start(database, clock)
            yield f"retry: {int(self._look_every_s * 2000)}\n\n"
            if (since := _moment(last_id)) is not None:
                # It has had what was seen at that very moment.
                listener.offer([one for one in await _look(database, since) or () if one.seen_at > since])
            while (event := await self._next(listener)) is not None:
                yield event
        finally:
            self._listeners.discard(listener)

    async def _next(self, listener: _Listener) -> str | None:
        """What is to be sent next, at the latest when a connection that seems idle would be cut; None at the end."""
        if self._is_closed:
            return None
        try:
            heard = await asyncio.wait_for(listener.waiting.get(), self._heartbeat_s)
        except TimeoutError:
            return ": still here\n\n"
        if heard is None:
            return None
        ours = [one for one in heard if concerns(listener.wanted, one)]
        return _event(ours) if ours else ""

    async def _start(self, database: Database, clock: Callable[[], dt.datetime]) -> None:
        """Has somebody look. What stands by now is known; whoever begins to listen waits until that is."""
        async with self._starting:
            if self._watcher is None or self._watcher.done():
                heard = await _look(database, clock() - _LATE)
                known = None if heard is None else {one.event_id for one in heard}
                self._watcher = asyncio.create_task(self._watch(database, clock, known))

    async def _watch(self, database: Database, clock: Callable[[], dt.datetime], known: set[str] | None) -> None:
        """Looks for what is new while anybody listens. `known` is None where nobody could look so far."""
        while self._listeners:
            await asyncio.sleep(self._look_every_s)
            heard = await _look(database, clock() - _LATE)
            if heard is None:
                continue
            new = [one for one in heard if one.event_id not in known] if known is not None else []
            known = {one.event_id for one in heard}
            if new:
                for listener in self._listeners:
                    listener.offer(new)

    def _end(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()
        for listener in self._listeners:
            while listener.waiting.full():
                listener.waiting.get_nowait()
            listener.offer(None)


def concerns(wanted: StoryFilter, heard: Heard) -> bool:
    """Whether a report that has just come in is one of what a list asks for."""
    story = heard.story
    sides = {story.source, story.target}
    return (
        sides.issuperset(wanted.sides)
        and (not wanted.kinds or story.type in wanted.kinds)
        and (wanted.min_severity is None or story.severity.rank >= wanted.min_severity.rank)
        and (not wanted.statuses or story.status in wanted.statuses)
        and wanted.language in (None, heard.language)
        and (wanted.since is None or story.last_report_at >= wanted.since)
        and (wanted.until is None or story.opened_at < wanted.until)
    )


async def _look(database: Database, since: dt.datetime) -> Sequence[Heard] | None:
    """What was seen since then; None where the database can't be read just now."""
    try:
        return await run_in_threadpool(_read, database, since)
    except DatabaseError as error:
        log.warning("live_pages_not_told", error=str(error))
        return None


def _read(database: Database, since: dt.datetime) -> Sequence[Heard]:
    with database.read() as connection:
        return heard_since(connection, since, limit=_MOST_AT_ONCE)


def _event(heard: Sequence[Heard]) -> str:
    """The event that names these stories. Its id is where a listener that comes back goes on."""
    told = json.dumps({"stories": sorted({one.story.id for one in heard})}, separators=(",", ":"))
    return f"event: stories\nid: {max(one.seen_at for one in heard).isoformat()}\ndata: {told}\n\n"


def _moment(last_id: str) -> dt.datetime | None:
    """Where a listener left off; None for one that hasn't listened, or says something that was no id of ours."""
    try:
        return moment(last_id)
    except ValueError:
        return None
