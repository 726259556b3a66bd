"""Writes an invented alert as the HTML of a mail, for the picture in docs/messages.md.

python tools/mail_picture.py en > alert.html
chromium --headless --no-sandbox --hide-scrollbars --window-size=720,570 --screenshot=docs/pictures/mail-en.png alert.html
"""

import dataclasses
import datetime as dt
import sys
from zoneinfo import ZoneInfo

from monitor.delivery.mail_body import alert_body
from monitor.delivery.phrasebook import compile_phrasebooks
from monitor.domain.events import DatePrecision, EventActor, EventDate, Evidence, RelationEvent
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Alert, Watch
from monitor.domain.stories import Stage, StoredEvent, Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.settings.documents import read_documents, read_messages

NOW = dt.datetime(2026, 3, 4, 2, 40, tzinfo=dt.UTC)
TITLE = "Suva to withdraw its high commissioner from Nuku'alofa over the fishing row"
SUMMARY = "The cabinet of Fiji decided on Tuesday to call its envoy to Tonga home by Friday, the foreign ministry said."
MARKED = "call its envoy to Tonga home"


def example() -> tuple[Alert, tuple[Story, ...]]:
    """An alert on what a state plans, and what came before between the two."""
    kinds = read_documents()[0].taxonomy
    item = NewsItem(
        key=b"0123456789abcdef",
        digest=b"0123456789abcdef",
        guid=None,
        feed_id="lagoon",
        title=TITLE,
        summary=SUMMARY,
        link="https://lagoon-herald.example/news/high-commissioner",
        outlet="The Lagoon Herald",
        published_at=NOW,
        seen_at=NOW,
        language="en",
    )
    start = item.text.index(MARKED)
    friday = dt.date(2026, 3, 6)
    event = RelationEvent(
        type="ambassador.recalled",
        plover="SANCTION",
        source=EventActor(code="FJI", name="Fiji"),
        target=EventActor(code="TON", name="Tonga"),
        status=Status.PLANNED,
        confidence=0.92,
        evidence=Evidence(sentence=SUMMARY, start=start, end=start + len(MARKED), pattern="en/ambassador.recalled#1"),
        date=EventDate(first=friday, last=friday, precision=DatePrecision.DAY),
    )
    story = _story("5b1f03c2", "ambassador.recalled", Status.PLANNED, NOW, Severity.MAJOR)
    watch = Watch(
        id="pacific",
        name="Pacific desk",
        between=(frozenset({"FJI"}), frozenset({"TON", "WSM", "VUT"})),
        channels=("mail",),
        min_severity=Severity.NOTABLE,
    )
    alert = Alert(
        story=dataclasses.replace(story, publishers=frozenset({"lagoon herald", "reef radio"})),
        stage=Stage.PLANNED,
        report=StoredEvent(id="report", item=item, event=event),
        kind=kinds["ambassador.recalled"],
        channel_id="mail",
        watches=("pacific",),
        matched=(watch,),
    )
    day = dt.timedelta(days=1)
    earlier = (
        _story("a", "ambassador.summoned", Status.REPORTED, NOW - 3 * day, Severity.NOTABLE),
        _story("b", "asset.seized", Status.REPORTED, NOW - 6 * day, Severity.MAJOR, thing="FV Manta"),
        _story("c", "talks", Status.PLANNED, NOW - 40 * day, Severity.NOTABLE),
    )
    return alert, earlier


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
        headline=TITLE,
    )


if __name__ == "__main__":
    documents, messages = read_documents()[0], read_messages()[0]
    books = compile_phrasebooks(messages, documents.actors, documents.taxonomy).books
    sys.stdout.write(alert_body(*example(), ZoneInfo("Pacific/Fiji"), books[sys.argv[1]]).html)
