"""Builds alerts for the channels to render."""

import datetime as dt

from monitor.domain.delivery import Claim, Message, MessageKind, Rendered, Thread
from monitor.domain.events import DatePrecision, EventDate, Evidence
from monitor.domain.publishers import Coverage, Printing
from monitor.domain.routing import Alert
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Status
from tests.unit.stories.reports import EXPELLED, GATHERER, NOON, actor, event, item, stored


def make_alert(
    *,
    title: str = "Caracas orders two Chilean envoys to leave",
    summary: str = "",
    link: str | None = "https://harbour-post.example/a?x=1&y=2",
    evidence: Evidence | None = None,
    stage: Stage = Stage.FIRST,
    status: Status = Status.REPORTED,
    outlet: str = "The Harbour Post",
    watches: tuple[str, ...] = ("andes",),
    sample: bool = False,
    coverage: tuple[Coverage, ...] = (),
    page: str | None = None,
) -> Alert:
    what = event(
        source=actor("VEN", "Caracas"),
        target=actor("CHL", "Chilean"),
        status=status,
        evidence=evidence,
        date=EventDate(first=dt.date(2026, 3, 3), last=dt.date(2026, 3, 3), precision=DatePrecision.DAY),
    )
    said = stored(what, item(title=title, summary=summary, link=link, outlet=outlet, sample=sample, at=NOON))
    story = GATHERER.gather(said, ()).story
    assert story is not None
    return Alert(
        story=story,
        stage=stage,
        report=said,
        kind=EXPELLED,
        channel_id="desk",
        watches=watches,
        coverage=coverage,
        page=page,
    )


def covered(*names: str, link: str | None = "https://{}.example/a") -> tuple[Coverage, ...]:
    """The publisher of `make_alert`, and one for each name, with its link."""
    own = Printing(outlet="The Harbour Post", link="https://harbour-post.example/a?x=1&y=2")
    others = [Printing(outlet=name, link=link.format(name.lower()) if link else None) for name in names]
    return tuple(Coverage(publisher=one.outlet.lower(), printings=(one,)) for one in (own, *others))


def message(
    rendered: Rendered, id_: str = "msg_0123456789abcdef", *, receipt: str | None = None, thread: Thread | None = None
) -> Claim:
    """A claim on an outbox row with these bytes, at its first attempt."""
    row = Message(
        id=id_,
        dedup_key="alert:story:first:desk",
        channel_id="desk",
        kind=MessageKind.ALERT,
        rendered=rendered,
        created_at=NOON,
    )
    return Claim(message=row, owner="tests", attempt=1, receipt=receipt, thread=thread)
