"""Subjects: who does what a verb says.

Relative clauses, appositions, coordinated verbs, gerunds and infinitives get the subject that grammar gives them; a
pronoun gets whoever it stands for. Asks a frame about one verb; phrases then ask what that subject is (parties).
"""

from monitor.classify.actors import actors_at, actors_of
from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB
from monitor.classify.frames import Frame, Group
from monitor.classify.groups import attached_to, group_before, group_from, is_object
from monitor.classify.heads import head_place, part_of
from monitor.classify.inverted import is_inverted, speaker_behind, subject_behind
from monitor.classify.verbs import (
    governor_of,
    has_lemma,
    is_finite,
    is_loose_participle,
    is_passive,
    may_be_reduced_passive,
    object_verb,
    verb_before,
)
from monitor.classify.words import AUXILIARY, BIT, FORM
from monitor.domain.events import Part


def subject_of(frame: Frame, index: int, depth: int = 0) -> Group:
    """The noun chunks that are the subject of the verb at `index`; empty where it has none in sight."""
    known = frame.subjects.get(index)
    if known is None:
        known = _find_subject(frame, index, depth)
        if not depth:
            frame.subjects[index] = known
    return known


def acting_subject(frame: Frame, index: int) -> bool:
    """Whether the subject of the verb at `index` acts for anybody, or is a people, which may stand for its state."""
    return any(party.acts or party.collective for party in actors_of(frame, subject_of(frame, index)))


def _find_subject(frame: Frame, index: int, depth: int) -> Group:
    if depth > 4:  # noqa: PLR2004 (a chain of verbs longer than this is no headline)
        return ()
    place = index - 1
    chunk = frame.chunks[index]
    if place < 0 or frame.chunks[place].kind is STOP:
        return subject_behind(frame, index) or _subject_ahead(frame, index, depth)
    before = frame.chunks[place]
    if before.kind is VERB:
        return subject_of(frame, place, depth + 1)
    if before.kind is RELATIVE:
        return _antecedent(frame, place, depth)
    if before.kind is PREPOSITION and chunk.is_infinitive and (asked := _asked_about(frame, place)):
        return asked
    if before.kind is PREPOSITION or (before.kind is OPENER and (not is_finite(chunk) or frame.language.drops_subject)):
        return _subject_of_gerund(frame, place, depth) or _subject_ahead(frame, index, depth)
    if before.kind is AND:
        return _subject_of_joined(frame, index, place, depth)
    if before.kind is COMMA and is_loose_participle(frame, index):
        above = verb_before(frame, index)
        return group_from(frame, above + 1) if above is not None else ()
    if before.kind is COMMA:
        return speaker_behind(frame, index) or _subject_across_comma(frame, place, depth)
    if before.kind is not NOUN:
        return ()
    if chunk.kind is VERB and chunk.bits == FORM["participle"] and not chunk.tag:
        return group_before(frame, place)  # "dos peruanos detenidos en ...": the noun right before
    if chunk.kind is VERB and (chunk.is_infinitive or not is_finite(chunk)):
        bearer = group_before(frame, _head_of_attached(frame, place))
        if chunk.bits == FORM["gerund"] and actors_of(frame, bearer):
            return bearer  # "forces backing Peru": a gerund right behind those who act
        if chunk.bits == FORM["gerund"] and head_place(frame, before, frame.language.countries) is not None:
            return (place,)  # "tariffs on nations buying Peruvian oil"
        if meant := _intending(frame, index):
            return meant
        governor = governor_of(frame, index)
        if governor is not None and governor != place:
            return _subject_of_governed(frame, index, governor, depth)
    head = _head_of_attached(frame, place)
    while (noun := _bearer_of_verb(frame, index, head)) is not None:
        head = _head_of_attached(frame, noun)
    return _meant(frame, group_before(frame, head), depth)


def _asked_about(frame: Frame, place: int) -> Group:
    """For "Is Chad about to reopen ...?": the group between the verb that opens a question and "about" at `place`."""
    group = group_before(frame, place - 1) if place > 1 and frame.chunks[place - 1].kind is NOUN else ()
    return group if group and group[0] == 1 and frame.chunks[0].kind is VERB else ()


