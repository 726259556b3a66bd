"""Takes the pictures of the pages in docs/pictures anew: `make pictures`.

The daemon is started on the invented month, and each page is seen as a person at a desk sees it; some on a telephone in the dark, too.
Pictures are WebP, which keeps each below 100 kB.
"""

import datetime as dt
import io
import tempfile
from pathlib import Path

from PIL import Image

from monitor import logs
from monitor.logs import LogFormat
from tests.browser.chromium import TELEPHONE, Look, find_chromium
from tests.browser.desk import open_desk
from tests.browser.newsroom import open_newsroom
from tests.browser.sights import addresses

_FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
_ON_A_TELEPHONE = ("now", "story", "relation")
_AT_A_DESK = ("now", "upcoming", "matrix", "relation", "story", "search", "feeds", "deliveries", "try it")
_TRIED = "Suva will call home its high commissioner to Tonga on Friday, Nuku'alofa says"
_MOST_BYTES = 100_000
_QUALITY = 80


def main() -> None:
    """Plays the month, starts the daemon, takes the pictures."""
    logs.configure("error", LogFormat.TEXT)
    program = find_chromium()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_newsroom(Path(folder), dt.datetime.now(dt.UTC)) as room,
        open_desk(room, program) as desk,
    ):
        # A month shows best in a chart of a month.
        paths = addresses(room) | {"relation": "/relations/FJI-TON?days=30"}
        for name in _AT_A_DESK:
            with desk.window(color_scheme="light", locale="en-GB") as look:
                _take(look, paths[name], f"page-{name}")
        for name in _ON_A_TELEPHONE:
            with desk.window(viewport=TELEPHONE, color_scheme="dark", device_scale_factor=2, locale="en-GB") as look:
                _take(look, paths[name], f"page-{name}-telephone")


def _take(look: Look, path: str, name: str) -> None:
    look.visit(path)
    if path == "/try":
        look.try_out(_TRIED)
    seen = Image.open(io.BytesIO(look.page.screenshot())).convert("RGB")
    file = _FOLDER / f"{name.replace(' ', '-')}.webp"
    seen.save(file, "WEBP", quality=_QUALITY, method=6)
    size = file.stat().st_size
    print(f"{file.name}: {size / 1000:.0f} kB{', too large' if size > _MOST_BYTES else ''}")


if __name__ == "__main__":
    main()
