"""Children that can be killed: a few processes that take one job at a time, each within a time limit (decision 6).

Hostile documents can keep a parser busy for minutes, and a ProcessPoolExecutor can't kill one child. Here each child
has a pipe of its own; at a job's limit it is killed and another takes its place. What the jobs are is known in
`jobs.py`; this module only keeps the children.

The children come from a fork server, so they hold no descriptor of the daemon (its lock, its sockets). They ignore
SIGINT and SIGTERM, which a terminal or an init system may send to the whole group, and end when the daemon's end of
the pipe closes, whichever way the daemon ends. An orphan that is busy at that moment is ended by its own alarm.
"""

import asyncio
import datetime as dt
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

import structlog

from monitor import metrics
from monitor.domain.errors import ChildFailed, ChildNotStarted

log = structlog.get_logger()

_START_LIMIT = dt.timedelta(seconds=60)  # a cold start on a slow machine, with compiling all patterns, takes a few
_GOODBYE_S = 0.5

State = TypeVar("State")
Argument = TypeVar("Argument")
Result = TypeVar("Result")


class ChildPool(Generic[State]):
    """`children` processes that each call `prepare()` once and then serve jobs with what it returned.

    `prepare` and every job are module-level functions (or partials of them): they travel to the child by name, so
    `preload`, the modules that hold them, is imported once in the fork server and never again.
    """

    def __init__(self, prepare: Callable[[], State], *, children: int, preload: tuple[str, ...] = ()) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, *preload])
        self._threads = ThreadPoolExecutor(children, thread_name_prefix="child")
        self._closing = threading.Event()
        self._slots = tuple(_Slot(self._context, prepare, self._closing) for _ in range(children))
        self._idle: queue.SimpleQueue[_Slot[State]] = queue.SimpleQueue()
        for slot in self._slots:
            self._idle.put(slot)

    def warm_up(self) -> None:
        """Starts all children in the background; without this, each starts with its first job."""
        for _ in self._slots:
            self._threads.submit(self._start_one)

    async def run(self, job: Callable[[State, Argument], Result], argument: Argument, *, limit: dt.timedelta) -> Result:
        """Runs one job in the next idle child.

        Raises:
            ChildFailed: the job took longer than `limit` and its child was killed, or the child died, or the job
                itself raised. The next job has a working child again.
            ChildNotStarted: there is no child that could have done it.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._run_one, job, argument, limit)

    async def close(self) -> None:
        """Ends all children; jobs still running fail with ChildFailed. They hold nothing worth waiting for."""
        self._closing.set()
        for slot in self._slots:
            slot.kill_if_busy()
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        for slot in self._slots:
            slot.dismiss()
        for slot in self._slots:
            slot.discard()

    def _start_one(self) -> None:
        slot = self._idle.get()
        try:
            slot.ensure_ready()
        except ChildFailed as error:
            if not self._closing.is_set():
                log.warning("child_not_started", error=str(error))
        finally:
            self._idle.put(slot)

    def _run_one(self, job: Callable[[State, Argument], Result], argument: Argument, limit: dt.timedelta) -> Result:
        # There are as many threads as slots, so this never waits longer than a slot takes to be put back.
        slot = self._idle.get()
        try:
            return slot.run(job, argument, limit)
        finally:
            self._idle.put(slot)


class _Slot(Generic[State]):
    """A place for one child and its successors. One thread uses it at a time; `kill_if_busy` may come from any."""

    def __init__(
        self, context: multiprocessing.context.ForkServerContext, prepare: Callable[[], State], closing: threading.Event
    ) -> None:
        self._context = context
        self._prepare = prepare
        self._closing = closing
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._awaited = False

    def ensure_ready(self) -> Connection:
        """The pipe to a child that has prepared itself; starts one where there is none."""
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self.discard()
        if self._closing.is_set():
            raise ChildNotStarted("The program is shutting down.")
        try:
            pipe = self._start()
            self._answer(_START_LIMIT, "A worker child did not start")
        except (ChildFailed, OSError, EOFError) as error:
            self.discard()
            raise ChildNotStarted(f"No worker child could be started: {error}") from error
        return pipe

    def _start(self) -> Connection:
        pipe, childs_end = self._context.Pipe()
        self._pipe = pipe
        try:
            process = self._context.Process(target=_serve, args=(childs_end, self._prepare), daemon=True)
            process.start()
            self._process = process
        finally:
            # Held here as well, the child's end would never close, and a child's death would go unnoticed.
            childs_end.close()
        return pipe

    def run(self, job: Callable[[State, Argument], Result], argument: Argument, limit: dt.timedelta) -> Result:
        pipe = self.ensure_ready()
        try:
            pipe.send((job, argument, limit.total_seconds()))
        except OSError as error:
            self._lost()
            raise ChildFailed(f"A worker child died before its job: {error}.") from error
        result: Result = self._answer(limit, "A worker child was killed")
        return result

    def _answer(self, limit: dt.timedelta, complaint: str) -> Any:
        if self._pipe is None:
            raise ChildFailed("A worker child is gone.")
        self._awaited = True
        try:
            if self._closing.is_set():
                # Asked after `_awaited` is set, as `kill_if_busy` looks at it after closing began: one sees the other.
                raise ChildNotStarted("The program is shutting down.")
            if not self._pipe.poll(limit.total_seconds()):
                self._lost()
                raise ChildFailed(f"{complaint}: no answer within {limit.total_seconds():g} s.")
            done, answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self._lost()
            raise ChildFailed("A worker child died at its work.") from error
        finally:
            self._awaited = False
        if not done:
            raise ChildFailed(f"A job failed in a worker child: {answer}.")
        return answer

    def _lost(self) -> None:
        if not self._closing.is_set():
            metrics.CHILDREN_KILLED.inc()
        self.discard()

    def kill_if_busy(self) -> None:
        """Ends a child that is awaited; whoever waits for its answer then sees the pipe end."""
        process = self._process
        if self._awaited and process is not None:
            process.kill()

    def dismiss(self) -> None:
        """Lets an idle child end by itself: it sees the pipe close."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(_GOODBYE_S)

    def discard(self) -> None:
        """Ends the child, if any, and frees what it held here."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.join(1)
            if self._process.exitcode is not None:
                self._process.close()
            self._process = None


def _serve(pipe: Connection, prepare: Callable[[], Any]) -> None:
    """A child's life: prepare, then one job after the other, until the daemon's end of the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # The default action of SIGALRM ends the process even while a C function holds the interpreter's lock.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        prepared, state = _attempt(prepare)
        pipe.send((prepared, None if prepared else state))
        while prepared:
            job, argument, limit = pipe.recv()
            signal.setitimer(signal.ITIMER_REAL, limit + 1)
            answer = _attempt(job, state, argument)
            signal.setitimer(signal.ITIMER_REAL, 0)
            pipe.send(answer)
    except (EOFError, OSError):
        return


def _attempt(call: Callable[..., Any], *arguments: Any) -> tuple[bool, Any]:
    """Whether the call worked, and its result, or else what went wrong in words."""
    try:
        return True, call(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever a job raises is its answer; the child goes on
        return False, f"{type(error).__name__}: {error}"
