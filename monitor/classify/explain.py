"""Why a text reads as it does: the words behind each event, and for silence what came nearest and what it lacked.

Walks the same sentences and the same attempts as the matcher; used by `relmon classify --explain`, `relmon explain` and the
page Try it, never by a poll.
"""

from collections.abc import Iterator
from dataclasses import replace

from monitor.classify.attempts import attempts
from monitor.classify.frames import Frame
from monitor.classify.language import recognise
from monitor.classify.matcher import Classifier
from monitor.classify.status import signs
from monitor.classify.tokens import split_sentences
from monitor.domain.events import Passage
from monitor.domain.explanation import Explained, NearMiss, TextRead

_NEAREST = 3


def explain(classifier: Classifier, passage: Passage) -> Iterator[Explained]:
    """Explains each sentence of a passage in turn."""
    language = passage.language or recognise(passage.text, classifier.languages)
    grammar = classifier.grammars.get(language)
    if grammar is None:
        known = ", ".join(classifier.grammars)
        yield _silent(passage.text, f"its language is none that is known ({known})")
        return
    events = classifier.classify(passage)
    tried = {frame.sentence.start: (frame, candidates) for frame, candidates in classifier.frames(passage)}
    for start, text in split_sentences(passage.text, grammar.language.abbreviations):
        if start not in tried:
            yield _silent(text, "no actor is named, or no word that a pattern waits for, or the title only explains")
            continue
        frame, candidates = tried[start]
        own = tuple(event for event in events if start <= event.evidence.start < start + len(text))
        made = list(attempts(frame, candidates))
        read = [attempt.reading for attempt in made if attempt.reading is not None]
        misses = [
            NearMiss(pattern=attempt.pattern.id, type=attempt.pattern.kind.id, lacks=attempt.lacks)
            for attempt in sorted(made, key=lambda attempt: -attempt.pattern.phrase.specificity)
            if attempt.reading is None
        ]
        yield Explained(
            sentence=text,
            actors=_actors(frame),
            events=own,
            status_signs=tuple(dict.fromkeys(sign for reading in read for sign in signs(frame, reading.index))),
            near=() if own else tuple(dict.fromkeys(misses))[:_NEAREST],
            silence=None if own or made else "its words stand in another order than any pattern's",
        )


def read_text(classifier: Classifier, passage: Passage) -> TextRead:
    """The events of a passage, with the explanation of each sentence."""
    language = passage.language or recognise(passage.text, classifier.languages)
    passage = replace(passage, language=language)
    return TextRead(
        text=passage.text,
        language=language if language in classifier.grammars else None,
        sentences=tuple(explain(classifier, passage)),
        events=classifier.classify(passage),
    )


def _silent(text: str, why: str) -> Explained:
    return Explained(sentence=text, actors=(), events=(), status_signs=(), near=(), silence=why)


def _actors(frame: Frame) -> tuple[str, ...]:
    words = frame.sentence.words
    return tuple(
        f"{' '.join(words[mention.first : mention.last])} = {mention.code}"
        + (f", {mention.role}" if mention.role else "")
        + (f" ({mention.part})" if mention.part.value != "government" else "")
        for piece in frame.chunks
        for mention in piece.mentions
    )
