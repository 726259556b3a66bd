"""Naming: for whom a noun chunk stands by the names in it.

"Peru", "Peruvian envoys", "Peru's foreign minister" and "President Silva" act for a state, "a Peruvian singer" does not.
Asks a frame about one noun chunk by itself, with the heads of its nouns; what hangs on it, and what stands for somebody
without a name, are found later (groups, actors).
"""

from collections.abc import Sequence
from dataclasses import replace

from monitor.classify.chunks import Chunk
from monitor.classify.frames import Frame, Group, Party
from monitor.classify.heads import head_place, is_person, only_names, part_of, role_words
from monitor.classify.lexicon import NAMES, Mention, NameKind
from monitor.classify.words import BIT
from monitor.domain.events import Part


def named(frame: Frame, index: int) -> list[Party]:
    """Whom the names in a noun chunk stand for; at least one is there."""
    chunk = frame.chunks[index]
    possessors = [mention for mention in chunk.mentions if mention.last <= chunk.owner_end]
    inside = [mention for mention in chunk.mentions if mention.first >= chunk.owner_end]
    # "Yemen's Houthis", "Peru's President Silva": the possessed name is who acts.
    is_named = inside and inside[-1].last == chunk.last and inside[-1].kind in (*NAMES, NameKind.HOLDER)
    if _are_others(frame, chunk) or _are_residents(frame, chunk):
        return []
    if possessors and not is_named:
        part = part_of(frame, chunk, chunk.owner_end)
        if part is None and has_officer(frame, chunk, possessors[-1]):
            part = possessors[-1].part
        acts = part is not None or head_place(frame, chunk, frame.language.intentions) is not None
        return [party_of(frame, possessors[-1], chunk, acts=acts, part=part)]
    last = chunk.mentions[-1]
    if last.last == chunk.last:
        return _ending_in_name(frame, chunk, inside or chunk.mentions)
    part = part_of(frame, chunk, chunk.first if frame.language.head_first else last.last)
    modifiers = compound(frame, [mention for mention in chunk.mentions if mention.first >= chunk.owner_end])
    if last.kind is NameKind.HOLDER and part is None:
        # "Trump says", but also "Maduro ally": what follows a person is a thing of theirs, unless it is a name.
        return [party_of(frame, last, chunk, acts=only_names(frame, chunk, last.last))]
    if last.kind is NameKind.BODY and head_place(frame, chunk, frame.language.fighters) is not None:
        part = Part.GOVERNMENT  # "Hamas gunmen", but not "Syrian gunmen"
    if part is None and has_officer(frame, chunk, last):
        part = last.part
    acts = part is not None or head_place(frame, chunk, frame.language.intentions) is not None
    return [party_of(frame, mention, chunk, acts=acts, part=part) for mention in modifiers]


def has_officer(frame: Frame, chunk: Chunk, mention: Mention) -> bool:
    """Whether a chunk speaks of people of an institution: "the IMF's head", "FBI agents", but not "Mexican director"."""
    institution = mention.kind is NameKind.BODY or (mention.kind is NameKind.NAME and mention.role is not None)
    return institution and head_place(frame, chunk, frame.language.officers) is not None


def _are_others(frame: Frame, chunk: Chunk) -> bool:
    """Whether a chunk speaks of those about a state: "Chad's neighbours"; the allies of a body are its members."""
    return chunk.mentions[0].kind is not NameKind.BODY and (
        head_place(frame, chunk, frame.language.others) is not None and chunk.mentions[-1].last != chunk.last
    )


def _are_residents(frame: Frame, chunk: Chunk) -> bool:
    """Whether the adjectives of a chunk only say who lives in a place: "a Malian refugee camp" may be in Niger."""
    belonging = all(mention.kind in (NameKind.ADJECTIVE, NameKind.PEOPLE) for mention in chunk.mentions)
    return belonging and head_place(frame, chunk, frame.language.quarters) is not None


def _ending_in_name(frame: Frame, chunk: Chunk, mentions: Sequence[Mention]) -> list[Party]:
    """A chunk that ends in a name: "Venezuela", "US President Trump", "US-Venezuela"."""
    last = mentions[-1]
    if last.kind is NameKind.HOLDER:
        return [party_of(frame, last, chunk)]
    if last.kind in (NameKind.ADJECTIVE, NameKind.PEOPLE) and _is_whole_people(chunk, last):
        return [party_of(frame, last, chunk, part=Part.GOVERNMENT)]
    if last.kind in (NameKind.ADJECTIVE, NameKind.PEOPLE) and last.first == chunk.first:
        return [replace(party_of(frame, last, chunk, acts=False), collective=True)]
    joined = compound(frame, list(mentions))
    if joined[-1] is not last:
        joined = [last]
    between = part_of(frame, chunk, chunk.first)
    return [
        party_of(
            frame,
            mention,
            chunk,
            acts=mention.kind in NAMES or (mention.kind is NameKind.ADJECTIVE and between is not None),
            part=between if between is Part.FORMER or mention.kind is NameKind.ADJECTIVE else None,
        )
        for mention in joined
    ]


