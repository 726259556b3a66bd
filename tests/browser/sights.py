"""What there is to see: the pages by name, and where each is in a newsroom."""

from collections.abc import Mapping

from monitor.storage import outbox
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
    "delivery": "/deliveries/{message}",
    "sign in": "/sign-in",
}

SCRIPTED = frozenset({"now"})
"""Pages that say more where JavaScript is on; the others have no script at all."""


def addresses(room: Newsroom) -> dict[str, str]:
    """Each page's path, by its name: of the story that most papers tell between Fiji and Tonga, the day of its
    last report, and the message that was made last.
    """
    database = open_database(room.database)
    try:
        with database.read() as connection:
            between = stories_between(connection, limit=99, relation_name="FJI-TON")
            (message,) = outbox.messages(connection, limit=1)
    finally:
        database.close()
    story = max(between, key=lambda one: len(one.publishers))
    words = {"story": story.id, "day": story.last_report_at.date().isoformat(), "message": message.message.id}
    return {name: path.format_map(words) for name, path in PAGES.items()}
