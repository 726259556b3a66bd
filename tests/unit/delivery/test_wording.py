import dataclasses
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.wording import label, mark, printable, word
from monitor.domain.events import Evidence
from monitor.domain.routing import Alert
from monitor.domain.stories import Stage
from monitor.domain.taxonomy import Status
from tests.unit.delivery.alerts import make_alert
from tests.unit.stories.reports import MEETING, item


def test_given_an_alert_when_worded_then_the_line_says_who_did_what_to_whom(alert: Alert) -> None:
    said = word(alert)
    assert said.line == "Caracas (VEN) → Chilean (CHL): diplomat expelled (reported)"
    assert said.update is None
    assert dict(said.facts)["Watches"] == "andes"
    assert dict(said.facts)["Date of the event"] == "2026-03-03"


def test_given_an_unknown_side_when_worded_then_the_story_lends_its_code_or_it_is_called_unknown(alert: Alert) -> None:
    nobody = dataclasses.replace(alert.report.event, source=None)
    vague = dataclasses.replace(alert, report=dataclasses.replace(alert.report, event=nobody))
    assert word(vague).line.startswith("VEN → Chilean (CHL)")
    blank = dataclasses.replace(vague, story=dataclasses.replace(alert.story, source=None))
    assert word(blank).line.startswith("unknown → Chilean (CHL)")


def test_given_a_mutual_type_when_worded_then_the_arrow_points_both_ways(alert: Alert) -> None:
    assert " ↔ " in word(dataclasses.replace(alert, kind=MEETING)).line


def test_given_a_later_stage_when_worded_then_it_says_what_is_new() -> None:
    assert word(make_alert(stage=Stage.DENIED, status=Status.DENIED)).update == "Update: now denied"


def test_given_earlier_stories_when_worded_then_each_is_one_line(alert: Alert) -> None:
    assert word(alert, (alert.story,)).earlier == (
        "2026-03-04 diplomat expelled (reported): Caracas orders two Chilean envoys to leave",
    )


def test_given_every_shipped_type_when_labelled_then_it_reads_as_words() -> None:
    types = tomllib.loads(Path("config/relation-types.toml").read_text(encoding="utf-8"))
    labels = [label(type_id) for family in types.values() for type_id in family]
    assert len(labels) > 50
    assert len(set(labels)) == len(labels)
    assert all(text.replace(" ", "").isalpha() for text in labels)


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
