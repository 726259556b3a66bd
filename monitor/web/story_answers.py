"""Why a story was told and why it wasn't, watch by watch, in the words of the reader.

What is known comes from whoever explains (Site.explain_story); here it is gathered over all reports of the story, so that each
watch has one row. Reasons are kept for a month; what an older report lacks is what the watch would say now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.domain.delivery import MessageKind
from monitor.domain.explanation import HeldBack, StorySeen, Told
from monitor.domain.routing import Silence, SilenceReason, Watch
from monitor.web.render import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """A message that told of the story. `answer` is the destination's, where it didn't simply take it."""

    told: Told
    watches: tuple[str, ...]
    kind: str
    state: str
    link: str
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchLine:
    """What a watch made of the story: `channels` that were told for it, else the `reasons` why none was.

    `now` says what it would make of it as it is configured, where nothing is kept.
    """

    name: str
    channels: tuple[str, ...]
    reasons: tuple[str, ...]
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLine:
    """News of the story that was not told at once, and what has become of it."""

    held: HeldBack
    watches: tuple[str, ...]
    cause: str
    since_then: str


def told_lines(seen: StorySeen, reader: Reader) -> list[ToldLine]:
    """The messages, in the order in which they were made."""
    return [
        ToldLine(
            told=told,
            watches=_names(told.watches, reader),
            kind=reader.texts.say(f"deliveries.kind.{told.kind}"),
            state=reader.texts.say(f"deliveries.state.{told.state}"),
            link=f"/deliveries/{told.message_id}",
            answer=(told.remark or (told.answers[-1].text if told.answers else None))
            if told.state != "delivered"
            else None,
        )
        for told in seen.told
    ]


def watch_lines(seen: StorySeen, watches: Sequence[Watch], reader: Reader) -> list[WatchLine]:
    """A row for each watch: first those that were told of it."""
    for_all = [silence for report in seen.reports for silence in report.for_all]
    lines = [_watch_line(watch, seen, for_all, reader) for watch in watches]
    return sorted(lines, key=lambda line: not line.channels)


def held_lines(seen: StorySeen, reader: Reader) -> list[HeldLine]:
    """What was held back, in the order of time."""
    return [
        HeldLine(
            held=one,
            watches=_names(one.watches, reader),
            cause=reader.texts.say(f"story.held.{one.cause.name.lower()}"),
            since_then=_since_then(one, reader),
        )
        for one in seen.held
    ]


def _names(watch_ids: Iterable[str], reader: Reader) -> tuple[str, ...]:
    """What watches are called; one that is no longer configured by its id."""
    names = {watch.id: watch.name for watch in reader.site.watches}
    return tuple(names.get(one, one) for one in watch_ids)


def _watch_line(watch: Watch, seen: StorySeen, for_all: Sequence[Silence], reader: Reader) -> WatchLine:
    answers = [answer for report in seen.reports for answer in report.answers if answer.watch_id == watch.id]
    alerts = [told for told in seen.told if watch.id in told.watches and told.kind is not MessageKind.NOTICE]
    reasons = [silence for answer in answers for silence in answer.silences] or list(for_all)
    objections = {reason for answer in answers for reason in answer.objections}
    said = tuple(dict.fromkeys(_reason(silence, reader) for silence in reasons))
    return WatchLine(
        name=watch.name,
        channels=tuple(dict.fromkeys(told.channel_id for told in alerts)),
        reasons=() if alerts else said,
        now=None if alerts or said else _would_say(objections, reader),
    )


def _would_say(objections: Iterable[SilenceReason], reader: Reader) -> str:
    said = [
        reader.texts.say(f"reasons.{reason.name.lower()}") for reason in sorted(objections, key=lambda one: one.name)
    ]
    if said:
        return reader.texts.say("story.would_not", reasons="; ".join(said))
    return reader.texts.say("story.would")


def _reason(silence: Silence, reader: Reader) -> str:
    said = reader.texts.say(f"reasons.{silence.reason.name.lower()}")
    return f"{said} ({silence.detail})" if silence.detail else said


def _since_then(held: HeldBack, reader: Reader) -> str:
    if held.told_in:
        return reader.texts.say("story.held.told")
    if held.is_over:
        return reader.texts.say("story.held.over")
    if held.until is None:
        return reader.texts.say("story.held.next")
    return reader.texts.say("story.held.until", at=reader.book.moment(held.until, reader.site.zone))
