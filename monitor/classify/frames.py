"""Frames: which noun group is the subject or object of which verb, and for whom a noun group stands.

Takes the chunks of a sentence. Relative clauses, appositions, coordinated verbs and infinitives get the subject that
grammar gives them; a noun group stands for an actor by its name, its possessor, an adjective, or an "of ..." behind it.
The matcher asks these questions for one verb or noun at a time, so nothing is worked out that no pattern needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.classify.chunks import Chunk, Kind, is_finite
from monitor.classify.lexicon import NAMES, Mention, NameKind
from monitor.classify.phrases import NounSpec
from monitor.classify.tokens import Sentence
from monitor.classify.words import BIT, FORM, Language, WordSet
from monitor.domain.events import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A side as a noun group gives it. `acts` is False for people and things that merely belong to the actor."""

    code: str
    words: tuple[str, ...]
    first: int
    last: int
    """The name is tokens `first` to `last` (exclusive) of a sentence's `words`."""
    role: str | None
    part: Part
    acts: bool
    person: bool = False
    """Whether a person is named: by name, or by the office."""
    office: str | None = None
    """The person's office, in lower case."""

    @property
    def name(self) -> str:
        """The name as written, but for the spaces in it."""
        return joined(self.words[self.first : self.last])


class Before(Protocol):
    """What the sentences before have said (see context)."""

    def subject(self) -> Party | None:
        """Who acted in the sentence before."""

    def pair(self) -> tuple[Party, ...]:
        """The two actors that the article is about."""


Group = tuple[int, ...]
"""The indices of coordinated noun chunks: (3, 5) for "the US and Venezuela"."""