def _bearer_of_verb(frame: Frame, index: int, place: int) -> int | None:
    """The noun before another verb that hangs on it and stands, with its object at `place`, before the verb at `index`.

    "Peru's decision to expel the envoy surprised", "Two Finns held in Chad were freed", "A ship carrying aid sank".
    """
    chunks, verb = frame.chunks, frame.chunks[index]
    led = place > 0 and chunks[place - 1].kind is PREPOSITION
    between = place - 1 - led
    if between < 1 or chunks[between].kind is not VERB or chunks[between - 1].kind is not NOUN:
        return None
    if is_finite(chunks[between]) and not (led and may_be_reduced_passive(chunks[between])):
        return None
    has_object = index + 1 < len(chunks) and chunks[index + 1].kind is NOUN
    if chunks[between].is_infinitive and may_be_reduced_passive(verb) and not has_object:
        return None  # "asks Chile to free a man arrested in May": the participle hangs on the man
    return between - 1


def _subject_ahead(frame: Frame, index: int, depth: int) -> Group:
    """For "Accusing Chad of raids, Niger closed": a gerund that opens its clause has the subject of the one behind."""
    if frame.chunks[index].bits != FORM["gerund"] or frame.chunks[index].tag & AUXILIARY:
        return ()
    parted = False
    for place in range(index + 1, len(frame.chunks)):
        piece = frame.chunks[place]
        if piece.kind is STOP:
            return ()
        if parted and piece.kind is VERB and is_finite(piece):
            return subject_of(frame, place, depth + 1)
        parted = parted or (piece.kind is COMMA and frame.chunks[place - 1].kind is not VERB)
    return ()


def behind_subject(frame: Frame, index: int) -> int:
    """The token behind a verb and, where its subject follows right behind it, behind that: "Reconoce Brasil | a ..."."""
    end, group = frame.chunks[index].last, subject_of(frame, index)
    if not group or group[0] != index + 1 or is_inverted(frame, index):
        return end
    last = group[-1]
    if not _has_name(frame, last):
        attached = attached_to(frame, last, BIT["genitive"] | BIT["origin"])
        last = group_from(frame, attached)[-1] if attached is not None else last
    return frame.chunks[last].last


def _meant(frame: Frame, group: Group, depth: int) -> Group:
    """A pronoun stands for the subject of the verb before it: "Finland says it will ..."; so does "its army"."""
    if len(group) == 1 and frame.chunks[group[0]].tag & BIT["speaker"]:
        return group  # "we" is none of those who were named
    if len(group) == 1 and (frame.chunks[group[0]].tag & BIT["pronoun"] or _is_own_state(frame, group[0])):
        verb = verb_before(frame, group[0])
        meant = subject_of(frame, verb, depth + 1) if verb is not None else ()
        if meant and frame.chunks[group[0]].tag & BIT["personal"] and not _is_person(frame, meant[-1]):
            # "he" is no state: whoever spoke further left is meant, if that is a person.
            return _meant_further_left(frame, verb, depth) or group
        return meant or group
    return group


def _is_own_state(frame: Frame, index: int) -> bool:
    """Whether a clause begins with the state of whoever speaks: "said his country would", "told Chad that its army"."""
    chunk = frame.chunks[index]
    if not chunk.tag & BIT["owned"] or chunk.mentions or index == 0:
        return False
    before = frame.chunks[index - 1]
    if before.kind is not RELATIVE and not (before.kind is VERB and has_lemma(frame, index - 1, frame.language.saying)):
        return False
    return (
        head_place(frame, chunk, frame.language.countries) is not None
        or part_of(frame, chunk, chunk.first) is Part.GOVERNMENT
    )


def _meant_further_left(frame: Frame, verb: int | None, depth: int) -> Group:
    while verb is not None:
        verb = verb_before(frame, verb)
        if verb is not None and (group := subject_of(frame, verb, depth + 1)) and _is_person(frame, group[-1]):
            return group
    return ()


def _is_person(frame: Frame, index: int) -> bool:
    chunk, individuals = frame.chunks[index], frame.language.individuals
    return any(party.person for party in actors_at(frame, index)) or head_place(frame, chunk, individuals) is not None


def _head_of_attached(frame: Frame, place: int) -> int:
    """From the noun chunk before a verb back over "of ...", "in ..." to the noun chunk that they hang on."""
    place = _start_of_list(frame, place)
    while place > 1 and frame.chunks[place - 1].kind is PREPOSITION and frame.chunks[place - 2].kind is NOUN:
        place = _start_of_list(frame, place - 2)
    return place


