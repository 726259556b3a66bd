"""The word of the daemon to whoever started it and waits for it: systemd, by the protocol of sd_notify(3).

Says when the daemon is ready, reloads and stops, and that it is alive for as long as its loop turns: the same heart that
/healthz looks at. Where nobody asks for it, as on a terminal, nothing is said. `cli/run.py` says what when.
"""

import asyncio
import datetime as dt
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

_LONGEST_SEND_S = 1.0
# systemd advises half of its interval; a third leaves room for a machine under load.
_BEATS_PER_WATCHDOG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervisor:
    """Who is told. Without an address nobody is, and every word is free.

    `watchdog` is how long it waits for a sign of life before it starts the daemon anew; None where it asks for none.
    """

    address: str | None = None
    watchdog: dt.timedelta | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], pid: int) -> "Supervisor":
        """What systemd has left in NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID; the last two are for process `pid`."""
        address = environ.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            return cls()
        meant_for, interval = environ.get("WATCHDOG_PID", str(pid)), environ.get("WATCHDOG_USEC", "")
        if meant_for != str(pid) or not interval.isascii() or not interval.isdigit() or not int(interval):
            return cls(address=address)
        return cls(address=address, watchdog=dt.timedelta(microseconds=int(interval)))

    def ready(self, status: str) -> None:
        """The daemon works, for the first time or again after a reload. `systemctl status` shows the sentence."""
        self._say(f"READY=1\nSTATUS={_one_line(status)}")

    def reloading(self) -> None:
        """The daemon reads its configuration again; `ready` has to follow, whatever comes of it."""
        # The time is for Type=notify-reload (systemd 253): it tells a reload from one asked for earlier.
        self._say(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """The daemon ends, of its own will or because it was told to."""
        self._say("STOPPING=1\nSTATUS=Ending what was begun")

    async def keep_posted(self, loop_age: Callable[[], float]) -> None:
        """Gives signs of life until cancelled, but none while `loop_age`, in seconds, is half of what is waited for.

        Runs in the daemon's own loop, so that a loop that hangs is silent as well.
        """
        if self.watchdog is None:
            return
        interval = self.watchdog.total_seconds()
        while True:
            if loop_age() < interval / 2:
                self._say("WATCHDOG=1")
            await asyncio.sleep(interval / _BEATS_PER_WATCHDOG)

    def _say(self, message: str) -> None:
        if self.address is None:
            return
        # An @ stands for the zero byte that begins a name in Linux's abstract namespace.
        address = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.settimeout(_LONGEST_SEND_S)
                line.sendto(message.encode(), address)
        except OSError as error:
            log.warning("supervisor_not_told", message=message.partition("\n")[0], error=error.strerror or str(error))


def _one_line(status: str) -> str:
    """A status ends at its line's end; what follows would be read as another word to the supervisor."""
    return " ".join(status.split())