class Frame:
    """Questions about one sentence."""

    __slots__ = ("_acting", "_parts", "_subjects", "chunks", "context", "home", "language", "sentence")

    def __init__(
        self,
        sentence: Sentence,
        chunks: Sequence[Chunk],
        language: Language,
        *,
        home: str | None = None,
        context: Before | None = None,
    ) -> None:
        self.sentence = sentence
        self.chunks = chunks
        self.language = language
        self.home = home
        self.context = context
        self._subjects: dict[int, Group] = {}
        self._parts: dict[tuple[int, int], Part | None] = {}
        self._acting: dict[int, tuple[Party, ...]] = {}

    # ---- which group is where

    def group_from(self, index: int) -> Group:
        """The coordinated noun chunks from `index` on: "the US, Canada and Peru".

        A noun that begins a clause of its own ("expels envoy and Peru recalls ...") is left out.
        """
        group = [index]
        place = index + 1
        ended = False
        while place + 1 < len(self.chunks) and not ended:
            link = self.chunks[place]
            if link.kind not in (Kind.AND, Kind.COMMA):
                break
            ended = link.kind is Kind.AND  # an "and" stands before the last of a list
            after = place + 1
            if link.kind is Kind.COMMA and self.chunks[after].kind is Kind.AND:
                after += 1
                ended = True
            if (
                after + 1 < len(self.chunks)
                and self.chunks[after].kind is Kind.PREPOSITION
                and self._is_object(index)
                and self.sentence.lower[self.chunks[after].first] == self.sentence.lower[self.chunks[index - 1].first]
            ):
                after += 1  # "warns to Peru and to Chile"
            if after >= len(self.chunks) or self.chunks[after].kind is not Kind.NOUN:
                break
            if self._begins_clause(after, listed=self._is_object(index)) and not (
                self._is_between(index) or self._is_in_subject(index)
            ):
                break
            if link.kind is Kind.COMMA and not (self._is_name(place - 1) and self._is_name(after)):
                break
            group.append(after)
            place = after + 1
        return tuple(group)

    def group_before(self, index: int) -> Group:
        """The coordinated noun chunks that end with the noun chunk at `index`."""
        group = [index]
        place = index - 1
        while place > 0:
            link = self.chunks[place]
            before = place - 1
            if link.kind is Kind.AND and self.chunks[before].kind is Kind.COMMA:
                before -= 1
            if link.kind not in (Kind.AND, Kind.COMMA) or before < 0 or self.chunks[before].kind is not Kind.NOUN:
                break
            # "After talks in Lima, Peru ...": without an "and" a comma ends what a preposition began.
            if link.kind is Kind.COMMA and (
                not (self._is_name(before) and (self._is_name(group[0]) or self._shares_head(group[0])))
                or (len(group) == 1 and self._is_object(before))
            ):
                break
            group.insert(0, before)
            place = before - 1
        return tuple(group)

    def _begins_clause(self, index: int, *, listed: bool) -> bool:
        place = self.skip_attached(index)
        if place >= len(self.chunks) or self.chunks[place].kind is not Kind.VERB:
            return False
        # "tariffs on China, India to squeeze Russia": an infinitive of purpose follows.
        return is_finite(self.chunks[place]) or (self.chunks[place].is_infinitive and not listed)

    def _is_in_subject(self, index: int) -> bool:
        """Whether the noun chunk hangs on one that no verb precedes: "envoys of Peru and Chile meet"."""
        return self._is_object(index) and not any(piece.kind is Kind.VERB for piece in self.chunks[:index])

    def _is_between(self, index: int) -> bool:
        """Whether "between" governs the noun chunk, so that two must follow."""
        return index > 0 and bool(self.chunks[index - 1].tag & BIT["between"])

    def _is_name(self, index: int) -> bool:
        """Whether a noun chunk ends in an actor's name."""
        chunk = self.chunks[index]
        return bool(chunk.mentions) and chunk.mentions[-1].last == chunk.last

    def _shares_head(self, index: int) -> bool:
        """Whether a group begins with a name and acts: "Japan, Korea leaders meet"."""
        chunk = self.chunks[index]
        return (
            bool(chunk.mentions) and chunk.mentions[0].first == chunk.first and any(p.acts for p in self._actors(index))
        )

    def _is_object(self, index: int) -> bool:
        """Whether the noun chunk at `index` follows a preposition."""
        return index > 0 and self.chunks[index - 1].kind is Kind.PREPOSITION

    def begins_group(self, token: int) -> bool:
        """Whether a noun group, or a group of time, begins at a token."""
        tags = self.language.tag(self.sentence.lower[token]) if token < len(self.sentence.lower) else 0
        return bool(tags & (BIT["day"] | BIT["article"] | BIT["determiner"])) or any(
            piece.kind is Kind.NOUN and piece.first == token for piece in self.chunks
        )

    def skip_attached(self, index: int) -> int:
        """The index behind a noun chunk and the prepositional groups that hang on it."""
        place = index + 1
        while (
            place + 1 < len(self.chunks)
            and self.chunks[place].kind is Kind.PREPOSITION
            and self.chunks[place + 1].kind is Kind.NOUN
        ):
            place = self.group_from(place + 1)[-1] + 1
        return place

    def bound_behind(self, index: int) -> list[tuple[tuple[str, ...], Group]]:
        """The prepositional groups behind a noun: (words of the preposition, group), nearest first."""
        found = []
        place = index + 1
        while (
            place + 1 < len(self.chunks)
            and self.chunks[place].kind is Kind.PREPOSITION
            and self.chunks[place + 1].kind is Kind.NOUN
        ):
            group = self.group_from(place + 1)
            found.append((self.sentence.lower[self.chunks[place].first : self.chunks[place].last], group))
            place = group[-1] + 1
        return found

    # ---- subjects

    def subject_of(self, index: int, depth: int = 0) -> Group:
        """The noun chunks that are the subject of the verb at `index`; empty where it has none in sight."""
        known = self._subjects.get(index)
        if known is None:
            known = self._find_subject(index, depth)
            if not depth:
                self._subjects[index] = known
        return known

    def acting_subject(self, index: int) -> bool:
        """Whether the subject of the verb at `index` acts for anybody."""
        return any(party.acts for party in self.parties(self.subject_of(index), NounSpec()))

    def _find_subject(self, index: int, depth: int) -> Group:
        if depth > 4:  # noqa: PLR2004 (a chain of verbs longer than this is no headline)
            return ()
        place = index - 1
        chunk = self.chunks[index]
        if place < 0 or self.chunks[place].kind is Kind.STOP:
            return self._subject_behind(index)
        before = self.chunks[place]
        if before.kind is Kind.VERB:
            return self.subject_of(place, depth + 1)
        if before.kind is Kind.RELATIVE:
            return self._antecedent(place, depth)
        if before.kind is Kind.PREPOSITION or (
            before.kind is Kind.OPENER and (not is_finite(chunk) or self.language.drops_subject)
        ):
            return self._subject_of_gerund(place, depth)
        if before.kind is Kind.AND:
            return self._subject_of_verb_before(place, depth)
        if before.kind is Kind.COMMA:
            return self._speaker_behind(index) or self._subject_across_comma(place, depth)
        if before.kind is not Kind.NOUN:
            return ()
        if chunk.kind is Kind.VERB and chunk.bits == FORM["participle"] and not chunk.tag:
            return self.group_before(place)  # "dos peruanos detenidos en ...": the noun right before
        if chunk.kind is Kind.VERB and (chunk.is_infinitive or not is_finite(chunk)):
            governor = self.governor(index)
            if governor is not None and governor != place:
                return self._subject_of_governed(index, governor, depth)
        head = self._head_of_attached(place)
        return self._meant(self.group_before(head), depth)

    def _subject_behind(self, index: int) -> Group:
        """Where nothing stands before a verb, the noun group right behind it may be its subject: "Condena Brasil ..."."""
        after = index + 1
        if not self.language.verb_first or not is_finite(self.chunks[index]) or after >= len(self.chunks):
            return ()
        return self.group_from(after) if self.chunks[after].kind is Kind.NOUN and self._has_name(after) else ()

    def _speaker_behind(self, index: int) -> Group:
        """For "..., says Saudi minister": a verb of saying behind a comma has its subject behind it."""
        after = index + 1
        if not self._has_lemma(index, self.language.saying) or after >= len(self.chunks):
            return ()
        if self.chunks[after].kind is not Kind.NOUN or not self._has_name(after):
            return ()
        return self.group_from(after)

    def is_inverted(self, index: int) -> bool:
        """Whether a verb of saying follows what was said."""
        return index > 0 and self.chunks[index - 1].kind is Kind.COMMA and bool(self._speaker_behind(index))

    def _meant(self, group: Group, depth: int) -> Group:
        """A pronoun stands for the subject of the verb before it: "Finland says it will ..."."""
        if len(group) == 1 and self.chunks[group[0]].tag & BIT["pronoun"]:
            verb = self.verb_before(group[0])
            meant = self.subject_of(verb, depth + 1) if verb is not None else ()
            if meant and self.chunks[group[0]].tag & BIT["personal"] and not self._is_person(meant[-1]):
                # "he" is no state: whoever spoke further left is meant, if that is a person.
                return self._meant_further_left(verb, depth) or group
            return meant or group
        return group

    def _meant_further_left(self, verb: int | None, depth: int) -> Group:
        while verb is not None:
            verb = self.verb_before(verb)
            if verb is not None and (group := self.subject_of(verb, depth + 1)) and self._is_person(group[-1]):
                return group
        return ()

    def _is_person(self, index: int) -> bool:
        return any(party.person for party in self._actors(index))

    def _head_of_attached(self, place: int) -> int:
        """From the noun chunk before a verb back over "of ...", "in ..." to the noun chunk that they hang on."""
        place = self._start_of_list(place)
        while (
            place > 1 and self.chunks[place - 1].kind is Kind.PREPOSITION and self.chunks[place - 2].kind is Kind.NOUN
        ):
            place = self._start_of_list(place - 2)
        return place

    def _start_of_list(self, place: int) -> int:
        """For "envoys from Peru and Chile": from Chile back to Peru, where a preposition governs both."""
        first = self.group_before(place)[0]
        return first if self._is_object(first) else place

    def _antecedent(self, place: int, depth: int) -> Group:
        place -= 1
        if place >= 0 and self.chunks[place].kind is Kind.COMMA:
            place -= 1
        if place >= 0 and self.chunks[place].kind is Kind.NOUN:
            return self.group_before(self._head_of_attached(place))
        if place >= 0 and self.chunks[place].kind is Kind.VERB:
            return self.subject_of(place, depth + 1)
        return ()

    def _urged(self, place: int) -> Group:
        """For "insta a Perú a reabrir": the one who is urged acts, not the one who urges."""
        before = place - 1
        if before < 1 or self.chunks[before].kind is not Kind.NOUN or not self._has_name(before):
            return ()
        verb = self.verb_before(before)
        if verb is None or not any(
            self.language.governing.get(lemma) == "possible" for lemma, _ in self.chunks[verb].lemmas
        ):
            return ()
        return self.group_before(before)

    def _intending(self, place: int) -> Group:
        """For "the operation of Peru to capture", "la decisión de Perú de expulsar": whoever means to do it."""
        owner, noun = place - 1, place - 3
        if noun < 0 or self.chunks[owner].kind is not Kind.NOUN or not self._has_name(owner):
            return ()
        bound = self.chunks[place - 2]
        if (
            bound.kind is not Kind.PREPOSITION
            or not bound.tag & BIT["genitive"]
            or self.chunks[noun].kind is not Kind.NOUN
        ):
            return ()
        means = self.head_place(self.chunks[noun], self.language.intentions) is not None
        return self.group_before(owner) if means else ()

    def _subject_of_gerund(self, place: int, depth: int) -> Group:
        """For "accuses Iran of directing": Iran; "leaves after expelling": whoever leaves."""
        before = place - 1
        if self.chunks[place + 1].is_infinitive:
            if urged := self._urged(place):
                return urged
            if meant := self._intending(place):
                return meant
        if (
            self.chunks[place].tag & BIT["reason"]
            and before > 0
            and self._has_name(before)
            and self.object_verb(before) is not None
        ):
            return self.group_before(before)  # "criticised Peru for blocking": Peru blocks
        if before >= 0 and self.chunks[before].kind is Kind.NOUN:
            verb = self.verb_before(before)
            if verb is not None and self._has_lemma(verb, self.language.accusing):
                return self.group_before(before)
        return self._subject_of_verb_before(place, depth)

    def _subject_of_verb_before(self, place: int, depth: int) -> Group:
        verb = self.verb_before(place)
        if verb is not None and is_finite(self.chunks[place + 1]):
            # "accuses Iran of directing attacks, expels envoy": whoever accuses, not whoever directs.
            while verb is not None and not is_finite(self.chunks[verb]):
                verb = self.verb_before(verb)
        if verb is not None:
            return self.subject_of(verb, depth + 1)
        if place > 0 and self.chunks[place - 1].kind is Kind.NOUN:
            return self.group_before(place - 1)  # "Petro tras reunirse con ..."
        return ()

    def verb_before(self, place: int) -> int | None:
        """The nearest verb left of a chunk, in the same part of the sentence."""
        for index in range(place - 1, -1, -1):
            if self.chunks[index].kind is Kind.VERB:
                return index
            if self.chunks[index].kind is Kind.STOP:
                return None
        return None

    def _subject_across_comma(self, place: int, depth: int) -> Group:
        """The subject of a verb behind a comma.

        The comma ends an apposition ("Maduro, the president, expels"), or parts one more verb of the same subject
        ("expels envoys, closes border").
        """
        for index in range(place - 1, 0, -1):
            kind = self.chunks[index].kind
            if kind is Kind.STOP:
                break
            if kind is Kind.COMMA and self.chunks[index - 1].kind is Kind.NOUN:
                head = self._head_of_attached(index - 1)
                if not any(self.chunks[at].kind is Kind.VERB for at in range(head)):
                    group = self.group_before(head)
                    named = self.chunks[place - 1].kind is Kind.NOUN and self._has_name(place - 1)
                    # "The secretary of state, Ada Silva, said": the name may stand in the apposition.
                    return (place - 1,) if named and not self.parties(group, NounSpec()) else group
                break
        if self.verb_before(place) is not None:
            return self._subject_of_verb_before(place, depth)
        if place >= 1 and self.chunks[place - 1].kind is Kind.NOUN:
            return self.group_before(self._head_of_attached(place - 1))
        return ()

    def governor(self, index: int) -> int | None:
        """The verb that governs an infinitive or gerund: agrees -> to reopen, urges (Peru) -> to reopen."""
        for place in range(index - 1, -1, -1):
            kind = self.chunks[place].kind
            if kind is Kind.VERB:
                return place
            if kind not in (Kind.NOUN, Kind.PREPOSITION, Kind.AND):
                return None
        return None

    def _subject_of_governed(self, index: int, governor: int, depth: int) -> Group:
        """An object between the two verbs acts ("urges Peru to reopen"), else whoever governs.

        Before both goes whoever means to do it: "criticises Peru's plan to reopen".
        """
        if (
            self.chunks[index - 1].mentions
            and self.head_place(self.chunks[index - 1], self.language.intentions) is not None
        ):
            return (index - 1,)
        after = governor + 1
        if after < index and self.chunks[after].tag & BIT["objective"]:
            after += 1
        if after < index and self.chunks[after].kind is Kind.NOUN and self._has_name(after):
            return self.group_from(after)
        if (
            after == index - 1
            and self.chunks[after].kind is Kind.NOUN
            and self._part_of(self.chunks[after], self.chunks[after].first)
        ):
            return self.group_before(after)  # "asks officials to", but not "takes steps to"
        return self.subject_of(governor, depth + 1)

    def _has_name(self, index: int) -> bool:
        return bool(self.chunks[index].mentions)

    def _has_lemma(self, index: int, lemmas: frozenset[str]) -> bool:
        return any(lemma in lemmas for lemma, _ in self.chunks[index].lemmas)

    # ---- whom a noun group stands for

    def parties(self, group: Group, spec: NounSpec) -> tuple[Party, ...]:
        """The actors of a group that fits `spec`; empty where it doesn't fit or names nobody."""
        if not group:
            return ()
        found: list[Party] = []
        last = group[-1]
        for index in group:
            chunk = self.chunks[index]
            if spec.words is not None:
                place = self.head_place(chunk, spec.words)
                if place is None:
                    if (
                        index != last
                        and self._is_bare_name(chunk)
                        and self.head_place(self.chunks[last], spec.words) is not None
                    ):
                        # "US and Canadian diplomats": the head stands once, at the end.
                        found += [self.party(mention, chunk, acts=True) for mention in chunk.mentions]
                    continue
                found += self._owners(index, place)
            elif index != last and self.chunks[index].mentions and self._is_adjective(index):
                # "Chinese and Indian officials": the noun that acts stands once, at the end.
                acts = any(party.acts for party in self._actors(last))
                found += [self.party(mention, chunk, acts=acts) for mention in chunk.mentions[-1:]]
            else:
                found += self._actors(index)
        unique: dict[str, Party] = {}
        for party in found:
            unique.setdefault(party.code, party)
        return tuple(unique.values())

    def _is_adjective(self, index: int) -> bool:
        chunk = self.chunks[index]
        return chunk.mentions[-1].kind is NameKind.ADJECTIVE and chunk.mentions[-1].last == chunk.last

    def holds(self, party: Party, offices: WordSet) -> bool:
        """Whether a party is a person who holds one of these offices; `persons` of the language stand for any."""
        if not party.person:
            return False
        if offices is self.language.persons:
            return True
        words = (party.office or "").split(" ")
        return bool(words) and offices.match_ending(words, len(words) - 1, 0) > 0

    def is_body(self, group: Group) -> bool:
        """Whether a group is made of people who act for somebody, named or not: "governors", "the court"."""
        return any(self._part_of(self.chunks[index], self.chunks[index].first) is not None for index in group)

    def fits(self, group: Group, words: WordSet) -> bool:
        """Whether one of the group's nouns is among `words`."""
        return any(self.head_place(self.chunks[index], words) is not None for index in group)

    def head_place(self, chunk: Chunk, words: WordSet) -> int | None:
        """The last token of a member of `words` that is the head of the chunk: only names may follow it."""
        first = chunk.owner_end or chunk.first
        lower = self.sentence.lower
        for place in range(chunk.last - 1, first - 1, -1):
            if words.match_ending(lower, place, first):
                return place
            if not self.language.head_first and not self._may_follow_head(chunk, place):
                return None
        return None

    def _may_follow_head(self, chunk: Chunk, place: int) -> bool:
        """Names and numbers follow a head ("envoy James Smith"); another common noun would be the head itself."""
        word = self.sentence.words[place]
        return (
            (word[0].isupper() and self.sentence.lower[place] not in self.language.common_nouns)
            or not word[0].isalpha()
            or any(mention.first <= place < mention.last for mention in chunk.mentions)
        )

    def _is_bare_name(self, chunk: Chunk) -> bool:
        return bool(chunk.mentions) and chunk.mentions[-1].last == chunk.last

    def _owners(self, index: int, head: int) -> list[Party]:
        """For whom a noun like "diplomats" at token `head` acts: possessor, adjective, "of ...", the person's own office."""
        chunk = self.chunks[index]
        possessors = [mention for mention in chunk.mentions if mention.last <= chunk.owner_end]
        if possessors:
            return [self.party(possessors[-1], chunk, acts=True)]
        if self.language.head_first:
            modifiers = [mention for mention in chunk.mentions if mention.kind is not NameKind.HOLDER]
        else:
            modifiers = [mention for mention in chunk.mentions if mention.last <= head + 1 and mention.first < head]
        if modifiers:
            return [self.party(mention, chunk, acts=True) for mention in self._compound(modifiers)]
        attached = self.attached(index, BIT["genitive"] | BIT["origin"])
        if attached is not None:
            return [
                self.party(mention, self.chunks[at], acts=True)
                for at in self.group_from(attached)
                for mention in self.chunks[at].mentions[:1]
            ]
        if chunk.tag & BIT["owned"]:
            return self._sayer(index)
        behind = [mention for mention in chunk.mentions if mention.first > head]
        return [self.party(mention, chunk, acts=True) for mention in behind[:1]]

    def _sayer(self, index: int) -> list[Party]:
        """Whose "its" is: "Peru said Chile entered its airspace", "Peru frees two as Chile lifts sanctions on its bank"."""
        verb = self.verb_before(index)
        above = self.verb_before(verb) if verb is not None else None
        if verb is None or above is None:
            return []
        opened = any(self.chunks[at].kind is Kind.OPENER for at in range(above, verb))
        if not (opened or self._has_lemma(above, self.language.saying)):
            return []
        doer = {party.code for party in self.parties(self.subject_of(verb), NounSpec())}
        return [party for party in self.parties(self.subject_of(above), NounSpec()) if party.code not in doer]

    def _compound(self, mentions: list[Mention]) -> list[Mention]:
        """Of several adjectives the first owns ("US Venezuela envoy"), save where a dash joins them ("US-Venezuelan")."""
        joined = mentions[:1]
        for mention in mentions[1:]:
            if self.sentence.lower[mention.first - 1] in "-–/" and mention.first - 1 == joined[-1].last:
                joined.append(mention)
        return joined

    def object_verb(self, index: int) -> int | None:
        """The verb whose direct object the noun chunk is."""
        return index - 1 if index and self.chunks[index - 1].kind is Kind.VERB else None

    def attached(self, index: int, classes: int) -> int | None:
        """The noun chunk that a preposition of these classes hangs on the one at `index`."""
        while (
            index + 2 < len(self.chunks)
            and self.chunks[index + 1].kind is Kind.PREPOSITION
            and self.chunks[index + 1].tag & classes
            and self.chunks[index + 2].kind is Kind.NOUN
        ):
            index += 2
            if self.chunks[index].mentions:
                return index
        return None

    def _actors(self, index: int) -> tuple[Party, ...]:
        """Whom a noun chunk without a demanded head stands for."""
        known = self._acting.get(index)
        if known is None:
            known = self._acting[index] = tuple(self._find_actors(index))
        return known

    def _find_actors(self, index: int) -> list[Party]:
        chunk = self.chunks[index]
        if not chunk.mentions:
            return self._unnamed(index)
        possessors = [mention for mention in chunk.mentions if mention.last <= chunk.owner_end]
        inside = [mention for mention in chunk.mentions if mention.first >= chunk.owner_end]
        # "Yemen's Houthis", "Peru's President Silva": the possessed name is who acts.
        named = inside and inside[-1].last == chunk.last and inside[-1].kind in (*NAMES, NameKind.HOLDER)
        if possessors and not named:
            part = self._part_of(chunk, chunk.owner_end)
            acts = part is not None or self.head_place(chunk, self.language.intentions) is not None
            return [self.party(possessors[-1], chunk, acts=acts, part=part)]
        last = chunk.mentions[-1]
        if last.last == chunk.last:
            return self._named(chunk, inside or chunk.mentions)
        part = self._part_of(chunk, chunk.first if self.language.head_first else last.last)
        modifiers = self._compound([mention for mention in chunk.mentions if mention.first >= chunk.owner_end])
        if last.kind is NameKind.HOLDER and part is None:
            # "Trump says", but also "Maduro ally": what follows a person is a thing of theirs, unless it is a name.
            return [self.party(last, chunk, acts=self._only_names(chunk, last.last))]
        acts = part is not None or self.head_place(chunk, self.language.intentions) is not None
        return [self.party(mention, chunk, acts=acts, part=part) for mention in modifiers]

    def _named(self, chunk: Chunk, mentions: Sequence[Mention]) -> list[Party]:
        """A chunk that ends in a name: "Venezuela", "US President Trump", "US-Venezuela"."""
        last = mentions[-1]
        if last.kind is NameKind.HOLDER:
            return [self.party(last, chunk, acts=True)]
        joined = self._compound(list(mentions))
        if joined[-1] is not last:
            joined = [last]
        between = self._part_of(chunk, chunk.first)
        return [
            self.party(
                mention,
                chunk,
                acts=mention.kind in NAMES or (mention.kind is NameKind.ADJECTIVE and between is not None),
                part=between if between is Part.FORMER or mention.kind is NameKind.ADJECTIVE else None,
            )
            for mention in joined
        ]

    def _unnamed(self, index: int) -> list[Party]:
        """For "Officials from Peru", "the government of Chile"; "the Government" alone is the home state's."""
        chunk = self.chunks[index]
        if self.context is not None and self._is_pair(chunk):
            return list(self.context.pair())
        if chunk.tag & BIT["pronoun"]:
            meant = self.context.subject() if self.context is not None else None
            return [meant] if meant is not None and (meant.person or not chunk.tag & BIT["personal"]) else []
        part = self._part_of(chunk, chunk.first)
        attached = self.attached(index, BIT["genitive"] | BIT["origin"])
        if attached is not None:
            return [
                self.party(mention, self.chunks[at], acts=part is not None, part=part)
                for at in self.group_from(attached)
                for mention in self.chunks[at].mentions[:1]
            ]
        if self.home is not None and part is not None and not self._is_object(index):
            words = self.sentence.words
            return [
                Party(code=self.home, words=words, first=chunk.first, last=chunk.last, role=None, part=part, acts=True)
            ]
        return []

    def proper_name(self, group: Group) -> str | None:
        """The longest row of capitalised words in a group that name no actor: a ship, a person, a treaty.

        In titles that capitalise every word a capital says nothing.
        """
        words, found = self.sentence.words, (0, 0)
        if self.sentence.is_title_case:
            return None
        for index in group:
            chunk = self.chunks[index]
            taken = {at for mention in chunk.mentions for at in range(mention.first, mention.last)}
            first = None
            for at in range(chunk.first, chunk.last + 1):
                named = (
                    at < chunk.last
                    and at
                    and at not in taken
                    and words[at][0].isupper()
                    and not self.language.tag(words[at].lower())
                )
                if named and first is None:
                    first = at
                elif not named and first is not None:
                    found = max(found, (first, at), key=lambda span: span[1] - span[0])
                    first = None
        text, start = self.sentence.text, self.sentence.start
        return (
            text[self.sentence.starts[found[0]] - start : self.sentence.ends[found[1] - 1] - start]
            if found[1]
            else None
        )

    def _is_pair(self, chunk: Chunk) -> bool:
        words = self.sentence.lower[chunk.first : chunk.last]
        return any(
            words[at + 1 :] == rest for at, word in enumerate(words) for rest in self.language.pairs.get(word, ())
        )

    def _part_of(self, chunk: Chunk, first: int) -> Part | None:
        """The part of a state that the nouns of a chunk from token `first` on speak of; None where they act for none."""
        key = (chunk.first, first)
        if key not in self._parts:
            self._parts[key] = self._find_part(chunk, first)
        return self._parts[key]

    def _find_part(self, chunk: Chunk, first: int) -> Part | None:
        lower = self.sentence.lower
        for part in (Part.FORMER, Part.OPPOSITION):
            words = self.language.roles.get(part)
            if words is not None and any(
                words.match_ending(lower, at, chunk.first) for at in range(chunk.first, chunk.last)
            ):
                return part
        for place in range(chunk.last - 1, first - 1, -1):
            for part, words in self.language.roles.items():
                if words.match_ending(lower, place, first):
                    return part
            if not self.language.head_first and not self._may_follow_head(chunk, place):
                return None
        return None

    def _only_names(self, chunk: Chunk, first: int) -> bool:
        return all(self._may_follow_head(chunk, place) for place in range(first, chunk.last))

    def party(self, mention: Mention, chunk: Chunk, *, acts: bool = True, part: Part | None = None) -> Party:
        """The party that a mention in a chunk makes; `part`, where given, is what the nouns around it speak of."""
        first, last = mention.first, mention.last
        office = mention.role if mention.kind is NameKind.HOLDER else self._role_words(chunk, chunk.first)
        role = mention.role
        if role is None and chunk.first <= first < chunk.last:
            role = self._role_words(chunk, last)
        if (mention.kind is NameKind.PEOPLE and part is None) or mention.kind is NameKind.PLACE:
            acts = False
        holder = mention.kind is NameKind.HOLDER
        person = holder or any(
            self.language.persons.match_ending(self.sentence.lower, at, chunk.first)
            for at in range(chunk.first, chunk.last)
        )
        chosen = mention.part if part is None or mention.part is not Part.GOVERNMENT else part
        words = self.sentence.words
        return Party(
            code=mention.code,
            words=words,
            first=first,
            last=last,
            role=role,
            part=chosen,
            acts=acts,
            person=person,
            office=office,
        )

    def _role_words(self, chunk: Chunk, first: int) -> str | None:
        """The office named behind an actor in the same chunk: "foreign minister"."""
        lower = self.sentence.lower
        for place in range(chunk.last - 1, first - 1, -1):
            for words in self.language.roles.values():
                length = words.match_ending(lower, place, first)
                if length:
                    return " ".join(lower[place - length + 1 : place + 1])
        return None


def joined(words: Sequence[str]) -> str:
    """The text of a row of tokens, with its marks where they belong."""
    text = ""
    for word in words:
        glued = not text or word in "-–'’.," or word in ("'s", "’s") or text[-1] in "-–'’"
        text += word if glued else f" {word}"
    return text


def is_passive(verb: Chunk) -> bool:
    """Whether a verb group with an auxiliary is in the passive."""
    return bool(verb.tag & BIT["be"] and verb.bits & FORM["participle"] and not verb.bits & FORM["gerund"])


def may_be_reduced_passive(verb: Chunk) -> bool:
    """Whether a bare participle may stand for a passive, as headlines do: "Envoy summoned over remarks"."""
    return not verb.tag and bool(verb.bits & FORM["participle"])
