"""Inverted: subjects that stand behind their verb.

"Condena Brasil ...", "Llega a Lima el canciller de Laos", "..., says Silva": where a language or a quotation has it so. Asks
a frame about one verb; which subject grammar gives it otherwise is the next module's (subjects).
"""

from monitor.classify.actors import actors_at
from monitor.classify.chunks import COMMA, NOUN, PREPOSITION, Chunk
from monitor.classify.frames import Frame, Group
from monitor.classify.groups import group_from
from monitor.classify.verbs import has_lemma, is_finite, may_be_reduced_passive
from monitor.classify.words import FORM


def subject_behind(frame: Frame, index: int) -> Group:
    """Where nothing stands before a verb, the noun group right behind it may be its subject.

    "Condena Brasil ...", "Recibe el presidente de Chipre a ...": it names whoever acts.
    """
    after = index + 1
    if not frame.language.verb_first or not _may_precede(frame.chunks[index]) or after >= len(frame.chunks):
        return ()
    return group_from(frame, after) if frame.chunks[after].kind is NOUN and _is_actor(frame, after) else ()


def subject_further_behind(frame: Frame, index: int) -> Group:
    """For "Llega a Lima el canciller de Laos": past the prepositional groups behind a verb that has no subject yet."""
    after = index + 1
    if not frame.language.verb_first or not _may_precede(frame.chunks[index]):
        return ()
    while (
        after + 1 < len(frame.chunks)
        and frame.chunks[after].kind is PREPOSITION
        and frame.chunks[after + 1].kind is NOUN
    ):
        after = group_from(frame, after + 1)[-1] + 1
    return group_from(frame, after) if after < len(frame.chunks) and frame.chunks[after].kind is NOUN else ()


def _may_precede(verb: Chunk) -> bool:
    """Whether a verb may stand before its subject: a finite one, or a participle, "Detenidos en Malí dos malteses"."""
    return is_finite(verb) or (may_be_reduced_passive(verb) and verb.bits == FORM["participle"])


def _is_actor(frame: Frame, index: int) -> bool:
    """Whether a noun chunk has a name, or names whoever acts for one that hangs on it: "el canciller de Laos"."""
    return bool(frame.chunks[index].mentions) or any(party.acts for party in actors_at(frame, index))


def speaker_behind(frame: Frame, index: int) -> Group:
    """For "..., says Saudi minister": a verb of saying behind a comma has its subject behind it."""
    after = index + 1
    if not has_lemma(frame, index, frame.language.saying) or after >= len(frame.chunks):
        return ()
    return group_from(frame, after) if frame.chunks[after].kind is NOUN and _is_actor(frame, after) else ()


def is_inverted(frame: Frame, index: int) -> bool:
    """Whether a verb of saying follows what was said."""
    return index > 0 and frame.chunks[index - 1].kind is COMMA and bool(speaker_behind(frame, index))
