"""How fast the shipped classifier reads, how soon it is ready, and how much memory it takes. Prints a table, judges nothing.

    python -m tests.benchmarks.classify_speed                          invented articles (prose.py)
    python -m tests.benchmarks.classify_speed --corpus FILE.jsonl      any others: JSON lines with a "text"
    python -m tests.benchmarks.classify_speed --spacy-python PATH      beside spaCy, in the same run

Each measurement runs in a fresh process that uses one core. Speed is counted in CPU time: the best of some rounds (whatever
else the machine does can only slow one down) and the first one, when no cache is warm. Start-up is the median of five, by
the clock on the wall.
Figures of two machines say little about the program; ratios from one run do.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.benchmarks.classify_child import texts_of
from tests.golden.gate import shipped_classifier

_ROOT = Path(__file__).resolve().parents[2]
_STARTS = 5
# What `relmon classify` does before it can read the first text, with the time at each step.
_START = """
import json, sys, time
times = [time.time()]
from monitor.classify.compile import compile_classifier
from monitor.settings.documents import read_documents
times.append(time.time())
documents, _ = read_documents()
times.append(time.time())
compile_classifier(
    documents.taxonomy, languages=documents.languages, patterns=documents.patterns, actors=documents.actors
)
times.append(time.time())
json.dump(times, sys.stdout)
"""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Measure the shipped classifier on one core.")
    parser.add_argument("--corpus", type=Path, help='JSON lines with a "text" each; invented articles where left out')
    parser.add_argument("--rounds", type=int, default=5, help="how often the corpus is read (default: 5)")
    parser.add_argument("--spacy-python", metavar="PATH", help="a Python that has spaCy, to compare with")
    options = parser.parse_args()
    corpus: Path | None = options.corpus.resolve() if options.corpus else None

    print(f"Python {platform.python_version()} on {platform.machine()}, one core of {os.cpu_count()}")
    print(f"start-up     {_start_up()}")
    speed = _child("speed", options.rounds, corpus)
    print(
        f"corpus       {corpus.name if corpus else 'invented'}: {speed['texts']:,} texts, "
        f"{speed['sentences']:,} sentences, {speed['tokens']:,} tokens; {speed['events']:,} events"
    )
    for name in ("words", "tokenising", "classifying"):
        print(f"{name:13}{_rate(speed, speed[name])}")
    print(f"ratio        classifying takes {_times(speed, 'words'):.0f} times as long as a bare search for words,")
    print(f"             and {_times(speed, 'tokenising'):.1f} times as long as our tokenising alone")
    if options.spacy_python:
        print("\n".join(_beside_spacy(speed, options.spacy_python, corpus, options.rounds)))
    print("\n".join(_memory(_child("memory", 1, corpus))))


def _start_up() -> str:
    """The median of some starts, whole and by phase."""
    runs = []
    for _ in range(_STARTS):
        asked = time.time()
        times = [asked, *_run([sys.executable, "-c", _START])]
        runs.append([times[-1] - asked, *(later - sooner for sooner, later in pairwise(times))])
    whole, python, imports, load, compiling = (statistics.median(phase) for phase in zip(*runs, strict=True))
    ours = imports + load + compiling
    return (
        f"{ours:.2f} s: import {imports:.2f}, load {load:.2f}, compile {compiling:.2f} "
        f"(and the interpreter {python:.2f}, {whole:.2f} in all)"
    )


def _times(speed: Mapping[str, Any], part: str) -> float:
    ratio: float = min(speed["classifying"]) / min(speed[part])
    return ratio


def _rate(speed: Mapping[str, Any], rounds: Sequence[float]) -> str:
    best, first = (speed["sentences"] / seconds for seconds in (min(rounds), rounds[0]))
    return f"{best:,.0f} sentences a second at best, {first:,.0f} in the first round"


def _beside_spacy(speed: Mapping[str, Any], python: str, corpus: Path | None, rounds: int) -> Iterator[str]:
    names = sorted(
        {" ".join(name.cased) for known in shipped_classifier().lexicons["en"].names.values() for name in known}
    )
    task = json.dumps({"names": names, "texts": list(texts_of(corpus)), "rounds": rounds})
    answer = _run([python, str(Path(__file__).with_name("spacy_phrases.py"))], task)
    seconds = [taken["seconds"] for taken in answer["rounds"]]
    yield f"{'spaCy ' + answer['version']:13}{_rate(speed, seconds)}: blank tokenizer, PhraseMatcher over our {len(names):,} names"
    yield f"ratio        classifying whole is {min(seconds) / min(speed['classifying']):.2f} times as fast as spaCy's part"


def _memory(memory: Mapping[str, Any]) -> Iterator[str]:
    yield f"memory       {memory['peak']:.0f} MB resident at most"
    for moment, when in (("ready", "once compiled"), ("after", "after the corpus")):
        if memory[moment]:
            yield f"             {memory[moment]['rss']:.0f} MB resident, {memory[moment]['pss']:.0f} MB proportional {when}"


def _child(kind: str, rounds: int, corpus: Path | None) -> dict[str, Any]:
    where = [str(corpus)] if corpus else []
    answer: dict[str, Any] = _run([sys.executable, "-m", "tests.benchmarks.classify_child", kind, str(rounds), *where])
    return answer


def _run(command: Sequence[str], task: str = "") -> Any:
    done = subprocess.run(command, input=task, stdout=subprocess.PIPE, text=True, check=True, cwd=_ROOT)
    return json.loads(done.stdout)


if __name__ == "__main__":
    main()
