import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.phrasebook import Phrasebook
from monitor.delivery.wording import line, mark, printable, word
from monitor.domain.events import Evidence
from monitor.domain.publishers import Coverage, Printing
from monitor.domain.routing import Alert, Watch
from monitor.domain.severity import Adjustment, Ground
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Severity
from tests.unit.delivery.alerts import covered, make_alert
from tests.unit.delivery.books import BOOKS, ENGLISH, SPANISH
from tests.unit.stories.reports import MEETING, item


def test_given_an_alert_when_worded_then_it_says_who_did_what_and_on_whose_word(alert: Alert) -> None:
    said = word(alert, (), ENGLISH)
    assert said.sentence == "Venezuela expelled diplomats of Chile on 3 March 2026"
    assert said.attribution == "Reported by The Harbour Post"
    assert said.update is None
    facts = {fact.key: (fact.label, fact.value) for fact in said.facts}
    assert facts["watches"] == ("Watches", "andes")
    assert facts["date"] == ("Date of the event", "Tuesday, 3 March 2026")
    assert "date" not in {fact.key for fact in said.facts_but("date")}


def test_given_spanish_when_worded_then_every_word_of_ours_is_spanish(alert: Alert) -> None:
    said = word(alert, (alert.story,), SPANISH)
    assert said.sentence == "Venezuela expulsó a diplomáticos de Chile el 3 de marzo de 2026"
    assert said.severity == "Crítico"
    assert said.attribution == "Lo publica The Harbour Post"
    assert said.earlier == ("4 de marzo de 2026: Venezuela expulsó a diplomáticos de Chile",)


def test_given_several_publishers_when_worded_then_the_attribution_counts_them(alert: Alert) -> None:
    story = dataclasses.replace(alert.story, publishers=frozenset({"harbour", "ridge", "plain"}))
    said = word(dataclasses.replace(alert, story=story), (), ENGLISH)
    assert said.attribution == "Reported by The Harbour Post, one of 3 independent publishers"


def test_given_other_publishers_when_worded_then_five_are_named_with_their_links_and_the_rest_counted() -> None:
    names = [f"Coast{number}" for number in range(7)]
    said = word(make_alert(coverage=covered(*names)), (), ENGLISH)
    assert [(one.name, one.link) for one in said.others] == [
        (name, f"https://{name.lower()}.example/a") for name in names[:5]
    ]
    assert said.and_more == "and 2 more"
    assert word(make_alert(coverage=covered(*names[:5])), (), ENGLISH).and_more is None
    assert word(make_alert(coverage=covered()), (), ENGLISH).others == ()


def test_given_an_agency_when_worded_then_it_stands_with_whoever_prints_it() -> None:
    own = Printing(outlet="The Harbour Post", link="https://harbour-post.example/a?x=1&y=2")
    reef, cape = Printing(outlet="Reef", link=None), Printing(outlet="Cape", link="https://cape.example/")
    wire = Coverage(publisher="tidewire", agency="Tidewire", printings=(own,))
    both = Coverage(publisher="gulf", agency="Gulf Press", printings=(reef, cape))
    said = word(make_alert(coverage=(wire, both)), (), ENGLISH)
    assert said.attribution.startswith("Reported by Tidewire in The Harbour Post")
    assert [(one.name, one.link) for one in said.others] == [("Gulf Press, printed by 2", "https://cape.example/")]


def test_given_an_outlet_that_prints_an_agency_beside_its_own_when_worded_then_the_link_decides_whose_report_it_is() -> (
    None
):
    wire = Coverage(
        publisher="tidewire",
        agency="Tidewire",
        printings=(Printing(outlet="The Harbour Post", link="https://harbour-post.example/other"),),
    )
    said = word(make_alert(coverage=(wire, *covered())), (), ENGLISH)
    assert said.attribution.startswith("Reported by The Harbour Post")
    assert [one.name for one in said.others] == ["Tidewire in The Harbour Post"]


def test_given_an_alert_when_worded_then_feedback_names_enough_of_its_reference(alert: Alert) -> None:
    said = word(alert, (), ENGLISH)
    assert said.reference.startswith(said.short_reference)
    assert said.feedback == f"Not right? relmon feedback wrong {said.short_reference} (or duplicate, noise, direction)"


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS.keys())
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.FIRST])
def test_given_a_later_stage_when_worded_then_it_says_what_is_new(stage: Stage, book: Phrasebook) -> None:
    assert word(make_alert(stage=stage), (), book).update


