"""The measuring processes of classify_speed.py: reads a corpus and writes what that took, as JSON.

    python -m tests.benchmarks.classify_child speed|memory ROUNDS [FILE.jsonl]

Each starts afresh, so that neither warms the other's caches nor counts the other's memory.
"""

import json
import re
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.classify.matcher import Classifier
from monitor.classify.tokens import Sentence, split_sentences
from monitor.domain.events import Passage
from tests.benchmarks.prose import articles
from tests.golden.gate import shipped_classifier

_MEASURE_OF = Path("/proc/self/smaps_rollup")
_WORD = re.compile(r"\w+|[^\w\s]")


def texts_of(corpus: Path | None) -> Iterator[str]:
    """The "text" of each line, or the invented articles."""
    if corpus is None:
        yield from articles()
        return
    with corpus.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def speed(classifier: Classifier, corpus: Path | None, rounds: int) -> dict[str, Any]:
    """CPU seconds for each round of three things over texts that are in memory already.

    A bare `re.findall` for words (a yardstick of the machine), our sentences and tokens, and the classifier whole.
    """
    passages = [Passage(text=text, language="en") for text in texts_of(corpus)]
    abbreviations = classifier.languages["en"].abbreviations
    seconds: dict[str, list[float]] = {"words": [], "tokenising": [], "classifying": []}
    sentences = tokens = events = 0
    for _ in range(rounds):
        began = time.process_time()
        for passage in passages:
            _WORD.findall(passage.text)
        seconds["words"].append(time.process_time() - began)
        sentences = tokens = events = 0
        began = time.process_time()
        for passage in passages:
            for start, text in split_sentences(passage.text, abbreviations):
                sentences += 1
                tokens += len(Sentence(text, start).lower)
        seconds["tokenising"].append(time.process_time() - began)
        began = time.process_time()
        for passage in passages:
            events += len(classifier.classify(passage))
        seconds["classifying"].append(time.process_time() - began)
    return {"texts": len(passages), "sentences": sentences, "tokens": tokens, "events": events, **seconds}


def memory(classifier: Classifier, corpus: Path | None, rounds: int) -> dict[str, Any]:
    """Megabytes before and after texts are read one by one, none of them kept, as the daemon's children do."""
    ready = _resident()
    for _ in range(rounds):
        _read(classifier, texts_of(corpus))
    return {"ready": ready, "after": _resident(), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _read(classifier: Classifier, texts: Iterable[str]) -> None:
    for text in texts:
        classifier.classify(Passage(text=text, language="en"))


def _resident() -> dict[str, float]:
    """Resident and proportional set size in MB; empty where the kernel doesn't say (it is Linux that does)."""
    if not _MEASURE_OF.exists():
        return {}
    fields = (line.split() for line in _MEASURE_OF.read_text(encoding="ascii").splitlines()[1:])
    return {name[:-1].lower(): int(value) / 1024 for name, value, *_ in fields if name in ("Rss:", "Pss:")}


def main() -> None:
    """Runs one measurement and writes it to standard output."""
    kind, rounds, *where = sys.argv[1:]
    measure = {"speed": speed, "memory": memory}[kind]
    corpus = Path(where[0]) if where else None
    json.dump(measure(shipped_classifier(), corpus, int(rounds)), sys.stdout)


if __name__ == "__main__":
    main()
