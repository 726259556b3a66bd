"""Whom a clause phrase has found so far: the source, the target, and the words that told.

Filled by clauses.py, which knows where in the clause to look; here a noun group is asked whether it may be the side
that a phrase wants there, and for whom it stands.
"""

from monitor.classify.actors import actors_of
from monitor.classify.chunks import NOUN
from monitor.classify.frames import Frame, Group, Party
from monitor.classify.grammar import Pattern
from monitor.classify.groups import group_from
from monitor.classify.heads import has_head, head_place
from monitor.classify.lexicon import NameKind
from monitor.classify.naming import party_of, tells_doer
from monitor.classify.parties import holds, meets, owner_meant, parties_in
from monitor.classify.phrases import NounSpec, Role
from monitor.classify.subjects import subject_of
from monitor.classify.verbs import verb_before

# What is said or agreed has a party to it, and a place is only what it is about; a threat may be to that place.
_SPOKEN = frozenset({"REJECT", "REQUEST", "ACCUSE", "SUPPORT", "AGREE"})
# What private persons can't do, so that "Danes recall envoy" tells of their state.
_OF_STATES_ALONE = frozenset({"missions", "relations"})
_BY_ANYBODY = "ASSAULT"


class Sides:
    """The sides of one attempt at the verb, or the preposition, of chunk `index`, whose token is `main`."""

    def __init__(self, frame: Frame, index: int, pattern: Pattern, main: int) -> None:
        self.frame = frame
        self.index = index
        self.pattern = pattern
        self.main = main
        self.by_role: dict[Role, tuple[Party, ...]] = {}
        self.used: set[int] = {main}
        """The tokens that the reading rests on."""

    def restart(self) -> None:
        """Forgets what was found, for another form of the same phrase."""
        self.by_role.clear()
        self.used = {self.main}

    def saved(self) -> tuple[dict[Role, tuple[Party, ...]], set[int]]:
        """What `restore` takes back."""
        return dict(self.by_role), set(self.used)

    def restore(self, saved: tuple[dict[Role, tuple[Party, ...]], set[int]]) -> None:
        """Returns to what was found when `saved` was called."""
        self.by_role, self.used = saved

    def codes(self, role: Role) -> frozenset[str]:
        """The codes of those who fill a role; empty while nobody does."""
        return frozenset(party.code for party in self.by_role.get(role, ()))

    def fill(self, group: Group, spec: NounSpec, *, bound: bool = False) -> bool:
        """Fills a side from a group, or checks that its words are there."""
        if spec.role is None:
            if spec.words is None:
                return True
            if not has_head(self.frame, group, spec.words):
                return False
            self._use(group, spec)
            return True
        parties = self._meant(group, spec, spec.role, bound=bound)
        if not parties:
            return False
        standing = self.by_role.get(spec.role)
        if standing is not None and {party.code for party in standing} != {party.code for party in parties}:
            return False
        self.by_role[spec.role] = standing or parties
        if spec.words is not None:
            self._use(group, spec)
        return True

    def fill_both(self, group: Group, spec: NounSpec) -> bool:
        """Fills source and target from one group that names both: "Togo and Benin"."""
        parties = parties_in(self.frame, group, spec)
        acting = [party for party in parties if party.acts]
        if spec.office is not None:
            acting = [party for party in acting if holds(self.frame, party, spec.office)]
        if len(acting) < 2:  # noqa: PLR2004 (two sides)
            return False
        self.by_role[Role.SOURCE], self.by_role[Role.TARGET] = (acting[0],), tuple(acting[1:])
        return True

    def fill_owner(self, group: Group) -> None:
        """Where nobody is named behind "by", a deed that is the object tells whose it was: "US sanctions imposed"."""
        words = self.frame.language.own_deeds
        if Role.SOURCE in self.by_role or not has_head(self.frame, group, words):
            return
        taken = self.codes(Role.TARGET)
        owners = tuple(
            party_of(self.frame, mention, piece)
            for piece in (self.frame.chunks[index] for index in group)
            for mention in piece.mentions[:1]
            if mention.code not in taken and tells_doer(self.frame, mention, piece)
        )
        if owners:
            self.by_role[Role.SOURCE] = owners

    def _meant(self, group: Group, spec: NounSpec, role: Role, *, bound: bool) -> tuple[Party, ...]:
        """Those whom a group names, or lets the text before it name, who may fill the role."""
        parties = parties_in(self.frame, group, spec)
        if not parties and role is Role.TARGET and spec.words is not None and has_head(self.frame, group, spec.words):
            parties = self._borrow(group)
        elif bound and not parties and role is Role.TARGET:
            parties = owner_meant(self.frame, group[0])
        if self.pattern.kind.plover in _SPOKEN:
            parties = tuple(party for party in parties if not party.place)  # "rejects the Gaza plan": not Gaza's own
        parties = tuple(party for party in parties if meets(self.frame, party, spec))
        # Behind a preposition a place says whose deed it was: "detained in Lima".
        if spec.words is None and self.pattern.by_people and self._is_people(group):
            pass  # "Gambians marched to the embassy": who protests need not act for the state
        elif spec.words is None and ((role is Role.SOURCE and not bound) or self.pattern.kind.mutual):
            parties = tuple(party for party in parties if party.acts or self._is_their_state(party))
        return parties

    def _is_their_state(self, party: Party) -> bool:
        """Whether a people stands for its state, as where it does what no private person can: "Dutch expel envoy"."""
        kind = self.pattern.kind
        return party.collective and kind.family in _OF_STATES_ALONE and kind.plover != _BY_ANYBODY

    def _is_people(self, group: Group) -> bool:
        """Whether a group is a people, or some of one: "hundreds of Gambians"."""
        chunks = (self.frame.chunks[index] for index in group)
        return any(
            mention.kind is NameKind.PEOPLE and mention.last == chunk.last
            for chunk in chunks
            for mention in chunk.mentions
        )

    def _borrow(self, group: Group) -> tuple[Party, ...]:
        """For "accuses Iran of plotting and expels the envoy": whose envoy it is was said in the clause before."""
        if any(self.frame.chunks[index].mentions for index in group):
            return ()
        own = subject_of(self.frame, self.index)
        verb = verb_before(self.frame, self.index)
        while verb is not None and subject_of(self.frame, verb) != own:
            verb = verb_before(self.frame, verb)
        after = verb + 1 if verb is not None else len(self.frame.chunks)
        if after >= len(self.frame.chunks) or self.frame.chunks[after].kind is not NOUN:
            return ()
        taken = self.codes(Role.SOURCE)
        return tuple(p for p in actors_of(self.frame, group_from(self.frame, after)) if p.code not in taken)

    def _use(self, group: Group, spec: NounSpec) -> None:
        """Notes the words that a group and a spec share: "visa restrictions" says more than "restrictions"."""
        if spec.words is None:
            return
        for index in group:
            piece = self.frame.chunks[index]
            place = head_place(self.frame, piece, spec.words)
            if place is not None:
                length = spec.words.match_ending(self.frame.sentence.lower, place, piece.owner_end or piece.first)
                self.used.update(range(place - length + 1, place + 1))
