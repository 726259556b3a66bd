"""The page Try it: what the classifier makes of a text that somebody pastes, why, and who would be told.

Nothing of it is stored, and nobody is told. A child reads the text within a time limit (Site.trial, which cli wires in); a text
is sent by POST, so that it stands in no address and no log, from this very site alone, and some thirty times a minute at the most.
"""

import asyncio
import datetime as dt
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.delivery.sentences import reading_sentence
from monitor.delivery.wording import mark_in
from monitor.domain.errors import ChildFailed
from monitor.domain.events import EventActor, RelationEvent
from monitor.domain.explanation import Explained, Rehearsed, TextSeen
from monitor.domain.routing import Silence
from monitor.domain.searching import Piece
from monitor.domain.stories import Step
from monitor.web.access import is_same_origin
from monitor.web.forms import Tries, read_form
from monitor.web.lines import story_link
from monitor.web.render import Reader, page, reader_of
from monitor.web.site import site_of

LARGEST_TEXT = 20_000
"""In bytes of UTF-8."""
# A form writes each byte that is no plain letter as three.
_LARGEST_FORM = 3 * LARGEST_TEXT + 1_000
_MOST, _WITHIN = 30, dt.timedelta(minutes=1)
_AT_ONCE = 2
"""The children read the feeds, too: as many as that are a page's to take."""
# For a place, and for the first child of a daemon that polls nothing to compile all patterns; reading itself has a limit of its own.
_PATIENCE_S = 30.0
_SENTENCES_SHOWN = 100


def routes() -> list[Route]:
    """The form, and what it sends."""
    tried, places = Tries(most=_MOST, within=_WITHIN), asyncio.Semaphore(_AT_ONCE)

    def form(request: Request) -> Response:
        return _page(request, _Given())

    async def read(request: Request) -> Response:
        if not is_same_origin(request.headers):
            return PlainTextResponse("This form was sent from elsewhere: open the page here, and send it there.\n", 403)
        who = request.client.host if request.client else "?"
        if tried.are_used_up(who):
            return _page(request, _Given(trouble="try.too_often"), 429)
        tried.note(who)
        filled = await read_form(request, _LARGEST_FORM)
        if filled is None:
            return _page(request, _Given(trouble="try.too_long"), 413)
        given = _given(request, filled)
        if given.trouble:
            return _page(request, given, 413 if given.trouble == "try.too_long" else 400)
        try:
            async with asyncio.timeout(_PATIENCE_S), places:
                seen = await site_of(request).trial.read(given.text, given.language)
        except (ChildFailed, TimeoutError):
            return _page(request, _Given(text=given.text, language=given.language, trouble="try.not_read"), 503)
        return await asyncio.to_thread(_page, request, given, 200, seen)

    return [Route("/try", form, methods=["GET"]), Route("/try", read, methods=["POST"])]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What stands in the form. `trouble` is the key of a sentence on why it wasn't read."""

    text: str = ""
    language: str | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _EventShown:
    """An event in words, and what would become of it."""

    sentence: str
    kind: str
    type: str
    status: str
    date: str | None
    confidence: str
    source: str
    target: str
    object: str | None
    speaker: str | None
    is_mention: bool
    evidence: tuple[Piece, ...]
    pattern: str
    signs: tuple[str, ...]
    fate: str
    story_link: str | None
    told: tuple[tuple[str, str], ...]
    """The names of watches, and the channel on which they would be told."""
    silences: tuple[tuple[str, str], ...]
    """The names of watches (empty: any), and why they would not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What is shown of a text that was read. `sentences` are those in which nothing was."""

    language: str | None
    events: tuple[_EventShown, ...] = ()
    sentences: tuple[Explained, ...] = ()
    more: int = field(default=0)


def _given(request: Request, filled: dict[str, str]) -> _Given:
    # Browsers end lines with two characters; what no keyboard types could turn a page round.
    text = "".join(
        sign for sign in filled.get("text", "").replace("\r\n", "\n") if sign.isprintable() or sign in "\n\t"
    ).strip()
    language = filled.get("language", "")
    given = _Given(text=text, language=language if language in site_of(request).trial.languages else None)
    if not text:
        return _Given(language=given.language, trouble="try.empty")
    if len(text.encode()) > LARGEST_TEXT:
        return _Given(text=text[:LARGEST_TEXT], language=given.language, trouble="try.too_long")
    return given


