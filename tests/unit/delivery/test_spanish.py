"""What a channel with `language = "es"` gets holds no word of the English texts."""

import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape

import pytest

from monitor.delivery.bands import band_changed
from monitor.delivery.blocks import alert_blocks, digest_blocks, follow_up_noted, notice_blocks
from monitor.delivery.console import ConsoleChannel
from monitor.delivery.corrections import corrected_by_publisher, put_right, taken_back, taken_back_by_publisher
from monitor.delivery.mail_body import MailBody, alert_body, digest_body, notice_body
from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.situations import line_of, opening, summary
from monitor.domain.bands import Band
from monitor.domain.delivery import Notice
from monitor.domain.digests import DigestCause
from monitor.domain.events import EventActor, Evidence
from monitor.domain.publishers import Coverage, Printing
from monitor.domain.routing import Alert, Watch
from monitor.domain.situations import Situation, SituationEntry
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity, Status
from tests.unit.delivery.alerts import make_alert
from tests.unit.delivery.books import DOCUMENTS, ENGLISH, SPANISH
from tests.unit.delivery.digests import EMPTY, full
from tests.unit.stories.reports import NOON

_WORD = re.compile(r"[^\W\d_]{2,}")
_WATCH = Watch(id="andes", name="Andes", between=(frozenset({"VEN"}), frozenset({"CHL", "PER"})), channels=("desk",))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(re.sub(r"\{\w+\}", " ", text))}


def _all_words(book: Phrasebook) -> set[str]:
    clauses = (text for clause in book.clauses.values() for text in clause.values())
    return set().union(*map(_words, (*book.texts.values(), *clauses, *book.months, *book.weekdays)))


# The command and its words are the same in both.
ONLY_ENGLISH = (
    _all_words(ENGLISH) - _all_words(SPANISH) - {"relmon", "feedback", "wrong", "duplicate", "noise", "direction"}
)


def _spanish_alert(stage: Stage = Stage.FIRST, status: Status = Status.REPORTED) -> Alert:
    title = "Caracas da a dos enviados chilenos el plazo de un mes"
    alert = make_alert(
        title=title,
        evidence=Evidence(sentence=title, start=8, end=10, pattern="es/diplomat.expelled#1"),
        stage=stage,
        status=status,
        outlet="El Puerto",
        link="https://puerto.example/a",
    )
    minister = EventActor(code="PER", name="Canciller Ruiz", role="canciller")
    event = dataclasses.replace(alert.report.event, speaker=minister)
    story = dataclasses.replace(alert.story, publishers=frozenset({"puerto", "cumbre"}))
    return dataclasses.replace(
        alert,
        story=story,
        report=dataclasses.replace(alert.report, event=event),
        matched=(_WATCH,),
        coverage=(
            Coverage(publisher="puerto", printings=(Printing(outlet="El Puerto", link="https://puerto.example/a"),)),
            *(
                Coverage(
                    publisher=f"p{number}", agency="Marea", printings=(Printing(outlet="Cumbre", link=None),) * number
                )
                for number in range(1, 8)
            ),
        ),
        page="https://monitor.example/stories/a1",
    )


def _alert_texts() -> Iterator[tuple[str, str]]:
    for stage in Stage:
        for status in (Status.REPORTED, Status.DENIED):
            alert = _spanish_alert(stage, status)
            yield f"console {stage}", ConsoleChannel(id="c", book=SPANISH).render(alert, (alert.story,)).body.decode()
            yield f"slack {stage}", _slack_text(json.loads(alert_blocks(alert, (alert.story,), SPANISH).body))
            yield f"mail {stage}", _mail_text(alert_body(alert, (alert.story,), dt.UTC, SPANISH))
    first = alert_blocks(_spanish_alert(), (), SPANISH).body
    yield "thread", _slack_text(follow_up_noted(first, first, SPANISH))


