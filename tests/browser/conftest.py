"""One newsroom, one daemon and one browser for all tests of this folder; none of these runs while others do."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import find_chromium
from tests.browser.desk import Desk, open_desk
from tests.browser.newsroom import Newsroom, open_newsroom


@pytest.fixture(scope="package")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """The month, up to now."""
    folder: Path = tmp_path_factory.mktemp("newsroom")
    with open_newsroom(folder, dt.datetime.now(dt.UTC)) as room:
        yield room


@pytest.fixture(scope="session")
def program() -> str:
    """The browser's path."""
    return find_chromium()


@pytest.fixture(scope="package")
def desk(program: str, newsroom: Newsroom) -> Iterator[Desk]:
    """The daemon at work on the month, and a browser; the month is there first, since nothing of asyncio runs beside the browser."""
    with open_desk(newsroom, program) as opened:
        yield opened
