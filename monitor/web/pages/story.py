"""A story whole: what happened in a sentence, its life, every report with its evidence, who was told and why, what came around it.

An address that names a story by the beginning of its id leads to the whole one; that of a story that was merged leads for good to
the one that holds its reports. Who was told and why is found out by the worker's explainer, which the site brings along.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.delivery.sentences import severity_sentence
from monitor.delivery.wording import MarkedText, mark
from monitor.domain.browsing import Cursor, Page
from monitor.domain.explanation import StorySeen
from monitor.domain.stories import Step, Story
from monitor.storage.browse.story import (
    LifeStep,
    Neighbours,
    StoryTally,
    find_story,
    life_of,
    neighbours_of,
    reports_of,
    tally_of,
)
from monitor.storage.connection import Connection
from monitor.storage.events import ArchivedEvent
from monitor.storage.stories import stories_by_id
from monitor.stories.corroborate import publisher_of
from monitor.web.filters import BadQuery
from monitor.web.lines import outward, story_line, story_link
from monitor.web.lists import cursor_of, with_cursor
from monitor.web.render import Reader, error_page, page, reader_of
from monitor.web.site import Site, site_of
from monitor.web.story_answers import held_lines, told_lines, watch_lines

REPORTS_SHOWN = 40
_NEIGHBOURS = 5
_PUBLISHERS_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A report as the page shows it. `evidence` is None where the headline says the same and nothing is marked in it."""

    id: str
    headline: str
    language: str | None
    outlet: str
    link: str | None
    at: dt.datetime
    evidence: MarkedText
    reading: str
    step: str | None
    withdrawn: str | None
    is_mention: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeLine:
    """A stage of the story's life: what became known, when, by whose report."""

    at: dt.datetime
    words: str
    outlet: str
    report_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    story: Story
    tally: StoryTally
    reports: Page[ArchivedEvent]
    life: tuple[LifeStep, ...]
    neighbours: Neighbours
    seen: StorySeen | None


def routes() -> list[Route]:
    """The page of each story."""
    return [Route("/stories/{story_id}", story, methods=["GET"])]


def story(request: Request) -> Response:
    """One story."""
    site, reader = site_of(request), reader_of(request)
    asked, after = request.path_params["story_id"], cursor_of(request)
    with site.database.read() as connection:
        known = find_story(connection, asked)
        if known is None:
            return error_page(request, HTTPStatus.NOT_FOUND, "story.not_found")
        whole = stories_by_id(connection, [known.id])[known.id]
        if whole.id != known.id:
            return RedirectResponse(story_link(whole.id), HTTPStatus.MOVED_PERMANENTLY)
        if known.id != asked:
            return RedirectResponse(story_link(known.id), HTTPStatus.SEE_OTHER)
        found = _find(connection, site, known, after)
    return page(
        request,
        "story.html",
        story=known,
        line=story_line(known, reader),
        moved=severity_sentence(known, reader.book),
        kind=reader.kind(known.type),
        opposition=[reader.side(code) for code in sorted(known.opposition)],
        publishers=_named(known.publishers, found.reports.rows)[:_PUBLISHERS_NAMED],
        more_publishers=max(len(known.publishers) - _PUBLISHERS_NAMED, 0),
        tally=found.tally,
        life=_life(found.life, reader),
        columns=_by_language(found.reports.rows, found.tally.languages, reader),
        further_link=with_cursor(story_link(known.id), found.reports.next),
        is_first=after is None,
        told=told_lines(found.seen, reader) if found.seen else [],
        held=held_lines(found.seen, reader) if found.seen else [],
        watches=watch_lines(found.seen, site.watches, reader) if found.seen else [],
        before=[story_line(one, reader) for one in found.neighbours.before],
        later=[story_line(one, reader) for one in found.neighbours.after],
        reports_shown=REPORTS_SHOWN,
    )


def _find(connection: Connection, site: Site, known: Story, after: Cursor | None) -> _Found:
    try:
        reports = reports_of(connection, known.id, limit=REPORTS_SHOWN, after=after)
    except ValueError as error:
        raise BadQuery("errors.bad_cursor") from error
    return _Found(
        story=known,
        tally=tally_of(connection, known.id),
        reports=reports,
        life=life_of(connection, known),
        neighbours=neighbours_of(connection, known, _NEIGHBOURS),
        seen=site.explain_story(connection, known) if after is None else None,
    )


def _life(steps: Iterable[LifeStep], reader: Reader) -> list[LifeLine]:
    return [
        LifeLine(
            at=step.report.read_at,
            words=reader.texts.say(f"story.stages.{_stage(step)}"),
            outlet=step.report.stored.item.outlet,
            report_id=step.report.stored.id,
        )
        for step in steps
    ]


def _stage(step: LifeStep) -> str:
    if step.stage is not None:
        return step.stage.name.lower()
    if step.report.step is Step.CORRECTED:
        return "corrected"
    return "joined" if step.has_joined else "unknown"


def _named(publishers: Iterable[str], reports: Iterable[ArchivedEvent]) -> list[str]:
    """Publishers as they call themselves in the reports; one that is in none of these by the key by which it is compared."""
    names: dict[str, str] = {}
    for one in reports:
        names.setdefault(publisher_of(one.stored.item.outlet), one.stored.item.outlet)
    return sorted((names.get(key, key) for key in publishers), key=str.casefold)


def _by_language(
    reports: Sequence[ArchivedEvent], languages: Sequence[str], reader: Reader
) -> list[tuple[str, str, list[ReportLine]]]:
    """The reports by language, the one with the most first: its code, its name, and the reports in order of time."""
    found: Mapping[str, list[ReportLine]] = defaultdict(list)
    for one in reports:
        found[one.stored.item.language or ""].append(_report_line(one, reader))
    ranks = {language: rank for rank, language in enumerate(languages)}
    ordered = sorted(found, key=lambda language: (ranks.get(language, len(ranks)), language))
    return [
        (
            language,
            reader.language_name(language) if language else reader.texts.say("story.no_language"),
            found[language],
        )
        for language in ordered
    ]


def _report_line(one: ArchivedEvent, reader: Reader) -> ReportLine:
    item, event = one.stored.item, one.stored.event
    read = [reader.kind(event.type), reader.book.say(f"statuses.{event.status}")]
    if event.date is not None:
        read.append(reader.book.date(event.date))
    read.append(reader.texts.say("story.certain", percent=f"{event.confidence:.0%}"))
    sides = f"{reader.side(event.source.code if event.source else None)} → {reader.side(event.target.code if event.target else None)}"
    return ReportLine(
        id=one.stored.id,
        headline=item.title,
        language=item.language,
        outlet=item.outlet,
        link=outward(item.link),
        at=item.published_at,
        evidence=mark(event.evidence, item),
        reading=f"{sides}: {', '.join(read)}",
        step=_step(one, reader),
        withdrawn=reader.texts.say(f"story.withdrawn.{one.withdrawn_by}") if one.withdrawn_by else None,
        is_mention=event.mention,
    )


def _step(one: ArchivedEvent, reader: Reader) -> str | None:
    """What a report did to the story, where that is more than saying what was known. Its life says which opened it."""
    if one.step in (Step.ADVANCED, Step.CORRECTED):
        return reader.texts.say(f"story.steps.{one.step}")
    return None
