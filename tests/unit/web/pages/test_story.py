"""A story's page says what happened, on whose word, who was told of it, and why others weren't."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.domain.delivery import Delivered
from monitor.domain.digests import DigestCause, HeldAlert
from monitor.domain.events import Evidence
from monitor.domain.explanation import HoldCause
from monitor.domain.routing import Silence, SilenceReason, Watch
from monitor.domain.severity import Adjustment, Ground
from monitor.domain.stories import Stage, Step, StoredEvent, Withdrawal
from monitor.domain.taxonomy import Severity
from monitor.storage import held, outbox, polls, silences
from monitor.storage.engine import Database
from monitor.storage.events import insert_events, withdraw_events
from monitor.storage.items import insert_items
from monitor.storage.stories import save_stories
from monitor.web.texts import read_texts
from tests.unit.storage.examples import message, news, report, source, story
from tests.unit.web.exhibits import NOW, Visitor, a_site, empty_database, visiting
from tests.unit.web.pages.test_now import DAY, HOUR, page_of, told

DESK = Watch(id="envoys", name="Envoys", between=(), channels=("desk",), min_severity=Severity.ROUTINE)
FAR = Watch(id="far", name="Far away", between=(frozenset({"FJI"}),), channels=("desk",))
KEPT = Watch(id="kept", name="Quiet ones", between=(), channels=("desk",))
LATER = Watch(id="later", name="Later", between=(), channels=("desk",), min_severity=Severity.ROUTINE)
STORY = told(
    "whole",
    3 * HOUR,
    relation="PAN-VEN",
    source="VEN",
    target="PAN",
    object="the envoy",
    severity=Severity.MAJOR,
    type_severity=Severity.NOTABLE,
    adjustments=(Adjustment(ground=Ground.FIRST, step=1),),
    official=True,
    reached=frozenset({Stage.CORROBORATED}),
)
ADDRESS = f"/stories/{STORY.id}"


def said(name: str, ago: dt.timedelta, title: str, words: str, **changes: str) -> StoredEvent:
    """A report whose evidence is `words` of its title."""
    item = news(name, title=title, published_at=NOW - ago, seen_at=NOW - ago, outlet=name.title(), **changes)
    start = title.index(words)
    evidence = Evidence(sentence=title, start=start, end=start + len(words), pattern="recall-1")
    return report(name, item, evidence=evidence)


FIRST = said("mail", 3 * HOUR, "Venezuela recalls its envoy from Panama", "recalls its envoy")
SECOND = said("diario", 2 * HOUR, "Venezuela retira a su embajador de Panamá", "retira a su embajador", language="es")
WRONG = said("herald", HOUR, "Panama recalls its envoy <b>at once</b>", "recalls its envoy")
STRANGE = said(
    "strange", HOUR, "Venezuela recalls <script>alert(1)</script> envoy", "recalls", link="javascript:alert(1)"
)


@contextmanager
def shown(folder: Path, *reports: StoredEvent, watches: tuple[Watch, ...] = ()) -> Iterator[tuple[Visitor, Database]]:
    steps = {FIRST.id: Step.OPENED, SECOND.id: Step.ADVANCED}
    with empty_database(folder) as database:
        with database.write() as connection:
            polls.sync_feeds(connection, [source()], NOW)
            save_stories(connection, [STORY])
            insert_items(connection, [one.item for one in reports])
            of_story = {one.id: STORY.id for one in reports}
            insert_events(connection, reports, of_story, steps, {SECOND.id: Stage.CORROBORATED})
        with visiting(lambda: a_site(database, watches=watches)) as visitor:
            yield visitor, database


def test_given_a_story_when_looked_at_then_it_is_said_in_a_sentence_with_what_is_known_of_it(tmp_path: Path) -> None:
    with shown(tmp_path, FIRST, SECOND) as (visitor, _):
        page = page_of(visitor, ADDRESS)
    (heading,) = page.find("h1")
    assert "Venezuela" in heading.words
    assert "Panama" in heading.words
    assert "(the envoy)" in heading.words
    facts = page.facts()
    assert facts["Severity"].startswith("Major (notable by its type; raised: ")
    assert page.links()["Panama – Venezuela"] == "/relations/PAN-VEN"
    assert facts["Publishers"] == "evening star, the gazette; one of the states concerned says it itself"
    (life,) = page.find("ol", class_="life")
    assert [one.words for one in life.find("li")] == [
        "14 March 2026, 05:00 -04 First report Mail",
        "14 March 2026, 06:00 -04 A second independent publisher reports it Diario",
    ]
    assert life.links()["First report"] == "#r-event-mail"
    assert page.find("div", id="r-event-mail")


def test_given_reports_in_two_languages_when_looked_at_then_they_stand_side_by_side_with_their_evidence_marked(
    tmp_path: Path,
) -> None:
    with shown(tmp_path, FIRST, SECOND) as (visitor, _):
        page = page_of(visitor, ADDRESS)
        spanish = page_of(visitor, f"{ADDRESS}?lang=es")
    (columns,) = page.find("div", class_="columns")
    assert [one.words for one in columns.find("h3")] == ["English (1)", "Spanish (1)"]
    marked = [
        (quote.attributes["lang"], quote.words, quote.find("mark")[0].words) for quote in columns.find("blockquote")
    ]
    assert marked == [
        ("en", "Venezuela recalls its envoy from Panama", "recalls its envoy"),
        ("es", "Venezuela retira a su embajador de Panamá", "retira a su embajador"),
    ]
    (link,) = [one for one in columns.find("a") if one.words == FIRST.item.title]
    assert link.attributes == {"href": FIRST.item.link, "rel": "noopener noreferrer nofollow"}
    assert [one.words for one in spanish.find("h2")][:2] == ["Cómo se fue sabiendo", "Noticias"]


def test_given_text_with_markup_when_shown_then_it_is_text_and_its_link_leads_nowhere(tmp_path: Path) -> None:
    with shown(tmp_path, STRANGE) as (visitor, _):
        page = page_of(visitor, ADDRESS)
    (column,) = page.find("div", class_="columns")
    assert column.find("script") == []
    assert STRANGE.item.title in column.words
    assert column.links() == {}


def test_given_withdrawn_reports_and_mentions_when_shown_then_they_say_what_they_are(tmp_path: Path) -> None:
    aside = replace(said("aside", HOUR, "After Venezuela recalls its envoy, talks", "recalls"), id="event-aside")
    aside = replace(aside, event=replace(aside.event, mention=True))
    with shown(tmp_path, FIRST, aside, WRONG) as (visitor, database):
        with database.write() as connection:
            withdraw_events(connection, [WRONG.id], NOW, Withdrawal.PUBLISHER)
        page = page_of(visitor, ADDRESS)
    (wrong,) = page.find("div", id="r-event-herald")
    assert "corrected by its publisher" in wrong.words
    assert "withdrawn" in wrong.attributes["class"]
    (mention,) = page.find("div", id="r-event-aside")
    assert "mentions it" in mention.words
    (main,) = page.find("main")
    assert "1 report; 1 only mentions it; 1 was withdrawn." in main.words


def test_given_watches_when_looked_at_then_each_says_what_it_made_of_the_story(tmp_path: Path) -> None:
    alert = message(
        "whole", story_id=STORY.id, event_id=FIRST.id, watches=("envoys",), title="Venezuela recalls its envoy"
    )
    waits = HeldAlert(
        channel_id="desk",
        story_id=STORY.id,
        stage=Stage.FIRST,
        event_id=FIRST.id,
        watches=("kept",),
        cause=DigestCause.QUIET,
        held_at=NOW - HOUR,
        until=NOW + HOUR,
    )
    with shown(tmp_path, FIRST, watches=(FAR, DESK, KEPT, LATER)) as (visitor, database):
        with database.write() as connection:
            outbox.enqueue(connection, [alert])
            (claim,) = outbox.claim(
                connection, owner="me", channels=["desk"], limit=1, per_channel=1, lease=dt.timedelta(minutes=1)
            )
            assert outbox.settle(connection, claim, Delivered(answer="ok"), next_attempt_in=None)
            held.hold(connection, [waits])
            silences.record(
                connection,
                [
                    Silence(event_id=FIRST.id, watch_id="far", reason=SilenceReason.RELATION),
                    Silence(event_id=FIRST.id, watch_id="kept", reason=SilenceReason.QUIET),
                ],
                NOW,
            )
        page = page_of(visitor, ADDRESS)
    facts = page.facts()
    assert facts["Envoys"] == "told on desk"
    assert facts["Far away"] == "not told: the watch follows other actors"
    assert facts["Later"] == "nothing is kept of it; as it stands now, the watch would want it"
    assert "held until quiet hours are over; waits until 14 March 2026, 09:00 -04" in page.find("main")[0].words
    _, row = page.rows()
    assert row[1:] == ["desk", "Envoys", "Venezuela recalls its envoy", "delivered"]
    assert page.links()["Venezuela recalls its envoy"] == f"/deliveries/{alert.id}"


def test_given_a_story_that_nobody_was_told_of_when_looked_at_then_it_says_so(tmp_path: Path) -> None:
    with shown(tmp_path, FIRST) as (visitor, _):
        words = page_of(visitor, ADDRESS).find("main")[0].words
    assert "Nobody was told of it by a message of its own." in words
    assert "No watch is configured" in words


def test_given_stories_of_the_same_two_when_looked_at_then_those_before_and_after_are_linked(tmp_path: Path) -> None:
    pair = {"relation": "PAN-VEN", "source": "PAN", "target": "VEN"}
    with shown(tmp_path, FIRST) as (visitor, database):
        with database.write() as connection:
            save_stories(connection, [told("earlier", DAY, **pair), told("next", HOUR, **pair), told("other", HOUR)])
        page = page_of(visitor, ADDRESS)
    (around,) = page.find("section", **{"aria-labelledby": "around"})
    rows = [one.find("a")[0].attributes["href"] for one in around.find("li", class_="story")]
    assert rows == ["/stories/story-next", "/stories/story-earlier"]


def test_given_more_reports_than_a_page_when_walked_then_each_is_shown_once(tmp_path: Path) -> None:
    reports = [
        said(f"paper-{number:02}", number * HOUR / 60, f"Take {number}: Venezuela recalls", "recalls")
        for number in range(50)
    ]
    with shown(tmp_path, *reports) as (visitor, _):
        first = page_of(visitor, ADDRESS)
        (further,) = first.find("a", rel="next")
        second = page_of(visitor, further.attributes["href"])
        assert visitor.get(f"{ADDRESS}?after=nonsense").status == 400
    found = [one.attributes["id"] for page in (first, second) for one in page.find("div", class_="report")]
    assert found == [f"r-event-paper-{number:02}" for number in reversed(range(50))]


def test_given_a_story_that_was_taken_back_when_looked_at_then_it_says_so_at_its_head(tmp_path: Path) -> None:
    with shown(tmp_path, FIRST) as (visitor, database):
        with database.write() as connection:
            save_stories(connection, [replace(STORY, retracted_at=NOW, put_right_at=NOW)])
        page = page_of(visitor, ADDRESS)
        with database.write() as connection:
            save_stories(connection, [replace(STORY, retracted_at=NOW)])
        unread = page_of(visitor, ADDRESS)
    (notice,) = page.find("p", class_="notice")
    assert notice.words.startswith("Taken back: ")
    (notice,) = unread.find("p", class_="notice")
    assert notice.words.startswith("No report says this any more")


def test_given_a_merged_story_when_asked_for_then_its_address_leads_to_the_one_that_holds_it(tmp_path: Path) -> None:
    with shown(tmp_path, FIRST) as (visitor, database):
        with database.write() as connection:
            save_stories(connection, [story("part", merged_into=STORY.id)])
        merged, short = visitor.get("/stories/story-part"), visitor.get("/stories/story-who")
    assert (merged.status, merged.headers["Location"]) == (301, ADDRESS)
    assert (short.status, short.headers["Location"]) == (303, ADDRESS)


@pytest.mark.parametrize("path", ["/stories/unheard-of", "/stories/%25", "/stories/story-"])
def test_given_no_such_story_when_asked_for_then_a_sentence_says_so(tmp_path: Path, path: str) -> None:
    with shown(tmp_path, FIRST) as (visitor, _):
        answer = visitor.get(path)
    assert answer.status == 404


def test_given_all_that_can_be_said_of_a_story_when_named_then_each_language_has_words_for_it() -> None:
    keys = [
        *(f"story.stages.{stage.name.lower()}" for stage in Stage),
        *(f"story.stages.{one}" for one in ("corrected", "joined", "unknown")),
        *(f"story.steps.{step}" for step in (Step.ADVANCED, Step.CORRECTED)),
        *(f"story.withdrawn.{one}" for one in Withdrawal),
        *(f"story.held.{one.name.lower()}" for one in HoldCause),
        *(f"reasons.{one.name.lower()}" for one in SilenceReason),
        *(f"deliveries.state.{one}" for one in outbox.MessageState),
    ]
    for texts in read_texts().values():
        assert [key for key in keys if not texts.has(key)] == []