def _is_whole_people(chunk: Chunk, name: Mention) -> bool:
    """Whether an article and the name are all there is: "the Dutch", "the Czechs" stand for their state."""
    return bool(chunk.tag & BIT["article"]) and chunk.first + 1 == name.first


def compound(frame: Frame, mentions: list[Mention]) -> list[Mention]:
    """Of several adjectives the first owns ("US Venezuela envoy"), save where a dash joins them ("US-Venezuelan")."""
    joined = mentions[:1]
    for mention in mentions[1:]:
        if frame.sentence.lower[mention.first - 1] in "-–/" and mention.first - 1 == joined[-1].last:
            joined.append(mention)
    return joined


def tells_doer(frame: Frame, mention: Mention, chunk: Chunk) -> bool:
    """Whether a name before the noun of a deed says who did it: "US strike", "Peruvian tariffs", "Peru's raid".

    A plain name may as well be the place: "the Qatar strike", "new China tariffs".
    """
    plain = mention.kind in (NameKind.NAME, NameKind.CAPITAL, NameKind.PLACE) and mention.last > chunk.owner_end
    return not plain or any(word.isupper() for word in frame.sentence.words[mention.first : mention.last])


def party_of(frame: Frame, mention: Mention, chunk: Chunk, *, acts: bool = True, part: Part | None = None) -> Party:
    """The party that a mention in a chunk makes; `part`, where given, is what the nouns around it speak of."""
    first, last = mention.first, mention.last
    office = mention.role if mention.kind is NameKind.HOLDER else role_words(frame, chunk, chunk.first)
    role = mention.role
    if role is None and chunk.first <= first < chunk.last:
        role = role_words(frame, chunk, last)
    if (mention.kind is NameKind.PEOPLE and part is None) or mention.kind is NameKind.PLACE:
        acts = False
    holder = mention.kind is NameKind.HOLDER
    person = holder or is_person(frame, chunk)
    chosen = mention.part if part is None or mention.part is not Part.GOVERNMENT else part
    words = frame.sentence.words
    return Party(
        code=mention.code,
        words=words,
        first=first,
        last=last,
        role=role,
        part=chosen,
        acts=acts,
        body=mention.kind is NameKind.BODY,
        place=mention.kind is NameKind.PLACE
        and chunk.owner_end < mention.last < chunk.last
        and head_place(frame, chunk, frame.language.people) is None,
        person=person,
        office=office,
    )


def proper_name(frame: Frame, group: Group) -> str | None:
    """The longest row of capitalised words in a group that name no actor: a ship, a person, a treaty.

    An office names nobody ("President"), nor does a name that a hyphen binds to "ex". In titles that capitalise every word
    a capital says nothing.
    """
    words, found = frame.sentence.words, (0, 0)
    if frame.sentence.is_title_case:
        return None
    for index in group:
        chunk = frame.chunks[index]
        taken = {at for mention in chunk.mentions for at in range(mention.first, mention.last)}
        first = None
        for at in range(chunk.first, chunk.last + 1):
            named = (
                at < chunk.last
                and at
                and at not in taken
                and words[at][0].isupper()
                and not frame.language.tag(words[at].lower())
                and words[at].lower() not in frame.language.persons.endings
                and not _is_bound(frame, at)
            )
            if named and first is None:
                first = at
            elif not named and first is not None:
                found = max(found, (first, at), key=lambda span: span[1] - span[0])
                first = None
    text, start = frame.sentence.text, frame.sentence.start
    return (
        text[frame.sentence.starts[found[0]] - start : frame.sentence.ends[found[1] - 1] - start] if found[1] else None
    )


def _is_bound(frame: Frame, at: int) -> bool:
    """Whether a hyphen binds a word to one like "ex" or "pro": "the ex-Reef commentator"."""
    lower = frame.sentence.lower
    return at > 1 and lower[at - 1] == "-" and lower[at - 2] in frame.language.prefixes
