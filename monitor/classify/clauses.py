"""Fits clause phrases to verbs: subject, object, prepositional groups, infinitives; active, passive, headline style.

Takes a frame and a pattern whose verb stands in it, and gives a reading or None. What noun groups stand for is the
frame's knowledge; what becomes of several readings is the matcher's.
"""

import itertools
from collections.abc import Sequence

from monitor.classify.actors import actors_at
from monitor.classify.behind import (
    behind_particles,
    chunk_from,
    clause_from,
    direct_groups,
    object_ahead,
    object_follows,
    preposition_follows,
    prepositional_groups,
    time_follows,
)
from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, STOP, VERB, Chunk
from monitor.classify.frames import Frame, Group
from monitor.classify.grammar import Pattern
from monitor.classify.groups import begins_group, bound_behind, group_before, group_from, skip_attached
from monitor.classify.heads import head_place, is_body, part_of
from monitor.classify.inverted import is_inverted, subject_further_behind
from monitor.classify.naming import proper_name
from monitor.classify.phrases import ANY, ClausePhrase, Complement, Role
from monitor.classify.reading import Reading
from monitor.classify.recalled import is_recalled
from monitor.classify.sides import Sides
from monitor.classify.status import is_alleged, is_refused, verb_status, weaker
from monitor.classify.subjects import behind_subject, subject_of
from monitor.classify.verbs import has_lemma, is_ceased, is_passive, may_be_reduced_passive
from monitor.classify.words import BIT
from monitor.domain.events import Part
from monitor.domain.taxonomy import COOPERATIVE, Status

# Who judges a deed names it: "condemns Chile's attack on Peru" tells of the attack as well.
_JUDGING = "words"
_OF_THE_STATE = frozenset({Part.GOVERNMENT, Part.LEGISLATURE, Part.COURT})


