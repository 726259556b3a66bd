"""The shipped classifier reaches the pinned floors on the gold set, which covers what it promises to."""

from collections import Counter
from itertools import islice

import pytest

from monitor.classify.matcher import Classifier
from monitor.domain.taxonomy import Status
from tests.golden.corpus import CORPUS, GoldRow, digest_of, read_corpus
from tests.golden.gate import PARTS, Floors, faults, figures, measure, next_floors, read_floors, shipped_classifier


@pytest.fixture(scope="module")
def rows() -> tuple[GoldRow, ...]:
    return read_corpus()


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return shipped_classifier()


def test_given_the_gold_set_when_classified_then_every_floor_is_reached(
    classifier: Classifier, rows: tuple[GoldRow, ...]
) -> None:
    assert list(faults(measure(classifier, rows), read_floors(), digest_of(CORPUS))) == []


def test_given_floors_of_another_corpus_or_out_of_reach_when_compared_then_each_is_named(
    classifier: Classifier, rows: tuple[GoldRow, ...]
) -> None:
    scores = measure(classifier, tuple(islice(rows, 40)))
    standing = {part: figures(score) for part, score in scores.items()}
    higher = {part: {**values, "full_f1": values["full_f1"] + 0.01} for part, values in standing.items()}
    assert list(faults(scores, Floors(corpus="same", parts=standing), "same")) == []
    complaints = list(faults(scores, Floors(corpus="another", parts=higher), "same"))
    assert [complaint.split(":")[0] for complaint in complaints[1:]] == ["en", "es", "all"]
    assert "changed" in complaints[0]


def test_given_standing_floors_when_pinned_anew_then_only_those_out_of_reach_fall(
    classifier: Classifier, rows: tuple[GoldRow, ...]
) -> None:
    scores = measure(classifier, tuple(islice(rows, 40)))
    reached = figures(scores["all"])["type_f1"]
    for standing, lower, higher in ((reached - 0.2, reached - 0.012, reached), (reached, reached, reached)):
        floors = Floors(corpus="old", parts={part: {"type_f1": standing, "roused": 0} for part in PARTS})
        pinned = next_floors(scores, floors, "new")
        assert pinned.corpus == "new"
        assert lower <= pinned.parts["all"]["type_f1"] <= higher
    floors = Floors(corpus="old", parts={part: {"type_f1": reached + 0.1} for part in PARTS})
    assert next_floors(scores, floors, "new").parts["all"]["type_f1"] < reached


@pytest.mark.parametrize("language", ["en", "es"])
def test_given_a_language_when_its_rows_are_counted_then_every_type_and_status_is_there(
    classifier: Classifier, rows: tuple[GoldRow, ...], language: str
) -> None:
    events = [event for row in rows if row.language == language for event in row.events]
    assert {event.types[0] for event in events} == set(classifier.taxonomy.types)
    assert {event.status for event in events} == set(Status)
    assert any(event.mention for event in events)


def test_given_the_gold_set_when_counted_then_it_is_large_in_both_languages_and_quiet_in_many_rows(
    classifier: Classifier, rows: tuple[GoldRow, ...]
) -> None:
    counts = Counter(row.language for row in rows)
    assert counts["en"] >= 190
    assert counts["es"] >= 125
    assert sum(not row.events for row in rows) >= 110
    assert len({row.id for row in rows}) == len({row.passage.text for row in rows}) == len(rows)
    accepted = {kind for row in rows for event in row.events for kind in event.types}
    assert all(kind in classifier.taxonomy for kind in accepted)
