"""Makes a page of a template: in the reader's language, with times in the site's zone, everything from feeds escaped.

The only module that knows Jinja2 in the web. Which language it is, a link (`?lang=es`), then a cookie, then the browser says.
"""

import datetime as dt
import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import label
from monitor.domain.events import DatePrecision, EventDate
from monitor.web.site import Site, site_of
from monitor.web.texts import FALLBACK, Texts, read_texts

LANGUAGE_COOKIE = "relmon_lang"
_LONG_AGO_S = 14 * 86_400
_A_YEAR = dt.timedelta(days=365)
_KEPT = "private, no-cache"


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("monitor.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals["static"] = _static
    return environment


@functools.cache
def _texts() -> dict[str, Texts]:
    return read_texts()


@functools.cache
def _static(name: str) -> str:
    """The address of a static file, which changes with its content, so that browsers may keep it."""
    content = (files("monitor.web") / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """In whose words a page is made: the labels of the pages, the phrasebook of alerts, and the zone of times."""

    texts: Texts
    book: Phrasebook
    site: Site

    @property
    def language(self) -> str:
        """The ISO 639-1 code."""
        return self.texts.language

    def kind(self, type_id: str) -> str:
        """A type, or a family, in words."""
        key = f"types.{type_id}"
        return self.texts.say(key) if self.texts.has(key) else label(type_id)

    def pair(self, relation: str) -> str:
        """Both sides of a relation by themselves: "Panama – Venezuela"."""
        return " – ".join(self.side(code) for code in relation.split("-"))

    def side(self, code: str | None) -> str:
        """An actor by itself; one that nobody names has a word, too."""
        return self.book.short_actor(code) if code and code != "?" else self.texts.say("base.unnamed")

    def language_name(self, code: str) -> str:
        """A language by its ISO 639-1 code; the code itself for one without a name here."""
        key = f"languages.{code}"
        return self.texts.say(key) if self.texts.has(key) else code

    def time(self, at: dt.datetime) -> Markup:
        """A moment in the site's zone, with the zone's name."""
        return _time_element(at, self.book.moment(at, self.site.zone))

    def clock_time(self, at: dt.datetime) -> Markup:
        """The time of day alone, where the day stands above it."""
        return _time_element(at, f"{at.astimezone(self.site.zone):%H:%M}")

    def ago(self, at: dt.datetime) -> Markup:
        """How long ago a moment was, or how far ahead it is, roughly, and its day after two weeks; the moment itself at hand."""
        seconds = (self.site.clock() - at).total_seconds()
        if seconds >= _LONG_AGO_S:
            day = self.book.day(at.astimezone(self.site.zone).date())
            return _time_element(at, day, title=self.book.moment(at, self.site.zone))
        way = "ago" if seconds >= 0 else "ahead"
        for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if abs(seconds) >= size:
                said = self.texts.count(f"base.{way}.{unit}", round(abs(seconds) / size))
                break
        else:
            said = self.texts.say(f"base.{way}.now")
        return _time_element(at, said, title=self.book.moment(at, self.site.zone))

    def day(self, day: dt.date) -> Markup:
        """A day in words."""
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), self.book.day(day))

    def weekday(self, day: dt.date) -> Markup:
        """A day in words, with the day of the week before it."""
        date = EventDate(first=day, last=day, precision=DatePrecision.DAY)
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), self.book.date(date))


def reader_of(request: Request) -> Reader:
    """In whose words to answer this request."""
    site = site_of(request)
    known = {code: texts for code, texts in _texts().items() if code in site.books}
    asked = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE), *_accepted(request))
    language = next((code for code in asked if code in known), FALLBACK if FALLBACK in known else next(iter(known)))
    return Reader(texts=known[language], book=site.books[language], site=site)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page of a template in templates/, with what it shows."""
    reader = reader_of(request)
    html = (
        _environment()
        .get_template(template)
        .render(
            reader=reader,
            book=reader.book,
            t=reader.texts.say,
            n=reader.texts.count,
            lang=reader.language,
            languages=_languages(request, reader),
            path=request.url.path,
            site=reader.site,
            **values,
        )
    )
    response = HTMLResponse(
        html, status_code=status, headers={"Cache-Control": _KEPT, "Vary": "Accept-Language, Cookie"}
    )
    if request.query_params.get("lang") == reader.language:
        response.set_cookie(
            LANGUAGE_COOKIE, reader.language, max_age=_A_YEAR // dt.timedelta(seconds=1), httponly=True, samesite="lax"
        )
    return response


def error_page(request: Request, status: int, text: str, **parts: object) -> Response:
    """A page that says in a sentence what is wrong with what was asked; `text` is its key."""
    said = reader_of(request).texts.say(text, **parts)
    return page(request, "error.html", status=status, code=status, phrase=HTTPStatus(status).phrase, said=said)


def _languages(request: Request, reader: Reader) -> list[Mapping[str, str]]:
    """The other languages, each with its name in itself and a link to this very page in it."""
    known = [code for code in sorted(_texts()) if code in reader.site.books and code != reader.language]
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return [
        {
            "code": code,
            "name": _texts()[code].say("base.language"),
            "link": f"{request.url.path}?{urlencode([*kept, ('lang', code)])}",
        }
        for code in known
    ]


def _accepted(request: Request) -> list[str]:
    """What the browser asks for, the dearest first; how dear they are the order mostly says."""
    header = request.headers.get("accept-language", "")[:200]
    return [part.partition(";")[0].strip().partition("-")[0].lower() for part in header.split(",")]


def _time_element(at: dt.datetime, said: str, title: str | None = None) -> Markup:
    stamp = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if title is None:
        return Markup('<time datetime="{}">{}</time>').format(stamp, said)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, title, said)
