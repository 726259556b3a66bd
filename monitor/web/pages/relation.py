"""The page of a pair of states: how it stands and has stood, who did what to whom, and its stories, for a month to a year.

The index is stories/index.py's, where things stand in the chart charts.py's, and the tables of deeds are deeds.py's. Leaves all
pairs at once to matrix.py.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import story_sentence
from monitor.domain.bands import Band
from monitor.domain.browsing import Cursor, Page, StoryFilter
from monitor.domain.relations import DeedCount
from monitor.domain.stories import Story, relation_of
from monitor.domain.taxonomy import Severity, Taxonomy
from monitor.storage.browse.relations import counted_stories_of, deeds_between, is_stored
from monitor.storage.browse.stories import StoryCount, StoryOrder, count_stories, list_stories
from monitor.storage.connection import Connection
from monitor.storage.export.columns import STORY_COLUMNS, Value
from monitor.storage.export.formats import csv_lines, json_lines
from monitor.storage.stories import stories_between
from monitor.stories.index import REACHES_BACK, band_of, counted_day, day_of, levels, sums_by_day, weight
from monitor.web.charts import IndexChart, Mark, Way, index_chart
from monitor.web.cursors import cursor_text, read_cursor
from monitor.web.deeds import deed_tables
from monitor.web.filters import BadQuery, FilterQuery
from monitor.web.lines import story_line, story_link
from monitor.web.numbers import signed
from monitor.web.pages.pairs import SIDES, meant
from monitor.web.render import Reader, page, reader_of
from monitor.web.site import Site, site_of

SPANS = (30, 90, 365)
_USUAL_SPAN = 365
_WEEK, _MONTH = 7, 30
_SEASON = dt.timedelta(days=120)
# A year of readings in the table would be a page of its own: it has one a week.
_READINGS_SHOWN = 100
_MARKS = 150
_ROWS = 25
_LONGEST_SHOWN = 40
_EXPORTED = 10_000
# What a code may be made of: nothing else comes to a database, or into a header.
_CODE = re.compile(r"[A-Z0-9_]{1,12}")

_Format = Callable[[Iterable[Story], Mapping[str, Callable[[Story], Value]]], Iterator[str]]


def routes() -> list[Route]:
    """The page, and its stories as files."""
    return [
        Route("/relations/{pair}.csv", _csv, methods=["GET"]),
        Route("/relations/{pair}.jsonl", _jsonl, methods=["GET"]),
        Route("/relations/{pair}", _relation, methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRow:
    """A reading in the table, in words."""

    day: dt.date
    index: str
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The days (UTC) that a page is about: the last so many, today among them."""

    days: int
    last: dt.date

    @property
    def first(self) -> dt.date:
        return self.last - dt.timedelta(days=self.days - 1)

    @property
    def since(self) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(), dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What the database says of a pair."""

    course: tuple[tuple[dt.date, float], ...]
    known_since: dt.date | None
    gravest: tuple[Story, ...]
    deeds: tuple[DeedCount, ...]
    counts: tuple[StoryCount, ...]
    stories: Page[Story]


def _relation(request: Request) -> Response:
    site, reader = site_of(request), reader_of(request)
    with site.database.read() as connection:
        relation = _asked_for(request, connection)
        if isinstance(relation, Response):
            return relation
        span = _span(request, site)
        after = _cursor(request)
        found = _found(connection, relation, span, site.taxonomy, after)
    wanted = FilterQuery(between=tuple(relation.split("-")), days=span.days)
    shown = dict(found.course)
    older = found.stories.next
    return page(
        request,
        "relation.html",
        relation=relation,
        span=span.days,
        spans=SPANS,
        index=signed(shown[span.last]),
        band=band_of(shown[span.last]),
        changes=[_change(shown, span.last, days) for days in (_WEEK, _MONTH)],
        severities=_severities(found.counts),
        total=sum(count.stories for count in found.counts),
        band_words={band: reader.book.say(f"bands.{band}") for band in Band},
        chart=_chart(found, span, site, reader),
        marked=len(found.gravest),
        readings=_reading_rows(found, span),
        deeds=deed_tables(found.deeds, site.taxonomy, reader, wanted),
        lines=[story_line(story, reader) for story in found.stories.rows],
        is_head=after is None,
        older=f"?days={span.days}&after={cursor_text(older)}#stories" if older else None,
        atom=wanted.link("/stories.atom", days=None),
        json_feed=wanted.link("/stories.json", days=None),
    )


def _found(connection: Connection, relation: str, span: _Span, taxonomy: Taxonomy, after: Cursor | None) -> _Found:
    scales = {kind.id: kind.scale for kind in taxonomy}
    counted = counted_stories_of(connection, relation, span.since - REACHES_BACK)
    # The changes of a month are told even where the chart shows less.
    first = min(span.first, span.last - dt.timedelta(days=_MONTH))
    wanted = StoryFilter(sides=tuple(relation.split("-")), since=span.since)
    return _Found(
        # Before its first story nobody knows how a pair stood, which is not the same as "ordinary".
        known_since=min((counted_day(one.opened_on, one.stated_on) for one in counted), default=None),
        course=tuple(levels(sums_by_day(counted, scales), first=first, last=span.last)),
        gravest=list_stories(connection, wanted, order=StoryOrder.GRAVEST, limit=_MARKS).rows,
        deeds=deeds_between(connection, relation, span.since),
        counts=count_stories(connection, wanted),
        stories=_listed(connection, wanted, after),
    )


def _listed(connection: Connection, wanted: StoryFilter, after: Cursor | None) -> Page[Story]:
    try:
        return list_stories(connection, wanted, limit=_ROWS, after=after)
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None


def _cursor(request: Request) -> Cursor | None:
    text = request.query_params.get("after")
    try:
        return read_cursor(text) if text else None
    except ValueError:
        raise BadQuery("errors.bad_cursor") from None


def _asked_for(request: Request, connection: Connection, ending: str = "") -> str | Response:
    """The relation of an address; or the way to where it stands, or a page that says that there is none."""
    pair: str = request.path_params["pair"]
    relation = _named_by_codes(pair, reader_of(request).book, connection) or meant(request, pair.split("-"))
    if isinstance(relation, Response) or relation == pair:
        return relation
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/relations/{relation}{ending}{query}", HTTPStatus.FOUND)


def _named_by_codes(pair: str, book: Phrasebook, connection: Connection) -> str | None:
    """The relation between two codes, in capitals or not, in either order; they have names, or stories at least."""
    codes = pair.upper().split("-")
    if len(set(codes)) != SIDES or len(codes) != SIDES or not all(map(_CODE.fullmatch, codes)):
        return None
    relation = relation_of(*codes)
    known = all(code in book.short_names for code in codes) or is_stored(connection, relation)
    return relation if known else None


def _span(request: Request, site: Site) -> _Span:
    text = request.query_params.get("days", "").strip() or str(_USUAL_SPAN)
    if text not in map(str, SPANS):
        raise BadQuery("relation.bad_span", value=text[:_LONGEST_SHOWN], choices=", ".join(map(str, SPANS)))
    return _Span(days=int(text), last=site.clock().astimezone(dt.UTC).date())


def _chart(found: _Found, span: _Span, site: Site, reader: Reader) -> IndexChart | None:
    """None where nothing counts: sample news has a timeline, but no index."""
    if found.known_since is None:
        return None
    begins = min(max(found.known_since, span.first), span.last)
    course = [(day, index) for day, index in found.course if day >= begins]
    # A year of which all but a few weeks is unknown would be a chart of nothing.
    first = max(span.first, min(begins - dt.timedelta(days=_WEEK), span.last - dt.timedelta(days=_MONTH - 1)))
    marks = [
        Mark(
            day=day_of(story),
            title=f"{reader.book.day(day_of(story))}: {story_sentence(story, reader.book)}",
            href=story_link(story.id),
            way=_way(weight(story, site.taxonomy[story.type].scale)),
            severity=story.severity,
        )
        for story in found.gravest
        if story.type in site.taxonomy and not story.sample
    ]
    # By their days, so that whoever goes through them with the keyboard goes through time.
    marks.sort(key=lambda mark: mark.day)
    return index_chart(course, marks, first=first, tick_label=lambda day: _tick(day, span.last - first, reader))


def _change(course: Mapping[dt.date, float], last: dt.date, days: int) -> tuple[int, str, int]:
    """Over how many days, which way and by how many points the index has changed, as it is shown."""
    points = round(course[last]) - round(course[last - dt.timedelta(days=days)])
    return days, "none" if points == 0 else _way(points).value, abs(points)


def _way(moved: float) -> Way:
    if moved == 0:
        return Way.NEITHER
    return Way.WARMER if moved > 0 else Way.COOLER


def _tick(day: dt.date, shown: dt.timedelta, reader: Reader) -> str:
    month = reader.book.months[day.month - 1][:3]
    return month if shown >= _SEASON else f"{day.day} {month}"


def _reading_rows(found: _Found, span: _Span) -> list[ReadingRow]:
    """The latest first; of a long span one a week."""
    if found.known_since is None:
        return []
    rows = [
        ReadingRow(day=day, index=signed(index), band=band_of(index))
        for day, index in found.course
        if day >= max(span.first, found.known_since)
    ]
    rows.reverse()
    return rows if len(rows) <= _READINGS_SHOWN else rows[::_WEEK]


def _severities(counts: Iterable[StoryCount]) -> list[tuple[Severity, int]]:
    """How many stories there are of each severity, the gravest first; those of which there are none are left out."""
    number: Counter[Severity] = Counter()
    for count in counts:
        number[count.severity] += count.stories
    return [(severity, number[severity]) for severity in reversed(Severity) if number[severity]]


def _csv(request: Request) -> Response:
    return _file(request, csv_lines, "csv", "text/csv; charset=utf-8; header=present")


def _jsonl(request: Request) -> Response:
    return _file(request, json_lines, "jsonl", "application/jsonl; charset=utf-8")


def _file(request: Request, lines: _Format, ending: str, media_type: str) -> Response:
    """The stories of the page, the latest first, with the columns of `relmon export`."""
    site = site_of(request)
    with site.database.read() as connection:
        relation = _asked_for(request, connection, f".{ending}")
        if isinstance(relation, Response):
            return relation
        span = _span(request, site)
        # A file of bounded length, made whole: whoever reads it slowly holds no transaction open.
        stories = stories_between(connection, relation_name=relation, since=span.since, limit=_EXPORTED)
    return Response(
        "".join(lines(stories, STORY_COLUMNS)),
        media_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{relation}.{ending}"'},
    )
