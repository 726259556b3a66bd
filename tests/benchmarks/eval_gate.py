"""Shows what the shipped classifier makes of the gold set, and ends with exit code 1 below a pinned floor.

    python -m tests.benchmarks.eval_gate                            figures and verdict
    python -m tests.benchmarks.eval_gate --misses                   and each row that was not read as labelled
    python -m tests.benchmarks.eval_gate --pin                      new floors, a little below what stands; never lower ones
    python -m tests.benchmarks.eval_gate --pin --lower-floors       lower ones, too; say why in the commit

The answer is the same on every machine; nothing is timed here (classify_speed.py does that).
"""

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping

from monitor.domain.events import RelationEvent
from tests.golden.corpus import CORPUS, GoldEvent, digest_of, read_corpus
from tests.golden.gate import (
    FLOORS,
    PARTS,
    Floors,
    falls_below,
    faults,
    measure,
    next_floors,
    read_floors,
    shipped_classifier,
)
from tests.golden.score import Miss, Score

_MENTION = {True: " mention", False: ""}


def main() -> int:
    """Measures, prints, and pins where asked. Returns the exit code."""
    parser = argparse.ArgumentParser(description="Compare the shipped classifier with the gold set and its floors.")
    parser.add_argument("--misses", action="store_true", help="list every row that was not read as labelled")
    parser.add_argument("--pin", action="store_true", help="write new floors; refuses to lower one")
    parser.add_argument("--lower-floors", action="store_true", help="with --pin: lower floors as well")
    options = parser.parse_args()

    scores = measure(shipped_classifier(), read_corpus())
    print("\n".join(_table(scores)))
    if options.misses:
        print("\n".join(_listing(scores["all"].misses)))
    floors = read_floors() if FLOORS.exists() else Floors(corpus="", parts={part: {} for part in PARTS})
    if options.pin:
        return _pin(scores, floors, may_lower=options.lower_floors)
    complaints = list(faults(scores, floors, digest_of(CORPUS)))
    print("\n".join(complaints) or "Every floor is reached.")
    return 1 if complaints else 0


def _table(scores: Mapping[str, Score]) -> Iterator[str]:
    heads = f"{'actors F1':>11}{'type F1':>9}{'full F1':>9}{'type P':>8}{'type R':>8}"
    yield f"{'':6}{'rows':>6}{heads}{'alarms right':>20}{'quiet rows that alarm':>24}"
    for part, score in scores.items():
        alarms = f"{score.alarms_right} of {score.alarms} ({score.alarm_precision:.3f})"
        yield (
            f"{part:6}{score.rows:6}{score.actors.f1:11.3f}{score.type.f1:9.3f}{score.full.f1:9.3f}"
            f"{score.type.precision:8.3f}{score.type.recall:8.3f}{alarms:>20}{f'{score.roused} of {score.quiet}':>24}"
        )


def _listing(misses: Iterable[Miss]) -> Iterator[str]:
    for miss in misses:
        yield f"\n{miss.row.id}  {miss.row.passage.text}"
        yield from (f"    not read:  {_labelled(gold)}" for gold in miss.unread)
        yield from (f"    wrong:     {_read(event)}" for event in miss.unlabelled)


def _labelled(gold: GoldEvent) -> str:
    return f"{gold.source or '?'} {'|'.join(gold.types)} {gold.target or '?'} {gold.status}{_MENTION[gold.mention]}"


def _read(event: RelationEvent) -> str:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    return f"{source} {event.type} {target} {event.status}{_MENTION[event.mention]}  [{event.evidence.pattern}]"


def _pin(scores: Mapping[str, Score], floors: Floors, *, may_lower: bool) -> int:
    pinned = next_floors(scores, floors, digest_of(CORPUS))
    lowered = [
        f"{part}: {name} from {floor:g} to {pinned.parts[part][name]:g}"
        for part, standing in floors.parts.items()
        for name, floor in standing.items()
        if falls_below(name, pinned.parts[part][name], floor)
    ]
    if lowered and not may_lower:
        print("Nothing was pinned, since these floors would be lowered (--lower-floors, if it must be):")
        print("\n".join(lowered))
        return 1
    FLOORS.write_text("\n".join(_document(pinned)), encoding="utf-8")
    print(f"Pinned in {FLOORS}.")
    return 0


def _document(floors: Floors) -> Iterator[str]:
    yield "# What the classifier reaches on tests/golden/relations.jsonl at the least. Written by eval_gate.py --pin; a floor is"
    yield "# lowered only with --lower-floors. `roused` is a ceiling: rows without an event that alarm all the same."
    yield f'corpus = "{floors.corpus}"'
    for part, named in floors.parts.items():
        yield f"\n[{part}]"
        yield from (f"{name} = {value:g}" for name, value in named.items())
    yield ""


if __name__ == "__main__":
    sys.exit(main())
