"""R2: whatever was committed, committing it again changes nothing."""

from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies
from sqlalchemy import select

from monitor.domain.delivery import Message
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Silence, SilenceReason
from monitor.domain.stories import StoredEvent, Story
from monitor.storage import events, items, outbox, polls, silences, stories
from monitor.storage.engine import Database
from monitor.storage.tables import METADATA
from tests.databases import open_current
from tests.unit.storage.examples import NOW, message, news, report, source, story

# Few names, so that batches overlap and repeat themselves.
names = strategies.lists(strategies.sampled_from("abcdef"), max_size=8)
Batch = tuple[list[NewsItem], list[StoredEvent], list[Story], list[Message]]
batches = strategies.lists(
    names.map(
        lambda chosen: (
            [news(name) for name in chosen],
            [report(name, news(name)) for name in chosen],
            [story(name) for name in chosen],
            [message(name, story_id=f"story-{name}") for name in chosen],
        )
    ),
    min_size=1,
    max_size=3,
)


def commit(database: Database, batch: Batch) -> None:
    read, reports, told, sent = batch
    with database.write() as connection:
        polls.sync_feeds(connection, [source()], NOW)
        items.insert_items(connection, read)
        stories.lock_relations(connection, [one.relation for one in told])
        stories.save_stories(connection, told)
        events.insert_events(connection, reports, {f"event-{one.id[6:]}": one.id for one in told})
        silences.record(
            connection,
            [Silence(event_id=one.id, watch_id=None, reason=SilenceReason.KNOWN) for one in reports],
            NOW,
        )
        outbox.enqueue(connection, sent)


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in METADATA.sorted_tables
        }


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches)
def test_any_commits_when_repeated_then_the_database_stays_as_it_was(
    tmp_path: Path, given_batches: Sequence[Batch]
) -> None:
    path = tmp_path / "repeats.db"
    path.unlink(missing_ok=True)  # the last example's
    database = open_current(f"sqlite:///{path}")
    try:
        for batch in given_batches:
            commit(database, batch)
        before = everything(database)
        for batch in given_batches:
            commit(database, batch)
        assert everything(database) == before
    finally:
        database.close()
    assert len(before["item"]) == len({one.key for read, *_ in given_batches for one in read})
    assert len(before["message"]) == len({one.id for *_, sent in given_batches for one in sent})
