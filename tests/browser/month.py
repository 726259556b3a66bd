"""A month of news that never happened: some four hundred entries of eight papers, the same in every run but for its dates.

Pairs of small states live through one of a few courses (a row that is mended, a friendship, a cooling); each deed is reported by one
to five papers, in their words and language. Beside these stands what a newspaper is mostly full of, and what hostile or careless
publishers send. `newsroom.py` has the papers print it, and the daemon's own code read it.
"""

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.browser.phrases import PHRASES, QUIET, TOPICS
from tests.browser.states import FIJI, PAIRS, TONGA, State

DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One of the invented outlets, with a feed of its own."""

    id: str
    title: str
    language: str


PAPERS: Mapping[str, Paper] = {
    paper.id: paper
    for paper in (
        Paper(id="lagoon-herald", title="The Lagoon Herald", language="en"),
        Paper(id="la-laguna", title="La Laguna", language="es"),
        Paper(id="reef-radio", title="Reef Radio", language="en"),
        Paper(id="coral-times", title="Coral Times", language="en"),
        Paper(id="el-faro-verde", title="El Faro Verde", language="es"),
        Paper(id="harbour-post", title="Harbour Post", language="en"),
        Paper(id="la-brujula", title="La Brújula del Sur", language="es"),
        Paper(id="tidewire", title="Tidewire", language="en"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a paper prints at a moment; `edited` is what the headline becomes a while later."""

    paper: str
    guid: str
    at: dt.datetime
    title: str
    summary: str
    link: str | None
    edited: tuple[dt.datetime, str] | None = None

    def title_at(self, now: dt.datetime) -> str:
        """The headline as it stands then."""
        return self.edited[1] if self.edited and now >= self.edited[0] else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """One step of a course: days after its beginning, what is done, by the first of the pair or the second, in how many papers."""

    day: float
    phrase: str
    papers: int
    by_second: bool = False


def _deed(day: float, phrase: str, papers: int, by: str = "a") -> _Deed:
    return _Deed(day=day, phrase=phrase, papers=papers, by_second=by == "b")


_ROW = (
    _deed(0, "criticised", 2),
    _deed(1, "accused", 2, "b"),
    _deed(2, "summoned", 3),
    _deed(4, "expelled", 5),
    _deed(5, "recalled", 4, "b"),
    _deed(7, "may_sanction", 1),
    _deed(9, "sanctioned", 4),
    _deed(11, "denied", 2),
    _deed(15, "talks", 3),
    _deed(18, "returned", 3, "b"),
    _deed(20, "signed", 4),
    _deed(21, "will_visit", 3),
)
_FRIENDSHIP = (
    _deed(0, "met", 2),
    _deed(3, "talks", 2, "b"),
    _deed(6, "signed", 3),
    _deed(10, "helped", 3, "b"),
    _deed(13, "thanked", 1),
    _deed(16, "visited", 2),
    _deed(19, "embassy_opened", 4),
    _deed(22, "named", 2, "b"),
    _deed(24, "will_sign", 2),
)
_COOLING = (
    _deed(0, "thanked", 1),
    _deed(4, "criticised", 2, "b"),
    _deed(8, "summoned", 2),
    _deed(11, "denied", 1, "b"),
    _deed(14, "closed_border", 3),
    _deed(17, "may_sanction", 2, "b"),
    _deed(20, "embassy_closed", 3),
    _deed(23, "recalled", 4),
)
_COURSES = (_FRIENDSHIP, _COOLING, _ROW)

_BEGINS_WITHIN_DAYS = 9
_QUIET_A_DAY = 3


def month(until: dt.datetime) -> tuple[Entry, ...]:
    """All entries up to `until`, the oldest first."""
    luck = random.Random(20)  # noqa: S311 - the same month in every run
    begins = until - dt.timedelta(days=DAYS - 1)
    entries = [*_course(FIJI, TONGA, _ROW, begins + dt.timedelta(days=3), luck)]
    for number, (first, second) in enumerate(PAIRS):
        start = begins + dt.timedelta(days=luck.uniform(0, _BEGINS_WITHIN_DAYS))
        entries += _course(first, second, _COURSES[number % len(_COURSES)], start, luck)
    entries += _quiet_days(begins, luck)
    entries += _odd(until)
    return tuple(sorted((one for one in entries if one.at <= until), key=lambda one: (one.at, one.guid)))


def _course(
    first: State, second: State, deeds: Sequence[_Deed], start: dt.datetime, luck: random.Random
) -> Iterator[Entry]:
    for deed in deeds:
        happened = start + dt.timedelta(days=deed.day, hours=luck.uniform(0, 10))
        one, other = (second, first) if deed.by_second else (first, second)
        topic, day = luck.choice(TOPICS), happened.date() + dt.timedelta(days=luck.randrange(9, 20))
        for place, paper in enumerate(luck.sample(sorted(PAPERS), deed.papers)):
            at = happened + dt.timedelta(minutes=place * luck.randrange(15, 90))
            language = PAPERS[paper].language
            words = _words(one, other, topic[language], day, language)
            phrase = PHRASES[deed.phrase]
            yield _entry(
                paper,
                f"{one.code}-{other.code}-{deed.phrase}-{place}",
                at,
                luck.choice(phrase.headlines[language]).format_map(words),
                phrase.summary[language].format_map(words),
            )


