"""A person at a computer, in a newsroom whose daemon is at work."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.browser.chromium import DESKTOP, Look, chromium, sign_in, window
from tests.browser.daemon import daemon
from tests.browser.newsroom import TOKEN, Newsroom


@dataclass(slots=True)
class Desk:
    """Where windows are opened."""

    room: Newsroom
    browser: Any
    known: Any = field(repr=False)
    """What the browser keeps of having signed in."""

    def window(self, **options: Any) -> AbstractContextManager[Look]:
        """A window of somebody who has signed in; `options` are those of Playwright's `new_context`."""
        return window(self.browser, self.room.address, **{"viewport": DESKTOP, "storage_state": self.known, **options})

    def stranger(self) -> AbstractContextManager[Look]:
        """A window of somebody who has not."""
        return window(self.browser, self.room.address)


@contextmanager
def open_desk(room: Newsroom, program: str) -> Iterator[Desk]:
    """Starts the daemon and the browser at this path, and signs in; both are gone behind the block."""
    with daemon(room), chromium(program) as browser:
        yield Desk(room=room, browser=browser, known=sign_in(browser, room.address, TOKEN))
