"""Children that can be killed: a few processes that take one job at a time, each within a time limit (decision 6).

Hostile documents can keep a parser busy for minutes, and a ProcessPoolExecutor can't kill one child. Here each child
has a pipe of its own; at a job's limit it is killed and another takes its place. What the jobs are is known in
`jobs.py`; this module only keeps the children.

The children are forked by `nursery.py`, which has compiled the classifier before: another child costs milliseconds and
shares its memory. They hold no descriptor of the daemon (its lock, its sockets), and ignore SIGINT, SIGTERM and SIGHUP,
which a terminal or an init system may send to the whole group.
"""

import asyncio
import contextlib
import datetime as dt
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from typing import Any, Generic, TypeVar

import structlog

from monitor import metrics
from monitor.domain.errors import ChildFailed, ChildNotStarted, ChildTooSlow

log = structlog.get_logger()

_START_LIMIT = dt.timedelta(seconds=60)  # a cold start on a slow machine, with compiling all patterns, takes a few
_FORK_LIMIT_S = 10.0
_NURSERY = "from monitor.worker.nursery import main; main()"

State = TypeVar("State")
Argument = TypeVar("Argument")
Result = TypeVar("Result")


class ChildPool(Generic[State]):
    """`children` processes that serve jobs with what `prepare()` returned, once for all of them.

    `prepare` and every job are module-level functions (or partials of them): they travel to the child by name, so
    `preload`, the modules that hold them, is imported once in the nursery and never again.
    """

    def __init__(self, prepare: Callable[[], State], *, children: int, preload: tuple[str, ...] = ()) -> None:
        self._closing = threading.Event()
        self._nursery = _Nursery(prepare, preload, self._closing)
        self._threads = ThreadPoolExecutor(children, thread_name_prefix="child")
        self._slots = tuple(_Slot(self._nursery, self._closing) for _ in range(children))
        self._idle: queue.SimpleQueue[_Slot] = queue.SimpleQueue()
        for slot in self._slots:
            self._idle.put(slot)

    def warm_up(self) -> None:
        """Starts all children in the background; without this, each starts with its first job."""
        for _ in self._slots:
            self._threads.submit(self._start_one)

    async def run(self, job: Callable[[State, Argument], Result], argument: Argument, *, limit: dt.timedelta) -> Result:
        """Runs one job in the next idle child.

        Raises:
            ChildTooSlow: the job took longer than `limit`, and its child was killed.
            ChildFailed: the child died, or the job itself raised. The next job has a working child again.
            ChildNotStarted: there is no child that could have done it.
        """
        loop = asyncio.get_running_loop()
        with metrics.CHILD_JOBS.track_inprogress():
            return await loop.run_in_executor(self._threads, self._run_one, job, argument, limit)

    async def close(self) -> None:
        """Ends all children; jobs still running fail with ChildFailed. They hold nothing worth waiting for."""
        self._closing.set()
        self._nursery.give_up_starting()
        for slot in self._slots:
            slot.kill_if_busy()
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        for slot in self._slots:
            slot.discard()
        self._nursery.close()

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
            answer: Result = slot.run(job, argument, limit)
        finally:
            self._idle.put(slot)
        return answer


