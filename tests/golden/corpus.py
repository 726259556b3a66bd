"""Reads the gold set: sentences in our own words, and the events that a careful analyst reads in them.

relations.jsonl holds one row a line: id, lang (null where it is to be recognised), published, home (where a text means
"the Government" of one state), text, events, note. An event has type, source, target (null where the text leaves a side
unsaid), status, and where they apply `mention` (a deed that stands only in an "after ..." clause) and `also` (types
that would be right as well). Labels were written before any classifier had read the rows; one is changed where it is
wrong, never because a classifier disagrees.

Comes before score.py and gate.py; leaves all judgement to them.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.domain.events import Passage
from monitor.domain.taxonomy import Status

CORPUS = Path(__file__).with_name("relations.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldEvent:
    """An event as labelled. `types` holds the best type first, then those that are accepted beside it."""

    types: tuple[str, ...]
    source: str | None
    target: str | None
    status: Status
    mention: bool = False

    @property
    def is_news(self) -> bool:
        """Whether a watcher should hear of it at once."""
        return self.status in (Status.REPORTED, Status.PLANNED) and not self.mention


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldRow:
    """A headline or article with its events; `id` names the language it is written in ("en-017")."""

    id: str
    passage: Passage
    events: tuple[GoldEvent, ...]
    note: str = ""

    @property
    def language(self) -> str:
        """The part of the corpus it belongs to."""
        return self.id.partition("-")[0]


def read_corpus(path: Path = CORPUS) -> tuple[GoldRow, ...]:
    """All rows in the order of the file. Raises ValueError or KeyError where one is malformed."""
    with path.open(encoding="utf-8") as lines:
        return tuple(_row(json.loads(line)) for line in lines)


def digest_of(path: Path = CORPUS) -> str:
    """SHA-256 of the file: floors hold for the corpus that they were measured on, and no other."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _row(row: Mapping[str, Any]) -> GoldRow:
    return GoldRow(
        id=row["id"],
        passage=Passage(
            text=row["text"],
            language=row["lang"],
            published_on=dt.date.fromisoformat(row["published"]),
            home=row.get("home"),
        ),
        events=tuple(_event(event) for event in row["events"]),
        note=row.get("note", ""),
    )


def _event(event: Mapping[str, Any]) -> GoldEvent:
    return GoldEvent(
        types=(event["type"], *event.get("also", ())),
        source=event["source"],
        target=event["target"],
        status=Status(event["status"]),
        mention=event.get("mention", False),
    )
