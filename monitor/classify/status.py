"""Status: has it happened, is it planned, merely possible, or denied?

Takes a verb that a pattern matched, with the frame around it, and reads tense, modality, negation, governing verbs ("plans
to", "refuses to"), conditions and questions. Deeds that a noun names are read in noun_status. Dates turn `reported` into `past` later (see matcher).
"""

from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB, Chunk
from monitor.classify.frames import Frame
from monitor.classify.heads import head_place
from monitor.classify.subjects import subject_of
from monitor.classify.verbs import (
    governor_of,
    has_form,
    has_lemma,
    is_finite,
    is_passive,
    object_verb,
    verb_before,
)
from monitor.classify.words import AUXILIARY, BIT, FORM
from monitor.domain.taxonomy import Status

# Where several signs meet, the one that takes most away from the deed wins: a denied plan is denied.
_WEIGHT = {Status.REPORTED: 0, Status.PLANNED: 1, Status.POSSIBLE: 2, Status.DENIED: 3}


def weaker(first: Status, second: Status) -> Status:
    """Of two readings the one that claims less."""
    return max(first, second, key=_WEIGHT.__getitem__)


def verb_status(frame: Frame, index: int, depth: int = 0) -> Status:
    """The status of the deed that the verb at chunk `index` names."""
    verb = frame.chunks[index]
    above = verb_before(frame, index)
    said = above is not None and any(lemma in frame.language.saying for lemma, _ in frame.chunks[above].lemmas)
    status = _own_status(verb, said=said)
    if is_mention(frame, index) and not verb.tag & AUXILIARY:
        return Status.REPORTED  # "after expelling", "tras expulsar": known already
    shared = _shared_auxiliary(frame, index, depth)
    if shared is not None:
        status = weaker(status, shared)
    behind_verb = index > 0 and frame.chunks[index - 1].kind is VERB  # "denies having imposed"
    if behind_verb or verb.is_infinitive or (not verb.tag & AUXILIARY and verb.bits == FORM["gerund"]):
        status = weaker(status, _governed_status(frame, index, depth))
    if (assisted := _assisted_by(frame, index)) is not None and depth < 4:  # noqa: PLR2004 (as deep as subjects are followed)
        status = weaker(status, verb_status(frame, assisted, depth + 1))
    if stands_before(frame, index) and has_form(verb, "present", "base"):
        status = weaker(status, Status.PLANNED)  # "hours before Peru meets Chile"
    if (
        (index and (_under_condition(frame, index) or _is_way(frame, index)))
        or _is_topic(frame, index)
        or _is_called_for(frame, index)
    ):
        status = weaker(status, Status.POSSIBLE)
    if is_asked(frame):
        status = weaker(status, Status.POSSIBLE)
    denier = _denier_of_clause(frame, index)
    if denier is not None and frame.chunks[denier].negated:
        status = weaker(status, Status.POSSIBLE)  # "does not rule out that", "doesn't deny that"
        denier = None
    if denier is not None or _negative(frame, index):
        return Status.DENIED
    if _is_averted(frame, index):
        status = Status.POSSIBLE if _is_averted_in_vain(frame, index) else Status.DENIED
    return status


def _assisted_by(frame: Frame, index: int) -> int | None:
    """The verb before a plain form and its subject, which says whether it comes to the deed: "won't let Chad annex Niger"."""
    verb = frame.chunks[index]
    if index < 2 or verb.tag or not verb.bits & FORM["base"]:  # noqa: PLR2004 (the verb and the subject)
        return None
    above, subject = frame.chunks[index - 2], frame.chunks[index - 1]
    assists = above.kind is VERB and has_lemma(frame, index - 2, frame.language.assisting)
    return index - 2 if assists and subject.kind is NOUN else None


def stands_before(frame: Frame, index: int) -> bool:
    """Whether the clause of a verb is one that "before" opens: what else is told came first."""
    for place in range(index - 1, -1, -1):
        piece = frame.chunks[place]
        if piece.tag & BIT["before"] and piece.kind in (OPENER, PREPOSITION):
            return True
        if piece.kind in (VERB, STOP, COMMA, OPENER, RELATIVE):
            return False
    return False


