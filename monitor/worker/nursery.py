"""The process that prepares once and forks children: what the pool's children have in common costs time and memory once.

`pool.py` starts it, sends it what to prepare, and asks it for children; each child then talks to the pool over a pipe of
its own. The nursery does nothing else, so that it can fork at any time. It ends when the pool's end of its pipe closes,
whichever way the daemon ends, and so do the children with theirs; a child that is busy at that moment is ended by its
own alarm.
"""

import gc
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Any

_GROWN_KB = 24 * 1024
"""How much a child may grow over its jobs. What a hostile document took is given back by ending the child."""

_ROOM = 24 * 1024 * 1024
_ROOM_A_BYTE = 6
"""Bytes that a job may take beside what its child was born with: so many, and so many for each byte of its argument. Plain
documents need half of it; one that unfolds entities within entities would take all there is."""

_SIGKILLED = 128 + signal.SIGKILL


def main() -> None:
    """The life of the nursery; its pipe is the descriptor that the first argument names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    pipe = Connection(int(sys.argv[1]))
    try:
        sys.path[:], preload, prepare = pipe.recv()
        prepared, state = attempt(_prepare, preload, prepare)
        del preload, prepare
        pipe.send((prepared, None if prepared else state))
        # What is there now stays: collections in the children would only copy its pages.
        gc.collect()
        gc.freeze()
        while prepared:
            _answer(pipe, pipe.recv(), state)
    except (EOFError, OSError):
        return


def attempt(call: Callable[..., Any], *arguments: Any) -> tuple[bool, Any]:
    """Whether the call worked, and its result, or else what went wrong in words."""
    try:
        return True, call(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever a job raises is its answer; the child goes on
        return False, f"{type(error).__name__}: {error}"


def _prepare(preload: tuple[str, ...], prepare: bytes) -> Any:
    for module in preload:
        import_module(module)
    return pickle.loads(prepare)()  # noqa: S301 - from our own parent


def _answer(pipe: Connection, ends: int | None, state: Any) -> None:
    """Forks a child, which is answered with its process id, or ends and reaps the one that `ends` names."""
    if ends is not None:
        os.kill(ends, signal.SIGKILL)
        os.waitpid(ends, 0)
        pipe.send(None)
        return
    handle = recv_handle(pipe)
    child = os.fork()
    if child == 0:
        status = _SIGKILLED
        try:
            pipe.close()
            _serve(Connection(handle), state)
            status = 0
        finally:
            os._exit(status)
    os.close(handle)
    pipe.send(child)


def _serve(pipe: Connection, state: Any) -> None:
    """A child's life: one job after the other, until the daemon's end of the pipe closes.

    Each answer says whether the job worked, what it returned, and whether the child has grown so much that it should go.
    """
    # The default action of SIGALRM ends the process even while a C function holds the interpreter's lock.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    born_with = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    data = _data_bytes()
    try:
        while True:
            _limit_memory(None)
            message = pipe.recv_bytes()
            _limit_memory(data + _ROOM + _ROOM_A_BYTE * len(message))
            job, argument, limit = pickle.loads(message)  # noqa: S301 - from our own parent
            del message
            signal.setitimer(signal.ITIMER_REAL, limit + 1)
            done, answer = attempt(job, state, argument)
            signal.setitimer(signal.ITIMER_REAL, 0)
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - born_with
            pipe.send((done, answer, grown > _GROWN_KB))
    except (EOFError, OSError):
        return


def _data_bytes() -> int:
    """What this process takes of what RLIMIT_DATA limits: the sixth field of statm (proc(5)), in pages."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5]) * resource.getpagesize()


def _limit_memory(most: int | None) -> None:
    """Lets a job that wants more than so many bytes of data fail with MemoryError; None: as much as the system gives."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if most is None or (hard != resource.RLIM_INFINITY and most > hard):
        most = hard
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
