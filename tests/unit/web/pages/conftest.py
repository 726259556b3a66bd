"""A server that shows an archive of a few invented stories, for all tests of the pages of relations."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from monitor.domain.stories import Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.storage.stories import save_stories
from tests.unit.storage.examples import story
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting

SCRIPT = '<script>alert("Nauru")</script>'


def told(name: str, source: str, target: str, kind: str, *, days_ago: int, status: Status = Status.REPORTED) -> Story:
    at = NOW - dt.timedelta(days=days_ago)
    return replace(
        story(name, source=source, target=target, type=kind, status=status, relation=relation_of(source, target)),
        date=None,
        opened_at=at,
        last_report_at=at,
        headline=f"{SCRIPT} take {name}",
        severity=Severity.MAJOR,
    )


STORIES = (
    told("summoned", "BTN", "NRU", "ambassador.summoned", days_ago=3),
    told("summoned-again", "BTN", "NRU", "ambassador.summoned", days_ago=10),
    told("expelled", "NRU", "BTN", "diplomat.expelled", days_ago=2),
    told("talks", "BTN", "NRU", "talks", days_ago=40),
    told("visit", "BTN", "NRU", "visit", days_ago=1, status=Status.PLANNED),
    replace(told("script", "NRU", "BTN", "person.detained", days_ago=20), object=SCRIPT),
    *(told(f"war-{number}", "FJI", "TON", "military.attack", days_ago=1) for number in range(9)),
    *(told(f"peace-{number}", "LAO", "VUT", "military.attack", days_ago=25) for number in range(9)),
    *(told(f"many-{number}", "KIR", "TUV", "agreement.signed", days_ago=number) for number in range(30)),
)


@pytest.fixture(scope="package")
def archive_visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A visitor to pages over `STORIES`."""
    with empty_database(tmp_path_factory.mktemp("archive")) as database:
        with database.write() as connection:
            save_stories(connection, STORIES)
        with visiting(lambda: a_site(database)) as visitor:
            yield visitor
