"""Says in words what a digest tells; every channel lays out the same lines in its own way.

Plain text, nothing escaped or cut. What stands in a digest, and that it has no more than 25 lines, is decided in
routing/digest.py; the sentences are those of alerts. Comes before a channel renders.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import pair_words, story_sentence
from monitor.delivery.wording import printable
from monitor.domain.digests import Digest, DigestCause, DigestLine, RoutineCount
from monitor.domain.stories import Story
from monitor.domain.taxonomy import Severity

_MOST_PAIRS = 6
_LONGEST_HEADLINE = 140
_TITLES = {
    DigestCause.SCHEDULED: "title",
    DigestCause.FIRST_POLL: "title_first_poll",
    DigestCause.QUIET: "title_quiet",
    DigestCause.LIMIT: "title_limit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinLine:
    """One line. `severity` and its name stand before the text where there is one; `link` leads to a report of it."""

    text: str
    severity: Severity | None = None
    severity_name: str = ""
    headline: str = ""
    """That of the report which `link` leads to."""
    note: str = ""
    """On whose word, what has changed, whether it is late: what stands behind the text in a lower voice."""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinSection:
    """Lines below a heading, which is empty for what stands by itself. `key` is the same in every language."""

    key: str
    heading: str
    lines: tuple[BulletinLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A digest in words of one language. `lead` says since when it counts, and whether there is nothing new."""

    title: str
    lead: str
    sections: tuple[BulletinSection, ...]


def text_lines(said: Bulletin) -> Iterator[str]:
    """The lines below the title, for channels that know no layout: a line for each heading, and one for each line."""
    if said.lead:
        yield said.lead
    for section in said.sections:
        if section.heading:
            yield f"{section.heading}:"
        for line in section.lines:
            bullet = "- " if section.heading else ""
            severity = f"{line.severity_name.upper()} " if line.severity_name else ""
            headline = f": {line.headline}" if line.headline else ""
            note = f" ({line.note})" if line.note else ""
            yield printable(f"{bullet}{severity}{line.text}{headline}{note}") + (f" {line.link}" if line.link else "")


def bulletin(digest: Digest, book: Phrasebook) -> Bulletin:
    """The words of a digest; times are those of its zone."""
    zone = ZoneInfo(digest.time_zone)
    watch = book.listed([one.name for one in digest.watches])
    title = book.say(f"digest.{_TITLES[digest.cause]}", watch=watch, at=book.moment(digest.at, zone))
    lead = [book.say("digest.since", since=book.moment(digest.since, zone))] if digest.since else []
    if digest.is_empty:
        told_at_once = any(watch.at_once is not None for watch in digest.watches)
        lead.append(book.say("digest.nothing_else" if told_at_once else "digest.nothing"))
    return Bulletin(title=title, lead=" ".join(lead), sections=tuple(_sections(digest, zone, book)))


def _sections(digest: Digest, zone: ZoneInfo, book: Phrasebook) -> Iterator[BulletinSection]:
    situations = (
        book.say(
            "digest.situation",
            pair=_pair(one.relation, book),
            count=one.stories,
            since=book.moment(one.opened_at, zone),
        )
        for one in digest.situations
    )
    index = (
        book.say(
            "digest.index_line",
            pair=_pair(one.relation, book),
            index=f"{one.index:+.0f}",
            before=f"{one.before:+.0f}",
            band=book.say(f"bands.{one.band}"),
            band_before=book.say(f"bands.{one.band_before}"),
        )
        for one in digest.index
    )
    named = (
        ("new", tuple(_story_line(one, zone, book) for one in digest.new)),
        ("withdrawn", tuple(_story_line(one, zone, book) for one in digest.withdrawn)),
        ("ahead", tuple(BulletinLine(text=_planned(one, book)) for one in digest.ahead)),
        ("situations", tuple(BulletinLine(text=text) for text in situations)),
        ("index", tuple(BulletinLine(text=text) for text in index)),
    )
    for key, told in named:
        more = digest.no_room if key == "new" else 0
        lines = (*told, *([BulletinLine(text=book.say("digest.no_room", count=more))] if more else []))
        if lines:
            yield BulletinSection(key=key, heading=book.say(f"digest.{key}"), lines=lines)
    if digest.routine:
        yield BulletinSection(key="routine", heading="", lines=(BulletinLine(text=_routine(digest.routine, book)),))


def _story_line(line: DigestLine, zone: ZoneInfo, book: Phrasebook) -> BulletinLine:
    story, item = line.story, line.report.item
    voices = len(story.publishers)
    said = book.say("digest.more_sources", outlet=item.outlet, count=voices) if voices > 1 else item.outlet
    late = book.say("digest.late", day=book.day(item.published_at.astimezone(zone).date())) if line.late else ""
    return BulletinLine(
        text=story_sentence(story, book),
        severity=story.severity,
        severity_name=book.say(f"severities.{story.severity}"),
        headline=_cut(item.headline),
        note="; ".join(filter(None, (book.say(f"stages.{line.stage}"), said, late))),
        link=item.link,
    )


def _cut(headline: str) -> str:
    clean = printable(headline)
    return clean if len(clean) <= _LONGEST_HEADLINE else clean[: _LONGEST_HEADLINE - 1].rstrip() + "…"


def _planned(story: Story, book: Phrasebook) -> str:
    day = book.date(story.date) if story.date else ""
    return book.say("digest.planned", day=day[:1].upper() + day[1:], sentence=story_sentence(story, book))


def _routine(counts: tuple[RoutineCount, ...], book: Phrasebook) -> str:
    named = [f"{_pair(one.relation, book)} {one.stories}" for one in counts[:_MOST_PAIRS]]
    others = sum(one.stories for one in counts[_MOST_PAIRS:])
    return book.say("digest.routine", pairs=", ".join([*named, *([f"+{others}"] if others else [])]))


def _pair(relation: str, book: Phrasebook) -> str:
    words = pair_words(relation, book)
    return words[:1].upper() + words[1:]
