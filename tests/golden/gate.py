"""The quality gate: what the shipped classifier makes of the gold set, against floors that may only rise.

Floors are pinned in tests/benchmarks/floors.toml together with the digest of the corpus. tests/benchmarks/eval_gate.py
shows the figures and pins new floors; test_gate.py runs the comparison with every test run. Leaves counting to score.py.
"""

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.classify.compile import compile_classifier
from monitor.classify.matcher import Classifier
from monitor.settings.documents import read_documents
from tests.golden.corpus import GoldRow
from tests.golden.score import Score, Scorer

FLOORS = Path(__file__).parents[1] / "benchmarks" / "floors.toml"
PARTS = ("en", "es", "all")
# A floor stands this far below its figure (and one roused row above), so that a better rule that loses a row passes and
# a broken one does not: one row in 200 moves a figure by about 0.005.
_SLACK = 0.01

Figures = Mapping[str, float]
"""Named figures of one part of the corpus; all but `roused` (a count, the less the better) run from 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What must be reached: the digest of the corpus, and figures for each part of it."""

    corpus: str
    parts: Mapping[str, Figures]


def shipped_classifier() -> Classifier:
    """The classifier as a user has it. Raises ConfigurationError or ValueError where the shipped files are broken."""
    documents, findings = read_documents()
    if findings:
        raise ValueError("\n".join(map(str, findings)))
    return compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
    )


def measure(classifier: Classifier, rows: tuple[GoldRow, ...]) -> dict[str, Score]:
    """A score for each language, and one for all rows together."""
    scorer = Scorer(classifier.taxonomy)
    read = [(row, classifier.classify(row.passage)) for row in rows]
    return {part: scorer.score(pair for pair in read if part in ("all", pair[0].language)) for part in PARTS}


def figures(score: Score) -> dict[str, float]:
    """The figures of a score that floors are pinned for."""
    return {
        "actors_f1": score.actors.f1,
        "type_f1": score.type.f1,
        "full_f1": score.full.f1,
        "alarm_precision": score.alarm_precision,
        "roused": score.roused,
    }


def read_floors(path: Path = FLOORS) -> Floors:
    """The pinned floors. Raises KeyError where the file lacks a part."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return Floors(corpus=data["corpus"], parts={part: data[part] for part in PARTS})


def falls_below(name: str, value: float, floor: float) -> bool:
    """Whether a figure is worse than its floor; `roused` counts quiet rows that alarm, so its floor is a ceiling."""
    return value > floor if name == "roused" else value < floor


def faults(scores: Mapping[str, Score], floors: Floors, corpus: str) -> Iterator[str]:
    """A sentence for each floor that is not reached, and one where the corpus is another than the floors are for."""
    if corpus != floors.corpus:
        yield "The gold set has changed since the floors were pinned: read the figures, then run the gate with --pin."
    for part in PARTS:
        reached = figures(scores[part])
        for name, floor in floors.parts[part].items():
            if falls_below(name, reached[name], floor):
                yield f"{part}: {name} is {reached[name]:.3f}, the floor is {floor:.3f}."


def next_floors(scores: Mapping[str, Score], standing: Floors, corpus: str) -> Floors:
    """Floors a little below the figures. One that is still reached never falls; one that is not does."""
    return Floors(
        corpus=corpus,
        parts={
            part: {
                name: _next_floor(name, value, standing.parts[part].get(name))
                for name, value in figures(scores[part]).items()
            }
            for part in PARTS
        },
    )


def _next_floor(name: str, value: float, standing: float | None) -> float:
    new = value + 1 if name == "roused" else math.floor((value - _SLACK) * 1000) / 1000
    if standing is None or falls_below(name, value, standing):
        return new
    return standing if falls_below(name, new, standing) else new