_MONTHS_ES = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]


def _words(one: State, other: State, topic: str, day: dt.date, language: str) -> Mapping[str, str]:
    if language == "es":
        return {
            "a": one.es,
            "b": other.es,
            "a_people": one.people_es,
            "b_people": other.people_es,
            "a_capital": one.capital_es,
            "b_capital": other.capital_es,
            "topic": topic,
            "day": f"{day.day} de {_MONTHS_ES[day.month - 1]}",
        }
    return {
        "a": one.en,
        "b": other.en,
        "a_people": one.people_en,
        "b_people": other.people_en,
        "a_capital": one.capital_en,
        "b_capital": other.capital_en,
        "topic": topic,
        "day": f"{day:%B} {day.day}",
    }


def _entry(paper: str, name: str, at: dt.datetime, title: str, summary: str) -> Entry:
    return Entry(
        paper=paper,
        guid=f"{name}@{paper}",
        at=at,
        title=title,
        summary=summary,
        link=f"https://{paper}.example/news/{name.lower()}",
    )


def _quiet_days(begins: dt.datetime, luck: random.Random) -> Iterator[Entry]:
    for day in range(DAYS):
        for number in range(_QUIET_A_DAY):
            paper = luck.choice(sorted(PAPERS))
            title = luck.choice(QUIET[PAPERS[paper].language])
            at = begins + dt.timedelta(days=day, minutes=luck.randrange(1440))
            yield _entry(paper, f"quiet-{day}-{number}", at, title, "")


ATTACK = "<script>document.title='taken'</script>'\" autofocus onfocus=\"document.title='taken'\" x="
"""What must stay text wherever a page shows it."""


def _odd(until: dt.datetime) -> Iterator[Entry]:
    """What hostile or careless publishers send, in the last two days, so that it stands on the first pages."""
    when = (until - dt.timedelta(hours=hours) for hours in (46, 40, 33, 27, 20, 16, 14, 9, 6))
    yield Entry(
        paper="reef-radio",
        guid="attack",
        at=next(when),
        title=f"Tuvalu criticises Kiribati over {ATTACK}",
        summary=f"“{ATTACK}” stood on the banner & below it “{{{{ 7 * 7 }}}} ' \" ]]> --></p>”.",
        link="https://reef-radio.example/?q=<script>&x='\"",
    )
    yield Entry(
        paper="coral-times",
        guid="no-link",
        at=next(when),
        title="Gabon summons ambassador of Cape Verde over a cable",
        summary="",
        link=None,
    )
    yield Entry(
        paper="lagoon-herald",
        guid="bad-link",
        at=next(when),
        title="Nauru and Palau hold talks on weather stations",
        summary="The papers' own address leads nowhere good.",
        link="javascript:document.title='taken'",
    )
    yield Entry(
        paper="harbour-post",
        guid="long",
        at=next(when),
        title="Iceland criticises Malta over " + "a quarrel that nobody remembers the beginning of, " * 6 + "W" * 120,
        summary="x" * 400,
        link="https://harbour-post.example/" + "long/" * 60,
    )
    yield Entry(
        paper="tidewire",
        guid="right-to-left",
        at=next(when),
        title="Bhutan and Maldives sign agreement on “اتفاقية الصيد البحري”",
        summary="שלום, said one; \u202eevil.exe\u202c, said another.",
        link="https://tidewire.example/rtl",
    )
    yield Entry(
        paper="la-laguna",
        guid="arabic",
        at=next(when),
        title="بوتان وجزر المالديف تتفقان على الصيد",
        summary="",
        link="https://la-laguna.example/ar",
    )
    corrected_at = next(when)
    yield Entry(
        paper="coral-times",
        guid="corrected",
        at=corrected_at,
        title="Lesotho expels two Botswanan diplomats",
        summary="They leave by the evening train.",
        link="https://coral-times.example/trains",
        edited=(corrected_at + dt.timedelta(hours=3), "Corrected: Botswana expels two Basotho diplomats"),
    )
    yield _entry("la-brujula", "second-word", next(when), "Uruguay y Paraguay alcanzan un acuerdo", "")
    stormy = next(when)
    for number, (title, paper) in enumerate(_STORMY):
        yield _entry(paper, f"stormy-{number}", stormy + dt.timedelta(minutes=6 * number), title, "")


_STORMY = (
    ("Fiji condemns Tonga over the reef", "lagoon-herald"),
    ("Tonga summons ambassador of Fiji over the reef", "reef-radio"),
    ("Fiji closes its border with Tonga", "coral-times"),
    ("Tonga imposes sanctions on Fiji", "lagoon-herald"),
    ("Tonga expels three Fijian diplomats", "tidewire"),
    ("Fiji recalls its ambassador to Tonga", "reef-radio"),
    ("Fiji impone sanciones a Tonga", "la-brujula"),
    ("Fiji threatens Tonga with a naval blockade", "harbour-post"),
)
"""One pair, many stories within an hour: a situation (P22)."""
