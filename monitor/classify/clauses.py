"""Fits clause phrases to verbs: subject, object, prepositional groups, infinitives; active, passive, headline style.

Takes a frame and a pattern whose verb stands in it, and gives a reading or None. What noun groups stand for is the
frame's knowledge; what becomes of several readings is the matcher's.
"""

from collections.abc import Iterator, Sequence

from monitor.classify.chunks import Chunk, Kind
from monitor.classify.frames import Frame, Group, Party, is_passive, may_be_reduced_passive
from monitor.classify.grammar import Pattern
from monitor.classify.phrases import ANY, ClausePhrase, Complement, NounSpec, Role
from monitor.classify.reading import Reading
from monitor.classify.status import is_alleged, is_mention, is_refused, verb_status
from monitor.classify.words import BIT, FORM
from monitor.domain.taxonomy import COOPERATIVE, Status

# A prepositional group may stand further off ("expelled three diplomats on Monday from ..."), but not in another clause.
_MAX_SKIPPED = 3
# Who judges a deed names it: "condemns Chile's attack on Peru" tells of the attack as well.
_JUDGING = "words"
_FINITE_PAST = FORM["past"] | FORM["participle"]


class ClauseMatch:
    """One attempt to fit a clause phrase to the verb, or the preposition, at chunk `index`."""

    def __init__(self, frame: Frame, index: int, pattern: Pattern) -> None:
        self.frame = frame
        self.index = index
        self.pattern = pattern
        self.sides: dict[Role, tuple[Party, ...]] = {}
        self.object: Group = ()
        self.lacks = "an actor that does it"
        """While it doesn't fit: what was looked for last, in words (see explain)."""
        self.main = frame.chunks[index].main
        self.verbs = {self.main}
        self.used: set[int] = {self.main}

    def read(self) -> Reading | None:
        """The reading of the phrase at this verb, or None."""
        phrase = self.pattern.phrase
        if not isinstance(phrase, ClausePhrase):
            return None
        return self._reading() if self._fits(phrase, self.frame.chunks[self.index]) else None

    def read_without_verb(self) -> Reading | None:
        """Reads a phrase with "be" where only its preposition stands: "Peru, Chile in talks"."""
        phrase = self.pattern.phrase
        piece = self.frame.chunks[self.index]
        word = self.frame.sentence.lower[piece.first]
        if (
            not isinstance(phrase, ClausePhrase)
            or not phrase.complements
            or word not in phrase.complements[0].prepositions
        ):
            return None
        self.used = set()
        self.index -= 1
        fits = self._subject(phrase, self.index + 1) and self._complements(phrase.complements, piece.first)
        self.index += 1
        return self._reading() if fits and self.used else None

    def _reading(self) -> Reading | None:
        if not any(self.sides.values()):
            return None
        sources, targets = self.sides.get(Role.SOURCE, ()), self.sides.get(Role.TARGET, ())
        if sources and targets and {p.code for p in sources} == {p.code for p in targets}:
            return None
        if not (sources or self.pattern.agentless) or is_alleged(self.frame, self.index):
            return None
        status = verb_status(self.frame, self.index)
        cooperative = self.pattern.kind.plover in COOPERATIVE
        refused = status is Status.DENIED and cooperative and is_refused(self.frame, self.index)
        if refused:
            status = Status.REPORTED  # the refusal is a fact, though what was refused did not happen
        return Reading(
            pattern=self.pattern,
            sources=sources,
            targets=targets,
            used=frozenset(self.verbs if self.pattern.kind.family == _JUDGING else self.used),
            index=self.index,
            status=status,
            mention=is_mention(self.frame, self.index),
            object=self.frame.proper_name(self.object) if self.pattern.named else None,
            refused=refused,
        )

    def _fits(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        if phrase.reflexive and not self._is_reflexive(verb):
            return False
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
        if has_object and phrase.complements[0].clause_verbs:
            has_object = False
        if passive:
            return has_object and after_particles is not None and self._passive(phrase, after_particles)
        if after_particles is not None and self._active(phrase, after_particles):
            return True
        if phrase.particles and has_object and self._apart(phrase, verb):
            return True
        self.sides.clear()
        self.used = {self.main}
        return (
            has_object
            and after_particles is not None
            and may_be_reduced_passive(verb)
            and not self._object_follows(verb.last)
            and self._passive(phrase, after_particles)
        )

    def _is_reflexive(self, verb: Chunk) -> bool:
        """Whether the pronoun of a reflexive verb leans on it: "se retira", "retirarse"."""
        lower, sound = self.frame.sentence.lower, self.frame.language.reflexive
        return sound in lower[max(verb.first - 2, 0) : verb.last] or lower[verb.main].endswith(sound)

    def _object_follows(self, cursor: int) -> bool:
        """Whether a noun group stands right behind a bare participle, which then is a plain past: "welcomed the deal"."""
        index = self._chunk_from(cursor)
        return index < len(self.frame.chunks) and self.frame.chunks[index].kind is Kind.NOUN

    def _time_follows(self, cursor: int) -> bool:
        """Whether the noun group right behind the verb says when: "reabrirá el próximo mes"."""
        piece = self.frame.chunks[self._chunk_from(cursor)]
        tags = self.frame.language.tags
        return any(tags.get(word, 0) & BIT["day"] for word in self.frame.sentence.lower[piece.first : piece.last + 1])

    def _apart(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        """For "throws US diplomats out": the particle stands behind the object."""
        self.sides.clear()
        self.used = {self.main}
        group = next(self._direct(verb.last), None)
        direct = phrase.complements[0].noun
        if group is None or direct is None or not self._subject(phrase, self.index) or not self._fill(group, direct):
            return False
        cursor = self._particles(phrase.particles, self.frame.chunks[group[-1]].last)
        if cursor is None or self.frame.begins_group(cursor):
            return False  # "called Silva on Saturday" is no calling on him
        return self._complements(phrase.complements[1:], cursor)

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
        if not self._subject(phrase, self.index):
            return False
        group = self.frame.subject_of(self.index)
        if group and group[0] > self.index and not self.frame.is_inverted(self.index):
            cursor = max(cursor, self.frame.chunks[group[-1]].last)  # "Reconoce Brasil a Palestina"
        if self._complements(phrase.complements, cursor):
            return True
        # Where the subject is a thing or an envoy, the place may hang on it: "The embassy in Lima reopens".
        *direct, last = phrase.complements or (None,)
        if last is None or not last.prepositions or phrase.subjects[0].words is None:
            return False
        if not direct and self._object_follows(cursor) and not self._time_follows(cursor):
            return False  # "The embassy in Lima opens an art show"
        return self._complements(direct, cursor) and self._attached_to_subject(group, (last,))

    def _passive(self, phrase: ClausePhrase, cursor: int) -> bool:
        """The direct object is the grammatical subject; whoever acts stands behind "by", or goes unnamed."""
        group = self.frame.subject_of(self.index)
        direct = phrase.complements[0]
        self.lacks = str(direct)
        if not group or direct.noun is None or not self._fill(group, direct.noun):
            return False
        self.object = group
        rest = phrase.complements[1:]
        # What hangs on the object may stand on either side of the verb: "The embassy in Lima was closed".
        if not self._complements(rest, cursor) and not self._attached_to_subject(group, rest):
            return False
        if len(phrase.subjects) == 1:
            for agent in self._prepositional(cursor, self.frame.language.agents):
                if self._fill(agent, phrase.subjects[0]):
                    break
        return True

    def _attached_to_subject(self, group: Group, complements: Sequence[Complement]) -> bool:
        behind = self.frame.bound_behind(group[-1])
        for complement in complements:
            found = next((g for words, g in behind if not complement.prepositions.isdisjoint(words)), None)
            if found is None or complement.noun is None or not self._fill(found, complement.noun):
                return False
        return True

    def _subject(self, phrase: ClausePhrase, index: int) -> bool:
        group = self.frame.subject_of(index)
        self.lacks = " and ".join(map(str, phrase.subjects)) + " as its subject"
        if len(phrase.subjects) == 2:  # noqa: PLR2004 ("{source} and {target}")
            return self._both(group)
        subject = phrase.subjects[0]
        if not group and self.frame.language.drops_subject and subject.words is None and subject.role is Role.SOURCE:
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
        for number, complement in enumerate(complements):
            if complement.infinitives or complement.clause_verbs:
                behind = (
                    self._infinitive(cursor, complement) if complement.infinitives else self._clause(cursor, complement)
                )
                if behind is None:
                    return False
                cursor = behind
                continue
            group = self._bind(cursor, complement, first=number == 0)
            if group is None:
                return False
            cursor = self.frame.chunks[group[-1]].last
        return True

    def _bind(self, cursor: int, complement: Complement, *, first: bool) -> Group | None:
        """The group that a complement finds behind token `cursor`; of several with its preposition the first that fits."""
        if complement.prepositions:
            groups = self._prepositional(cursor, complement.prepositions, past_object=not first)
        else:
            groups = self._direct(cursor, first=first)
        self.lacks = str(complement)
        others = False
        for group in groups:
            if others and self.pattern.kind.mutual:
                break  # "meets with governors at the border with Peru" is no meeting with Peru
            others = self.frame.is_body(group)
            if complement.partner is not None:
                if self._both(group):
                    return group
            elif complement.noun is not None and self._fill(
                group, complement.noun, bound=bool(complement.prepositions)
            ):
                self.object = self.object or (() if complement.prepositions else group)
                return group
            if self.frame.chunks[group[0] - 1].tag & BIT["agent"]:
                return None  # "kidnapped by rebels in Chad": whoever did it is named, and is no state
        return None

    def _infinitive(self, cursor: int, complement: Complement) -> int | None:
        """The token behind an infinitive that follows, past the preposition that may lead it; None without one."""
        index = self._chunk_from(cursor)
        chunks = self.frame.chunks
        while index + 1 < len(chunks) and chunks[index].kind is Kind.PREPOSITION:
            # The preposition that leads it, or what hangs on the object: "a shipment of masks to help Peru".
            index += 1 if chunks[index + 1].kind is Kind.VERB else 2
        if index >= len(chunks) or chunks[index].kind is not Kind.VERB or not chunks[index].is_infinitive:
            return None
        if complement.infinitives != ANY:
            if not any(lemma in complement.infinitives for lemma, _ in chunks[index].lemmas):
                return None
            self.used.add(chunks[index].main)
            self.verbs.add(chunks[index].main)
        return chunks[index].last

    def _clause(self, cursor: int, complement: Complement) -> int | None:
        """The token behind the verb of a clause whose subject is a side: "that Peru must"."""
        chunks = self.frame.chunks
        # "Peru must stop, says Chile": what is said stands before.
        index = 0 if self.frame.is_inverted(self.index) else self._chunk_from(cursor)
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

    def _direct(self, cursor: int, *, first: bool = True) -> Iterator[Group]:
        """The noun group right behind the verb; a later one may stand behind what hangs on the first."""
        index = self._chunk_from(cursor)
        chunks = self.frame.chunks
        for _ in range(_MAX_SKIPPED):
            if index >= len(chunks):
                return
            piece = chunks[index]
            if piece.kind is Kind.NOUN:
                yield self.frame.group_from(index)
                return
            if piece.kind is not Kind.PREPOSITION or index + 1 >= len(chunks):
                return
            if piece.tag & BIT["objective"]:
                index += 1
            elif not first or not chunks[index + 1].mentions:
                # "froze with immediate effect the assets": an adverbial names nobody.
                index += 2
            else:
                return

    def _prepositional(self, cursor: int, prepositions: frozenset[str], *, past_object: bool = True) -> Iterator[Group]:
        """The noun groups behind one of the prepositions, in this clause, past other groups if need be.

        A verb whose phrase has no object passes none over: "returns skull to Chile" is no return to Chile.
        """
        skipped = 0
        index = self.index + 1
        chunks, lower = self.frame.chunks, self.frame.sentence.lower
        while index < len(chunks) and skipped <= _MAX_SKIPPED:
            piece = chunks[index]
            if piece.last <= cursor:
                index += 1
                continue
            if (
                piece.kind in (Kind.PREPOSITION, Kind.OPENER)
                and index + 1 < len(chunks)
                and chunks[index + 1].kind is Kind.NOUN
            ):
                if not prepositions.isdisjoint(lower[max(piece.first, cursor) : piece.last]):
                    yield self.frame.group_from(index + 1)
                elif piece.kind is Kind.OPENER:
                    return
                index = self.frame.group_from(index + 1)[-1] + 1
                past_object = True
            elif piece.kind is Kind.NOUN and past_object:
                index += 1
            elif (
                piece.kind is Kind.VERB and may_be_reduced_passive(piece) and piece.bits & _FINITE_PAST != FORM["past"]
            ):
                index += 1  # "sanctions imposed on Peru": a participle that hangs on the noun
                continue
            elif piece.kind is Kind.AND and index + 1 < len(chunks) and chunks[index + 1].kind is Kind.NOUN:
                index += 2
            else:
                return
            skipped += 1

    def _fill(self, group: Group, spec: NounSpec, *, bound: bool = False) -> bool:
        """Fills a side from a group, or checks that its words are there."""
        if spec.role is None:
            if spec.words is None:
                return True
            if not self.frame.fits(group, spec.words):
                return False
            self._use(group, spec)
            return True
        parties = self.frame.parties(group, spec)
        if not parties and spec.role is Role.TARGET and spec.words is not None and self.frame.fits(group, spec.words):
            parties = self._borrow(group)
        if spec.acts:
            parties = tuple(party for party in parties if party.acts)
        if spec.office is not None:
            parties = tuple(party for party in parties if self.frame.holds(party, spec.office))
        # Behind a preposition a place says whose deed it was: "detained in Lima".
        if spec.words is None and ((spec.role is Role.SOURCE and not bound) or self.pattern.kind.mutual):
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

    def _borrow(self, group: Group) -> tuple[Party, ...]:
        """For "accuses Iran of plotting and expels the envoy": whose envoy it is was said in the clause before."""
        if any(self.frame.chunks[index].mentions for index in group):
            return ()
        own = self.frame.subject_of(self.index)
        verb = self.frame.verb_before(self.index)
        while verb is not None and self.frame.subject_of(verb) != own:
            verb = self.frame.verb_before(verb)
        after = verb + 1 if verb is not None else len(self.frame.chunks)
        if after >= len(self.frame.chunks) or self.frame.chunks[after].kind is not Kind.NOUN:
            return ()
        taken = {party.code for party in self.sides.get(Role.SOURCE, ())}
        return tuple(p for p in self.frame.parties(self.frame.group_from(after), NounSpec()) if p.code not in taken)

    def _use(self, group: Group, spec: NounSpec) -> None:
        for index in group:
            place = self.frame.head_place(self.frame.chunks[index], spec.words) if spec.words else None
            if place is not None:
                self.used.add(place)
