"""Fits noun-group phrases: "the expulsion of ...", "Trump's Israel visit", "US-Venezuela talks".

Takes a frame and a pattern whose head noun stands in it, and gives a reading or None. Sides hang on prepositions behind
the noun, stand before it as possessor or adjective, or come from the verb whose object the noun is.
"""

from monitor.classify.chunks import Chunk
from monitor.classify.frames import Frame, Party
from monitor.classify.grammar import Pattern
from monitor.classify.phrases import NominalPhrase, NounSpec, Role
from monitor.classify.reading import Reading
from monitor.classify.status import is_mention, nominal_status
from monitor.classify.words import BIT


def read_nominal(frame: Frame, index: int, place: int, pattern: Pattern) -> Reading | None:
    """The reading of a noun-group phrase whose head is the token `place` of chunk `index`, or None."""
    phrase = pattern.phrase
    if not isinstance(phrase, NominalPhrase):
        return None
    piece = frame.chunks[index]
    if frame.head_place(piece, phrase.head) != place:
        return None
    sides: dict[Role, tuple[Party, ...]] = {}
    used = {place}
    behind = frame.bound_behind(index)
    for complement in phrase.bound:
        group = next((group for word, group in behind if word in complement.prepositions), None)
        if group is None:
            continue
        if complement.partner is not None:
            acting = _fitting(frame.parties(group, NounSpec()), pattern, Role.SOURCE)
            if len(acting) >= 2:  # noqa: PLR2004 (two sides)
                sides[Role.SOURCE], sides[Role.TARGET] = acting[:1], acting[1:]
        elif complement.noun is not None and complement.noun.role is not None:
            spec = complement.noun
            parties = frame.parties(group, spec)
            if spec.words is None:
                parties = _fitting(parties, pattern, complement.noun.role)
            if parties:
                sides[complement.noun.role] = parties
                used |= {
                    at
                    for i in group
                    if spec.words and (at := frame.head_place(frame.chunks[i], spec.words)) is not None
                }
    _fill_from_modifiers(frame, piece, place, phrase, sides)
    if Role.SOURCE not in sides and not _fill_from_subject(frame, index, pattern, sides):
        return None
    demanded = [
        c.noun for c in phrase.bound if c.noun is not None and c.noun.words is not None and c.noun.role is not None
    ]
    # A noun alone says too little: "the Lima summit" may be anybody's.
    if len(sides) < len(Role) or any(spec.role not in sides for spec in demanded if spec.role is not None):
        return None
    return Reading(
        pattern=pattern,
        sources=sides.get(Role.SOURCE, ()),
        targets=sides.get(Role.TARGET, ()),
        used=frozenset(used),
        index=index,
        status=nominal_status(frame, index, place),
        mention=is_mention(frame, index),
        nominal=True,
    )


def _fitting(parties: tuple[Party, ...], pattern: Pattern, role: Role) -> tuple[Party, ...]:
    """Of several parties those that can do what a source, or either side of a mutual deed, does."""
    if role is Role.SOURCE or pattern.kind.mutual:
        return tuple(party for party in parties if party.acts)
    return parties


def _fill_from_clause(frame: Frame, index: int, sides: dict[Role, tuple[Party, ...]]) -> None:
    """For "Silva leaves Lima after talks with Chile": whoever the sentence is about is the other side."""
    verb = frame.verb_before(index)
    group = frame.subject_of(verb) if verb is not None else ()
    if not group:
        return
    taken = {party.code for filled in sides.values() for party in filled}
    parties = tuple(p for p in frame.parties(group, NounSpec()) if p.acts and p.code not in taken)
    if parties:
        open_role = Role.SOURCE if Role.SOURCE not in sides else Role.TARGET
        sides[open_role] = parties[:1]


def _fill_from_subject(frame: Frame, index: int, pattern: Pattern, sides: dict[Role, tuple[Party, ...]]) -> bool:
    """For "Peru weighs sanctions on ...": whoever is subject of the verb would act. False where that is somebody else."""
    verb = frame.object_verb(index)
    if verb is None:
        if pattern.kind.mutual and len(sides) == 1:
            _fill_from_clause(frame, index, sides)
        return True
    group = frame.subject_of(verb)
    if not group or frame.chunks[group[0]].tag & BIT["pronoun"]:
        return True
    parties = _fitting(frame.parties(group, NounSpec()), pattern, Role.SOURCE)
    taken = {party.code for filled in sides.values() for party in filled}
    parties = tuple(party for party in parties if party.code not in taken)
    lemmas = {lemma for lemma, _ in frame.chunks[verb].lemmas}
    if parties and lemmas & (frame.language.light | frame.language.governing.keys()):
        sides[Role.SOURCE] = parties
        return True
    return bool(parties)


def _fill_from_modifiers(
    frame: Frame, piece: Chunk, place: int, phrase: NominalPhrase, sides: dict[Role, tuple[Party, ...]]
) -> None:
    """For "Trump's Israel visit", "US-Venezuela talks", "Russian strikes": what stands before the noun fills what is open."""
    mentions = [mention for mention in piece.mentions if mention.last <= place or frame.language.head_first]
    if not mentions:
        return
    parties = [frame.party(mention, piece) for mention in mentions]
    taken = {party.code for filled in sides.values() for party in filled}
    free = [party for party in parties if party.code not in taken]
    open_roles = [
        role
        for complement in phrase.bound
        for role in (
            (Role.SOURCE, Role.TARGET)
            if complement.partner is not None
            else (complement.noun.role,)
            if complement.noun and complement.noun.words is None
            else ()
        )
        if role is not None and role not in sides
    ]
    # Whoever acts stands first: "Trump's Israel visit".
    open_roles.sort(key=lambda role: role is not Role.SOURCE)
    for role, party in zip(dict.fromkeys(open_roles), free, strict=False):
        sides[role] = (party,)
