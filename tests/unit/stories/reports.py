"""Builds reports for tests: a complete one by default, each test changing what it is about."""

import datetime as dt
import hashlib

from monitor.domain.events import EventActor, EventDate, Evidence, Part, RelationEvent, Telling
from monitor.domain.feeds import FeedSource, NewsItem
from monitor.domain.stories import StoredEvent
from monitor.domain.taxonomy import RelationType, Severity, Status, Taxonomy
from monitor.stories.corroborate import Voices
from monitor.stories.gather import Gatherer
from monitor.stories.ids import event_id

NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)

EXPELLED = RelationType(
    id="diplomat.expelled",
    family="missions",
    means="Diplomats ordered out",
    plover="SANCTION",
    scale=-6,
    severity=Severity.CRITICAL,
)
MEETING = RelationType(
    id="meeting",
    family="contacts",
    means="Officials meet",
    plover="CONSULT",
    scale=2,
    severity=Severity.ROUTINE,
    mutual=True,
)
VISIT = RelationType(
    id="visit", family="contacts", means="An official travels", plover="CONSULT", scale=2, severity=Severity.ROUTINE
)
SUMMIT = RelationType(
    id="summit",
    family="contacts",
    means="Leaders meet",
    plover="CONSULT",
    scale=3,
    severity=Severity.NOTABLE,
    mutual=True,
)

ESCORTED = RelationType(
    id="envoy.escorted",
    family="missions",
    means="An operator's own type: envoys brought to the airport",
    plover="SANCTION",
    scale=-6,
    severity=Severity.CRITICAL,
    parent="diplomat.expelled",
    above=frozenset({"diplomat.expelled", "missions"}),
)
STRUCK = RelationType(
    id="military.attack",
    family="force",
    means="A strike",
    plover="ASSAULT",
    scale=-10,
    severity=Severity.CRITICAL,
    recurs=True,
)
KINDS = {kind.id: kind for kind in (EXPELLED, MEETING, VISIT, SUMMIT, ESCORTED, STRUCK)}
GATHERER = Gatherer(taxonomy=Taxonomy(KINDS), voices=Voices())

SOURCE = FeedSource(
    id="harbour-post",
    url="https://harbour-post.example/rss",
    title="The Harbour Post",
    poll_every=dt.timedelta(minutes=5),
    language="en",
    tags=frozenset({"americas"}),
)


def actor(code: str | None, name: str | None = None, part: Part = Part.GOVERNMENT) -> EventActor | None:
    return EventActor(code=code, name=name or code, part=part) if code else None


def item(
    *,
    title: str = "Caracas orders two Chilean envoys to leave",
    summary: str = "",
    at: dt.datetime = NOON,
    outlet: str = "The Harbour Post",
    link: str | None = "https://harbour-post.example/a?x=1&y=2",
    sample: bool = False,
    language: str | None = "en",
    guid: str | None = None,
) -> NewsItem:
    guid = guid or f"urn:{at.isoformat()}:{sample}"
    return NewsItem(
        key=hashlib.blake2b(f"{outlet}/{guid}".encode(), digest_size=16).digest(),
        digest=hashlib.blake2b(title.encode(), digest_size=16).digest(),
        feed_id=SOURCE.id,
        guid=guid,
        link=link,
        title=title,
        summary=summary,
        outlet=outlet,
        language=language,
        published_at=at,
        seen_at=at + dt.timedelta(minutes=3),
        sample=sample,
    )


def event(
    kind: RelationType = EXPELLED,
    *,
    source: EventActor | None = None,
    target: EventActor | None = None,
    status: Status = Status.REPORTED,
    object_: str | None = None,
    date: EventDate | None = None,
    mention: bool = False,
    confidence: float = 0.9,
    evidence: Evidence | None = None,
    told: Telling = Telling.VERB,
) -> RelationEvent:
    return RelationEvent(
        type=kind.id,
        plover=kind.plover,
        source=source,
        target=target,
        status=status,
        confidence=confidence,
        evidence=evidence
        or Evidence(sentence="Caracas orders two Chilean envoys to leave", start=8, end=14, pattern="p"),
        object=object_,
        date=date,
        mention=mention,
        told=told,
    )


def stored(what: RelationEvent, where: NewsItem | None = None) -> StoredEvent:
    where = where or item()
    return StoredEvent(id=event_id(where, what), item=where, event=what)


def report(
    kind: RelationType = EXPELLED,
    source: str | None = "VEN",
    target: str | None = "CHL",
    *,
    status: Status = Status.REPORTED,
    object_: str | None = None,
    date: EventDate | None = None,
    mention: bool = False,
    where: NewsItem | None = None,
    told: Telling = Telling.VERB,
) -> StoredEvent:
    what = event(
        kind,
        source=actor(source),
        target=actor(target),
        status=status,
        object_=object_,
        date=date,
        mention=mention,
        told=told,
    )
    return stored(what, where)