def _start_of_list(frame: Frame, place: int) -> int:
    """For "envoys from Peru and Chile": from Chile back to Peru, where a preposition governs both."""
    first = group_before(frame, place)[0]
    return first if is_object(frame, first) else place


def _antecedent(frame: Frame, place: int, depth: int) -> Group:
    place -= 1
    if place >= 0 and frame.chunks[place].kind is COMMA:
        place -= 1
    if place >= 0 and frame.chunks[place].kind is NOUN:
        return group_before(frame, _head_of_attached(frame, place))
    if place >= 0 and frame.chunks[place].kind is VERB:
        return subject_of(frame, place, depth + 1)
    return ()


def _urged(frame: Frame, place: int) -> Group:
    """For "insta a Perú a reabrir": the one who is urged acts, not the one who urges."""
    before = place - 1
    if before < 1 or frame.chunks[before].kind is not NOUN or not _has_name(frame, before):
        return ()
    verb = verb_before(frame, before)
    if verb is None or not any(
        frame.language.governing.get(lemma) == "possible" for lemma, _ in frame.chunks[verb].lemmas
    ):
        return ()
    return group_before(frame, before)


def _intending(frame: Frame, place: int) -> Group:
    """For "the operation of Peru to capture", "a decision by Peru to expel": whoever means to do it."""
    owner, noun = place - 1, place - 3
    if noun < 0 or frame.chunks[owner].kind is not NOUN or not _has_name(frame, owner):
        return ()
    bound = frame.chunks[place - 2]
    bears = BIT["genitive"] | BIT["agent"]
    if bound.kind is not PREPOSITION or not bound.tag & bears or frame.chunks[noun].kind is not NOUN:
        return ()
    means = head_place(frame, frame.chunks[noun], frame.language.intentions) is not None
    return group_before(frame, owner) if means else ()


def _subject_of_gerund(frame: Frame, place: int, depth: int) -> Group:
    """For "accuses Iran of directing": Iran; "leaves after expelling": whoever leaves."""
    before = place - 1
    if frame.chunks[place + 1].is_infinitive:
        if urged := _urged(frame, place):
            return urged
        if meant := _intending(frame, place):
            return meant
    if (
        frame.chunks[place].tag & BIT["reason"]
        and before > 0
        and _has_name(frame, before)
        and object_verb(frame, before) is not None
    ):
        return group_before(frame, before)  # "criticised Peru for blocking": Peru blocks
    if before >= 0 and frame.chunks[before].kind is NOUN:
        verb = verb_before(frame, before)
        if verb is not None and has_lemma(frame, verb, frame.language.accusing):
            return group_before(frame, before)
        if verb is not None and (kept := _kept_from(frame, verb, place)):
            return kept
    return _subject_of_verb_before(frame, place, depth)


def _kept_from(frame: Frame, verb: int, place: int) -> Group:
    """Whom a verb keeps from what stands behind the preposition at `place`: "bars courts, banks from seizing"."""
    chunks = frame.chunks
    keeps = chunks[place].tag & BIT["origin"] and has_lemma(frame, verb, frame.language.preventing)
    between = range(verb + 1, place)
    if not keeps or any(chunks[at].kind not in (NOUN, COMMA, AND) for at in between):
        return ()
    return tuple(at for at in between if chunks[at].kind is NOUN)


def _subject_of_joined(frame: Frame, index: int, place: int, depth: int) -> Group:
    """For "decisions by Chad to leave the pact and close the port": whoever leaves closes, since the form is as plain."""
    above = verb_before(frame, place)
    verb = frame.chunks[index]
    plain = not verb.tag and verb.bits & FORM["base"] and not verb.bits & FORM["past"]
    if plain and above is not None and frame.chunks[above].is_infinitive:
        return subject_of(frame, above, depth + 1)
    return _subject_of_verb_before(frame, place, depth)


def _subject_of_verb_before(frame: Frame, place: int, depth: int) -> Group:
    verb = verb_before(frame, place)
    if verb is not None and is_finite(frame.chunks[place + 1]):
        # "accuses Iran of directing attacks, expels envoy": whoever accuses, not whoever directs.
        while verb is not None and not is_finite(frame.chunks[verb]):
            verb = verb_before(frame, verb)
    if verb is not None:
        return subject_of(frame, verb, depth + 1)
    if place > 0 and frame.chunks[place - 1].kind is NOUN:
        return group_before(frame, place - 1)  # "Petro tras reunirse con ..."
    return ()


