"""The matcher: from a passage to relation events.

Ties the stages together: language -> sentences -> tokens -> mentions -> chunks -> candidate phrases by their verb or
noun -> sides from the frame -> status -> the best reading of each word that fired. Compiled once (see compile.py); pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.classify.chunks import Chunk, Kind, chunk
from monitor.classify.frames import Frame, Group, Party, is_passive, may_be_reduced_passive
from monitor.classify.language import recognise
from monitor.classify.lexicon import Lexicon, given_names
from monitor.classify.phrases import ANY, ClausePhrase, Complement, NominalPhrase, NounSpec, Role
from monitor.classify.status import is_alleged, is_mention, is_refused, nominal_status, verb_status
from monitor.classify.tokens import split_sentences, tokenise
from monitor.classify.words import BIT, Language
from monitor.domain.events import EventActor, Evidence, Part, Passage, RelationEvent
from monitor.domain.taxonomy import COOPERATIVE, RelationType, Status, Taxonomy, plover_root

# How sure a reading is: both sides known and acting, then less for each thing that had to be guessed. Set by hand so
# that the default watch threshold of 0.5 parts readings with a side from those without any hold.
_BOTH_SIDES = 0.9
_ONE_SIDE = 0.7
_BELONGS_ONLY = 0.1
_NOMINAL = 0.05
_CONTACT = "CONSULT"
# Whoever has left office or opposes the government doesn't act for the state.
_NOT_THE_STATE = frozenset({Part.FORMER, Part.OPPOSITION})
# A prepositional group may stand further off ("expelled three diplomats on Monday from ..."), but not in another clause.
_MAX_SKIPPED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One compiled phrase with the type that it reports and the id that evidence names."""

    id: str
    kind: RelationType
    agentless: bool = False
    """Whether it may leave open who acted ("The embassy was attacked"); else a reading without a source is none."""
    both: bool = False
    """Whether each side does it to the other, as in an exchange of fire: an event in each direction."""
    phrase: ClausePhrase | NominalPhrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """A language with its patterns, by the words that make them candidates."""

    language: Language
    clauses: Mapping[str, tuple[Pattern, ...]] = field(repr=False)
    """By the lemma of the verb."""
    nominals: Mapping[str, tuple[Pattern, ...]] = field(repr=False)
    """By the last word of the head noun, in each of its forms."""
    ellipses: Mapping[str, tuple[Pattern, ...]] = field(repr=False)
    """Phrases with "be" and a preposition, by the preposition, since headlines leave the verb out."""
    triggers: frozenset[str] = field(repr=False)
    """Every form that makes any pattern a candidate: a sentence without one is passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One pattern that fits: who fills which side, and which tokens it rests on."""

    pattern: Pattern
    sources: tuple[Party, ...]
    targets: tuple[Party, ...]
    used: frozenset[int]
    index: int
    """The chunk of its verb or noun."""
    status: Status
    mention: bool
    nominal: bool = False
    refused: bool = False

    @property
    def rank(self) -> tuple[int, int]:
        """The better of two readings of one word has more sides and more words."""
        return (bool(self.sources) + bool(self.targets), self.pattern.phrase.specificity)


