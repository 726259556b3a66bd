"""An archive whose every text is an attack, for whoever shows it.

Each table gets a row. What a column holds is hostile unless it is named here as a code, so that a column that comes later is
tried by itself.
"""

import datetime as dt
from typing import Any

from sqlalchemy import Column, Table, insert
from sqlalchemy.types import TypeDecorator, TypeEngine

from monitor.domain.digests import DigestCause
from monitor.storage.engine import Database
from monitor.storage.tables import METADATA, story
from tests.unit.web.exhibits import NOW

MARK = "canary"
ATTACK = f"<x-{MARK} onclick=alert(1)>\"'--></title></script><script src=//{MARK}.example></script><img src=x onerror=alert(2)> {{{{ {MARK} }}}} ]]>"
SIGN = f"x-{MARK}"
"""What stands in an answer that shows something of the archive, however it is escaped."""
LINK = f"javascript:alert('{MARK}')"

_KEY = b"k" * 16
_CODES: dict[str, Any] = {
    "feed.id": "gazette",
    "feed.failure": "HTTP error",
    "feed.told": "failing",
    "feed.skip_hours": [3],
    "feed.skip_days": [6],
    "feed.active": True,
    "*.feed_id": "gazette",
    "feed_memory.habits": {},
    "item.link": LINK,
    "relation.name": "FJI-TON",
    "*.relation": "FJI-TON",
    "*.story_id": "story-one",
    "story.id": "story-one",
    "*.type": "diplomat.expelled",
    "story.source": "FJI",
    "story.target": "TON",
    "*.status": "reported",
    "*.date_precision": "day",
    "*.severity": "major",
    "story.type_severity": "notable",
    "story.reached": ["first"],
    "story.lately": [[ATTACK, NOW.isoformat()]],
    "story.adjustments": [["heads", 1]],
    "story.retracted_at": None,
    "story.merged_into": None,
    "story.sample": False,
    "item.sample": False,
    "event.id": "event-one",
    "*.event_id": "event-one",
    "event.plover": "COERCE",
    "event.source_code": "FJI",
    "event.target_code": "TON",
    "event.speaker_code": "FJI",
    "*.source_part": "government",
    "*.target_part": "government",
    "*.speaker_part": "government",
    "event.told": "verb",
    "event.step": "opened",
    "event.mention": False,
    "event.withdrawn_at": None,
    "event.withdrawn_by": None,
    "event.evidence_start": 0,
    "event.evidence_end": 9,
    "*.stage": "first",
    "situation.id": "situation-one",
    "*.situation_id": "situation-one",
    "situation.channel_id": "desk",
    "situation.closed_at": None,
    "held_alert.cause": DigestCause.QUIET,
    "held_alert.told_in": None,
    "digest_note.told_in": None,
    "silence.reason": "SEVERITY",
    "mute.sides": [["FJI"], ["TON"]],
    "channel.id": "desk",
    "channel.broken_at": NOW,
    "*.channel_id": "desk",
    "message.id": "msg_0123456789",
    "message.sequence": 1,
    "*.message_id": "msg_0123456789",
    "message.kind": "alert",
    "message.state": "dead",
    "attempt.verdict": "gave up",
    "feedback.fault": "noise",
    # Their values are read as what they are by those who know them; this one is of nobody.
    "note.key": "a note",
}
# JSON says of itself that it is an object.
_BY_TYPE: dict[type, Any] = {
    str: ATTACK,
    object: [ATTACK],
    bytes: _KEY,
    bool: True,
    int: 1,
    float: 0.5,
    dt.date: NOW.date(),
    dt.datetime: NOW - dt.timedelta(hours=1),
}
PLACES = {
    "feed_id": "gazette",
    "message_id": "msg_0123456789",
    "story_id": "story-one",
    "event_id": "event-one",
    "item_id": _KEY.hex(),
    "key": _KEY.hex(),
    "day": f"{NOW:%Y-%m-%d}",
    "relation": "FJI-TON",
    "pair": "FJI-TON",
}
"""What stands for each part of an address, so that there is a page behind it."""


def fill(database: Database) -> None:
    """A row in every table, and a second story, which is planned."""
    with database.write() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(insert(table).values({one.name: _value(table, one) for one in table.columns}))

    plan = {
        "id": "story-two",
        "number": 2,
        "status": "planned",
        "date_first": NOW.date() + dt.timedelta(days=2),
        "date_last": NOW.date() + dt.timedelta(days=2),
        "happened_at": None,
    }
    with database.write() as connection:
        connection.execute(insert(story).values({one.name: _value(story, one) for one in story.columns} | plan))


def _value(table: Table, column: Column[Any]) -> Any:
    for name in (f"{table.name}.{column.name}", f"*.{column.name}"):
        if name in _CODES:
            return _CODES[name]
    kind: TypeEngine[Any] = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    return _BY_TYPE[kind.python_type]