def _is_topic(frame: Frame, index: int) -> bool:
    """Whether a gerund only says what a noun is about: "a policy on repatriating fighters"."""
    verb = frame.chunks[index]
    if verb.bits != FORM["gerund"] or verb.tag & AUXILIARY or index < 2:  # noqa: PLR2004 (the noun and its preposition)
        return False
    bound, noun = frame.chunks[index - 1], frame.chunks[index - 2]
    return (
        bound.kind is PREPOSITION and noun.kind is NOUN and frame.sentence.lower[bound.first] in frame.language.topical
    )


def _is_way(frame: Frame, index: int) -> bool:
    """Whether an infinitive only says what a question is about: "differ over how to sanction Peru"."""
    return frame.chunks[index].is_infinitive and frame.chunks[index - 1].kind is OPENER


def _is_called_for(frame: Frame, index: int) -> bool:
    """Whether a plain form stands in a clause that a wish opens: "Kenya's demand that Malawi release prisoners"."""
    verb = frame.chunks[index]
    if verb.tag or not verb.bits & FORM["base"] or verb.bits & FORM["past"]:
        return False
    for place in range(index - 1, 0, -1):
        piece, before = frame.chunks[place], place - 1
        if piece.kind is RELATIVE:
            if frame.chunks[before - 1].kind is PREPOSITION and before > 1:
                before -= 2  # "a call by Norway that ..."
            above = frame.chunks[before]
            if above.kind is VERB:
                return any(frame.language.governing.get(lemma) == Status.POSSIBLE for lemma, _ in above.lemmas)
            return above.kind is NOUN and head_place(frame, above, frame.language.wishes) is not None
        if piece.kind is not NOUN and piece.kind not in (AND, COMMA):
            return False
    return False


def _is_averted(frame: Frame, index: int) -> bool:
    """Whether a gerund stands behind a word that keeps it from happening: "against visiting", "barred from visiting"."""
    verb = frame.chunks[index]
    if (
        verb.bits != FORM["gerund"]
        or verb.tag & AUXILIARY
        or not index
        or frame.chunks[index - 1].kind is not PREPOSITION
    ):
        return False
    word = frame.sentence.lower[frame.chunks[index - 1].first]
    governor = _governor_over_list(frame, index)
    prevented = governor is not None and has_lemma(frame, governor, frame.language.preventing)
    return word in frame.language.averting or (prevented and bool(frame.chunks[index - 1].tag & BIT["origin"]))


def _is_averted_in_vain(frame: Frame, index: int) -> bool:
    """Whether nobody has kept it from happening: "no one would stop", "asks Chad to refrain from"."""
    governor = _governor_over_list(frame, index)
    if governor is None or not has_lemma(frame, governor, frame.language.preventing):
        return False
    asked = frame.chunks[governor].is_infinitive and _governed_status(frame, governor, 0) is Status.POSSIBLE
    return asked or frame.chunks[governor].negated or bool(_negative(frame, governor))


def _governor_over_list(frame: Frame, index: int) -> int | None:
    """The verb that governs a gerund, past all whom it names: "stops courts, police from entering"."""
    chunks = frame.chunks
    listed = next((place for place in range(index - 1, 0, -1) if chunks[place].kind not in (NOUN, PREPOSITION)), index)
    is_list = chunks[listed].kind is COMMA and chunks[listed - 1].kind is NOUN and chunks[listed + 1].kind is NOUN
    return governor_of(frame, listed) if is_list else governor_of(frame, index)


def _shared_auxiliary(frame: Frame, index: int, depth: int) -> Status | None:
    """For "will invade and destroy", "to meet and sign": a plain form behind an "and" has the auxiliary of the first verb."""
    verb, above = frame.chunks[index], verb_before(frame, index)
    if index < 1 or frame.chunks[index - 1].kind not in (AND, COMMA) or verb.tag or above is None or depth:
        return None
    plain = verb.bits & FORM["base"] and not verb.bits & FORM["past"]
    bound = frame.chunks[above].tag & (BIT["modal_future"] | BIT["modal_possible"] | BIT["do"] | BIT["to"])
    return verb_status(frame, above, depth + 1) if plain and bound else None


def _negative(frame: Frame, index: int) -> list[Chunk]:
    """What denies a deed from its subject: "No envoy was expelled", "Neither Chile nor Peru signed"."""
    subject = (frame.chunks[place] for place in subject_of(frame, index))
    return [chunk for chunk in subject if chunk.tag & BIT["no"]]


