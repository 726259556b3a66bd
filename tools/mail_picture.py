"""Writes an invented alert as the HTML of a mail, for the pictures in docs/messages.md.

python tools/mail_picture.py en > alert.html
chromium --headless --no-sandbox --hide-scrollbars --window-size=720,700 --screenshot=docs/pictures/mail-en.png alert.html
"""

import dataclasses
import datetime as dt
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.delivery.mail_body import alert_body
from monitor.delivery.phrasebook import compile_phrasebooks
from monitor.domain.events import DatePrecision, EventActor, EventDate, Evidence, RelationEvent
from monitor.domain.feeds import NewsItem
from monitor.domain.publishers import Coverage, Printing
from monitor.domain.routing import Alert, Watch
from monitor.domain.stories import Stage, StoredEvent, Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.settings.documents import read_documents, read_messages

NOW = dt.datetime(2026, 3, 4, 2, 40, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the invented paper of a language writes; `marked` is what the event rests on."""

    title: str
    summary: str
    marked: str
    outlet: str


REPORTS: Mapping[str, Report] = {
    "en": Report(
        title="Suva to withdraw its high commissioner over the fishing row, Nuku'alofa says",
        summary="Fiji will call its envoy to Tonga home by Friday, Tonga says.",
        marked="Fiji will call its envoy to Tonga home",
        outlet="The Lagoon Herald",
    ),
    "es": Report(
        title="Suva retirará a su alto comisionado por la disputa pesquera, dice Nukualofa",
        summary="Fiyi llamará a su enviado en Tonga el viernes, afirma Tonga.",
        marked="Fiyi llamará a su enviado en Tonga",
        outlet="La Laguna",
    ),
}


def example(language: str) -> tuple[Alert, tuple[Story, ...]]:
    """An alert on what a state plans, as the other says, and what came before between the two."""
    kinds, report = read_documents()[0].taxonomy, REPORTS[language]
    item = NewsItem(
        key=b"0123456789abcdef",
        digest=b"0123456789abcdef",
        guid=None,
        feed_id="lagoon",
        title=report.title,
        summary=report.summary,
        link="https://lagoon-herald.example/news/high-commissioner",
        outlet=report.outlet,
        published_at=NOW,
        seen_at=NOW,
        language=language,
    )
    start = item.text.index(report.marked)
    friday = dt.date(2026, 3, 6)
    event = RelationEvent(
        type="ambassador.recalled",
        plover="SANCTION",
        source=EventActor(code="FJI", name="Fiji"),
        target=EventActor(code="TON", name="Tonga"),
        status=Status.PLANNED,
        confidence=0.92,
        evidence=Evidence(
            sentence=report.summary, start=start, end=start + len(report.marked), pattern="ambassador.recalled#1"
        ),
        date=EventDate(first=friday, last=friday, precision=DatePrecision.DAY),
        speaker=EventActor(code="TON", name="Tonga"),
    )
    story = _story("5b1f03c2", "ambassador.recalled", Status.PLANNED, NOW, Severity.MAJOR)
    watch = Watch(
        id="pacific",
        name="Pacific desk" if language == "en" else "Mesa del Pacífico",
        between=(frozenset({"FJI"}), frozenset({"TON", "WSM", "VUT"})),
        channels=("mail",),
        min_severity=Severity.NOTABLE,
    )
    alert = Alert(
        story=dataclasses.replace(story, publishers=frozenset({"lagoon herald", "reef radio", "tidewire"})),
        stage=Stage.PLANNED,
        report=StoredEvent(id="report", item=item, event=event),
        kind=kinds["ambassador.recalled"],
        channel_id="mail",
        watches=("pacific",),
        matched=(watch,),
        coverage=_coverage(report.outlet, item.link),
        page="https://monitor.example/stories/5b1f03c2",
    )
    day = dt.timedelta(days=1)
    earlier = (
        _story("a", "ambassador.summoned", Status.REPORTED, NOW - 3 * day, Severity.NOTABLE),
        _story("b", "asset.seized", Status.REPORTED, NOW - 6 * day, Severity.MAJOR, thing="FV Manta"),
        _story("c", "talks", Status.PLANNED, NOW - 40 * day, Severity.NOTABLE),
    )
    return alert, earlier


def _coverage(outlet: str, link: str | None) -> tuple[Coverage, ...]:
    """The paper itself, a station, and an agency that two others print."""
    prints = (
        Printing(outlet="Coral Times", link="https://coral-times.example/envoy"),
        Printing(outlet="Harbour Post", link="https://harbour-post.example/wire"),
    )
    return (
        Coverage(publisher="reef radio", printings=(Printing(outlet="Reef Radio", link="https://reef.example/5"),)),
        Coverage(publisher="tidewire", agency="Tidewire", printings=prints),
        Coverage(publisher="lagoon herald", printings=(Printing(outlet=outlet, link=link),)),
    )


def _story(
    story_id: str, kind: str, status: Status, at: dt.datetime, severity: Severity, *, thing: str | None = None
) -> Story:
    return Story(
        id=story_id,
        relation=relation_of("FJI", "TON"),
        type=kind,
        source="FJI",
        target="TON",
        object=thing,
        status=status,
        date=None,
        severity=severity,
        opened_at=at,
        last_report_at=at,
        publishers=frozenset({"lagoon herald"}),
        headline=kind,
    )


if __name__ == "__main__":
    documents, messages = read_documents()[0], read_messages()[0]
    books = compile_phrasebooks(messages, documents.actors, documents.taxonomy).books
    sys.stdout.write(alert_body(*example(sys.argv[1]), ZoneInfo("Pacific/Fiji"), books[sys.argv[1]]).html)
