"""Lists of stories for feed readers: /stories.atom (RFC 4287) and /stories.json (JSON Feed 1.1), with the filter of the pages.

A story is one entry for as long as it lives: its id stays, wherever this is served, and `updated` moves when it comes to say
something else (another stage, a correction, that it is taken back), not with each further report. All that stands in an entry is
plain text. How the documents are written is feed_documents.py's.
"""

import datetime as dt
import uuid

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from monitor.delivery.sentences import story_sentence
from monitor.domain.stories import Stage, Story
from monitor.storage.browse.syndicated import ToldStory, told_stories
from monitor.web.absolute import base_of
from monitor.web.conditional import answer
from monitor.web.facets import Facets
from monitor.web.feed_documents import ATOM, JSON_FEED, Entry, FeedOfStories, Format
from monitor.web.filters import FilterQuery, read_filter
from monitor.web.lines import story_link
from monitor.web.render import Reader, reader_of
from monitor.web.site import site_of

_ENTRIES = 50
_TAKEN_BACK_WITHIN = dt.timedelta(days=30)
"""Whoever has not looked for a month has to look at the pages."""
_NAMES = uuid.UUID("6d4e3c0e-9a8b-5f0a-8a53-3a1b6f1c2d77")
"""What names of feeds and stories are derived from (RFC 9562, version 5): drawn once, and never changed."""


def routes() -> list[Route]:
    """Both feeds."""
    return [_route("/stories.atom", ATOM), _route("/stories.json", JSON_FEED)]


def _route(path: str, form: Format) -> Route:
    def stories(request: Request) -> Response:
        site, reader = site_of(request), reader_of(request)
        query = read_filter(request.query_params, site.taxonomy)
        with site.database.read() as connection:
            told = told_stories(
                connection,
                query.filter(site),
                taken_back_since=site.clock() - _TAKEN_BACK_WITHIN,
                limit=_ENTRIES,
            )
        made = _feed(query, told, reader, base=base_of(request), link=_own_link(request, query.link(path)))
        return answer(request, form.write(made), form.media_type)

    return Route(path, stories, methods=["GET"])


def _own_link(request: Request, link: str) -> str:
    """The link with the language that the address itself names: it belongs to what was subscribed to."""
    lang = request.query_params.get("lang", "")
    if lang not in site_of(request).books:
        return link
    return f"{link}{'&' if '?' in link else '?'}lang={lang}"


def _feed(query: FilterQuery, told: tuple[ToldStory, ...], reader: Reader, *, base: str, link: str) -> FeedOfStories:
    what = " · ".join(part.words for part in Facets(path="/", query=query, reader=reader).chosen())
    return FeedOfStories(
        id=_name(f"feed:{query.link('')}"),
        title=reader.texts.say("syndication.title", what=what or reader.texts.say("syndication.everything")),
        language=reader.language,
        self_link=base + link,
        page_link=base + query.link("/"),
        entries=tuple(_entry(one, reader, base) for one in told),
    )


def _entry(told: ToldStory, reader: Reader, base: str) -> Entry:
    story = told.story
    sides = [code for code in (story.source, story.target) if code is not None]
    return Entry(
        id=_name(f"story:{story.id}"),
        link=base + story_link(story.id),
        title=_title(story, reader),
        text="\n".join(_lines(told, reader)),
        published_at=story.opened_at,
        updated_at=told.changed_at,
        tags=(story.type, story.severity.value, story.status.value, *sides),
    )


def _title(story: Story, reader: Reader) -> str:
    sentence = story_sentence(story, reader.book)
    if story.retracted_at is not None:
        return reader.book.say("corrections.taken_back", sentence=sentence)
    if story.put_right_at is not None:
        sentence = reader.book.say("corrections.corrected", sentence=sentence)
    return reader.texts.say("syndication.sample", sentence=sentence) if story.sample else sentence


def _lines(told: ToldStory, reader: Reader) -> list[str]:
    story, book = told.story, reader.book
    lines = [
        " · ".join(
            (book.say(f"severities.{story.severity}"), book.say(f"statuses.{story.status}"), reader.kind(story.type))
        )
    ]
    if told.stage not in (None, Stage.FIRST):
        lines.append(book.say(f"stages.{told.stage}"))
    if story.date is not None:
        lines.append(f"{book.say('labels.date')}: {book.date(story.date)}")
    lines.append(f"{book.say('labels.publishers')}: {book.listed(sorted(story.publishers))}")
    lines.append(reader.texts.say("syndication.headline", headline=story.headline))
    return lines


def _name(of: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMES, of)}"