def _subject_across_comma(frame: Frame, place: int, depth: int) -> Group:
    """The subject of a verb behind a comma.

    The comma ends an apposition ("Maduro, the president, expels"), or parts one more verb of the same subject
    ("expels envoys, closes border").
    """
    for index in range(place - 1, 0, -1):
        kind = frame.chunks[index].kind
        if kind is STOP:
            break
        if kind is COMMA and frame.chunks[index - 1].kind is NOUN:
            head = _head_of_attached(frame, index - 1)
            if _begins_told_clause(frame, head) or frame.chunks[index + 1].kind is RELATIVE:
                return group_before(frame, head)  # "said that Chad, which borders Niger, closed"
            if not any(frame.chunks[at].kind is VERB for at in range(head)):
                group = group_before(frame, head)
                named = frame.chunks[place - 1].kind is NOUN and _has_name(frame, place - 1)
                # "The secretary of state, Ada Silva, said": the name may stand in the apposition.
                return (place - 1,) if named and not actors_of(frame, group) else group
            break
    if verb_before(frame, place) is not None:
        return _subject_of_verb_before(frame, place, depth)
    if place >= 1 and frame.chunks[place - 1].kind is NOUN:
        group = group_before(frame, _head_of_attached(frame, place - 1))
        # "Tras la cumbre, llegó a Quito el canciller": no adjunct is a subject where one may follow its verb.
        adjunct = group[0] and frame.chunks[group[0] - 1].kind in (OPENER, PREPOSITION)
        return subject_behind(frame, place + 1) if adjunct and frame.language.verb_first else group
    return ()


def _begins_told_clause(frame: Frame, index: int) -> bool:
    """Whether a noun group begins what somebody says: "said that Chad", "says Chad"."""
    before = index - 1
    if before > 0 and frame.chunks[before].kind is RELATIVE:
        before -= 1
    return (
        before >= 0
        and frame.chunks[before].kind is VERB
        and has_lemma(frame, before, frame.language.saying)
        and not is_inverted(frame, before)
    )


def _subject_of_governed(frame: Frame, index: int, governor: int, depth: int) -> Group:
    """An object between the two verbs acts ("urges Peru to reopen"), else whoever governs.

    Before both goes whoever means to do it: "criticises Peru's plan to reopen".
    """
    if (
        frame.chunks[index - 1].mentions
        and head_place(frame, frame.chunks[index - 1], frame.language.intentions) is not None
    ):
        return (index - 1,)
    if _only_judges(frame, index, governor):
        return ()
    if has_lemma(frame, governor, frame.language.becoming):
        return subject_of(frame, governor, depth + 1)  # "becomes the first state of the EU to reopen"
    after = governor + 1
    if after < index and frame.chunks[after].tag & BIT["objective"]:
        after += 1
    if after < index and frame.chunks[after].kind is NOUN and _has_name(frame, after):
        group = group_from(frame, after)
        purpose = any(piece.kind is PREPOSITION for piece in frame.chunks[group[-1] + 1 : index])
        governs = any(lemma in frame.language.governing for lemma, _ in frame.chunks[governor].lemmas)
        # "hits Peru with tariffs to press Chile": whoever hits, presses.
        return group if governs or not purpose else subject_of(frame, governor, depth + 1)
    piece = frame.chunks[after]
    if piece.kind is NOUN and (part_of(frame, piece, piece.first) or is_passive(frame.chunks[index])):
        attached = attached_to(frame, after, BIT["genitive"] | BIT["origin"])
        if index - 1 == (after if attached is None else group_from(frame, attached)[-1]):
            # "asks officials of Peru to", "allows a vote to be held", but not "takes steps to"
            return group_before(frame, after)
    return subject_of(frame, governor, depth + 1)


def _only_judges(frame: Frame, index: int, governor: int) -> bool:
    """Whether a verb speaks of what somebody unnamed means to do: "disagrees with a plan to reopen"."""
    meant = head_place(frame, frame.chunks[index - 1], frame.language.intentions) is not None
    return meant and has_lemma(frame, governor, frame.language.judging)


def _has_name(frame: Frame, index: int) -> bool:
    return bool(frame.chunks[index].mentions)
