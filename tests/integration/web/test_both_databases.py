"""What programs and readers of feeds get is the same, whichever database is behind it."""

import re
from pathlib import Path

from monitor.storage.engine import open_database
from monitor.web.site import Site
from tests.unit.web.api.pacific import pacific, site_over
from tests.unit.web.exhibits import visiting

PATHS = (
    "/api/stories?between=FJI&limit=2",
    "/api/stories?kind=missions&severity=notable&status=reported&language=en&days=30",
    "/api/stories/story-0",
    "/api/events?between=FJI,TON",
    "/api/events?kind=missions,talks&limit=1",
    "/api/items?feed=diario-del-mar&from=2026-03-01",
    "/api/relations?side=FJI",
    "/api/relations/FJI-TON",
    "/api/feeds?health=new",
    "/api/deliveries?state=dead",
    "/stories.atom?between=FJI,TON",
    "/stories.json?severity=major",
)
_SETTLED = re.compile(r'"settled_at":"[^"]+"')


def answers(site: Site) -> list[str]:
    """Without what the databases' own clocks say."""
    with visiting(lambda: site) as visitor:
        found = [visitor.get(path) for path in PATHS]
    assert [one.status for one in found] == [200] * len(PATHS)
    return [_SETTLED.sub("", one.text) for one in found]


def test_given_the_same_archive_when_asked_then_postgresql_and_sqlite_answer_alike(
    postgresql_url: str, tmp_path: Path
) -> None:
    database = open_database(postgresql_url)
    try:
        on_postgresql = answers(site_over(database))
    finally:
        database.close()
    with pacific(tmp_path) as site:
        assert answers(site) == on_postgresql
