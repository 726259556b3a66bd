"""Fits noun-group phrases: "the expulsion of ...", "Trump's Israel visit", "US-Venezuela talks".

Takes a frame and a pattern whose head noun stands in it, and gives a reading or None. Sides hang on prepositions behind
the noun, stand before it as possessor or adjective, or come from the verb whose object the noun is; and where a sentence
names but one other actor, that is the side which the noun leaves open.
"""

from dataclasses import replace

from monitor.classify.actors import actors_of
from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB, Chunk
from monitor.classify.frames import Frame, Group, Party
from monitor.classify.grammar import Pattern
from monitor.classify.groups import bound_behind, group_before, group_from, skip_attached
from monitor.classify.heads import head_place, is_body
from monitor.classify.lexicon import NAMES, Mention, NameKind
from monitor.classify.naming import named, party_of, tells_doer
from monitor.classify.noun_status import nominal_status
from monitor.classify.parties import meets, parties_in
from monitor.classify.phrases import Complement, NominalPhrase, Role
from monitor.classify.reading import Reading
from monitor.classify.recalled import is_recalled
from monitor.classify.scan import DASHES
from monitor.classify.status import is_alleged_noun
from monitor.classify.subjects import subject_of
from monitor.classify.verbs import has_lemma, is_passive, object_verb, verb_before
from monitor.classify.words import BIT
from monitor.domain.taxonomy import Status

_ACCUSATION = "ACCUSE"
_CONTACT = "CONSULT"
_FORCE = "ASSAULT"
_PRESSURE = ("THREATEN", "SANCTION")
# Whom an attack befell stands in its own clause; in a long sentence others are somebody else.
_CLAUSE_ENDS = frozenset({STOP, OPENER, RELATIVE, COMMA})
_MISSIONS = "missions"
# A reason with a time of its own ("por"), unlike a purpose ("in Lima for talks") or a circumstance ("amid talks").
_MOTIVE = BIT["cause"] | BIT["reason"]
_HOLDS = ("COERCE", "YIELD")


def read_nominal(frame: Frame, index: int, place: int, pattern: Pattern) -> Reading | None:
    """The reading of a noun-group phrase whose head is the token `place` of chunk `index`, or None."""
    phrase = pattern.phrase
    if not isinstance(phrase, NominalPhrase) or head_place(frame, frame.chunks[index], phrase.head) != place:
        return None
    ended = _is_ended(frame, index)
    if ended and pattern.ended is None:
        return None
    if pattern.kind.plover != _ACCUSATION and is_alleged_noun(frame, index):
        return None
    reading = _NominalMatch(frame, index, place, pattern, phrase).read()
    return replace(reading, ended=ended) if reading is not None else None


def _is_ended(frame: Frame, index: int) -> bool:
    """Whether the verb of a deed says that it ended: "lifts sanctions", "talks collapse", "walks out of the meeting"."""
    chunks, ending = frame.chunks, frame.language.ending
    before = index - 1
    if before > 0 and chunks[before].kind is PREPOSITION:
        before -= 1
    after = skip_attached(frame, index)
    if after + 1 < len(chunks) and chunks[after + 1].kind is NOUN and not is_passive(chunks[after]):
        after = len(chunks)  # "the truce ends violence"
    return any(
        0 <= at < len(chunks) and chunks[at].kind is VERB and any(lemma in ending for lemma, _ in chunks[at].lemmas)
        for at in (before, after)
    )


