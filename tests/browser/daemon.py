"""The real daemon at work on the newsroom's month, with its pages."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.acceptance.installation import RELMON, environment, wait_until
from tests.browser.newsroom import Newsroom


@contextmanager
def daemon(room: Newsroom) -> Iterator[None]:
    """Runs until the block ends; begins once it says that it is ready. Its children go with it."""
    output = room.folder / "daemon.log"
    with output.open("wb") as written:
        process = subprocess.Popen(
            [RELMON, "run", "--config", str(room.folder), "--database", room.database],
            stdout=written,
            stderr=written,
            start_new_session=True,
            env=environment(),
        )
    try:
        wait_until(lambda: b"daemon_ready" in output.read_bytes() or process.poll() is not None)
        assert process.poll() is None, output.read_text()
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
