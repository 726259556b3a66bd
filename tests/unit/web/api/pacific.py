"""A small archive for the tests of the API: some islands, whose newspapers are invented."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from monitor.domain.delivery import Delivered, GaveUp
from monitor.domain.events import DatePrecision, EventActor, EventDate
from monitor.domain.feeds import NewsItem
from monitor.domain.severity import Adjustment, Ground
from monitor.domain.stories import Stage, Step, StoredEvent, Story, Withdrawal, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.storage import events, items, outbox, polls, stories
from monitor.storage.engine import Database
from monitor.web.site import Site
from tests.unit.storage.examples import message, news, report, source, story
from tests.unit.web.exhibits import NOW, a_site, empty_database

DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)

FEEDS = (
    source("island-gazette", language="en", group="islands", tags=frozenset({"press"})),
    source("diario-del-mar", language="es", publisher="Diario del Mar"),
    source("never-polled"),
)
_PAIRS = (("FJI", "TON"), ("TON", "FJI"), ("FJI", "WSM"), ("VUT", "FJI"), ("KIR", None))
_TYPES = ("ambassador.recalled", "talks", "travel.eased", "threat", "embassy.closed")
_SEVERITIES = (Severity.MAJOR, Severity.ROUTINE, Severity.NOTABLE, Severity.CRITICAL, Severity.MAJOR)
_STATUSES = (Status.REPORTED, Status.PLANNED, Status.REPORTED, Status.POSSIBLE, Status.DENIED)


def the_items() -> tuple[NewsItem, ...]:
    return tuple(
        news(
            f"item-{number}",
            title=f"Islands in the news, part {number} <b>&amp;</b>",
            feed_id=FEEDS[number % 2].id,
            language="es" if number % 2 else "en",
            published_at=NOW - number * DAY - HOUR,
            seen_at=NOW - number * DAY,
        )
        for number in range(len(_PAIRS))
    )


def the_stories() -> tuple[Story, ...]:
    """The latest reported first; the last of them was taken back."""
    made = []
    for number, (one, other) in enumerate(_PAIRS):
        made.append(
            story(
                str(number),
                relation=relation_of(one, other),
                type=_TYPES[number],
                source=one,
                target=other,
                severity=_SEVERITIES[number],
                status=_STATUSES[number],
                opened_at=NOW - number * DAY - HOUR,
                last_report_at=NOW - number * DAY,
                headline=f"Islands in the news, part {number} <b>&amp;</b>",
                reached=frozenset({Stage.FIRST, Stage.HAPPENED}),
                adjustments=(Adjustment(ground=Ground.FIRST, step=1),),
                date=None if number else EventDate(first=NOW.date(), last=NOW.date(), precision=DatePrecision.DAY),
            )
        )
    made[-1] = replace(made[-1], retracted_at=NOW - HOUR)
    return tuple(made)


def the_reports() -> tuple[StoredEvent, ...]:
    return tuple(
        report(
            f"{told.id}-report",
            item,
            type=told.type,
            status=told.status,
            source=EventActor(code=told.source or "?", name=told.source or "?", role="minister"),
            target=EventActor(code=told.target, name=told.target) if told.target else None,
        )
        for told, item in zip(the_stories(), the_items(), strict=True)
    )


def fill(database: Database) -> None:
    told, reports = the_stories(), the_reports()
    with database.write() as connection:
        polls.sync_feeds(connection, FEEDS, NOW - DAY)
        items.insert_items(connection, the_items())
        stories.save_stories(connection, told)
        events.insert_events(
            connection,
            reports,
            {one.id: story.id for one, story in zip(reports, told, strict=True)},
            {one.id: Step.OPENED for one in reports},
            {reports[0].id: Stage.HAPPENED},
        )
        events.withdraw_events(connection, [reports[-1].id], NOW, Withdrawal.PUBLISHER)
        outbox.enqueue(connection, [message("taken", story_id=told[0].id, title="Fiji and Tonga"), message("refused")])
    settle(database)


def settle(database: Database) -> None:
    """One message is taken, the other refused for good."""
    for verdict in (Delivered(answer="ok"), GaveUp(reason="404 no_service")):
        with database.write() as connection:
            (claim,) = outbox.claim(connection, owner="here", channels=["desk"], limit=1, per_channel=1, lease=HOUR)
            outbox.settle(connection, claim, verdict, next_attempt_in=None)


def site_over(database: Database) -> Site:
    """Fills an empty database, and shows it."""
    fill(database)
    return replace(
        a_site(database),
        feeds={feed.id: feed for feed in FEEDS},
        channels={"desk": "slack"},
        public_url="https://relmon.example/",
    )


@contextmanager
def pacific(folder: Path) -> Iterator[Site]:
    """A site over the archive."""
    with empty_database(folder) as database:
        yield site_over(database)