def _page(request: Request, given: _Given, status: int = 200, seen: TextSeen | None = None) -> Response:
    site, reader = site_of(request), reader_of(request)
    return page(
        request,
        "try_it.html",
        status=status,
        given=given,
        largest=LARGEST_TEXT // 1000,
        reading_languages=site.trial.languages,
        answer=_answer(seen, reader) if seen else None,
        has_watches=bool(site.watches),
    )


def _answer(seen: TextSeen, reader: Reader) -> _Answer:
    opened: set[str] = set()
    events = []
    for one in seen.events:
        events.append(_event(one, seen, reader, is_stored=one.story is not None and one.story.id not in opened))
        if one.step is Step.OPENED and one.story is not None:
            opened.add(one.story.id)
    silent = [one for one in seen.sentences if not one.events]
    return _Answer(
        language=reader.site.trial.languages.get(seen.language or ""),
        events=tuple(events),
        sentences=tuple(silent[:_SENTENCES_SHOWN]),
        more=max(len(silent) - _SENTENCES_SHOWN, 0),
    )


def _event(seen: Rehearsed, text: TextSeen, reader: Reader, *, is_stored: bool) -> _EventShown:
    event, book, site = seen.event, reader.book, reader.site
    said = next((one for one in text.sentences if one.sentence == event.evidence.sentence), None)
    return _EventShown(
        sentence=reading_sentence(event, None, site.taxonomy[event.type], book, told_on=site.today()),
        kind=reader.kind(event.type),
        type=event.type,
        status=book.say(f"statuses.{event.status}"),
        date=book.date(event.date) if event.date else None,
        confidence=f"{event.confidence:.0%}",
        source=_side(event.source, reader),
        target=_side(event.target, reader),
        object=event.object,
        speaker=_side(event.speaker, reader) if event.speaker else None,
        is_mention=event.mention,
        evidence=_evidence(event, text.text),
        pattern=event.evidence.pattern,
        signs=said.status_signs if said else (),
        fate=reader.texts.say(f"try.steps.{seen.step}" if seen.story else "try.no_story"),
        story_link=story_link(seen.story.id) if seen.story and is_stored and seen.step is not Step.OPENED else None,
        told=tuple((_names(alert.watches, reader), alert.channel_id) for alert in seen.alerts),
        silences=_silences(seen.silences, reader),
    )


def _side(actor: EventActor | None, reader: Reader) -> str:
    """A side as its state is called, with the words of the text: "Panama: the Panamanian minister (foreign minister)"."""
    if actor is None:
        return reader.side(None)
    acts = reader.book.say(f"parts.{actor.part}", state=reader.side(actor.code))
    role = f" ({actor.role})" if actor.role else ""
    return f"{acts} [{actor.code}]: “{actor.name}”{role}"


def _evidence(event: RelationEvent, text: str) -> tuple[Piece, ...]:
    words = mark_in(event.evidence, text)
    pieces = (Piece(text=words.before), Piece(text=words.marked, is_found=True), Piece(text=words.after))
    return tuple(piece for piece in pieces if piece.text)


def _silences(silences: tuple[Silence, ...], reader: Reader) -> tuple[tuple[str, str], ...]:
    """Watches and their reason: those of one reason together."""
    watches: dict[str, list[str]] = {}
    for silence in silences:
        reason = reader.texts.say(f"reasons.{silence.reason.name.lower()}")
        detail = f" ({silence.detail})" if silence.detail else ""
        watches.setdefault(reason + detail, []).extend([silence.watch_id] if silence.watch_id else [])
    return tuple((_names(names, reader), reason) for reason, names in watches.items())


def _names(watch_ids: tuple[str, ...] | list[str], reader: Reader) -> str:
    named = {watch.id: watch.name for watch in reader.site.watches}
    return ", ".join(named.get(one, one) for one in watch_ids)
