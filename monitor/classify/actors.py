"""Actors: whom the noun chunks of a group stand for, named or not.

Behind naming, which knows what a chunk says by itself: here "officials from Peru", "the Government" of the state at home,
a pronoun or "the two countries" (see context) find theirs.
"""

from dataclasses import replace

from monitor.classify.chunks import COMMA, PREPOSITION, Chunk
from monitor.classify.frames import Frame, Group, Party, once
from monitor.classify.groups import attached_to, group_from, is_object
from monitor.classify.heads import head_place, is_person, part_of, role_words
from monitor.classify.lexicon import NameKind
from monitor.classify.naming import has_officer, named, party_of
from monitor.classify.words import BIT
from monitor.domain.events import Part


def actors_at(frame: Frame, index: int) -> tuple[Party, ...]:
    """Whom a noun chunk stands for."""
    known = frame.acting.get(index)
    if known is None:
        found = named(frame, index) if frame.chunks[index].mentions else _unnamed(frame, index)
        known = frame.acting[index] = tuple(found)
    return known


def actors_of(frame: Frame, group: Group) -> tuple[Party, ...]:
    """Whom a group stands for, each actor once."""
    found: list[Party] = []
    for index in group:
        mentions = frame.chunks[index].mentions
        if index != group[-1] and mentions and _is_adjective(frame, index):
            # "Chinese and Indian officials": the noun that acts stands once, at the end.
            acts = any(party.acts for party in actors_at(frame, group[-1]))
            found.append(party_of(frame, mentions[-1], frame.chunks[index], acts=acts))
        else:
            found += actors_at(frame, index)
    return once(found)


def _unnamed(frame: Frame, index: int) -> list[Party]:
    """For "Officials from Peru", "the government of Chile"; "the Government" alone is the home state's."""
    chunk = frame.chunks[index]
    if frame.context is not None and _is_pair(frame, chunk):
        return list(frame.context.pair())
    if chunk.tag & BIT["speaker"]:
        return []
    if chunk.tag & BIT["pronoun"]:
        meant = frame.context.subject() if frame.context is not None else None
        return [meant] if meant is not None and (meant.person or not chunk.tag & BIT["personal"]) else []
    part = part_of(frame, chunk, chunk.first)
    attached = attached_to(frame, index, BIT["genitive"] | BIT["origin"])
    if attached is None:
        attached = _acts_for(frame, index)
    if attached is None and (part is not None or head_place(frame, chunk, frame.language.countries) is not None):
        attached = _named_among(frame, index)
        part = part or Part.GOVERNMENT
    if part is None and attached is not None and has_officer(frame, chunk, frame.chunks[attached].mentions[0]):
        part = frame.chunks[attached].mentions[0].part
    if attached is not None:
        person, office = is_person(frame, chunk), role_words(frame, chunk, chunk.first)
        return [
            replace(
                party_of(frame, mention, frame.chunks[at], acts=part is not None and names_actor(frame, at), part=part),
                person=person,
                office=office,
            )
            for at in group_from(frame, attached)
            for mention in frame.chunks[at].mentions[:1]
        ]
    if frame.home is not None and part is not None and not is_object(frame, index):
        words = frame.sentence.words
        return [
            Party(code=frame.home, words=words, first=chunk.first, last=chunk.last, role=None, part=part, acts=True)
        ]
    return []


def _acts_for(frame: Frame, index: int) -> int | None:
    """The noun chunk with whoever the one at `index` acts for: "the court in Lima", "a spokesman for the Peruvian army"."""
    bound, chunks = index + 1, frame.chunks
    if bound + 1 >= len(chunks) or chunks[bound].kind is not PREPOSITION or not chunks[bound + 1].mentions:
        return None
    nouns = frame.language.acting_through.get(frame.sentence.lower[chunks[bound].first])
    return bound + 1 if nouns is not None and head_place(frame, chunks[index], nouns) is not None else None


def _named_among(frame: Frame, index: int) -> int | None:
    """The first of those that are named among several: "some states, including Peru and Chile"."""
    bound, chunks = index + 1, frame.chunks
    if bound < len(chunks) and chunks[bound].kind is COMMA:
        bound += 1
    named_behind = (
        bound + 1 < len(chunks)
        and chunks[bound].kind is PREPOSITION
        and chunks[bound].tag & BIT["including"]
        and chunks[bound + 1].mentions
    )
    return bound + 1 if named_behind else None


def names_actor(frame: Frame, index: int) -> bool:
    """Whether a noun chunk is a name or acts itself: "the president of Chile", but not "of Chile's chess club"."""
    chunk = frame.chunks[index]
    last = chunk.mentions[-1]
    is_name = last.last == chunk.last and last.kind is not NameKind.ADJECTIVE
    return is_name or any(party.acts for party in named(frame, index))


def _is_pair(frame: Frame, chunk: Chunk) -> bool:
    words = frame.sentence.lower[chunk.first : chunk.last]
    return any(words[at + 1 :] == rest for at, word in enumerate(words) for rest in frame.language.pairs.get(word, ()))


def _is_adjective(frame: Frame, index: int) -> bool:
    chunk = frame.chunks[index]
    return chunk.mentions[-1].kind is NameKind.ADJECTIVE and chunk.mentions[-1].last == chunk.last
