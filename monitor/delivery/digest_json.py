"""A digest as JSON, for programs: what stands in it as fields, and each story as a sentence, too.

Comes after routing/digest.py; webhook.py puts it into its envelope.
"""

import datetime as dt

from monitor.delivery.bulletins import bulletin
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import story_sentence
from monitor.delivery.wording import printable
from monitor.domain.delivery import message_id
from monitor.domain.digests import Digest, DigestLine
from monitor.domain.stories import Story

_MOST_PAIRS = 50

_Json = dict[str, object]


def digest_json(digest: Digest, book: Phrasebook, *, most: int, longest_link: int) -> _Json:
    """The digest, with each text cut to `most` characters, and without links that are longer than `longest_link`."""
    said = bulletin(digest, book)
    return {
        "id": message_id(digest.key),
        "cause": digest.cause,
        "title": _cut(said.title, most),
        "language": book.language,
        "watches": [watch.id for watch in digest.watches],
        "due_at": _time(digest.at),
        "since": _time(digest.since) if digest.since else None,
        "time_zone": digest.time_zone,
        "empty": digest.is_empty,
        "new": [_line(one, book, most, longest_link) for one in digest.new],
        "withdrawn": [_line(one, book, most, longest_link) for one in digest.withdrawn],
        "ahead": [_story(one, book, most) for one in digest.ahead],
        "situations": [
            {"relation": one.relation, "opened_at": _time(one.opened_at), "stories": one.stories}
            for one in digest.situations
        ],
        "index": [
            {
                "relation": one.relation,
                "index": round(one.index, 1),
                "before": round(one.before, 1),
                "band": one.band,
                "band_before": one.band_before,
            }
            for one in digest.index
        ],
        "routine": {one.relation: one.stories for one in digest.routine[:_MOST_PAIRS]},
        "routine_stories": sum(one.stories for one in digest.routine),
        "more": digest.no_room,
    }


def _line(line: DigestLine, book: Phrasebook, most: int, longest_link: int) -> _Json:
    item = line.report.item
    return {
        **_story(line.story, book, most),
        "stage": line.stage,
        "late": line.late,
        "headline": _cut(item.headline, most),
        "outlet": _cut(item.outlet, most),
        "publishers": len(line.story.publishers),
        "link": item.link if item.link and len(item.link) <= longest_link else None,
        "published_at": _time(item.published_at),
    }


def _story(story: Story, book: Phrasebook, most: int) -> _Json:
    return {
        "story": story.id,
        "relation": story.relation,
        "type": story.type,
        "status": story.status,
        "severity": story.severity,
        "date": str(story.date) if story.date else None,
        "sentence": _cut(story_sentence(story, book), most),
    }


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _cut(text: str, most: int) -> str:
    clean = printable(text)
    return clean if len(clean) <= most else clean[: max(most - 1, 0)] + "…"