def test_given_many_earlier_stories_when_worded_then_three_are_told_with_their_days(alert: Alert) -> None:
    assert (
        word(alert, (alert.story,) * 5, ENGLISH).earlier == ("4 March 2026: Venezuela expelled diplomats of Chile",) * 3
    )


def test_given_watches_that_matched_when_worded_then_each_says_what_it_asks_for(alert: Alert) -> None:
    watch = Watch(id="andes", name="The Andes", between=(frozenset({"VEN"}),), channels=("desk",))
    said = word(dataclasses.replace(alert, matched=(watch,)), (), ENGLISH)
    assert said.why == ("“The Andes” follows the relations of Venezuela with anyone, from “notable” up.",)
    assert "watches" not in {fact.key for fact in said.facts}


def test_given_an_alert_when_put_in_a_line_then_the_sides_stand_with_their_codes(alert: Alert) -> None:
    assert line(alert) == "Caracas (VEN) → Chilean (CHL): diplomat expelled (reported)"
    assert " ↔ " in line(dataclasses.replace(alert, kind=MEETING))


def test_given_an_unknown_side_when_put_in_a_line_then_the_story_lends_its_code(alert: Alert) -> None:
    nobody = dataclasses.replace(alert.report.event, source=None)
    vague = dataclasses.replace(alert, report=dataclasses.replace(alert.report, event=nobody))
    assert line(vague).startswith("VEN → Chilean (CHL)")
    blank = dataclasses.replace(vague, story=dataclasses.replace(alert.story, source=None))
    assert line(blank).startswith("unknown → Chilean (CHL)")


@pytest.mark.parametrize(
    ("title", "summary", "evidence", "parts"),
    [
        (
            "Lima recalls its envoy",
            "",
            Evidence(sentence="Lima recalls its envoy", start=5, end=12, pattern="p"),
            ("Lima ", "recalls", " its envoy"),
        ),
        (
            "Envoy goes",
            "Envoy goes. Lima recalls him.",
            Evidence(sentence="Lima recalls him.", start=29, end=36, pattern="p"),
            ("Lima ", "recalls", " him."),
        ),
        # The same sentence stands twice; the place tells which.
        (
            "Lima acts",
            "Lima acts",
            Evidence(sentence="Lima acts", start=16, end=20, pattern="p"),
            ("Lima ", "acts", ""),
        ),
        # The text was fetched from elsewhere: rather no mark than a wrong one.
        (
            "Other",
            "",
            Evidence(sentence="Lima recalls him", start=5, end=12, pattern="p"),
            ("Lima recalls him", "", ""),
        ),
        ("Other", "", Evidence(sentence="", start=0, end=0, pattern="p"), ("", "", "")),
    ],
)
def test_given_evidence_when_marked_then_its_words_stand_apart(
    title: str, summary: str, evidence: Evidence, parts: tuple[str, str, str]
) -> None:
    found = mark(evidence, item(title=title, summary=summary))
    assert (found.before, found.marked, found.after) == parts


@given(st.text(), st.text(), st.integers(0, 40), st.integers(0, 40))
def test_given_any_text_when_marked_then_no_character_is_lost(title: str, sentence: str, start: int, end: int) -> None:
    found = mark(Evidence(sentence=sentence, start=start, end=end, pattern="p"), item(title=title + sentence))
    assert str(found) == sentence
    if found.marked:
        assert (title + sentence)[start:end] == found.marked


@given(st.text())
def test_given_any_text_when_made_printable_then_it_is_one_line_without_control_characters(text: str) -> None:
    assert printable(text).isprintable()


def test_given_terminal_codes_and_bidi_marks_when_made_printable_then_they_are_gone() -> None:
    assert printable("a\x1b[31mb\u202ec\r\nd") == "a [31mb c d"


def test_given_a_story_that_was_moved_when_worded_then_its_own_severity_stands_with_the_grounds(alert: Alert) -> None:
    assert "grounds" not in {fact.key for fact in word(alert, (), ENGLISH).facts}
    lowered = (Adjustment(ground=Ground.POSSIBLE, step=-1),)
    story = dataclasses.replace(
        alert.story, severity=Severity.MAJOR, type_severity=Severity.CRITICAL, adjustments=lowered
    )
    said = word(dataclasses.replace(alert, story=story), (), ENGLISH)
    assert said.severity == "Major"
    (grounds,) = [fact for fact in said.facts if fact.key == "grounds"]
    assert (grounds.label, grounds.value) == ("Its severity", "critical by its type; lowered: only possible")
