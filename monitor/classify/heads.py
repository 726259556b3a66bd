"""Heads: which noun of a noun chunk is its head, and what the nouns say of whom they act for.

Asks a frame about one noun chunk by itself: whether its head is among some words ("diplomat"), of which part of a state
its nouns speak ("parliament", "opposition"), and which office is named. Names are the next module's (naming).
"""

from monitor.classify.chunks import Chunk
from monitor.classify.frames import Frame, Group
from monitor.classify.scan import DASHES
from monitor.classify.words import WordSet
from monitor.domain.events import Part


def head_place(frame: Frame, chunk: Chunk, words: WordSet) -> int | None:
    """The last token of a member of `words` that is the head of the chunk: only names may follow it."""
    first = chunk.owner_end or chunk.first
    lower = frame.sentence.lower
    for place in range(chunk.last - 1, first - 1, -1):
        if words.match_ending(lower, place, first):
            return place
        if not frame.language.head_first and not may_follow_head(frame, chunk, place):
            return None
    return None


def may_follow_head(frame: Frame, chunk: Chunk, place: int) -> bool:
    """Names and numbers follow a head ("envoy James Smith"); another common noun would be the head itself."""
    word = frame.sentence.words[place]
    return (
        (word[0].isupper() and frame.sentence.lower[place] not in frame.language.common_nouns)
        or not word[0].isalpha()
        or _ends_given_name(frame, chunk, place)
        or any(mention.first <= place < mention.last for mention in chunk.mentions)
    )


def _ends_given_name(frame: Frame, chunk: Chunk, place: int) -> bool:
    """Whether a hyphen binds the word to a capitalised one: "Boo-kyum"."""
    words = frame.sentence.words
    return place - 2 >= chunk.first and words[place - 1] in DASHES and words[place - 2][0].isupper()


def only_names(frame: Frame, chunk: Chunk, first: int) -> bool:
    """Whether nothing but names and numbers stands in a chunk from token `first` on."""
    return all(may_follow_head(frame, chunk, place) for place in range(first, chunk.last))


def has_head(frame: Frame, group: Group, words: WordSet) -> bool:
    """Whether one of the group's nouns is among `words`."""
    return any(head_place(frame, frame.chunks[index], words) is not None for index in group)


def is_body(frame: Frame, group: Group) -> bool:
    """Whether a group is made of people who act for somebody, named or not: "governors", "the court"."""
    return any(part_of(frame, frame.chunks[index], frame.chunks[index].first) is not None for index in group)


def is_person(frame: Frame, chunk: Chunk) -> bool:
    """Whether a chunk names the office of a person: "the president", "envoys"."""
    return any(
        frame.language.persons.match_ending(frame.sentence.lower, at, chunk.first)
        for at in range(chunk.first, chunk.last)
    )


def part_of(frame: Frame, chunk: Chunk, first: int) -> Part | None:
    """The part of a state that the nouns of a chunk from token `first` on speak of; None where they act for none."""
    key = (chunk.first, first)
    if key not in frame.parts:
        frame.parts[key] = _find_part(frame, chunk, first)
    return frame.parts[key]


def _find_part(frame: Frame, chunk: Chunk, first: int) -> Part | None:
    lower = frame.sentence.lower
    if frame.language.role_heads.isdisjoint(lower[chunk.first : chunk.last]):
        return None
    # "Former envoy" says so of whoever follows; inside a name the word is part of it.
    names = {at for mention in chunk.mentions for at in range(mention.first, mention.last)}
    for part in (Part.FORMER, Part.OPPOSITION):
        words = frame.language.roles.get(part)
        if words is not None and any(
            words.match_ending(lower, at, chunk.first) for at in range(chunk.first, chunk.last) if at not in names
        ):
            return part
    for place in range(chunk.last - 1, first - 1, -1):
        for part, words in frame.language.roles.items():
            if words.match_ending(lower, place, first):
                return part
        if not frame.language.head_first and not may_follow_head(frame, chunk, place):
            return None
    return None


def role_words(frame: Frame, chunk: Chunk, first: int) -> str | None:
    """The office named behind an actor in the same chunk: "foreign minister"."""
    lower = frame.sentence.lower
    if frame.language.role_heads.isdisjoint(lower[first : chunk.last]):
        return None
    for place in range(chunk.last - 1, first - 1, -1):
        for words in frame.language.roles.values():
            length = words.match_ending(lower, place, first)
            if length:
                return " ".join(lower[place - length + 1 : place + 1])
    return None