class _Nursery:
    """The pool's side of the process that forks the children. Threads may share it; it is started with the first child."""

    def __init__(self, prepare: Callable[[], object], preload: tuple[str, ...], closing: threading.Event) -> None:
        self._prepare = prepare
        self._preload = preload
        self._closing = closing
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._starting = False

    def new_child(self) -> tuple[int, Connection]:
        """Its process id and the pipe to it. Raises ChildNotStarted."""
        with self._lock:
            pipe = self._ready()
            ours, childs_end = Pipe()
            try:
                pipe.send(None)
                if self._process is not None:
                    send_handle(pipe, childs_end.fileno(), self._process.pid)
                child = self._reply(pipe, _FORK_LIMIT_S)
            except (EOFError, OSError) as error:
                ours.close()
                self._discard()
                raise ChildNotStarted(
                    f"No worker child could be started: {str(error) or 'its nursery has died'}"
                ) from error
            finally:
                # Held here as well, the child's end would never close, and a child's death would go unnoticed.
                childs_end.close()
            return child, ours

    def kill(self, child: int) -> None:
        """Ends a child without waiting. Until `reap`, its number is nobody else's."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def reap(self, child: int) -> None:
        """Ends a child, and waits until it is gone."""
        with self._lock:
            if self._pipe is None:
                return
            try:
                self._pipe.send(child)
                self._reply(self._pipe, _FORK_LIMIT_S)
            except (EOFError, OSError):
                self._discard()

    def give_up_starting(self) -> None:
        """Ends a nursery that is still preparing: whoever waits for it is told. It has no children yet."""
        process = self._process
        if self._starting and process is not None:
            process.kill()

    def close(self) -> None:
        """Ends the nursery."""
        with self._lock:
            self._discard()

    def _ready(self) -> Connection:
        if self._pipe is not None and self._process is not None and self._process.poll() is None:
            return self._pipe
        self._discard()
        self._starting = True
        try:
            if self._closing.is_set():
                raise ChildNotStarted("The program is shutting down.")
            return self._start()
        except (EOFError, OSError) as error:
            self._discard()
            raise ChildNotStarted(
                f"No worker child could be started: {str(error) or 'its nursery has died'}"
            ) from error
        finally:
            self._starting = False

    def _start(self) -> Connection:
        self._pipe, theirs = Pipe()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", _NURSERY, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        finally:
            theirs.close()
        self._pipe.send((sys.path, self._preload, pickle.dumps(self._prepare)))
        prepared, trouble = self._reply(self._pipe, _START_LIMIT.total_seconds())
        if not prepared:
            self._discard()
            raise ChildNotStarted(f"No worker child could be started: {trouble}")
        return self._pipe

    def _reply(self, pipe: Connection, seconds: float) -> Any:
        if not pipe.poll(seconds):
            raise TimeoutError(f"no answer within {seconds:g} s")
        return pipe.recv()

    def _discard(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class _Slot:
    """A place for one child and its successors. One thread uses it at a time; `kill_if_busy` may come from any."""

    def __init__(self, nursery: _Nursery, closing: threading.Event) -> None:
        self._nursery = nursery
        self._closing = closing
        self._child: int | None = None
        self._pipe: Connection | None = None
        self._awaited = False

    def ensure_ready(self) -> Connection:
        """The pipe to a living child; starts one where there is none. Raises ChildNotStarted."""
        # An idle child has nothing to say: where something can be read, it is the end.
        if self._pipe is not None:
            if not self._pipe.poll():
                return self._pipe
            self._lost()
        if self._closing.is_set():
            raise ChildNotStarted("The program is shutting down.")
        self._child, self._pipe = self._nursery.new_child()
        metrics.CHILDREN.inc()
        return self._pipe

    def run(self, job: Callable[[Any, Any], Any], argument: object, limit: dt.timedelta) -> Any:
        """The job's answer. Raises ChildFailed, and ChildNotStarted, which is one."""
        pipe = self.ensure_ready()
        self._awaited = True
        try:
            if self._closing.is_set():
                # Asked after `_awaited` is set, as `kill_if_busy` looks at it after closing began: one sees the other.
                raise ChildNotStarted("The program is shutting down.")
            pipe.send((job, argument, limit.total_seconds()))
            if not pipe.poll(limit.total_seconds()):
                self._lost()
                raise ChildTooSlow(f"A worker child was killed: no answer within {limit.total_seconds():g} s.")
            done, answer, grown = pipe.recv()
        except (EOFError, OSError) as error:
            self._lost()
            raise ChildFailed("A worker child died at its work.") from error
        finally:
            self._awaited = False
        if grown:
            self.discard()
        if not done:
            raise ChildFailed(f"A job failed in a worker child: {answer}.")
        return answer

    def _lost(self) -> None:
        if not self._closing.is_set():
            metrics.CHILDREN_KILLED.inc()
        self.discard()

    def kill_if_busy(self) -> None:
        """Ends a child that is awaited; whoever waits for its answer then sees the pipe end."""
        child = self._child
        if self._awaited and child is not None:
            self._nursery.kill(child)

    def discard(self) -> None:
        """Ends the child, if any, and frees what it held here."""
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._child is not None:
            self._nursery.reap(self._child)
            self._child = None
            metrics.CHILDREN.dec()
