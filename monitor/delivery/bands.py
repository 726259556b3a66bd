"""Says in words that the relations index of a pair has come into another band. Plain text, laid out as a notice."""

import datetime as dt
from collections.abc import Sequence

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import pair_words, story_sentence
from monitor.domain.bands import Band
from monitor.domain.delivery import MessageKind, Notice
from monitor.domain.stories import Story


def band_changed(
    relation: str,
    *,
    day: dt.date,
    index: float,
    band: Band,
    before: Band,
    stories: Sequence[Story],
    now: dt.datetime,
    book: Phrasebook,
) -> Notice:
    """`stories` are those of the days that led there, the weightiest first; `day` is the day that the index is of."""
    lines = [
        book.say(
            "index.story",
            day=book.day(one.opened_at.date()),
            sentence=story_sentence(one, book),
            headline=one.headline,
        )
        for one in stories
    ]
    title = book.say(
        "index.title",
        pair=pair_words(relation, book),
        band=book.say(f"bands.{band}"),
        index=f"{index:+.0f}",
        before=book.say(f"bands.{before}"),
    )
    return Notice(
        dedup_key=f"index:{relation}:{day}",
        title=title,
        text="\n".join((book.say("index.led_there" if lines else "index.fading", day=book.day(day)), *lines)),
        at=now,
        kind=MessageKind.SUMMARY,
        language=book.language,
    )