class ClauseMatch:
    """One attempt to fit a clause phrase to the verb, or the preposition, at chunk `index`."""

    def __init__(self, frame: Frame, index: int, pattern: Pattern) -> None:
        self.frame = frame
        self.index = index
        self.pattern = pattern
        self.object: Group = ()
        self.lacks = "an actor that does it"
        """While it doesn't fit: what was looked for last, in words (see explain)."""
        main = frame.chunks[index].main
        self.verbs = {main}
        self.verbless = False
        self.found = Sides(frame, index, pattern, main)

    def read(self) -> Reading | None:
        """The reading of the phrase at this verb, or None."""
        phrase = self.pattern.phrase
        if not isinstance(phrase, ClausePhrase):
            return None
        if is_ceased(self.frame, self.index):
            self.lacks = "somebody who goes on with it"
            return None
        return self._reading() if self._fits(phrase, self.frame.chunks[self.index]) else None

    def read_without_verb(self) -> Reading | None:
        """Reads a phrase with "be" where only its preposition stands: "Peru, Chile in talks"."""
        phrase = self.pattern.phrase
        piece = self.frame.chunks[self.index]
        word = self.frame.sentence.lower[piece.first]
        if not isinstance(phrase, ClausePhrase) or word not in phrase.prepositions:
            return None
        if not self._is_topic(subject_of(self.frame, self.index)) or not actors_at(self.frame, self.index - 1):
            return None
        self.verbless = True
        self.found = Sides(self.frame, self.index, self.pattern, piece.first)
        self.verbs = self.found.used
        self.index -= 1
        fits = self._subject(phrase, self.index + 1) and self._complements(phrase.complements, piece.first)
        self.index += 1
        # A place alone says too little ("The envoy in Lima was summoned"), unless it is a time to come ("due in Lima").
        # or the whole headline before a colon ("Silva in Lima: ...").
        enough = len(self.found.used) > 1 or word in self.frame.language.governing or self._is_heading()
        return self._reading() if fits and enough else None

    def _is_heading(self) -> bool:
        """Whether the place behind the preposition ends the sentence, or stands before a colon or a dash."""
        chunks = self.frame.chunks
        behind = group_from(self.frame, self.index + 1)[-1] + 1
        begun = chunks[self.index - 1].kind is NOUN and group_before(self.frame, self.index - 1)[0] in (
            0,
            self.index - 1,
        )
        first = self.index == 1 or chunks[self.index - 2].kind in (STOP, AND, COMMA)
        return begun and first and behind < len(chunks) and chunks[behind].kind is STOP

    def _is_topic(self, group: Group) -> bool:
        """Whether a group begins a clause whose verb is left out: "Silva in Lima for talks", not "meets Silva in Lima"."""
        chunks = self.frame.chunks
        if not group or any(piece.kind is VERB for piece in chunks[group[-1] : self.index]):
            return False
        before = chunks[group[0] - 1] if group[0] else None
        if before is None or before.kind is STOP or before.kind is OPENER:
            return True
        return before.kind is VERB and has_lemma(self.frame, group[0] - 1, self.frame.language.saying)

    def _reading(self) -> Reading | None:
        if not any(self.found.by_role.values()):
            return None
        sources, targets = self.found.by_role.get(Role.SOURCE, ()), self.found.by_role.get(Role.TARGET, ())
        if sources and targets and {p.code for p in sources} == {p.code for p in targets}:
            return None
        if not (sources or self.pattern.agentless) or is_alleged(self.frame, self.index):
            return None
        status = self._status()
        if self.pattern.only and status not in self.pattern.only:
            self.lacks = f"the status {' or '.join(sorted(self.pattern.only))}"
            return None
        cooperative = self.pattern.kind.plover in COOPERATIVE
        refused = status is Status.DENIED and cooperative and self._is_own() and is_refused(self.frame, self.index)
        if refused:
            status = Status.REPORTED  # the refusal is a fact, though what was refused did not happen
        return Reading(
            pattern=self.pattern,
            sources=sources,
            targets=targets,
            used=frozenset(self.verbs if self.pattern.kind.family == _JUDGING else self.found.used),
            index=self.index,
            status=status,
            mention=is_recalled(self.frame, self.index),
            object=proper_name(self.frame, self.object) if self.pattern.named else None,
            refused=refused,
        )

    def _is_own(self) -> bool:
        """Whether the verb is the source's own: whoever does not receive refuses nothing."""
        phrase = self.pattern.phrase
        return isinstance(phrase, ClausePhrase) and any(spec.role is not Role.TARGET for spec in phrase.subjects)

    def _status(self) -> Status:
        """What the verb says of its deed; of a visit that is "expected" or "due" the phrase's own verb says it."""
        status = verb_status(self.frame, self.index)
        phrase = self.pattern.phrase
        if not isinstance(phrase, ClausePhrase) or any(complement.infinitives for complement in phrase.complements):
            return status
        word = self.frame.sentence.lower[self.frame.chunks[self.index].first]
        lent = self.frame.language.governing.get(word if self.verbless else phrase.lemma if phrase.passive else "")
        return weaker(status, Status(lent)) if lent is not None else status

    def _fits(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        if phrase.reflexive and not self._is_reflexive(verb):
            return False
        cursor = behind_subject(self.frame, self.index)
        passive = is_passive(verb)
        if phrase.passive:
            if not (passive or may_be_reduced_passive(verb)):
                return False
            if not self._subject(phrase, self.index):
                return False
            if self._complements(phrase.complements, cursor):
                return True
            # "The visa to Peru was revoked"; but whoever stands behind "by" did it, named as a state or not.
            agent = any(piece.tag & BIT["agent"] for piece in self.frame.chunks[self.index + 1 :])
            return not agent and self._attached_to_subject(subject_of(self.frame, self.index), phrase.complements)
        after_particles = behind_particles(self.frame, phrase.particles, cursor)
        has_object = phrase.takes_object
        if passive:
            return has_object and after_particles is not None and self._passive(phrase, after_particles)
        if after_particles is not None and self._active(phrase, after_particles):
            return True
        if cursor != verb.last and self._subjectless(phrase, verb):
            return True
        if phrase.particles and has_object and self._apart(phrase, verb):
            return True
        self.found.restart()
        return (
            has_object
            and after_particles is not None
            and may_be_reduced_passive(verb)
            # What an object is said to be stays behind the verb: "envoy declared persona non grata".
            and (phrase.names_object or not object_follows(self.frame, self.index, cursor))
            and self._passive(phrase, after_particles)
        )

    def _is_reflexive(self, verb: Chunk) -> bool:
        """Whether the pronoun of a reflexive verb leans on it: "se retira", "retirarse"."""
        lower, sound = self.frame.sentence.lower, self.frame.language.reflexive
        return sound in lower[max(verb.first - 2, 0) : verb.last] or lower[verb.main].endswith(sound)

    def _apart(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        """For "throws US diplomats out": the particle stands behind the object."""
        self.found.restart()
        group = next(direct_groups(self.frame, self.index, verb.last), None)
        direct = phrase.complements[0].noun
        if (
            group is None
            or direct is None
            or not self._subject(phrase, self.index)
            or not self.found.fill(group, direct)
        ):
            return False
        cursor = behind_particles(self.frame, phrase.particles, self.frame.chunks[group[-1]].last)
        if cursor is None or begins_group(self.frame, cursor):
            return False  # "called Silva on Saturday" is no calling on him
        return self._complements(phrase.complements[1:], cursor)

    def _active(self, phrase: ClausePhrase, cursor: int) -> bool:
        if not self._subject(phrase, self.index):
            return False
        if self._complements(phrase.complements, cursor):
            return True
        group = subject_of(self.frame, self.index)
        # Where the subject is a thing or an envoy, the place may hang on it: "The embassy in Lima reopens".
        *direct, last = phrase.complements or (None,)
        if not group or last is None or not last.prepositions or phrase.subjects[0].words is None:
            return False
        if (
            not direct
            and object_follows(self.frame, self.index, cursor)
            and not time_follows(self.frame, self.index, cursor)
        ):
            return False  # "The embassy in Lima opens an art show"
        return self._complements(direct, cursor) and self._attached_to_subject(group, (last,))

    def _subjectless(self, phrase: ClausePhrase, verb: Chunk) -> bool:
        """For "Incendian el consulado de Chipre en ...": what stands behind a verb without a subject is its object.

        Not where that is a bare name: "Condena Brasil ..." says who condemns.
        """
        subject = phrase.subjects[0]
        named = self.frame.chunks[subject_of(self.frame, self.index)[-1]].mentions
        if named or not self.frame.language.drops_subject or subject.words is not None or len(phrase.subjects) > 1:
            return False
        self.found.restart()
        cursor = behind_particles(self.frame, phrase.particles, verb.last)
        return cursor is not None and subject.role is Role.SOURCE and self._complements(phrase.complements, cursor)

    def _passive(self, phrase: ClausePhrase, cursor: int) -> bool:
        """The direct object is the grammatical subject; whoever acts stands behind "by", or goes unnamed."""
        group = subject_of(self.frame, self.index) or subject_further_behind(self.frame, self.index)
        direct = phrase.complements[0]
        self.lacks = str(direct)
        if not group or direct.noun is None or not self.found.fill(group, direct.noun):
            return False
        self.object = group
        rest = phrase.complements[1:]
        # What hangs on the object may stand on either side of the verb: "The embassy in Lima was closed".
        if not self._attached_to_subject(group, rest) and not self._complements(rest, cursor):
            return False
        if len(phrase.subjects) == 1:
            for agent in prepositional_groups(self.frame, self.index, cursor, self.frame.language.agents):
                if self.found.fill(agent, phrase.subjects[0]):
                    break
            else:
                self.found.fill_owner(group)
        return True

    def _attached_to_subject(self, group: Group, complements: Sequence[Complement]) -> bool:
        behind = bound_behind(self.frame, self._said_of(group[-1]))
        for complement in complements:
            found = next((g for words, g in behind if not complement.prepositions.isdisjoint(words)), None)
            if found is None or complement.noun is None:
                return False
            if not (
                self.found.fill_both(found, complement.partner)
                if complement.partner is not None
                else self.found.fill(found, complement.noun)
            ):
                return False
        return True

    def _said_of(self, index: int) -> int:
        """The chunk behind which it goes on with what a noun is: "Finns held | in Chad freed", "the embassy | in Lima"."""
        participle = index + 1
        piece = self.frame.chunks[participle]
        passed = (
            piece.kind is VERB
            and participle < self.index
            and may_be_reduced_passive(piece)
            # "wanted by Chad extradited": who wants him is not who hands him over
            and not self.frame.chunks[participle + 1].tag & BIT["agent"]
        )
        return participle if passed else index

    def _subject(self, phrase: ClausePhrase, index: int) -> bool:
        group = subject_of(self.frame, index)
        if not group and not (phrase.complements and phrase.complements[0].is_direct):
            group = subject_further_behind(self.frame, index)
        self.lacks = " and ".join(map(str, phrase.subjects)) + " as its subject"
        if len(phrase.subjects) == 2:  # noqa: PLR2004 ("{source} and {target}")
            return self.found.fill_both(group, phrase.subjects[1])
        subject = phrase.subjects[0]
        if not group and self.frame.language.drops_subject and subject.words is None and subject.role is Role.SOURCE:
            return True  # then the other side must be named
        return bool(group) and self.found.fill(group, phrase.subjects[0])

    def _complements(self, complements: Sequence[Complement], cursor: int) -> bool:
        """Whether all complements stand behind token `cursor`, the first two of them in either order."""
        if (
            len(complements) == 1
            or not complements
            or not complements[0].is_direct
            or not preposition_follows(self.frame, self.index, cursor, complements[1].prepositions)
        ):
            return self._in_order(complements, cursor)
        before, standing = self.found.saved(), self.object
        if self._in_order(complements, cursor):
            return True
        # "signed with Laos a treaty", "extradita a Angola a un banquero": what hangs on the verb before its object.
        self.found.restore(before)
        self.object = standing
        return self._in_order((complements[1], complements[0], *complements[2:]), cursor)

    def _in_order(self, complements: Sequence[Complement], cursor: int) -> bool:
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
            groups = prepositional_groups(
                self.frame, self.index, cursor, complement.prepositions, past_object=not first
            )
        else:
            groups = itertools.chain(
                direct_groups(self.frame, self.index, cursor, first=first), object_ahead(self.frame, self.index)
            )
        self.lacks = str(complement)
        if self._is_judged_already(complement) or self._is_done_by_another(complement):
            return None
        others = False
        for group in groups:
            if others and self.pattern.kind.mutual:
                break  # "meets with governors at the border with Peru" is no meeting with Peru
            others = is_body(self.frame, group)
            if complement.partner is not None:
                if self.found.fill_both(group, complement.partner):
                    return group
            elif complement.noun is not None and self.found.fill(
                group, complement.noun, bound=bool(complement.prepositions)
            ):
                self.object = self.object or (() if complement.prepositions else group)
                return group
            if self.frame.chunks[group[0] - 1].tag & BIT["agent"]:
                return None  # "kidnapped by rebels in Chad": whoever did it is named, and is no state
        return None

    def _is_done_by_another(self, complement: Complement) -> bool:
        """For "captured in Chad by rebels": where "by" names who did it, the place doesn't; "by police" is the place's own."""
        noun, chunks = complement.noun, self.frame.chunks
        if noun is None or noun.role is not Role.SOURCE or not complement.prepositions:
            return False
        for at in range(self.index + 1, len(chunks)):
            if chunks[at].kind not in (NOUN, PREPOSITION):
                return False
            if chunks[at].tag & BIT["agent"] and chunks[at].kind is PREPOSITION:
                break
        else:
            return False
        if at == self.index + 1 or at + 1 == len(chunks):
            return False
        doer = chunks[at + 1]
        fighters = head_place(self.frame, doer, self.frame.language.fighters) is not None
        if chunks[at].tag & (BIT["cause"] | BIT["reason"]) and not fighters:
            return False  # "detenido en Lima por fraude"
        backed = not self.frame.language.detaching.isdisjoint(self.frame.sentence.lower[doer.first : doer.last])
        return backed or part_of(self.frame, doer, doer.first) not in _OF_THE_STATE

    def _is_judged_already(self, complement: Complement) -> bool:
        """For "condemns Chile's recognition of Peru": who is judged is Chile."""
        own = self.found.codes(Role.SOURCE)
        return (
            self.pattern.kind.family == _JUDGING
            and complement.noun is not None
            and complement.noun.role is Role.TARGET
            and any(mention.code not in own for index in self.object for mention in self.frame.chunks[index].mentions)
        )

    def _infinitive(self, cursor: int, complement: Complement) -> int | None:
        """The token behind an infinitive that follows, past the preposition that may lead it; None without one."""
        index = chunk_from(self.frame, self.index, cursor)
        chunks = self.frame.chunks
        while index + 1 < len(chunks) and chunks[index].kind is PREPOSITION:
            # The preposition that leads it, or what hangs on the object: "a shipment of masks to help Peru".
            index += 1 if chunks[index + 1].kind is VERB else 2
        if index >= len(chunks) or chunks[index].kind is not VERB or not chunks[index].is_infinitive:
            return None
        while index + 1 < len(chunks) and chunks[index + 1].kind is VERB and chunks[index + 1].is_infinitive:
            index += 1  # "to try to prevent"
        if complement.infinitives != ANY:
            if not any(lemma in complement.infinitives for lemma, _ in chunks[index].lemmas):
                return None
            self.found.used.add(chunks[index].main)
            self.verbs.add(chunks[index].main)
        return chunks[index].last

    def _clause(self, cursor: int, complement: Complement) -> int | None:
        """The token behind the verb of a clause whose subject is a side: "that Peru must"."""
        chunks = self.frame.chunks
        # "Peru must stop, says Chile": what is said stands before.
        index = 0 if is_inverted(self.frame, self.index) else chunk_from(self.frame, self.index, cursor)
        index = clause_from(self.frame, index)
        if complement.clause_verbs == ANY and index + 1 < len(chunks) and chunks[index].kind is PREPOSITION:
            index += 1  # "denuncia que en Chad siguen ...": whoever is at home there
        if index >= len(chunks) or chunks[index].kind is not NOUN or complement.noun is None:
            return None
        group = group_before(self.frame, index) if index in group_before(self.frame, index) else (index,)
        verb = skip_attached(self.frame, group[-1])
        if verb >= len(chunks) or chunks[verb].kind is not VERB:
            return None
        words = self.frame.sentence.lower[chunks[verb].first : chunks[verb].last]
        if complement.clause_verbs != ANY and complement.clause_verbs.isdisjoint(words):
            return None
        if not self.found.fill(group, complement.noun):
            return None
        if complement.clause_verbs != ANY:
            self.found.used.add(
                chunks[verb].main
            )  # "Chad says Niger fired shells at Togo" tells of one deed, not of two
        return chunks[verb].last
