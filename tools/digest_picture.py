"""Writes an invented digest as the HTML of a mail, for the picture in docs/messages.md.

python tools/digest_picture.py en > digest.html
chromium --headless --no-sandbox --hide-scrollbars --window-size=720,640 --screenshot=docs/pictures/digest-en.png digest.html
"""

import datetime as dt
import sys

from monitor.delivery.mail_body import digest_body
from monitor.delivery.phrasebook import compile_phrasebooks
from monitor.domain.digests import Digest, DigestCause, DigestLine, DigestSituation, IndexChange, RoutineCount
from monitor.domain.events import DatePrecision, EventActor, EventDate, Evidence, RelationEvent
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Watch
from monitor.domain.stories import Stage, StoredEvent, Story, relation_of
from monitor.domain.taxonomy import Severity, Status
from monitor.settings.documents import read_documents, read_messages

DUE = dt.datetime(2026, 3, 4, 19, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FRIDAY = EventDate(first=dt.date(2026, 3, 6), last=dt.date(2026, 3, 6), precision=DatePrecision.DAY)


def example() -> Digest:
    """A morning with something under each heading."""
    watch = Watch(
        id="pacific", name="Pacific desk", between=(), channels=("mail",), time_zone="Pacific/Fiji", at_once=None
    )
    return Digest(
        key="pacific:2026-03-05T07:30",
        cause=DigestCause.SCHEDULED,
        watches=(watch,),
        time_zone="Pacific/Fiji",
        at=DUE,
        since=DUE - DAY,
        new=(
            _line(
                _story("ambassador.recalled", "FJI", "TON", Severity.MAJOR, voices=3),
                "Suva calls its high commissioner home from Nuku'alofa",
            ),
            _line(
                _story("asset.seized", "FJI", "WSM", Severity.NOTABLE, thing="FV Manta"),
                "Patrol boat brings a Samoan longliner into Lautoka",
            ),
            _line(
                _story("agreement.signed", "VUT", "SLB", Severity.NOTABLE),
                "Port Vila and Honiara put their names to a sea border",
                late=True,
            ),
        ),
        withdrawn=(
            _line(
                _story("accusation", "TON", "FJI", Severity.NOTABLE, status=Status.DENIED),
                "Nuku'alofa: nobody here has blamed Suva for the cable",
                stage=Stage.DENIED,
            ),
        ),
        ahead=(_story("talks", "FJI", "TON", Severity.NOTABLE, status=Status.PLANNED, date=FRIDAY),),
        situations=(DigestSituation(relation="FJI-TON", opened_at=DUE - DAY / 3, stories=9),),
        routine=(RoutineCount(relation="FJI-VUT", stories=4), RoutineCount(relation="FJI-TON", stories=2)),
        index=(IndexChange(relation="FJI-TON", index=-34, before=-12, band="tense", band_before="ordinary"),),
    )


def _story(
    kind: str,
    source: str,
    target: str,
    severity: Severity,
    *,
    status: Status = Status.REPORTED,
    thing: str | None = None,
    date: EventDate | None = None,
    voices: int = 1,
) -> Story:
    return Story(
        id=f"{kind}-{source}",
        relation=relation_of(source, target),
        type=kind,
        source=source,
        target=target,
        object=thing,
        status=status,
        date=date,
        severity=severity,
        opened_at=DUE - DAY / 2,
        last_report_at=DUE - DAY / 2,
        publishers=frozenset(f"publisher {number}" for number in range(voices)),
        headline="",
    )


def _line(story: Story, title: str, *, stage: Stage = Stage.FIRST, late: bool = False) -> DigestLine:
    at = DUE - (3 * DAY if late else DAY / 2)
    item = NewsItem(
        key=b"0123456789abcdef",
        digest=b"0123456789abcdef",
        guid=None,
        feed_id="lagoon",
        title=title,
        summary="",
        link=f"https://lagoon-herald.example/news/{story.type}",
        outlet="The Lagoon Herald",
        published_at=at,
        seen_at=at,
        language="en",
    )
    event = RelationEvent(
        type=story.type,
        plover="SANCTION",
        source=EventActor(code=story.source or "", name=story.source or ""),
        target=None,
        status=story.status,
        confidence=0.9,
        evidence=Evidence(sentence=title, start=0, end=len(title), pattern="p"),
    )
    return DigestLine(story=story, report=StoredEvent(id=story.id, item=item, event=event), stage=stage, late=late)


if __name__ == "__main__":
    documents, messages = read_documents()[0], read_messages()[0]
    books = compile_phrasebooks(messages, documents.actors, documents.taxonomy).books
    sys.stdout.write(digest_body(example(), books[sys.argv[1]]).html)
