from collections import Counter
from collections.abc import Iterator

import pytest

from monitor.domain.taxonomy import Status
from monitor.storage import outbox, overview
from monitor.storage.database import Database
from monitor.storage.engine import open_database
from monitor.storage.outbox import MessageState
from monitor.storage.overview import FeedHealth
from monitor.storage.stories import stories_between
from tests.browser.month import ATTACK
from tests.browser.newsroom import Newsroom


@pytest.fixture
def database(newsroom: Newsroom) -> Iterator[Database]:
    opened = open_database(newsroom.database)
    yield opened
    opened.close()


def test_given_a_month_of_the_newsroom_when_it_was_played_then_the_pages_have_something_of_everything(
    newsroom: Newsroom, database: Database
) -> None:
    with database.read() as connection:
        found = stories_between(connection, limit=500)
        messages = outbox.messages(connection, limit=500)
        states, feeds = outbox.counts(connection), overview.feeds_by_health(connection)
    assert len(found) > 100
    assert {story.status for story in found} >= {Status.REPORTED, Status.PLANNED, Status.POSSIBLE, Status.DENIED}
    assert any(story.retracted_at for story in found)
    assert max(Counter(story.relation for story in found).values()) > 15
    assert states[MessageState.DELIVERED] > 50
    assert states[MessageState.DEAD] >= 3
    assert {one.message.kind.value for one in messages} >= {"alert", "digest", "summary"}
    assert any("taken back" in one.message.title for one in messages)
    assert feeds[FeedHealth.FAILING] == 3
    assert newsroom.address in newsroom.slack_messages()[0]
    assert any(ATTACK.partition("</script>")[2] in story.headline for story in found)
