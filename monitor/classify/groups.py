"""Groups: which noun chunks belong together, and what hangs on them.

"The US, Canada and Peru" are one group; "expels envoy and Peru recalls ..." are two clauses. Prepositional groups hang on
the noun before them: "talks in Lima with Chile". Asks a frame's chunks, and the names in them (naming).
"""

from monitor.classify.chunks import AND, COMMA, NOUN, PREPOSITION, VERB
from monitor.classify.frames import Frame, Group
from monitor.classify.naming import named
from monitor.classify.verbs import has_lemma, is_finite
from monitor.classify.words import BIT


def group_from(frame: Frame, index: int) -> Group:
    """The coordinated noun chunks from `index` on: "the US, Canada and Peru".

    A noun that begins a clause of its own ("expels envoy and Peru recalls ...") is left out.
    """
    group = [index]
    place = index + 1
    ended = False
    while place + 1 < len(frame.chunks) and not ended:
        link = frame.chunks[place]
        if link.kind not in (AND, COMMA):
            break
        ended = link.kind is AND  # an "and" stands before the last of a list
        after = place + 1
        if link.kind is COMMA and frame.chunks[after].kind is AND:
            after += 1
            ended = True
        if (
            after + 1 < len(frame.chunks)
            and frame.chunks[after].kind is PREPOSITION
            and is_object(frame, index)
            and frame.sentence.lower[frame.chunks[after].first] == frame.sentence.lower[frame.chunks[index - 1].first]
        ):
            after += 1  # "warns to Peru and to Chile"
        if after >= len(frame.chunks) or frame.chunks[after].kind is not NOUN:
            break
        if _begins_clause(frame, after, listed=_is_listed(frame, index, after)) and not (
            _is_between(frame, index) or _is_in_subject(frame, index)
        ):
            break
        if link.kind is COMMA and (
            not (_is_name(frame, place - 1) and _is_name(frame, after)) or _tells(frame, index, after)
        ):
            break
        group.append(after)
        place = after + 1
    return tuple(group)


def _tells(frame: Frame, index: int, after: int) -> bool:
    """Whether what follows a comma says the sentence: "raid in Togo, the United Nations and monitors said"."""
    at = after
    while at + 2 < len(frame.chunks) and frame.chunks[at + 1].kind is AND and frame.chunks[at + 2].kind is NOUN:
        at += 2
    verb = at + 1
    return (
        at > after
        and verb < len(frame.chunks)
        and frame.chunks[verb].kind is VERB
        and has_lemma(frame, verb, frame.language.saying)
        and any(piece.kind is VERB for piece in frame.chunks[:index])
    )


def group_before(frame: Frame, index: int) -> Group:
    """The coordinated noun chunks that end with the noun chunk at `index`."""
    group = [index]
    place = index - 1
    while place > 0:
        link = frame.chunks[place]
        before = place - 1
        if link.kind is AND and frame.chunks[before].kind is COMMA:
            before -= 1
        if link.kind not in (AND, COMMA) or before < 0 or frame.chunks[before].kind is not NOUN:
            break
        # "held in a raid, and a friend fled": no list of two has a comma, so a clause begins.
        if place - before > 1 and len(group) == 1 and is_governed(frame, before):
            break
        # "After talks in Lima, Peru ...": without an "and" a comma ends what a preposition began.
        if link.kind is COMMA and (
            not (_is_name(frame, before) and (_is_name(frame, group[0]) or _shares_head(frame, group[0])))
            or (len(group) == 1 and is_object(frame, before))
        ):
            break
        group.insert(0, before)
        place = before - 1
    return tuple(group)


def _is_listed(frame: Frame, index: int, after: int) -> bool:
    """Whether two groups share a preposition, or are names that share a verb: "urges Chile and Peru to talk"."""
    if is_object(frame, index):
        return True
    governed = index > 0 and frame.chunks[index - 1].kind is VERB
    return governed and _is_name(frame, index) and _is_name(frame, after)


