"""What stands behind a verb: its particle, its direct object, the prepositional groups that hang on it.

Walks a frame's chunks to the right of one verb, as far as the clause goes. `cursor` is the token from which on is looked;
which of the groups fits a phrase is decided by whoever asks (clauses).
"""

from collections.abc import Iterator

from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, VERB
from monitor.classify.frames import Frame, Group
from monitor.classify.groups import apposed_to, group_from
from monitor.classify.subjects import subject_of
from monitor.classify.tokens import QUOTES
from monitor.classify.verbs import is_finite, may_be_reduced_passive
from monitor.classify.words import AUXILIARY, BIT, FORM

# A prepositional group may stand further off ("expelled three diplomats on Monday from ..."), but not in another clause.
_MAX_SKIPPED = 3
_FINITE_PAST = FORM["past"] | FORM["participle"]


def chunk_from(frame: Frame, index: int, cursor: int) -> int:
    """The first chunk behind the verb at chunk `index` that begins at token `cursor` or later."""
    place = index + 1
    while place < len(frame.chunks) and frame.chunks[place].first < cursor:
        place += 1
    return place


def _is_said(frame: Frame, index: int) -> bool:
    """Whether a clause may follow the verb at chunk `index`, without a word that opens it: says, warns, tells."""
    verb = frame.chunks[index]
    return is_finite(verb) and any(
        lemma in frame.language.saying or lemma in frame.language.governing for lemma, _ in verb.lemmas
    )


def _has_auxiliary(frame: Frame, group: Group) -> bool:
    """Whether an auxiliary stands right behind a group, which is then the subject of a clause."""
    behind = group[-1] + 1
    if behind >= len(frame.chunks) or frame.chunks[behind].kind is not VERB:
        return False
    verb, last = frame.chunks[behind], frame.chunks[group[-1]]
    if last.owner_end or not last.mentions or last.mentions[-1].last != last.last:
        return False  # "warns Peru 'time is ...'": another noun is the subject
    return verb.first == last.last and bool(verb.tag & AUXILIARY) and not verb.is_infinitive


def direct_groups(frame: Frame, index: int, cursor: int, *, first: bool = True) -> Iterator[Group]:
    """The noun group right behind the verb; a later one may stand behind what hangs on the first."""
    said = _is_said(frame, index)
    index = chunk_from(frame, index, cursor)
    chunks = frame.chunks
    if index and chunks[index - 1].kind is PREPOSITION and chunks[index - 1].last > cursor:
        return  # "shot down in its airspace": behind the particle a preposition leads
    for _ in range(_MAX_SKIPPED):
        if index >= len(chunks):
            return
        piece = chunks[index]
        if piece.kind is NOUN:
            group = group_from(frame, index)
            if said and _has_auxiliary(frame, group):
                return  # "warns Peru may attack": Peru is not who is warned
            yield group
            if (apposed := apposed_to(frame, index)) is not None:
                yield (apposed,)
            return
        if (
            piece.kind is OPENER
            and index + 2 < len(chunks)
            and chunks[index + 1].kind is chunks[index + 2].kind is NOUN
        ):
            index += 2  # "rejected as untrue a claim"
            continue
        if piece.kind is not PREPOSITION or index + 1 >= len(chunks):
            return
        if piece.tag & BIT["objective"]:
            index += 1
        elif chunks[index + 1].kind is NOUN and (
            frame.language.verb_first or not (first and chunks[index + 1].mentions)
        ):
            # "froze with immediate effect the assets": an adverbial names nobody, save in "firmó en Berna un acuerdo".
            index += 2
        else:
            return


def prepositional_groups(
    frame: Frame, index: int, cursor: int, prepositions: frozenset[str], *, past_object: bool = True
) -> Iterator[Group]:
    """The noun groups behind one of the prepositions, in this clause, past other groups if need be.

    A verb whose phrase has no object passes none over: "returns skull to Chile" is no return to Chile.
    """
    skipped = 0
    index += 1
    chunks, lower = frame.chunks, frame.sentence.lower
    while index < len(chunks) and skipped <= _MAX_SKIPPED:
        piece = chunks[index]
        if piece.last <= cursor:
            index = _behind_aside(frame, index + 1)
            continue
        if piece.kind in (PREPOSITION, OPENER) and index + 1 < len(chunks) and chunks[index + 1].kind is NOUN:
            if not prepositions.isdisjoint(lower[max(piece.first, cursor) : piece.last]):
                yield group_from(frame, index + 1)
            elif piece.kind is OPENER or not frame.language.amid.isdisjoint(lower[piece.first : piece.last]):
                return  # "struck Chad during talks in Oman": what follows is the talks', not the strike's
            index = _behind_aside(frame, group_from(frame, index + 1)[-1] + 1)
            past_object = True
        elif piece.kind is PREPOSITION and index + 1 < len(chunks) and chunks[index + 1].kind is OPENER:
            index += 1  # "strike back if": the verb's particle
            continue
        elif piece.kind is NOUN and past_object:
            index = _behind_aside(frame, index + 1)
        elif piece.kind is PREPOSITION and index + 1 < len(chunks) and chunks[index + 1].kind is AND:
            index += 2  # "respect for and trust in Peru"
        elif piece.kind is VERB and may_be_reduced_passive(piece) and piece.bits & _FINITE_PAST != FORM["past"]:
            index += 1  # "sanctions imposed on Peru": a participle that hangs on the noun
            continue
        elif piece.kind is AND and index + 1 < len(chunks) and chunks[index + 1].kind is NOUN:
            index += 2
        else:
            return
        skipped += 1


