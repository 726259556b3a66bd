"""Parties: the actors of a group of noun chunks that a phrase asks for.

A phrase may ask for whoever a group stands for, or for those whose diplomats, embassy or bank it names: then the
possessor, an adjective or an "of ..." tells them. The last question that clauses and noun phrases put to a frame.
"""

from monitor.classify.actors import actors_of, names_actor
from monitor.classify.chunks import OPENER, Chunk
from monitor.classify.frames import Frame, Group, Party, once
from monitor.classify.groups import attached_to, group_from
from monitor.classify.heads import head_place
from monitor.classify.lexicon import NameKind
from monitor.classify.naming import compound, party_of
from monitor.classify.phrases import NounSpec
from monitor.classify.subjects import subject_of
from monitor.classify.verbs import has_lemma, verb_before
from monitor.classify.words import BIT, WordSet


def parties_in(frame: Frame, group: Group, spec: NounSpec) -> tuple[Party, ...]:
    """The actors of a group that fits `spec`; empty where it doesn't fit or names nobody."""
    if spec.words is None or not group:
        return actors_of(frame, group)
    found: list[Party] = []
    last = group[-1]
    for index in group:
        chunk = frame.chunks[index]
        place = head_place(frame, chunk, spec.words)
        if place is not None:
            found += _owners(frame, index, place)
        elif index != last and _is_bare_name(chunk) and head_place(frame, frame.chunks[last], spec.words) is not None:
            # "US and Canadian diplomats": the head stands once, at the end.
            found += [party_of(frame, mention, chunk) for mention in chunk.mentions]
    return once(found)


def _owners(frame: Frame, index: int, head: int) -> list[Party]:
    """For whom a noun like "diplomats" at token `head` acts: possessor, adjective, "of ...", the person's own office."""
    chunk = frame.chunks[index]
    possessors = [mention for mention in chunk.mentions if mention.last <= chunk.owner_end]
    if possessors:
        return [party_of(frame, possessors[-1], chunk)]
    if frame.language.head_first:
        modifiers = [mention for mention in chunk.mentions if mention.kind is not NameKind.HOLDER]
    else:
        modifiers = [mention for mention in chunk.mentions if mention.last <= head + 1 and mention.first < head]
    if modifiers:
        return [party_of(frame, mention, chunk) for mention in compound(frame, modifiers)]
    # "Fighters from Chad" come from there; whom they fight for is not said.
    theirs = head_place(frame, chunk, frame.language.fighters) is None
    attached = attached_to(frame, index, BIT["genitive"] | (BIT["origin"] if theirs else 0))
    if attached is not None:
        return [
            party_of(frame, mention, frame.chunks[at], acts=names_actor(frame, at))
            for at in group_from(frame, attached)
            for mention in frame.chunks[at].mentions[:1]
        ]
    if chunk.tag & BIT["owned"]:
        return list(owner_meant(frame, index))
    behind = [mention for mention in chunk.mentions if mention.first > head]
    return [party_of(frame, mention, chunk) for mention in behind[:1]]


def owner_meant(frame: Frame, index: int) -> tuple[Party, ...]:
    """Whose "its" is: "Peru said Chile entered its airspace", "Peru frees two as Chile lifts sanctions on its bank"."""
    verb = verb_before(frame, index)
    above = verb_before(frame, verb) if verb is not None else None
    if verb is None or above is None or not frame.chunks[index].tag & BIT["owned"]:
        return ()
    opened = any(frame.chunks[at].kind is OPENER for at in range(above, verb))
    if not (opened or has_lemma(frame, above, frame.language.saying)):
        return ()
    doer = {party.code for party in actors_of(frame, subject_of(frame, verb))}
    return tuple(party for party in actors_of(frame, subject_of(frame, above)) if party.code not in doer)


def _is_bare_name(chunk: Chunk) -> bool:
    return bool(chunk.mentions) and chunk.mentions[-1].last == chunk.last


def meets(frame: Frame, party: Party, spec: NounSpec) -> bool:
    """Whether a party is such as the phrase asks for: one that acts, an organisation, a state, somebody in office."""
    return (
        (party.acts or not spec.acts)
        and (party.body or not spec.body)
        and not (party.body and spec.state)
        and (spec.office is None or holds(frame, party, spec.office))
    )


def holds(frame: Frame, party: Party, offices: WordSet) -> bool:
    """Whether a party is a person who holds one of these offices; `persons` of the language stand for any."""
    if not party.person:
        return False
    if offices is frame.language.persons:
        return True
    words = (party.office or "").split(" ")
    if offices.match_ending(words, len(words) - 1, 0):
        return True
    # A person known by name holds an office under the tables' own word for it.
    called = frame.language.offices.get(party.office or "")
    return called is not None and not called.endings.keys().isdisjoint(offices.endings)