def _begins_clause(frame: Frame, index: int, *, listed: bool) -> bool:
    place = skip_attached(frame, index)
    if place >= len(frame.chunks) or frame.chunks[place].kind is not VERB:
        return False
    # "expels envoy and Peru to recall ...", but "tariffs on China, India to squeeze Russia": an infinitive of purpose.
    return is_finite(frame.chunks[place]) or (bool(frame.chunks[place].tag & BIT["to"]) and not listed)


def _is_in_subject(frame: Frame, index: int) -> bool:
    """Whether the noun chunk hangs on one that no verb precedes: "envoys of Peru and Chile meet"."""
    return is_object(frame, index) and not any(piece.kind is VERB for piece in frame.chunks[:index])


def _is_between(frame: Frame, index: int) -> bool:
    """Whether "between" governs the noun chunk, so that two must follow."""
    return index > 0 and bool(frame.chunks[index - 1].tag & BIT["between"])


def _is_name(frame: Frame, index: int) -> bool:
    """Whether a noun chunk ends in an actor's name."""
    chunk = frame.chunks[index]
    return bool(chunk.mentions) and chunk.mentions[-1].last == chunk.last


def _shares_head(frame: Frame, index: int) -> bool:
    """Whether a group begins with a name and acts: "Japan, Korea leaders meet"."""
    chunk = frame.chunks[index]
    return bool(chunk.mentions) and chunk.mentions[0].first == chunk.first and any(p.acts for p in named(frame, index))


def is_object(frame: Frame, index: int) -> bool:
    """Whether the noun chunk at `index` follows a preposition."""
    return index > 0 and frame.chunks[index - 1].kind is PREPOSITION


def is_governed(frame: Frame, index: int) -> bool:
    """Whether the noun chunk at `index` follows a verb or a preposition."""
    return index > 0 and frame.chunks[index - 1].kind in (VERB, PREPOSITION)


def begins_group(frame: Frame, token: int) -> bool:
    """Whether a noun group, or a group of time, begins at a token."""
    tags = frame.language.tag(frame.sentence.lower[token]) if token < len(frame.sentence.lower) else 0
    return bool(tags & (BIT["day"] | BIT["article"] | BIT["determiner"])) or any(
        piece.kind is NOUN and piece.first == token for piece in frame.chunks
    )


def skip_attached(frame: Frame, index: int) -> int:
    """The index behind a noun chunk and the prepositional groups that hang on it."""
    place = index + 1
    while (
        place + 1 < len(frame.chunks)
        and frame.chunks[place].kind is PREPOSITION
        and frame.chunks[place + 1].kind is NOUN
    ):
        place = group_from(frame, place + 1)[-1] + 1
    return place


def apposed_to(frame: Frame, index: int) -> int | None:
    """The noun chunk behind a comma that says more of the one at `index`: "frees Ana Ruiz, a teacher from Peru"."""
    comma = skip_attached(frame, index)
    noun = comma + 1
    if noun >= len(frame.chunks) or frame.chunks[comma].kind is not COMMA or frame.chunks[noun].kind is not NOUN:
        return None
    return None if _begins_clause(frame, noun, listed=False) else noun


def bound_behind(frame: Frame, index: int) -> list[tuple[tuple[str, ...], Group]]:
    """The prepositional groups behind a noun: (words of the preposition, group), nearest first."""
    found = []
    place = index + 1
    while (
        place + 1 < len(frame.chunks)
        and frame.chunks[place].kind is PREPOSITION
        and frame.chunks[place + 1].kind is NOUN
    ):
        group = group_from(frame, place + 1)
        found.append((frame.sentence.lower[frame.chunks[place].first : frame.chunks[place].last], group))
        place = group[-1] + 1
    return found


def attached_to(frame: Frame, index: int, classes: int) -> int | None:
    """The noun chunk that a preposition of these classes hangs on the one at `index`."""
    while (
        index + 2 < len(frame.chunks)
        and frame.chunks[index + 1].kind is PREPOSITION
        and frame.chunks[index + 1].tag & classes
        and frame.chunks[index + 2].kind is NOUN
    ):
        index += 2
        if frame.chunks[index].mentions:
            return index
    return None
