"""An application that is made when it is first asked: what few installations use costs the others nothing.

FastAPI and all that it brings take half a second and a dozen megabytes; a daemon whose API nobody asks does without.
"""

import asyncio
import threading
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class Lazily:
    """Stands for the application that `make` makes: once, in a thread, at the first request."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._made: ASGIApp | None = None
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        app = self._made
        if app is None:
            app = await asyncio.to_thread(self._first_asked)
        await app(scope, receive, send)

    def _first_asked(self) -> ASGIApp:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made