def signs(frame: Frame, index: int) -> tuple[str, ...]:
    """The words that set the status of a deed: its auxiliaries and negation, what governs it, a condition, a question."""
    piece, words = frame.chunks[index], frame.sentence.words
    found = []
    if piece.kind is VERB:
        found += [words[chunk.first] for chunk in _negative(frame, index)]
        found.append(" ".join(words[piece.first : piece.last]))
        governor = governor_of(frame, index) if piece.is_infinitive or piece.bits == FORM["gerund"] else None
        if governor is not None:
            above = frame.chunks[governor]
            found.append(" ".join(words[above.first : above.last]))
    found += [
        words[chunk.first]
        for chunk in frame.chunks[:index]
        if chunk.kind in (OPENER, PREPOSITION) and chunk.tag & (BIT["condition"] | BIT["after"] | BIT["before"])
    ]
    found += ["?"] if is_asked(frame) else []
    return tuple(found)


def is_alleged(frame: Frame, index: int) -> bool:
    """Whether the deed stands in an accusation alone: "accuses Peru of expelling ..."."""
    verb = frame.chunks[index]
    if _is_claimed(frame, index):
        return True
    if verb.bits not in (FORM["gerund"], FORM["infinitive"]):
        return False
    governor = governor_of(frame, index)
    return governor is not None and any(lemma in frame.language.accusing for lemma, _ in frame.chunks[governor].lemmas)


def _is_claimed(frame: Frame, index: int) -> bool:
    """Whether the clause of a verb only tells what a noun claims: "allegations that Chad shelters rebels"."""
    for place in range(index - 1, 0, -1):
        piece, before = frame.chunks[place], frame.chunks[place - 1]
        if piece.kind is RELATIVE:
            return before.kind is NOUN and head_place(frame, before, frame.language.allegations) is not None
        if piece.kind in (STOP, COMMA, OPENER):
            return False
    return False


def is_alleged_noun(frame: Frame, index: int) -> bool:
    """Whether a deed named by a noun stands in an accusation alone: "accuses Chile of an attack on Peru"."""
    verb = verb_before(frame, index)
    if verb is None:
        return False
    return is_alleged(frame, verb) or any(lemma in frame.language.accusing for lemma, _ in frame.chunks[verb].lemmas)


def is_refused(frame: Frame, index: int) -> bool:
    """Whether a deed that is denied was refused: "refuses to lift", "will not lift"."""
    verb = frame.chunks[index]
    if verb.negated:
        will = BIT["modal_future"] | BIT["modal_possible"] | BIT["future_in_past"]
        return bool(verb.tag & will or verb.bits & (FORM["future"] | FORM["conditional"]))
    governor = governor_of(frame, index)
    return governor is not None and any(lemma in frame.language.refusing for lemma, _ in frame.chunks[governor].lemmas)


def _own_status(verb: Chunk, *, said: bool = False) -> Status:
    """What the verb group itself says. In what somebody `said`, "would" is the future."""
    if verb.negated:
        return Status.DENIED
    if verb.tag & BIT["future_in_past"]:
        return Status.PLANNED if said else Status.POSSIBLE
    if verb.tag & BIT["modal_possible"] or verb.bits & FORM["conditional"]:
        return Status.POSSIBLE
    if verb.bits & FORM["subjunctive"] and not verb.bits & (FORM["present"] | FORM["past"]):
        return Status.POSSIBLE
    if verb.tag & BIT["modal_future"] or (verb.bits & FORM["future"] and not verb.bits & FORM["past"]):
        return Status.PLANNED
    return Status.REPORTED


def _governed_status(frame: Frame, index: int, depth: int) -> Status:
    """What governs an infinitive or gerund says of it; a bare infinitive is a headline's future."""
    verb = frame.chunks[index]
    governing = frame.language.governing
    group = frame.chunks[index - 1] if index else None
    if group is not None and group.kind is PREPOSITION and index > 1:
        group = frame.chunks[index - 2]  # "el primer país en reconocer"
    # An ordinal may be an adverb, too, and then stands before the group.
    if group is not None and not frame.language.achieved.isdisjoint(
        frame.sentence.lower[max(group.first - 1, 0) : group.last]
    ):
        return Status.REPORTED
    before = verb.first - 1
    if before >= 0:
        # "is due to", "ready to", "a plan to": the word right before the infinitive.
        word = frame.sentence.lower[before]
        known = governing.get(word) or frame.language.nominal_status.get(word)
        if known is not None:
            return _unless_scrapped(frame, index - 1, Status(known))
    if (meant := _intended(frame, index)) is not None:
        return meant
    governor = governor_of(frame, index)
    if governor is None or depth > 4:  # noqa: PLR2004 (as deep as subjects are followed)
        return Status.PLANNED if verb.is_infinitive else Status.REPORTED
    above = frame.chunks[governor]
    lent = next((governing[lemma] for lemma, _ in above.lemmas if lemma in governing), None)
    if lent == Status.DENIED and above.negated:
        return Status.POSSIBLE  # "does not rule out attacking"
    if lent is None and is_passive(above) and has_lemma(frame, governor, frame.language.saying):
        lent = Status.REPORTED  # "is believed to have fled": told as fact, if not for sure
    if lent is None:
        lent = Status.PLANNED if verb.is_infinitive else Status.REPORTED
    return weaker(Status(lent), verb_status(frame, governor, depth + 1))