def _notice_texts() -> Iterator[tuple[str, str]]:
    alert = _spanish_alert()
    entries = tuple(
        SituationEntry(
            story_id=f"s{number}",
            stage=Stage.FIRST,
            type="talks",
            severity=tuple(Severity)[number % 4],
            at=NOON,
            line=line_of(alert, SPANISH),
            watches=("andes",),
            summary=None,
        )
        for number in range(23)
    )
    situation = Situation(
        id="x", relation="?-VEN", channel_id="c", opened_at=NOON, last_at=NOON, told_at=NOON, entries=entries
    )
    one = dataclasses.replace(situation, entries=entries[:1])
    after = dataclasses.replace(alert.story, source="CHL", target=None, severity=Severity.NOTABLE)
    notices = {
        "opening": opening(situation, SPANISH),
        "summary": summary(situation, NOON, SPANISH),
        "summary of one": summary(one, NOON, SPANISH),
        "taken back": taken_back(alert.story, "se confundió con otro", NOON, SPANISH),
        "put right": put_right(alert.story, after, NOON, SPANISH),
        "by publisher": corrected_by_publisher(alert.story, after, alert.report, SPANISH, key="k", now=NOON),
        "one of several": taken_back_by_publisher(alert.story, after, alert.report, SPANISH, key="k", now=NOON),
        "one of many": taken_back_by_publisher(alert.story, alert.story, alert.report, SPANISH, key="k", now=NOON),
        **{
            f"band {band}": band_changed(
                "CHL-VEN",
                day=NOON.date(),
                index=-33.3,
                band=band,
                before=Band.ORDINARY,
                stories=stories,
                now=NOON,
                book=SPANISH,
            )
            for band, stories in zip(Band, ((), *((alert.story,),) * 4), strict=True)
        },
    }
    for name, notice in notices.items():
        yield from _in_channels(name, notice)


def _digest_texts() -> Iterator[tuple[str, str]]:
    digests = {**{f"digest {cause}": full(cause) for cause in DigestCause}, "digest empty": EMPTY}
    for name, digest in digests.items():
        texts = {
            "console": ConsoleChannel(id="c", book=SPANISH).render_digest(digest).body.decode(),
            "slack": _slack_text(json.loads(digest_blocks(digest, SPANISH).body)),
            "mail": _mail_text(digest_body(digest, SPANISH)),
        }
        for kind, text in texts.items():
            yield f"{kind} {name}", re.sub("Suva and its neighbours|The Lagoon Herald|Pacific desk", " ", text)


def _in_channels(name: str, notice: Notice) -> Iterator[tuple[str, str]]:
    yield f"console {name}", ConsoleChannel(id="c", book=SPANISH).render_notice(notice).body.decode()
    yield f"slack {name}", _slack_text(json.loads(notice_blocks(notice).body))
    yield f"mail {name}", _mail_text(notice_body(notice, dt.UTC, SPANISH))


def _slack_text(message: Mapping[str, object]) -> str:
    """Every text that Slack shows, without its own marks for dates and links."""
    found: list[str] = []

    def look(value: object, key: str = "") -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                look(inner, name)
        elif isinstance(value, list):
            for inner in value:
                look(inner, key)
        elif isinstance(value, str) and key == "text":
            found.append(value)

    look(message)
    text = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", "\n".join(found))
    return re.sub(r":thread:|<https?://[^|>]*\|?", " ", text)


def _mail_text(body: MailBody) -> str:
    html = re.sub(r"<[^>]*>", " ", body.html)
    return "\n".join((body.subject, body.text, unescape(html)))


@pytest.mark.parametrize(
    ("name", "text"), [*_alert_texts(), *_notice_texts(), *_digest_texts()], ids=lambda one: one[:30]
)
def test_given_a_spanish_channel_when_rendered_then_no_english_word_of_ours_is_left(name: str, text: str) -> None:
    without_links_and_ids = re.sub(r"https?://\S+|\b[0-9a-f]{32}\b", " ", text)
    assert _words(without_links_and_ids) & ONLY_ENGLISH == set(), name


def test_given_the_english_texts_when_compared_then_the_words_looked_for_are_many() -> None:
    assert len(ONLY_ENGLISH) > 300
    assert {"update", "according", "situation", "corrected", "relations", "since"} <= ONLY_ENGLISH


def test_given_a_type_of_each_kind_when_amended_then_the_correction_says_both_sentences() -> None:
    story = _spanish_alert().story
    for kind in DOCUMENTS.taxonomy:
        notice = put_right(story, dataclasses.replace(story, type=kind.id, object="MV Coral"), NOON, SPANISH)
        assert notice.title.startswith("Rectificación: ")
        assert "Venezuela" in notice.title
        assert "Le habíamos dicho: Venezuela expulsó a diplomáticos de Chile" in notice.text
