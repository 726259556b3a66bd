"""Builds digests for the channels to render: invented news of small states."""

import datetime as dt

from monitor.domain.digests import Digest, DigestCause, DigestLine, DigestSituation, IndexChange, RoutineCount
from monitor.domain.events import DatePrecision, EventDate
from monitor.domain.routing import Watch
from monitor.domain.stories import Stage, Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from tests.unit.stories.reports import NOON, item, report

DAY = dt.timedelta(days=1)
PACIFIC = Watch(id="pacific", name="Pacific desk", between=(), channels=("desk",), time_zone="Pacific/Fiji")


def made(number: int, kind: str, source: str, target: str, severity: Severity, **changes: object) -> Story:
    given: dict[str, object] = {
        "status": Status.REPORTED,
        "object": None,
        "date": None,
        "publishers": frozenset({"lagoon herald"}),
    }
    return Story(
        id=f"story{number:02}",
        relation=relation_of(source, target),
        type=kind,
        source=source,
        target=target,
        severity=severity,
        opened_at=NOON,
        last_report_at=NOON,
        headline="Suva and its neighbours",
        **(given | changes),  # type: ignore[arg-type]
    )


def line(story: Story, stage: Stage = Stage.FIRST, *, late: bool = False, link: str | None = None) -> DigestLine:
    where = item(
        title="Suva and its neighbours",
        outlet="The Lagoon Herald",
        link=link or f"https://lagoon-herald.example/news/{story.id}?a=1&b=2",
    )
    return DigestLine(story=story, report=report(where=where), stage=stage, late=late)


def full(cause: DigestCause = DigestCause.SCHEDULED, new: tuple[DigestLine, ...] | None = None) -> Digest:
    """One of everything that a digest may hold."""
    friday = EventDate(first=dt.date(2026, 3, 6), last=dt.date(2026, 3, 6), precision=DatePrecision.DAY)
    recalled = made(
        1, "ambassador.recalled", "FJI", "TON", Severity.MAJOR, publishers=frozenset({"lagoon herald", "reef radio"})
    )
    fishing = made(2, "asset.seized", "FJI", "WSM", Severity.NOTABLE, object="FV Manta")
    denied = made(3, "accusation", "TON", "FJI", Severity.NOTABLE, status=Status.DENIED)
    talks = made(4, "talks", "FJI", "TON", Severity.NOTABLE, status=Status.PLANNED, date=friday)
    return Digest(
        key="pacific:2026-03-05T07:30",
        cause=cause,
        watches=(PACIFIC,),
        time_zone="Pacific/Fiji",
        at=dt.datetime(2026, 3, 4, 19, 30, tzinfo=dt.UTC),
        since=dt.datetime(2026, 3, 3, 19, 30, tzinfo=dt.UTC),
        new=(line(recalled), line(fishing, late=True)) if new is None else new,
        withdrawn=(line(denied, Stage.DENIED),),
        ahead=(talks,),
        situations=(DigestSituation(relation="FJI-TON", opened_at=NOON, stories=9),),
        routine=(RoutineCount(relation="FJI-VUT", stories=4), RoutineCount(relation="FJI-TON", stories=2)),
        index=(IndexChange(relation="FJI-TON", index=-34.2, before=-12.0, band="tense", band_before="ordinary"),),
        no_room=3,
    )


EMPTY = Digest(
    key="pacific:2026-03-05T07:30",
    cause=DigestCause.SCHEDULED,
    watches=(PACIFIC,),
    time_zone="Pacific/Fiji",
    at=dt.datetime(2026, 3, 4, 19, 30, tzinfo=dt.UTC),
    since=dt.datetime(2026, 3, 3, 19, 30, tzinfo=dt.UTC),
)