def _intended(frame: Frame, index: int) -> Status | None:
    """What a noun of intention says of the infinitive that hangs on it: "the demand of Peru to reopen", "el plan de ... para"."""
    noun = index - 2
    if noun < 0 or frame.chunks[index - 1].kind is not PREPOSITION:
        return None
    while noun > 1 and frame.chunks[noun - 1].tag & BIT["genitive"] and frame.chunks[noun - 2].kind is NOUN:
        noun -= 2
    piece = frame.chunks[noun]
    place = head_place(frame, piece, frame.language.intentions) if piece.kind is NOUN else None
    known = frame.language.nominal_status.get(frame.sentence.lower[place]) if place is not None else None
    return _unless_scrapped(frame, noun, Status(known)) if known is not None else None


def _unless_scrapped(frame: Frame, noun: int, status: Status) -> Status:
    """The status that a noun lends, save where its verb denies it: "scraps plan to open"."""
    over = object_verb(frame, noun)
    scrapped = over is not None and any(
        frame.language.governing.get(lemma) == Status.DENIED or lemma in frame.language.ending
        for lemma, _ in frame.chunks[over].lemmas
    )
    return Status.DENIED if scrapped else status


def _under_condition(frame: Frame, index: int) -> bool:
    """Whether the clause of the verb opens with "if", "unless", "whether"."""
    for place in range(index - 1, -1, -1):
        chunk = frame.chunks[place]
        if chunk.kind is OPENER:
            return bool(chunk.tag & BIT["condition"])
        if chunk.kind in (STOP, COMMA, VERB):
            return False
    return False


def is_asked(frame: Frame) -> bool:
    """Whether the sentence is a question."""
    return frame.sentence.text.rstrip("\"'”’» ").endswith("?")


def _denier_of_clause(frame: Frame, index: int) -> int | None:
    """For "denies that X expelled", "denies expelling", "denies it expelled": the verb before the clause that denies it."""
    for place in range(index - 1, -1, -1):
        chunk = frame.chunks[place]
        if chunk.kind in (STOP, COMMA, OPENER):
            return None
        if chunk.kind is VERB:
            denies = any(frame.language.governing.get(lemma) == "denied" for lemma, _ in chunk.lemmas)
            reported = any(piece.kind is RELATIVE for piece in frame.chunks[place + 1 : index])
            told = reported or frame.chunks[index].bits == FORM["gerund"] or _tells_plainly(frame, place, index)
            return place if denies and told else None
    return None


def _tells_plainly(frame: Frame, above: int, index: int) -> bool:
    """Whether a clause without "that" is what a verb denies: "denies it expelled", but not "denies entry"."""
    if above + 2 != index or not has_lemma(frame, above, frame.language.contradicting):
        return False
    subject, verb = frame.chunks[above + 1], frame.chunks[index]
    named = subject.tag & BIT["pronoun"] or subject.mentions
    return bool(subject.kind is NOUN and named and is_finite(verb) and not verb.is_infinitive)


def is_mention(frame: Frame, index: int) -> bool:
    """Whether the chunk stands in an "after ..." clause or group: known already, told again in passing."""
    for place in range(index, -1, -1):
        chunk = frame.chunks[place]
        if chunk.tag & BIT["after"] and chunk.kind in (OPENER, PREPOSITION):
            return True
        if place != index and chunk.kind in (STOP, COMMA, OPENER):
            return False
        if place != index and chunk.kind is VERB and frame.chunks[index].kind is not VERB:
            # A noun behind a verb belongs to that verb: look whether the verb itself stands behind "after".
            return is_mention(frame, place)
    return False