def _behind_aside(frame: Frame, place: int) -> int:
    """The place behind an aside between commas where a preposition goes on: "sent 40 troops, among them medics, to"."""
    chunks = frame.chunks
    if place >= len(chunks) or chunks[place].kind is not COMMA:
        return place
    if (
        place + 1 < len(chunks)
        and chunks[place + 1].kind is PREPOSITION
        and chunks[place + 1].first > chunks[place].last
    ):
        return place + 1  # "many raids, mainly on": an adverb stands between
    for at in range(place + 1, len(chunks) - 1):
        if chunks[at].kind is COMMA:
            return at + 1 if chunks[at + 1].kind is PREPOSITION else place
        if chunks[at].kind not in (NOUN, PREPOSITION, AND):
            break
    return place


def clause_from(frame: Frame, place: int) -> int:
    """Where a clause begins that a verb tells: "said Peru must", "said in a speech on trade that Peru must"."""
    chunks, opened = frame.chunks, place
    while opened + 1 < len(chunks) and chunks[opened].kind is PREPOSITION and chunks[opened + 1].kind is NOUN:
        opened = group_from(frame, opened + 1)[-1] + 1
    return opened + 1 if opened < len(chunks) and chunks[opened].kind is RELATIVE else place


def object_ahead(frame: Frame, index: int) -> Iterator[Group]:
    """The noun before a relative clause whose verb has no object behind it: "sanctions that Peru imposed on Chile"."""
    if index + 1 < len(frame.chunks) and frame.chunks[index + 1].kind is NOUN:
        return
    subject = subject_of(frame, index)
    opener = subject[0] - 1 if subject else 0
    if opener > 0 and subject[-1] < index and frame.chunks[opener].kind is RELATIVE:
        before = opener - 2 if frame.chunks[opener - 1].kind is COMMA else opener - 1
        if before >= 0 and frame.chunks[before].kind is NOUN:
            yield (before,)


def object_follows(frame: Frame, index: int, cursor: int) -> bool:
    """Whether a noun group stands right behind a bare participle, which then is a plain past: "welcomed the deal"."""
    place = chunk_from(frame, index, cursor)
    return place < len(frame.chunks) and frame.chunks[place].kind is NOUN


def preposition_follows(frame: Frame, index: int, cursor: int, prepositions: frozenset[str]) -> bool:
    """Whether one of the prepositions stands right behind token `cursor`."""
    place = chunk_from(frame, index, cursor)
    if place >= len(frame.chunks) or frame.chunks[place].kind is not PREPOSITION:
        return False
    piece = frame.chunks[place]
    return not prepositions.isdisjoint(frame.sentence.lower[piece.first : piece.last])


def time_follows(frame: Frame, index: int, cursor: int) -> bool:
    """Whether the noun group right behind the verb says when: "reabrirá el próximo mes"."""
    piece = frame.chunks[chunk_from(frame, index, cursor)]
    tags = frame.language.tags
    return any(tags.get(word, 0) & BIT["day"] for word in frame.sentence.lower[piece.first : piece.last + 1])


def behind_particles(frame: Frame, particles: tuple[str, ...], cursor: int) -> int | None:
    """The token behind a verb's particles, which adverbs may part from it; None where they don't stand at `cursor`."""
    if not particles:
        return cursor
    lower = frame.sentence.lower
    while (
        cursor < len(lower)
        and frame.language.tags.get(lower[cursor], 0) & BIT["adverb"]
        and lower[cursor] != particles[0]
    ):
        cursor += 1
    for particle in particles:
        while cursor < len(lower) and lower[cursor] in QUOTES:
            cursor += 1  # 'declara "persona non grata" al cónsul'
        if cursor >= len(lower) or lower[cursor] != particle:
            return None
        cursor += 1
    return cursor
