import dataclasses
import datetime as dt
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.sentences import event_sentence, label, severity_sentence, story_sentence, why_sentence
from monitor.domain.events import EventActor, Part, RelationEvent
from monitor.domain.routing import ANYONE, Alert, Watch
from monitor.domain.severity import Adjustment, Ground
from monitor.domain.taxonomy import Severity, Status
from tests.unit.delivery.alerts import make_alert
from tests.unit.delivery.books import BOOKS, DOCUMENTS, ENGLISH, SPANISH
from tests.unit.stories.reports import actor

TYPES = tuple(DOCUMENTS.taxonomy.types)
FIJI, TONGA, DUTCH, VATICAN = actor("FJI", "Suva"), actor("TON", "Tongan"), actor("NLD", "Dutch"), actor("VAT", "Rome")


def said(
    book: Phrasebook,
    type_id: str,
    status: Status = Status.REPORTED,
    *,
    source: EventActor | None = FIJI,
    target: EventActor | None = TONGA,
    thing: str | None = None,
    speaker: EventActor | None = None,
) -> str:
    alert = make_alert()
    event: RelationEvent = dataclasses.replace(
        alert.report.event,
        type=type_id,
        status=status,
        source=source,
        target=target,
        object=thing,
        date=None,
        speaker=speaker,
    )
    story = dataclasses.replace(alert.story, source=None, target=None, object=None)
    return event_sentence(
        dataclasses.replace(
            alert,
            story=story,
            report=dataclasses.replace(alert.report, event=event),
            kind=DOCUMENTS.taxonomy.types.get(type_id, alert.kind),
        ),
        book,
    )


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
@pytest.mark.parametrize("type_id", TYPES)
def test_given_a_shipped_type_when_said_in_any_status_then_it_is_a_sentence_that_names_who_is_known(
    type_id: str, book: Phrasebook
) -> None:
    whole = [said(book, type_id, status) for status in Status]
    assert len(set(whole)) == len(Status)
    assert all(book.actor("FJI") in one and book.actor("TON") in one for one in whole)
    halves = [said(book, type_id, status, source=None) for status in Status]
    halves += [said(book, type_id, status, target=None) for status in Status]
    assert all((book.actor("FJI") in one) != (book.actor("TON") in one) for one in halves)
    for one in (*whole, *halves):
        assert one[0].isupper()
        assert "  " not in one
        assert "{" not in one
        assert "None" not in one


@pytest.mark.parametrize(
    ("status", "english", "spanish"),
    [
        (Status.REPORTED, "Fiji recalled an envoy from Tonga", "Fiyi retiró a un enviado ante Tonga"),
        (Status.PLANNED, "Fiji is to recall an envoy from Tonga", "Fiyi prevé retirar a un enviado ante Tonga"),
        (Status.POSSIBLE, "Fiji may recall an envoy from Tonga", "Fiyi podría retirar a un enviado ante Tonga"),
        (
            Status.DENIED,
            "It is said that Fiji did not recall an envoy from Tonga, or will not",
            "Se dice que Fiyi no retiró a un enviado ante Tonga, o que no lo hará",
        ),
        (
            Status.PAST,
            "Background: Fiji recalled an envoy from Tonga",
            "Antecedente: Fiyi retiró a un enviado ante Tonga",
        ),
    ],
)
def test_given_a_status_when_said_then_the_verb_follows_it(status: Status, english: str, spanish: str) -> None:
    assert said(ENGLISH, "ambassador.recalled", status) == english
    assert said(SPANISH, "ambassador.recalled", status) == spanish


def test_given_a_name_with_an_article_when_said_then_it_stands_as_the_language_wants_it() -> None:
    assert said(ENGLISH, "apology", source=DUTCH) == "The Netherlands apologised to Tonga"
    assert said(SPANISH, "asset.seized", target=VATICAN) == "Fiyi incautó bienes del Vaticano"
    assert said(SPANISH, "threat", target=VATICAN) == "Fiyi amenazó al Vaticano"


def test_given_no_known_source_when_said_then_it_is_called_unnamed_or_unknown() -> None:
    assert said(ENGLISH, "border.closed", source=None) == "An unnamed state closed a border or a route to Tonga"
    assert said(ENGLISH, "embassy.attacked", source=None) == "An unknown attacker attacked a mission of Tonga"
    assert said(ENGLISH, "summit", source=None) == "Tonga held a summit"


def test_given_a_person_or_a_part_of_the_state_when_said_then_they_act_and_not_the_state_alone() -> None:
    minister = EventActor(code="FJI", name="Minister Ravu", role="foreign minister")
    assert said(ENGLISH, "visit", source=minister) == "Minister Ravu (Fiji) visited Tonga"
    unnamed = EventActor(code="FJI", name="Fijian", role="president")
    assert said(ENGLISH, "meeting", source=unnamed) == "Fiji met with Tonga"
    assert said(ENGLISH, "visit") == "An official of Fiji visited Tonga"
    court = EventActor(code="FJI", name="court", part=Part.COURT)
    assert said(ENGLISH, "person.detained", source=court) == "A court of Fiji detained people of Tonga"
    company = EventActor(code="TON", name="a line", part=Part.COMPANY)
    assert said(SPANISH, "sanctions.imposed", target=company).endswith("sanciones contra una empresa de Tonga")