@dataclass(frozen=True, slots=True)
class Classifier:
    """Reads relation events out of passages. Compiled by `compile_classifier`; holds no state between calls."""

    taxonomy: Taxonomy
    lexicon: Lexicon
    grammars: Mapping[str, Grammar]

    def classify(self, passage: Passage) -> tuple[RelationEvent, ...]:
        """The events of a passage in the order of the text; empty for a language that is not known."""
        grammar = self.grammars.get(passage.language or recognise(passage.text, self.grammars))
        if grammar is None:
            return ()
        given = given_names(passage.actors) if passage.actors else {}
        events: list[RelationEvent] = []
        for start, text in split_sentences(passage.text, grammar.language.abbreviations):
            sentence = tokenise(text, start)
            if grammar.triggers.isdisjoint(sentence.lower):
                continue
            mentions = self.lexicon.mentions(sentence, passage.published_on, given)
            if not mentions:
                continue
            if start == 0 and grammar.language.tag(sentence.lower[0]) & BIT["explainer"]:
                continue  # "Why Peru recalled its envoy" explains, and tells nothing new
            frame = Frame(sentence, chunk(sentence, mentions, grammar.language), grammar.language, passage.home)
            events += self._events(frame, grammar)
        return tuple(_unique(self.taxonomy, events))

    def _events(self, frame: Frame, grammar: Grammar) -> Iterator[RelationEvent]:
        readings = sorted(_readings(frame, grammar), key=lambda reading: reading.rank, reverse=True)
        taken: set[int] = set()
        kept: list[_Reading] = []
        for reading in readings:
            if not reading.used & taken:
                kept.append(reading)
                taken |= reading.used
        for reading in sorted(kept, key=lambda reading: min(reading.used)):
            yield from self._expand(reading, frame)

    def _is_outsider(self, source: Party, reading: _Reading) -> bool:
        """Whether the source doesn't act for the state, though the phrase asks for one that does."""
        phrase = reading.pattern.phrase
        named = isinstance(phrase, ClausePhrase) and phrase.subjects[0].words is not None
        return source.part in _NOT_THE_STATE and not named

    def _kind(self, reading: _Reading, frame: Frame) -> RelationType:
        """The type of a reading: who refuses to help has not helped, and that is a deed of its own."""
        refusal = frame.language.refusal
        return self.taxonomy[refusal] if reading.refused and refusal in self.taxonomy else reading.pattern.kind

    def _expand(self, reading: _Reading, frame: Frame) -> Iterator[RelationEvent]:
        """An event for each pair of sides: "Britain and Canada recognise ..." is two."""
        kind = self._kind(reading, frame)
        start, end = _span(reading, frame)
        evidence = Evidence(sentence=frame.sentence.text, start=start, end=end, pattern=reading.pattern.id)
        for source in reading.sources or (None,):
            for target in reading.targets or (None,):
                if source is not None and (
                    self._is_outsider(source, reading) or (target and source.code == target.code)
                ):
                    continue
                event = RelationEvent(
                    type=kind.id,
                    plover=plover_root(kind, reading.status),
                    source=_actor(source),
                    target=_actor(target),
                    status=reading.status,
                    confidence=_confidence(reading, source, target),
                    evidence=evidence,
                    mention=reading.mention,
                )
                yield event
                if reading.pattern.both:
                    yield replace(event, source=event.target, target=event.source)


def _readings(frame: Frame, grammar: Grammar) -> Iterator[_Reading]:
    for index, piece in enumerate(frame.chunks):
        if piece.kind is Kind.VERB:
            for lemma, _ in piece.lemmas:
                for pattern in grammar.clauses.get(lemma, ()):
                    reading = _ClauseMatch(frame, index, pattern).read()
                    if reading is not None:
                        yield reading
        elif piece.kind is Kind.PREPOSITION:
            # Headlines leave the copula out: "Peru, Chile in talks".
            for pattern in grammar.ellipses.get(frame.sentence.lower[piece.first], ()):
                reading = _ClauseMatch(frame, index, pattern).read_without_verb()
                if reading is not None:
                    yield reading
        elif piece.kind is Kind.NOUN:
            for place in range(piece.owner_end or piece.first, piece.last):
                for pattern in grammar.nominals.get(frame.sentence.lower[place], ()):
                    reading = _read_nominal(frame, index, place, pattern)
                    if reading is not None:
                        yield reading


