"""An explanation in lines for people: each step with its ground, in the order of the way."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from monitor.cli.listing import local
from monitor.delivery.sentences import label
from monitor.delivery.wording import mark, printable
from monitor.domain.events import RelationEvent
from monitor.domain.explanation import (
    AlertSeen,
    Explained,
    FeedSeen,
    ForgottenItem,
    HeldBack,
    ItemSeen,
    Rehearsed,
    ReportSeen,
    Seen,
    StorySeen,
    TextSeen,
    Told,
    WatchAnswer,
)
from monitor.domain.feeds import NewsItem
from monitor.domain.routing import Silence
from monitor.domain.stories import Step, Story, Withdrawal
from monitor.settings.units import format_duration

_Lines = Iterator[str]

_SHOWN_OF_ID = 8
_SHOWN_OF_MESSAGE = 16
_MOST_REPORTS = 30
_INDENT = "    "
_STEPS = {
    Step.OPENED: "opens it",
    Step.ADVANCED: "takes it a step on",
    Step.REPORTED: "says what was known",
    Step.MENTIONED: "only mentions it, which is no news",
    Step.CORRECTED: "stands for a report that its publisher has corrected",
}


def lines_of(seen: Seen) -> _Lines:
    """Everything that was found out."""
    match seen:
        case ItemSeen():
            return _item(seen)
        case ForgottenItem():
            return _forgotten(seen)
        case StorySeen():
            return _story(seen)
        case AlertSeen():
            return _alert(seen)
        case TextSeen():
            return _text(seen)
        case _:
            assert_never(seen)


def _item(seen: ItemSeen) -> _Lines:
    item = seen.item
    yield f"Entry      {'SAMPLE ' if item.sample else ''}{printable(item.title)}"
    yield f"           {printable(item.outlet)}, published {local(item.published_at)}, id {item.key.hex()}"
    if item.link:
        yield f"           {printable(item.link)}"
    yield from _polled(seen.feed, item.seen_at)
    late = item.seen_at - item.published_at
    if late >= dt.timedelta(minutes=1):
        yield f"           that was {_about(late)} after it was published"
    known_by = _listed(seen.known_by) or "nothing that is still stored"
    yield f"Identity   new then, since nothing by which it could be known was stored; known again by its {known_by}"
    edits = sorted({report.read_at for report in seen.reports if report.read_at > item.seen_at})
    if edits:
        yield f"           edited since, and read again: {', '.join(local(at) for at in edits)}"
    stories = {one.story.id: one for one in seen.stories}
    for report in seen.reports:
        yield from _report(report, stories)
    if not seen.reports:
        yield "Read       no event, so there was nothing to tell"
    if not seen.reports or not seen.reads_the_same:
        if seen.reports:
            yield "           with the patterns and names of now it would be read otherwise:"
        yield from _sentences(seen.sentences)
    for story in seen.stories:
        yield from _neighbours(story)


def _forgotten(seen: ForgottenItem) -> _Lines:
    yield f"Entry      {seen.key.hex()}, whose content was removed to save space; it is still known, and never new again"
    yield from _polled(seen.feed, seen.first_seen_at)


def _polled(feed: FeedSeen, first_seen_at: dt.datetime) -> _Lines:
    yield f"Polled     {local(first_seen_at)} for the first time, in feed {feed.feed_id} ({printable(feed.title)})"
    if feed.url is None:
        yield "           the feed is no longer in the configuration"
    state = feed.state
    if state is not None and state.last_polled_at is not None:
        answer = f"failed: {printable(state.last_error or 'no answer')}" if state.failures else "it answered well"
        ok = f" (well at {local(state.last_ok_at)})" if state.failures and state.last_ok_at else ""
        yield f"           the feed was last polled {local(state.last_polled_at)}; {answer}{ok}"


def _report(seen: ReportSeen, stories: Mapping[str, StorySeen]) -> _Lines:
    yield from _reading(seen.report.event, seen.signs, seen.report.item)
    if seen.withdrawn_at:
        why = (
            "changed patterns don't read it"
            if seen.withdrawn_by is Withdrawal.PATTERNS
            else "its publisher has corrected it"
        )
        yield f"           withdrawn {local(seen.withdrawn_at)}: {why}"
    story = stories.get(seen.story_id or "")
    if story is None:
        yield "Story      none stands that it tells of"
    else:
        yield f"Story      {_story_name(story.story)}"
        yield f"           {_joining(seen)}"
    for silence in seen.for_all:
        yield f"Not told   anybody: {_reason(silence)}"
    messages = {one.message_id: one for one in story.told} if story else {}
    for message_id in dict.fromkeys(one for answer in seen.answers for one in answer.told):
        told = ", ".join(answer.watch_id for answer in seen.answers if message_id in answer.told)
        yield from _message(messages[message_id], f"Told       {told}:")
    for watches, reason in _by_reason(silence for answer in seen.answers for silence in answer.silences):
        yield f"Not told   {watches}: {reason}"
    if not seen.for_all:
        yield from _unknown(seen.answers)
    if story is not None:
        held_for = {watch for one in story.held for watch in one.watches}
        yield from _held([one for one in story.held if held_for.intersection(a.watch_id for a in seen.answers)])
        earlier = [one for one in story.told if one.event_id != seen.report.id]
        yield from _told_otherwise(earlier)


def _reading(event: RelationEvent, signs: Sequence[str], item: NewsItem | None) -> _Lines:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    about = f", about {printable(event.object)}" if event.object else ""
    day = f", on {event.date}" if event.date else ""
    said = f"{label(event.type)} ({event.status.value}{day}, confidence {event.confidence:.0%})"
    yield f"Read       {source} → {target}: {said}{about}"
    evidence = event.evidence
    words = mark(evidence, item) if item else None
    sentence = f"{words.before}[{words.marked}]{words.after}" if words and words.marked else evidence.sentence
    yield f"           in “{printable(sentence.strip())}”"
    grounds = f"; the status from {', '.join(repr(sign) for sign in signs)}" if signs else ""
    yield f"           pattern {evidence.pattern}, characters {evidence.start} to {evidence.end}{grounds}"
    if event.mention:
        yield "           a mention: in passing, or only behind the lead"


def _joining(seen: ReportSeen) -> str:
    """What the report did to its story, and how far from the report before."""
    step = _STEPS[seen.step] if seen.step else "is a report of it"
    if seen.step in (None, Step.OPENED) or seen.before_at is None:
        return f"this report {step}"
    away = _about(seen.report.item.published_at - seen.before_at)
    return f"this report {step}; it fits by its sides, kind and days, {away} after the report before"


def _by_reason(silences: Iterable[Silence]) -> Iterator[tuple[str, str]]:
    """Watches and their reason: those of one reason together."""
    watches: dict[str, list[str]] = {}
    for silence in silences:
        watches.setdefault(_reason(silence), []).append(silence.watch_id or "anybody")
    return ((", ".join(names), reason) for reason, names in watches.items())


def _unknown(answers: Iterable[WatchAnswer]) -> _Lines:
    """The watches of which nothing is kept, with what they would say now."""
    for answer in answers:
        if not answer.told and not answer.silences:
            now = "; ".join(reason.value for reason in answer.objections)
            yield f"Unknown    {answer.watch_id}: it came later than this report, or the reason is gone after a month"
            yield f"           as it stands now it would {f'not want it: {now}' if now else 'want it'}"


def _reason(silence: Silence) -> str:
    return silence.reason.value + (f" ({silence.detail})" if silence.detail else "")


def _message(told: Told, begins: str) -> _Lines:
    again = f", again at {local(told.next_attempt_at)}" if told.next_attempt_at else ""
    remark = f": {printable(told.remark)}" if told.remark else ""
    yield (
        f"{begins} {told.channel_id}, {told.message_id[:_SHOWN_OF_MESSAGE]} of {local(told.made_at)}, "
        f"{told.state}{again}{remark}"
    )
    for answer in told.answers:
        yield (
            f"           attempt {answer.attempt} at {answer.at.astimezone():%Y-%m-%d %H:%M:%S}: {answer.verdict}, "
            f"{printable(answer.text)}"
        )


def _held(held: Iterable[HeldBack]) -> _Lines:
    for one in held:
        place = f" on {one.channel_id}" if one.channel_id else ""
        yield f"Held       {', '.join(one.watches)}{place}: {one.cause.value}; {_since_then(one)}"


def _since_then(held: HeldBack) -> str:
    if held.told_in:
        return f"told in {', '.join(message_id[:_SHOWN_OF_MESSAGE] for message_id in held.told_in)}"
    if held.is_over:
        return "told to nobody, since nothing of it was left to tell"
    return f"waits until {local(held.until)}" if held.until else "waits for the next message"


def _told_otherwise(told: Sequence[Told]) -> _Lines:
    """Messages on the same story that other reports have caused, and corrections."""
    for one in told:
        yield from _message(one, "Also told ")


def _neighbours(seen: StorySeen) -> _Lines:
    if seen.others:
        yield f"Others     stories of this pair in the same days as {seen.story.id[:_SHOWN_OF_ID]}, which it did not fit"
        for other in seen.others:
            yield f"           {_story_name(other)}"


def _sentences(sentences: Iterable[Explained]) -> _Lines:
    """What is read in each sentence now, and where nothing is, what came nearest."""
    for one in sentences:
        yield f"           “{printable(one.sentence.strip())}”"
        for actor in one.actors:
            yield f"             names   {printable(actor)}"
        for event in one.events:
            source, target = (side.code if side else "?" for side in (event.source, event.target))
            yield f"             read    {source} → {target}: {label(event.type)} ({event.status.value}), {event.evidence.pattern}"
        for miss in one.near:
            yield f"             nearly  {label(miss.type)} ({miss.pattern}), but it lacks {printable(miss.lacks)}"
        if one.silence:
            yield f"             silent  {one.silence}"


def _story(seen: StorySeen) -> _Lines:
    story = seen.story
    yield f"Story      {_story_name(story)}"
    yield f"           id {story.id}, severity {story.severity_explained}, {_count(len(story.publishers), 'publisher')}"
    if story.reached:
        yield f"           has been {', '.join(sorted(story.reached))}"
    if story.retracted_at:
        yield f"           taken back {local(story.retracted_at)}"
    if story.merged_into:
        yield f"           its reports are in story {story.merged_into[:_SHOWN_OF_ID]} now"
    for report in seen.reports[:_MOST_REPORTS]:
        item = report.report.item
        yield f"Report     {local(item.published_at)}  {printable(item.title)} ({printable(item.outlet)})"
        yield f"           {_joining(report)}{', withdrawn since' if report.withdrawn_at else ''}; id {report.report.id[:_SHOWN_OF_ID]}"
        silences = (*report.for_all, *(silence for answer in report.answers for silence in answer.silences))
        for watches, reason in _by_reason(silences):
            yield f"           not told to {watches}: {reason}"
    if len(seen.reports) > _MOST_REPORTS:
        yield f"           ... and {len(seen.reports) - _MOST_REPORTS} more; `relmon stories show {story.id[:_SHOWN_OF_ID]}`"
    for told in seen.told:
        yield from _message(told, f"Told       {', '.join(told.watches) or 'whoever was told'}:")
    yield from _held(seen.held)
    if not seen.told and not seen.held:
        yield "Told       nobody"
    yield from _neighbours(seen)


def _alert(seen: AlertSeen) -> _Lines:
    told = seen.told
    yield f"Message    {printable(told.title) or told.kind.value}"
    yield from _message(told, "           for")
    match seen.about:
        case ItemSeen() as item:
            yield from _item(item)
        case StorySeen() as story:
            yield from _story(story)
        case None:
            yield "           it tells of no single story"
        case _:
            assert_never(seen.about)


def _text(seen: TextSeen) -> _Lines:
    yield f"Text       {printable(seen.text)}"
    yield "           not stored under these words; so this is what it would do if it came now"
    for one in seen.events:
        yield from _rehearsed(one, seen.sentences)
    if not seen.events:
        yield "Read       no event"
        yield from _sentences(seen.sentences)


def _rehearsed(seen: Rehearsed, sentences: Iterable[Explained]) -> _Lines:
    said = next((one for one in sentences if one.sentence == seen.event.evidence.sentence), None)
    yield from _reading(seen.event, said.status_signs if said else (), None)
    match seen.step, seen.story:
        case Step.OPENED, _:
            yield "Story      it would open one"
        case _, None:
            yield "Story      none stands that it tells of"
        case step, story:
            yield f"Story      {_story_name(story)}"
            yield f"           this report {_STEPS[step]}"
    for alert in seen.alerts:
        yield f"Tells      {', '.join(alert.watches)}: {alert.channel_id}, as {alert.stage.value}"
    for watches, reason in _by_reason(seen.silences):
        yield f"Silent     {watches}: {reason}"


def _story_name(story: Story) -> str:
    said = f"{story.source or '?'} → {story.target or '?'}: {label(story.type)} ({story.status.value})"
    about = f", about {printable(story.object)}" if story.object else ""
    return f"{story.id[:_SHOWN_OF_ID]}  {said}{about}, {local(story.opened_at)}: {printable(story.headline)}"


def _about(duration: dt.timedelta) -> str:
    """A duration without what doesn't matter beside the rest of it: no seconds beside hours, no minutes beside days."""
    duration = abs(duration)
    for unit in (dt.timedelta(days=1), dt.timedelta(hours=1)):
        if duration >= 2 * unit:
            return format_duration(duration - duration % (unit / 24 if unit.days else unit / 60))
    return format_duration(dt.timedelta(seconds=round(duration.total_seconds())))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