@pytest.mark.parametrize(
    ("speaker", "english", "spanish"),
    [
        (
            FIJI,
            "Fiji denies that it recalled an envoy from Tonga",
            "Fiyi niega que haya retirado a un enviado ante Tonga",
        ),
        (
            TONGA,
            "Tonga denies that Fiji recalled an envoy from Tonga",
            "Tonga niega que Fiyi haya retirado a un enviado ante Tonga",
        ),
    ],
)
def test_given_who_denies_when_said_then_the_sentence_says_who(speaker: EventActor, english: str, spanish: str) -> None:
    assert said(ENGLISH, "ambassador.recalled", Status.DENIED, speaker=speaker) == english
    assert said(SPANISH, "ambassador.recalled", Status.DENIED, speaker=speaker) == spanish


def test_given_who_says_it_when_said_then_the_sentence_ends_with_who() -> None:
    minister = EventActor(code="MLT", name="Minister Borg", role="foreign minister")
    assert (
        said(ENGLISH, "asset.seized", thing="MV Lagoon", speaker=minister)
        == "Fiji seized property of Tonga (MV Lagoon), according to Minister Borg (Malta)"
    )
    opposition = EventActor(code="FJI", name="Fijian", part=Part.OPPOSITION)
    assert said(SPANISH, "threat", speaker=opposition) == "Fiyi amenazó a Tonga, según la oposición de Fiyi"
    assert (
        said(ENGLISH, "talks", Status.PLANNED, speaker=FIJI) == "Fiji is to hold talks with Tonga, as Fiji itself says"
    )
    assert said(SPANISH, "talks", Status.PLANNED, speaker=FIJI).endswith("con Tonga, según su propia versión")


def test_given_an_object_when_said_then_it_stands_behind_the_sentence() -> None:
    assert said(ENGLISH, "asset.seized", thing="MV Lagoon") == "Fiji seized property of Tonga (MV Lagoon)"


def test_given_a_type_of_an_operators_own_when_said_then_it_is_told_plainly() -> None:
    assert said(ENGLISH, "visa.stopped") == "Fiji and Tonga: visa stopped (reported)"
    assert said(ENGLISH, "visa.stopped", source=None) == "An unnamed state and Tonga: visa stopped (reported)"


def test_given_the_day_of_the_news_when_said_then_it_is_not_repeated(alert: Alert) -> None:
    same_day = dataclasses.replace(alert.report.item, published_at=dt.datetime(2026, 3, 3, 9, tzinfo=dt.UTC))
    today = dataclasses.replace(alert, report=dataclasses.replace(alert.report, item=same_day))
    assert event_sentence(today, ENGLISH) == "Venezuela expelled diplomats of Chile"
    assert story_sentence(alert.story, ENGLISH) == "Venezuela expelled diplomats of Chile"


@pytest.mark.parametrize(
    ("between", "floor", "sentence"),
    [
        ((), Severity.MAJOR, "“Isles” follows everybody, from “major” up."),
        (({"FJI"},), Severity.ROUTINE, "“Isles” follows the relations of Fiji with anyone, however small."),
        (
            ({"FJI"}, {"TON", "NLD"}),
            Severity.NOTABLE,
            "“Isles” follows the relations of Fiji with Tonga and the Netherlands, from “notable” up.",
        ),
        (
            ({"FJI"}, {ANYONE}),
            Severity.CRITICAL,
            "“Isles” follows the relations of Fiji with anyone, from “critical” up.",
        ),
        (
            ({"FJI", "TON", "WSM", "VUT", "PNG", "NLD"},),
            Severity.MAJOR,
            "“Isles” follows the relations of Fiji, Papua New Guinea, Samoa and 3 others with anyone, from “major” up.",
        ),
    ],
)
def test_given_a_watch_when_asked_why_then_it_says_what_it_follows(
    between: tuple[set[str], ...], floor: Severity, sentence: str
) -> None:
    watch = Watch(
        id="isles",
        name="Isles",
        between=tuple(frozenset(codes) for codes in between),
        channels=("desk",),
        min_severity=floor,
    )
    assert why_sentence(watch, ENGLISH) == sentence


@given(name=st.text(min_size=1), thing=st.text())
def test_given_names_with_braces_and_what_not_when_said_then_they_are_text_and_never_read_as_one(
    name: str, thing: str
) -> None:
    source = EventActor(code="FJI", name=name, role="minister")
    assert f"{name[1:]} (Fiji) threatened Tonga" in said(ENGLISH, "threat", source=source, thing=thing)


def test_given_every_shipped_type_when_labelled_then_it_reads_as_words() -> None:
    types = tomllib.loads(Path("config/relation-types.toml").read_text(encoding="utf-8"))
    labels = [label(type_id) for family in types.values() for type_id in family]
    assert len(labels) > 50
    assert len(set(labels)) == len(labels)
    assert all(text.replace(" ", "").isalpha() for text in labels)


def test_given_what_moved_a_severity_when_said_then_it_stands_by_whether_it_raised_or_lowered(alert: Alert) -> None:
    moved = tuple(
        Adjustment(ground=ground, step=step)
        for ground, step in ((Ground.POSSIBLE, -1), (Ground.HEADS, 1), (Ground.FIRST, 1))
    )
    story = dataclasses.replace(alert.story, type_severity=Severity.MAJOR, adjustments=moved)
    assert severity_sentence(story, ENGLISH) == (
        "major by its type; lowered: only possible; raised: heads of state or government, the first of its kind between the "
        "two in a long time"
    )
    assert severity_sentence(story, SPANISH).startswith(
        "importante por su tipo; rebajada: solo posible; elevada: jefes"
    )
    assert severity_sentence(alert.story, ENGLISH) == ""
    by_hand = dataclasses.replace(story, adjustments=(Adjustment(ground=Ground.BY_HAND, step=0),))
    assert severity_sentence(by_hand, ENGLISH) == "major by its type; set by an operator"
