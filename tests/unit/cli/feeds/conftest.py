"""A small configuration of one's own."""

from pathlib import Path

import pytest


@pytest.fixture
def small(own: Path) -> Path:
    """A configuration with two feeds, one of them paused."""
    (own / "feeds.toml").write_text(
        '[[feed]]\nid = "wire"\nurl = "https://wire.example/rss"  # mine\n\n'
        '[[feed]]\nid = "rest"\nurl = "https://me:canary@rest.example/"\npaused = true\n',
        encoding="utf-8",
    )
    return own
