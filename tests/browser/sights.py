"""What there is to see: the pages by name, and where each is in a newsroom."""

from collections.abc import Mapping

from monitor.storage.engine import open_database
from monitor.storage.stories import stories_between
from tests.browser.newsroom import Newsroom

PAGES: Mapping[str, str] = {
    "now": "/",
    "day": "/days/{day}",
    "upcoming": "/upcoming",
    "matrix": "/relations",
    "relation": "/relations/FJI-TON",
    "story": "/stories/{story}",
    "search": "/search?q=ambassador",
    "search in vain": "/search?q=xylophone",
    "try it": "/try",
    "feeds": "/feeds",
    "feed": "/feeds/lagoon-herald",
    "deliveries": "/deliveries",
    "try": "/try",
    "sign in": "/sign-in",
}

SCRIPTED = frozenset({"now"})
"""Pages that say more where JavaScript is on; the others have no script at all."""


def addresses(room: Newsroom) -> dict[str, str]:
    """Each page's path, by its name: of the story that most papers tell between Fiji and Tonga, and the day of its last report."""
    database = open_database(room.database)
    try:
        with database.read() as connection:
            between = stories_between(connection, limit=99, relation_name="FJI-TON")
    finally:
        database.close()
    story = max(between, key=lambda one: len(one.publishers))
    words = {"story": story.id, "day": story.last_report_at.date().isoformat()}
    return {name: path.format_map(words) for name, path in PAGES.items()}