class _ClauseMatch:
    """One attempt to fit a clause phrase to a verb."""

    def __init__(self, frame: Frame, index: int, pattern: Pattern) -> None:
        self.frame = frame
        self.index = index
        self.pattern = pattern
        self.sides: dict[Role, tuple[Party, ...]] = {}
        self.used: set[int] = {frame.chunks[index].main}

    def read(self) -> _Reading | None:
        phrase = self.pattern.phrase
        assert isinstance(phrase, ClausePhrase)  # noqa: S101 (the index by lemma holds clause phrases only)
        verb = self.frame.chunks[self.index]
        return self._reading() if self._fits(phrase, verb) else None

    def read_without_verb(self) -> _Reading | None:
        """Reads a phrase with "be" where only its preposition stands: "Peru, Chile in talks"."""
        phrase = self.pattern.phrase
        piece = self.frame.chunks[self.index]
        if not isinstance(phrase, ClausePhrase) or not self.frame.subject_of(self.index):
            return None
        self.used = set()
        self.index -= 1
        fits = self._subject(phrase, self.index + 1) and self._complements(phrase.complements, piece.first)
        self.index += 1
        return self._reading() if fits and self.used else None

    def _reading(self) -> _Reading | None:
        if not any(self.sides.values()):
            return None
        sources, targets = self.sides.get(Role.SOURCE, ()), self.sides.get(Role.TARGET, ())
        if not (sources or self.pattern.agentless) or is_alleged(self.frame, self.index):
            return None
        status = verb_status(self.frame, self.index)
        cooperative = self.pattern.kind.plover in COOPERATIVE
        refused = status is Status.DENIED and cooperative and is_refused(self.frame, self.index)
        if refused:
            status = Status.REPORTED  # the refusal is a fact, though what was refused did not happen
        return _Reading(
            pattern=self.pattern,
            sources=sources,
            targets=targets,
            used=frozenset(self.used),
            index=self.index,
            status=status,
            mention=is_mention(self.frame, self.index),
            refused=refused,
        )

    def _fits(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        cursor = verb.last
        passive = is_passive(verb)
        if phrase.passive:
            if not (passive or may_be_reduced_passive(verb)):
                return False
            return self._subject(phrase, self.index) and self._complements(phrase.complements, cursor)
        after_particles = self._particles(phrase.particles, cursor)
        has_object = (
            bool(phrase.complements)
            and not phrase.complements[0].prepositions
            and phrase.complements[0].noun is not None
        )
        if passive:
            return has_object and after_particles is not None and self._passive(phrase, after_particles)
        if after_particles is not None and self._active(phrase, after_particles):
            return True
        if phrase.particles and has_object and self._apart(phrase, verb):
            return True
        self.sides.clear()
        self.used = {verb.main}
        return (
            has_object
            and after_particles is not None
            and may_be_reduced_passive(verb)
            and self._passive(phrase, after_particles)
        )

    def _apart(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        """For "throws US diplomats out": the particle stands behind the object."""
        self.sides.clear()
        self.used = {verb.main}
        group = self._direct(verb.last)
        direct = phrase.complements[0].noun
        if group is None or direct is None or not self._subject(phrase, self.index) or not self._fill(group, direct):
            return False
        cursor = self._particles(phrase.particles, self.frame.chunks[group[-1]].last)
        return cursor is not None and self._complements(phrase.complements[1:], cursor)

    def _particles(self, particles: tuple[str, ...], cursor: int) -> int | None:
        if not particles:
            return cursor
        lower = self.frame.sentence.lower
        while (
            cursor < len(lower)
            and self.frame.language.tags.get(lower[cursor], 0) & BIT["adverb"]
            and lower[cursor] != particles[0]
        ):
            cursor += 1
        return cursor + len(particles) if lower[cursor : cursor + len(particles)] == particles else None

    def _active(self, phrase: ClausePhrase, cursor: int) -> bool:
        return self._subject(phrase, self.index) and self._complements(phrase.complements, cursor)

    def _passive(self, phrase: ClausePhrase, cursor: int) -> bool:
        """The direct object is the grammatical subject; whoever acts stands behind "by", or goes unnamed."""
        group = self.frame.subject_of(self.index)
        direct = phrase.complements[0]
        if not group or direct.noun is None or not self._fill(group, direct.noun):
            return False
        rest = phrase.complements[1:]
        # What hangs on the object may stand on either side of the verb: "The embassy in Lima was closed".
        if not self._complements(rest, cursor) and not self._attached_to_subject(group, rest):
            return False
        agent = self._prepositional(cursor, frozenset(_agents(self.frame.language)))
        if agent is not None and len(phrase.subjects) == 1:
            self._fill(agent, phrase.subjects[0])
        return True

    def _attached_to_subject(self, group: Group, complements: Sequence[Complement]) -> bool:
        behind = bound_behind(self.frame, group[-1])
        for complement in complements:
            found = next((g for word, g in behind if word in complement.prepositions), None)
            if found is None or complement.noun is None or not self._fill(found, complement.noun):
                return False
        return True

    def _subject(self, phrase: ClausePhrase, index: int) -> bool:
        group = self.frame.subject_of(index)
        if len(phrase.subjects) == 2:  # noqa: PLR2004 ("{source} and {target}")
            return self._both(group)
        if not group and self.frame.language.drops_subject and phrase.subjects[0].words is None:
            return True  # then the other side must be named
        return bool(group) and self._fill(group, phrase.subjects[0])

    def _both(self, group: Group) -> bool:
        parties = self.frame.parties(group, NounSpec()) if group else ()
        acting = [party for party in parties if party.acts]
        if len(acting) < 2:  # noqa: PLR2004 (two sides)
            return False
        self.sides[Role.SOURCE], self.sides[Role.TARGET] = (acting[0],), tuple(acting[1:])
        return True

    def _complements(self, complements: Sequence[Complement], cursor: int) -> bool:
        for complement in complements:
            if complement.infinitives or complement.clause_verbs:
                behind = (
                    self._infinitive(cursor, complement) if complement.infinitives else self._clause(cursor, complement)
                )
                if behind is None:
                    return False
                cursor = behind
                continue
            group = (
                self._prepositional(cursor, complement.prepositions)
                if complement.prepositions
                else self._direct(cursor)
            )
            if group is None:
                return False
            if complement.partner is not None:
                if not self._both(group):
                    return False
            elif complement.noun is None or not self._fill(group, complement.noun):
                return False
            cursor = self.frame.chunks[group[-1]].last
        return True

    def _infinitive(self, cursor: int, complement: Complement) -> int | None:
        """The token behind an infinitive that follows, past the preposition that may lead it; None without one."""
        index = self._chunk_from(cursor)
        chunks = self.frame.chunks
        if index < len(chunks) and chunks[index].kind is Kind.PREPOSITION:
            index += 1
        if index >= len(chunks) or chunks[index].kind is not Kind.VERB or not chunks[index].is_infinitive:
            return None
        if complement.infinitives != ANY:
            if not any(lemma in complement.infinitives for lemma, _ in chunks[index].lemmas):
                return None
            self.used.add(chunks[index].main)
        return chunks[index].last

    def _clause(self, cursor: int, complement: Complement) -> int | None:
        """The token behind the verb of a clause whose subject is a side: "that Peru must"."""
        index = self._chunk_from(cursor)
        chunks = self.frame.chunks
        if index < len(chunks) and chunks[index].kind is Kind.RELATIVE:
            index += 1
        if index >= len(chunks) or chunks[index].kind is not Kind.NOUN or complement.noun is None:
            return None
        group = self.frame.group_before(index) if index in self.frame.group_before(index) else (index,)
        verb = self.frame.skip_attached(group[-1])
        if verb >= len(chunks) or chunks[verb].kind is not Kind.VERB:
            return None
        words = self.frame.sentence.lower[chunks[verb].first : chunks[verb].last]
        if complement.clause_verbs != ANY and complement.clause_verbs.isdisjoint(words):
            return None
        return chunks[verb].last if self._fill(group, complement.noun) else None

    def _chunk_from(self, cursor: int) -> int:
        """The first chunk behind the verb that begins at token `cursor` or later."""
        index = self.index + 1
        while index < len(self.frame.chunks) and self.frame.chunks[index].first < cursor:
            index += 1
        return index

    def _direct(self, cursor: int) -> Group | None:
        """The noun group right behind the verb."""
        for index in range(self.index + 1, len(self.frame.chunks)):
            piece = self.frame.chunks[index]
            if piece.last <= cursor or (piece.kind is Kind.PREPOSITION and piece.tag & BIT["objective"]):
                continue
            return self.frame.group_from(index) if piece.kind is Kind.NOUN else None
        return None

    def _prepositional(self, cursor: int, prepositions: frozenset[str]) -> Group | None:
        """The noun group behind one of the prepositions, in this clause, past other groups if need be."""
        skipped = 0
        index = self.index + 1
        chunks = self.frame.chunks
        while index < len(chunks):
            piece = chunks[index]
            if piece.last <= cursor:
                index += 1
                continue
            if (
                piece.kind in (Kind.PREPOSITION, Kind.OPENER)
                and index + 1 < len(chunks)
                and chunks[index + 1].kind is Kind.NOUN
            ):
                if self.frame.sentence.lower[piece.first] in prepositions:
                    return self.frame.group_from(index + 1)
                if piece.kind is Kind.OPENER:
                    return None
                skipped += 1
                index += 2
            elif piece.kind is Kind.NOUN:
                skipped += 1
                index += 1
            elif piece.kind is Kind.AND and index + 1 < len(chunks) and chunks[index + 1].kind is Kind.NOUN:
                index += 2
            else:
                return None
            if skipped > _MAX_SKIPPED:
                return None
        return None

    def _fill(self, group: Group, spec: NounSpec) -> bool:
        """Fills a side from a group, or checks that its words are there."""
        if spec.role is None:
            if spec.words is None:
                return True
            if not self.frame.fits(group, spec.words):
                return False
            self._use(group, spec)
            return True
        parties = self.frame.parties(group, spec)
        if spec.person:
            parties = tuple(party for party in parties if party.person)
        if spec.words is None and (spec.role is Role.SOURCE or self.pattern.kind.mutual):
            parties = tuple(party for party in parties if party.acts)
        if not parties:
            return False
        standing = self.sides.get(spec.role)
        if standing is not None and {party.code for party in standing} != {party.code for party in parties}:
            return False
        self.sides[spec.role] = standing or parties
        if spec.words is not None:
            self._use(group, spec)
        return True

    def _use(self, group: Group, spec: NounSpec) -> None:
        for index in group:
            place = self.frame.head_place(self.frame.chunks[index], spec.words) if spec.words else None
            if place is not None:
                self.used.add(place)


def _agents(language: Language) -> Iterator[str]:
    return (word for word, tag in language.tags.items() if tag & BIT["agent"])


def _read_nominal(frame: Frame, index: int, place: int, pattern: Pattern) -> _Reading | None:
    phrase = pattern.phrase
    assert isinstance(phrase, NominalPhrase)  # noqa: S101 (the index by head holds nominal phrases only)
    piece = frame.chunks[index]
    if frame.head_place(piece, phrase.head) != place:
        return None
    sides: dict[Role, tuple[Party, ...]] = {}
    used = {place}
    behind = bound_behind(frame, index)
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
    return _Reading(
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


def _fill_from_subject(frame: Frame, index: int, pattern: Pattern, sides: dict[Role, tuple[Party, ...]]) -> bool:
    """For "Peru weighs sanctions on ...": whoever is subject of the verb would act. False where that is somebody else."""
    verb = frame.object_verb(index)
    if verb is None:
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


def bound_behind(frame: Frame, index: int) -> list[tuple[str, Group]]:
    """The prepositional groups behind a noun: (preposition, group), nearest first."""
    found = []
    place = index + 1
    while (
        place + 1 < len(frame.chunks)
        and frame.chunks[place].kind is Kind.PREPOSITION
        and frame.chunks[place + 1].kind is Kind.NOUN
    ):
        group = frame.group_from(place + 1)
        found.append((frame.sentence.lower[frame.chunks[place].first], group))
        place = group[-1] + 1
    return found


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


def _span(reading: _Reading, frame: Frame) -> tuple[int, int]:
    """Where the words of a reading stand in the whole text: from its first to its last word, sides included."""
    sentence = frame.sentence
    piece = frame.chunks[reading.index]
    first, last = min(*reading.used, piece.first), max(*reading.used, piece.last - 1)
    start, end = sentence.starts[first], sentence.ends[last]
    for party in (*reading.sources, *reading.targets):
        at = sentence.text.find(party.name)
        if at >= 0:
            start, end = min(start, sentence.start + at), max(end, sentence.start + at + len(party.name))
    return start, end


def _actor(party: Party | None) -> EventActor | None:
    if party is None:
        return None
    return EventActor(code=party.code, name=party.name, role=party.role, part=party.part)


def _confidence(reading: _Reading, source: Party | None, target: Party | None) -> float:
    value = _BOTH_SIDES if source is not None and target is not None else _ONE_SIDE
    if reading.nominal:
        value -= _NOMINAL
    value -= _BELONGS_ONLY * sum(1 for party in (source, target) if party is not None and not party.acts)
    return round(value, 2)


def _unique(taxonomy: Taxonomy, events: Sequence[RelationEvent]) -> Iterator[RelationEvent]:
    """Each (type, source, target) once: the surest reading; none with a side open where another names it.

    Of several contacts of one pair ("meet in Lima to discuss ...") the first is the news, the others its purpose.
    """
    best: dict[tuple[str, str | None, str | None], RelationEvent] = {}
    for event in events:
        key = (event.type, event.source.code if event.source else None, event.target.code if event.target else None)
        if key not in best or event.confidence > best[key].confidence:
            best[key] = event
    in_contact: set[frozenset[str | None]] = set()
    for (kind, source, target), event in best.items():
        if taxonomy[kind].plover == _CONTACT and source and target:
            pair = frozenset((source, target))
            if pair in in_contact:
                continue
            in_contact.add(pair)
        if source is None or target is None:
            known = source or target
            if any(other[0] == kind and known in other[1:] and None not in other[1:] for other in best):
                continue
        yield event