class _NominalMatch:
    """One attempt to fit a noun-group phrase."""

    def __init__(self, frame: Frame, index: int, place: int, pattern: Pattern, phrase: NominalPhrase) -> None:
        self.frame = frame
        self.index = index
        self.place = place
        self.pattern = pattern
        self.phrase = phrase
        self.sides: dict[Role, tuple[Party, ...]] = {}
        self.used = {place}
        self.borrowed_from: int | None = None

    def read(self) -> Reading | None:
        behind = self._bound()
        self._fill_owner()
        for complement in self.phrase.bound:
            groups = [group for words, group in behind if not complement.prepositions.isdisjoint(words)]
            if not any(self._bind(group, complement) for group in groups) and self._is_demanded(complement):
                return None
        self._fill_from_modifiers()
        own_source = Role.SOURCE in self.sides
        if not own_source and not self._fill_from_subject():
            return None
        if len(self.sides) < len(Role):
            self._fill_from_rest()
        # A noun alone says too little: "the Lima summit" may be anybody's.
        sources, targets = self.sides.get(Role.SOURCE, ()), self.sides.get(Role.TARGET, ())
        if not targets or not (sources or self.pattern.agentless):
            return None
        if {p.code for p in sources} == {p.code for p in targets} or not self._are_asked_for():
            return None
        return Reading(
            pattern=self.pattern,
            sources=sources,
            targets=targets,
            used=frozenset(self.used),
            index=self.index,
            status=nominal_status(
                self.frame, self.index, self.place, own_source=own_source and not self.pattern.kind.mutual
            ),
            mention=is_recalled(self.frame, self.index),
            nominal=True,
            borrowed_from=self.borrowed_from,
        )

    def _are_asked_for(self) -> bool:
        """Whether the sides, wherever they stand, are such as the phrase asks for."""
        specs = [complement.noun for complement in self.phrase.bound if complement.noun is not None]
        return all(
            meets(self.frame, party, spec)
            for spec in specs
            if spec.role is not None
            for party in self.sides.get(spec.role, ())
        )

    def _bound(self) -> list[tuple[tuple[str, ...], Group]]:
        """What hangs on the noun itself: in "support for Peru against the claims of Chile" an "of" hangs on the claims."""
        own: list[tuple[tuple[str, ...], Group]] = []
        elsewhere = False
        for words, group in bound_behind(self.frame, self.index):
            genitive = all(self.frame.language.tag(word) & BIT["genitive"] for word in words)
            if not (genitive and elsewhere):
                own.append((words, group))
            # With an office an "of" tells for whom it acts: "talks with the minister of trade of Peru".
            somebody = is_body(self.frame, group) or self.frame.chunks[group[-1]].mentions
            elsewhere = (elsewhere or not genitive) and not somebody
        return own

    def _is_demanded(self, complement: Complement) -> bool:
        """Whether the phrase fits only with this complement: one with words, or a plain word beside the sides."""
        return complement.noun is not None and (complement.noun.words is not None)

    def _bind(self, group: Group, complement: Complement) -> bool:
        """Fills the side of a complement from a group behind the noun."""
        if complement.partner is not None:
            acting = self._fitting(actors_of(self.frame, group), Role.SOURCE)
            if len(acting) < len(Role):
                return False
            self.sides[Role.SOURCE], self.sides[Role.TARGET] = acting[:1], acting[1:]
            return True
        spec = complement.noun
        if spec is None:
            return False
        if spec.words is not None:
            places = [head_place(self.frame, self.frame.chunks[at], spec.words) for at in group]
            if not any(place is not None for place in places):
                return False
            self.used |= {place for place in places if place is not None}
        if spec.role is None or (spec.role is Role.SOURCE and spec.role in self.sides):
            return True  # "Silva's invasion of Peru": who stands before the noun does it, whatever "of" may mean
        parties = parties_in(self.frame, group, spec)
        if spec.words is None:
            parties = self._fitting(parties, spec.role)
        if parties:
            self.sides[spec.role] = parties
        return bool(parties)

    def _fitting(self, parties: tuple[Party, ...], role: Role) -> tuple[Party, ...]:
        """Of several parties those that can do what a source, or either side of a mutual deed, does."""
        if role is Role.SOURCE or self.pattern.kind.mutual:
            return tuple(party for party in parties if party.acts)
        return parties

    def _taken(self) -> set[str]:
        return {party.code for filled in self.sides.values() for party in filled}

    def _fill_from_modifiers(self) -> None:
        """For "Silva's Lima visit", "Russian strikes": what stands before the noun fills what is open."""
        piece: Chunk = self.frame.chunks[self.index]
        head_first = self.frame.language.head_first
        # "the Madrid talks" are held there; who talks is said elsewhere.
        contact = self.pattern.kind.plover == _CONTACT
        mentions = [
            mention
            for mention in piece.mentions
            if (mention.last <= self.place or head_first)
            and not (contact and mention.kind is NameKind.CAPITAL)
            and not (self.pattern.kind.mutual and self._is_topic(mention))
        ]
        taken = self._taken()
        free = [
            party for party in (party_of(self.frame, mention, piece) for mention in mentions) if party.code not in taken
        ]
        # Whoever acts stands first: "Silva's Lima visit".
        for role, party in zip(self._open_roles(), free, strict=False):
            self.sides[role] = (party,)

    def _is_topic(self, mention: Mention) -> bool:
        """Whether a place is what both sides speak of, and none of them: "Silva's Gaza deal", but not "Oman-Gaza deal"."""
        joined = mention.first > 0 and self.frame.sentence.lower[mention.first - 1] in DASHES
        return mention.kind is NameKind.PLACE and not joined

    def _fill_owner(self) -> None:
        """Whoever possesses a deed, or gives it its adjective, did it: "Chile's attack", "the Chilean attack of Friday"."""
        piece: Chunk = self.frame.chunks[self.index]
        if self.pattern.kind.mutual or self.frame.language.head_first or Role.SOURCE not in self._open_roles():
            return
        before = [mention for mention in piece.mentions if mention.last <= self.place] or self._shared_adjective()
        if before and not any(c.partner is not None for c in self.phrase.bound):
            self.sides[self._role_of(before[0], piece)] = (party_of(self.frame, before[0], piece),)

    def _shared_adjective(self) -> list[Mention]:
        """Whose adjective opens a list that ends in the deed: "Peruvian drone, missile attack on Lima"."""
        chunks, at = self.frame.chunks, self.index
        while (
            at > 1 and chunks[at - 1].kind in (COMMA, AND) and chunks[at - 2].kind is NOUN and not chunks[at].mentions
        ):
            at -= 2
        opening = chunks[at].mentions[:1] if at != self.index else []
        return [
            mention
            for mention in opening
            if mention.first == chunks[at].first
            and mention.last < chunks[at].last
            and mention.kind is NameKind.ADJECTIVE
        ]

    def _role_of(self, mention: Mention, piece: Chunk) -> Role:
        """What a name before the noun is: mostly who did it; but the Qatar strike, told with no other place, hit Qatar."""
        if (
            self.pattern.kind.plover == _CONTACT
            and mention.last > piece.owner_end
            and mention.kind in (*NAMES, NameKind.PLACE)
        ):
            return Role.TARGET  # "begins US visit": only a person, or an adjective, pays it
        if self.pattern.kind.plover != _FORCE or tells_doer(self.frame, mention, piece):
            return Role.SOURCE
        place = any(
            party.code != mention.code
            for _, group in bound_behind(self.frame, self.index)
            for party in actors_of(self.frame, group)
        )
        return Role.SOURCE if place else Role.TARGET

    def _open_roles(self) -> list[Role]:
        """The sides that the phrase binds without demanding a word of them, and that are still open."""
        roles: list[Role] = []
        for complement in self.phrase.bound:
            if complement.partner is not None:
                roles += [Role.SOURCE, Role.TARGET]
            elif complement.noun is not None and complement.noun.role is not None and complement.noun.words is None:
                roles.append(complement.noun.role)
        return sorted(
            (role for role in dict.fromkeys(roles) if role not in self.sides), key=lambda role: role is not Role.SOURCE
        )

    def _fill_from_subject(self) -> bool:
        """For "Peru weighs sanctions on ...": whoever is subject of the verb would act. False where that is another."""
        verb = object_verb(self.frame, self.index)
        if verb is None:
            verb = self._sought_by()
        if verb is None:
            return True
        group = subject_of(self.frame, verb)
        if not group or self.frame.chunks[group[0]].tag & BIT["pronoun"]:
            return True
        taken = self._taken()
        parties = self._fitting(actors_of(self.frame, group), Role.SOURCE)
        parties = tuple(party for party in parties if party.code not in taken)
        lemmas = {lemma for lemma, _ in self.frame.chunks[verb].lemmas}
        if parties and lemmas & (self.frame.language.light | self.frame.language.governing.keys()):
            each_other = self._is_reciprocal() and Role.TARGET not in self.sides and len(parties) > 1
            self.sides[Role.SOURCE] = parties[:1] if each_other else parties
            if each_other:
                self.sides[Role.TARGET] = parties[1:]  # "Peru and Chile resume border clashes"
            self.borrowed_from = self.frame.chunks[verb].main
        return bool(parties)

    def _is_reciprocal(self) -> bool:
        """Whether each side does it to the other."""
        return self.pattern.kind.mutual or self.pattern.both

    def _sought_by(self) -> int | None:
        """The verb in "calls for sanctions on", "votes on a truce with": its preposition leads to what it governs."""
        verb = self.index - 2
        if verb < 0 or self.frame.chunks[verb + 1].kind is not PREPOSITION or self.frame.chunks[verb].kind is not VERB:
            return None
        return verb if has_lemma(self.frame, verb, frozenset(self.frame.language.governing)) else None

    def _fill_from_rest(self) -> None:
        """The side that the noun leaves open, where the sentence around it says who that is.

        A contact has the subject of its clause for the other side ("ends visit after talks with Peru"). An attack whose
        source is known was made on the one other actor in its part of the sentence, unless that one merely tells or
        judges it ("Chile criticises Peru's attack", "..., Chile says"). A mission is where its senders go for it; pressure is on
        whoever reacts to it ("Peru defies Chile's threats"). Persons of one state that are told again to be held or freed
        were so by the one other ("Malta names envoy to Togo after release of two Maltese"); other deeds leave it open more often.
        """
        if not self.sides and self.pattern.kind.plover == _CONTACT:
            self._fill_both()
        if len(self.sides) != 1:
            return
        lead = self.frame.chunks[self.index - 1] if self.index else None
        if self.pattern.kind.plover == _CONTACT:
            if lead is not None and lead.kind is PREPOSITION and lead.tag & _MOTIVE == _MOTIVE:
                return  # "despliega policías por la cumbre de ...": what moves the subject is not its own
            verb = verb_before(self.frame, self.index)
            group = subject_of(self.frame, verb) if verb is not None else self._topic()
            parties = self._fitting(actors_of(self.frame, group), Role.SOURCE)
            others = {party.code: party for party in parties if party.code not in self._taken()}
            if not self.pattern.kind.mutual and self._names_elsewhere():
                return
        elif Role.SOURCE in self.sides and self.pattern.kind.plover == _FORCE and not self.pattern.both:
            verb = object_verb(self.frame, self.index)
            if verb is not None and self.borrowed_from is None and subject_of(self.frame, verb):
                return
            others = self._others()
        elif Role.SOURCE in self.sides and self.pattern.kind.plover in _PRESSURE:
            others = self._reacting()
        elif Role.SOURCE in self.sides and self.pattern.kind.family == _MISSIONS:
            others = self._destination()
        elif Role.TARGET in self.sides and self.pattern.kind.plover in _HOLDS and is_recalled(self.frame, self.index):
            others = self._named() if self._names_persons() else {}
        else:
            return
        if len(others) == 1:
            role = Role.SOURCE if Role.SOURCE not in self.sides else Role.TARGET
            self.sides[role] = tuple(others.values())
            # What one reacts to, or tells again, is a deed beside the verb's own.
            if self.pattern.kind.plover not in (*_PRESSURE, *_HOLDS):
                self.borrowed_from = self.borrowed_from or self._main_verb()

    def _names_persons(self) -> bool:
        """Whether the phrase asks for somebody of the target: "the release of two Maltese prisoners"."""
        specs = (complement.noun for complement in self.phrase.bound)
        return any(spec is not None and spec.role is Role.TARGET and spec.words is not None for spec in specs)

    def _named(self) -> dict[str, Party]:
        """The actors of the sentence that fill no side."""
        taken = self._taken()
        return {
            mention.code: party_of(self.frame, mention, piece)
            for piece in self.frame.chunks
            for mention in piece.mentions
            if mention.code not in taken
        }

    def _reacting(self) -> dict[str, Party]:
        """Whom a threat, a tariff or a sanction is for, where its target reacts: "Peru defies Chile's threats"."""
        verb = object_verb(self.frame, self.index)
        lead = self.frame.chunks[self.index - 1] if self.index else None
        if verb is None and lead is not None and lead.kind is PREPOSITION:
            verb = verb_before(self.frame, self.index - 1)
            if verb is not None and verb + 2 != self.index and not lead.tag & BIT["cause"]:
                return {}
        if verb is None or not has_lemma(self.frame, verb, self.frame.language.reacting):
            return {}
        acting = self._fitting(actors_of(self.frame, subject_of(self.frame, verb)), Role.SOURCE)
        return {party.code: party for party in acting if party.code not in self._taken()}

    def _destination(self) -> dict[str, Party]:
        """Where somebody goes for the deed: "envoys fly to Chad to weigh the reopening of the embassy"."""
        purpose = object_verb(self.frame, self.index)
        if purpose is None or not self.frame.chunks[purpose].is_infinitive:
            return {}
        verb = verb_before(self.frame, purpose)
        if verb is None or verb + 2 >= purpose or self.frame.chunks[verb + 1].kind is not PREPOSITION:
            return {}
        parties = actors_of(self.frame, group_from(self.frame, verb + 2))
        return {party.code: party for party in parties if party.code not in self._taken()}

    def _names_elsewhere(self) -> bool:
        """Whether a capitalised word before the noun names a place that is no actor: "Silva's Asia trip"."""
        sentence, piece = self.frame.sentence, self.frame.chunks[self.index]
        taken = {at for mention in piece.mentions for at in range(mention.first, mention.last)}
        return not sentence.is_title_case and any(
            at not in taken and sentence.words[at][0].isupper() for at in range(max(piece.first, 1), self.place)
        )

    def _fill_both(self) -> None:
        """A contact without a name of its own is between those whom its clause is about.

        "Japan and Korea leaders sing after talks"; "Silva presses Quiroga ahead of meeting", where both are persons.
        """
        verb = verb_before(self.frame, self.index)
        if verb is None:
            return
        subject = [p for p in actors_of(self.frame, subject_of(self.frame, verb)) if p.acts]
        after = verb + 1
        adjunct = self._is_adjunct()
        if len(subject) == 1 and adjunct and after < self.index and self.frame.chunks[after].kind is NOUN:
            subject += [p for p in actors_of(self.frame, (after,)) if p.person and p.code != subject[0].code]
        if len(subject) == len(Role) and subject[0].code != subject[1].code:
            self.sides[Role.SOURCE], self.sides[Role.TARGET] = (subject[0],), (subject[1],)
            self.borrowed_from = None if adjunct else self._main_verb()  # an adjunct is a deed beside the verb's own

    def _is_adjunct(self) -> bool:
        """Whether the noun stands behind "after", "before", "ahead of"."""
        lead = self.frame.chunks[self.index - 1] if self.index else None
        if lead is None or lead.kind not in (PREPOSITION, OPENER):
            return False
        coming = self.frame.language.nominal_status.get(self.frame.sentence.lower[lead.first]) == Status.PLANNED
        return coming or bool(lead.tag & (BIT["after"] | BIT["before"]))

    def _topic(self) -> Group:
        """The noun group right before, where no verb stands: "Silva after talks with ...: ...", "Silva at Peru summit"."""
        chunks = self.frame.chunks
        at = self.index - 1
        if at > 0 and chunks[at].kind in (OPENER, PREPOSITION) and chunks[at - 1].kind is NOUN:
            return group_before(self.frame, at - 1)
        return ()

    def _others(self) -> dict[str, Party]:
        """The actors in this part of the sentence that fill no side and are no subject of a verb of saying."""
        frame, taken = self.frame, self._taken()
        first, last = self.index, self.index
        while first > 0 and frame.chunks[first - 1].kind not in _CLAUSE_ENDS:
            first -= 1
        while last + 1 < len(frame.chunks) and frame.chunks[last + 1].kind not in _CLAUSE_ENDS:
            last += 1
        tellers = {
            at
            for verb, piece in enumerate(frame.chunks)
            if piece.kind is VERB and has_lemma(frame, verb, frame.language.saying)
            for at in subject_of(frame, verb)
        }
        verb = object_verb(frame, self.index)
        # "US, French and British airstrikes", "Peru and its allies launch attacks": they all act.
        doers = {*group_before(frame, self.index), *(subject_of(frame, verb) if verb is not None else ())}
        telling = {party.code for party in actors_of(frame, tuple(sorted(tellers)))}
        found = {
            mention.code: party_of(frame, mention, piece)
            for at, piece in enumerate(frame.chunks[first : last + 1], first)
            for mention in piece.mentions
            if mention.code not in taken and at not in tellers and at not in doers and named(frame, at)
        }
        # "Attack kills two in Lima, Peru says": who tells it counts only where the deed's place names them as well.
        return {code: party for code, party in found.items() if code not in telling} or found

    def _main_verb(self) -> int | None:
        verb = verb_before(self.frame, self.index)
        return self.frame.chunks[verb].main if verb is not None else None
