"""What spaCy takes for a part of the same work: its blank tokenizer, and a PhraseMatcher over our names.

Run by classify_speed.py in an environment that has spaCy (the project does without). Reads {"names", "texts", "rounds"}
as JSON from standard input and writes the CPU seconds of each round, with the number of tokens and of matches.
"""

import importlib
import json
import sys
import time
from typing import Any

# By name, since the type checker looks at this file in an environment without spaCy.
spacy: Any = importlib.import_module("spacy")
PhraseMatcher: Any = importlib.import_module("spacy.matcher").PhraseMatcher

task = json.load(sys.stdin)
nlp = spacy.blank("en")
matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
matcher.add("NAME", [nlp.make_doc(name) for name in task["names"]])
rounds = []
for _ in range(task["rounds"]):
    tokens = matches = 0
    began = time.process_time()
    for text in task["texts"]:
        doc = nlp.make_doc(text)
        tokens += len(doc)
        matches += len(matcher(doc))
    rounds.append({"seconds": time.process_time() - began, "tokens": tokens, "matches": matches})
json.dump({"version": spacy.__version__, "rounds": rounds}, sys.stdout)
