"""Names of actors, and where they stand in a sentence.

Takes the names that the tables of config/actors give (actor_tables), and finds in a tokenised sentence the longest of
them, each with the actor that it stands for on the day of publication. What a name does in its clause (subject, object,
possessor) is for frames to find out.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from monitor.classify.tokens import Sentence
from monitor.classify.words import WordSet
from monitor.domain.events import Part

# Above this share of words in capitals a sentence is taken for a title in capitals, and names are found in any case.
_SHOUTING = 0.7
_SHORT_CAPITALS = 5
_POSSESSIVE = "'s"
# Many states have a Congress and a Supreme Court, though one of them needs no name before it.
_OF_ANY_STATE = frozenset({Part.LEGISLATURE, Part.COURT})


class NameKind(StrEnum):
    """How a name stands for its actor."""

    NAME = "name"
    """A proper name: Venezuela, NATO, the Kremlin, Caracas."""
    BODY = "body"
    """The name of an organisation or armed group: it is nowhere, so that what it names is its deed."""
    CAPITAL = "capital"
    """Caracas: a name like any other, but before a meeting it is the place."""
    ADJECTIVE = "adjective"
    """Venezuelan: needs a noun that acts ("Venezuelan diplomats")."""
    PEOPLE = "people"
    """Venezuelans: the people, who don't act for the state."""
    HOLDER = "holder"
    """A person in office."""
    PLACE = "place"
    """A place in the state: it says where, and never acts."""


NAMES = frozenset({NameKind.NAME, NameKind.BODY, NameKind.CAPITAL})
"""The kinds of names that act by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One actor that a name can stand for; `first` and `last` bound the days on which it does (office holders)."""

    code: str
    kind: NameKind
    role: str | None = None
    part: Part = Part.GOVERNMENT
    first: dt.date | None = None
    last: dt.date | None = None
    ambiguous: bool = False
    """The word is also something else (Turkey, Jordan): it counts only where no other capitalised word follows."""
    leans: bool = False
    """The name counts only beside another sign of the same actor: "the Senate" is whose?"""
    surname: bool = False
    """A surname alone: another first name before it is another person's. If `ambiguous`, at the head of a sentence, too."""
    titled: bool = False
    """A surname that many bear: it counts behind the words for the office ("canciller Gil"), or beside its state's name."""


class Mention(NamedTuple):
    """A name in a sentence: tokens `first` to `last` (exclusive) and the actor that it stands for."""

    first: int
    last: int
    code: str
    kind: NameKind
    role: str | None
    part: Part


@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of a name, and whom it may stand for."""

    rest: tuple[str, ...]
    """The lower-case tokens behind the first one."""
    cased: tuple[str, ...]
    """All tokens as the table writes them: a text must capitalise at least as much."""
    entries: tuple[Entry, ...]
    plain: Entry | None = None
    """The one entry of a name that stands for the same actor on every day and behind every title."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All names by their first token, the longest first."""

    names: Mapping[str, tuple[Name, ...]] = field(repr=False)
    codes: frozenset[str] = field(repr=False)
    detaching: frozenset[str] = field(repr=False)
    """Words that a hyphen binds behind a name which then doesn't act: "Iran-backed"."""
    titles: frozenset[str] = field(repr=False)
    """Words in lower case that may stand before a surname: "President", "envoy"."""
    surnames: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict, repr=False)
    """Office holders by surnames that many others bear, too: they count behind their own state's name ("Chad's Silva")."""
    offices: Mapping[str, WordSet] = field(default_factory=dict, repr=False)
    """Office, as the tables name it -> what newspapers call whoever holds it."""

    def with_names(self, own: Mapping[str, tuple[Name, ...]]) -> "Lexicon":
        """This lexicon with names that one text brings along; they come before those of the tables."""
        return replace(self, names={**self.names, **{word: own[word] + self.names.get(word, ()) for word in own}})

    def mentions(self, sentence: Sentence, published_on: dt.date | None) -> list[Mention]:
        """The names in a sentence from left to right, longest match first, none overlapping."""
        found: list[Mention] = []
        leaning: list[Mention] = []
        untitled: list[tuple[int, Name]] = []
        shouting: bool | None = None
        skip_to = 0
        names, words, lower = self.names, sentence.words, sentence.lower
        for at in [at for at, word in enumerate(lower) if word in names]:
            if at < skip_to:
                continue
            for name in names[lower[at]]:
                end = at + 1 + len(name.rest)
                if name.rest and lower[at + 1 : end] != name.rest:
                    continue
                if words[at:end] != name.cased and not _cased(words[at:end], name.cased):
                    if shouting is None:
                        shouting = _is_shouting(sentence)
                    if not shouting:
                        continue
                entry = name.plain or _on(self._called(name.entries, sentence, at), published_on)
                if entry is None and not name.rest and any(one.titled for one in name.entries):
                    untitled.append((at, name))
                if (
                    entry is None
                    or (entry.titled and entry.part is Part.FORMER)
                    or (entry.ambiguous and _is_other_name(sentence, at, end))
                ):
                    continue
                if entry.part in _OF_ANY_STATE and found and _is_owned(sentence, at, found[-1], entry.code):
                    continue
                if entry.surname and not (found and found[-1].last == at) and self._is_namesake(sentence, at, entry):
                    continue
                if _is_compound_modifier(sentence, end, self.detaching):
                    skip_to = end
                    break
                found.append(Mention(at, end, entry.code, entry.kind, entry.role, entry.part))
                if entry.leans:
                    leaning.append(found[-1])
                skip_to = end
                break
        found += self._possessed(sentence, found, published_on)
        found += _at_home(sentence, found, untitled, published_on)
        found.sort(key=lambda mention: mention.first)
        if leaning:
            signs = {mention.code for mention in found if mention not in leaning}
            found = [mention for mention in found if mention not in leaning or mention.code in signs]
        return found

    def _possessed(self, sentence: Sentence, found: Sequence[Mention], published_on: dt.date | None) -> list[Mention]:
        """The office holders whose surname stands right behind their state's name: "Chad's Silva"."""
        begun = {mention.first for mention in found}
        more = []
        for mention in found:
            at = mention.last + 1
            if at >= len(sentence.lower) or at in begun or sentence.lower[at - 1] != _POSSESSIVE:
                continue
            own = [entry for entry in self.surnames.get(sentence.lower[at], ()) if entry.code == mention.code]
            entry = _on(own, published_on) if own and sentence.words[at][0].isupper() else None
            if entry is not None:
                more.append(Mention(at, at + 1, entry.code, entry.kind, entry.role, entry.part))
        return more

    def _called(self, entries: Sequence[Entry], sentence: Sentence, at: int) -> Sequence[Entry]:
        """The entries of a name at token `at`, without those that need their office before it and have another or none."""
        if not any(entry.titled for entry in entries):
            return entries
        return [entry for entry in entries if not entry.titled or self._has_title(entry, sentence, at)]

    def _has_title(self, entry: Entry, sentence: Sentence, at: int) -> bool:
        words = self.offices.get(entry.role or "")
        return words is not None and at > 0 and words.match_ending(sentence.lower, at - 1, 0) > 0

    def _is_namesake(self, sentence: Sentence, at: int, entry: Entry) -> bool:
        """Whether a capitalised word that is no title stands before a surname: another person of that name.

        At the head of a sentence, and in titles that capitalise every word, a capital says nothing; save before a word
        like "Pope", which is as often a family's name.
        """
        if not at or not sentence.words[at - 1][0].isupper() or sentence.words[at - 1].isupper():
            return False
        if sentence.lower[at - 1] in self.titles:
            return False
        return entry.ambiguous if at == 1 else not sentence.is_title_case


def _at_home(
    sentence: Sentence, found: Sequence[Mention], untitled: Sequence[tuple[int, Name]], published_on: dt.date | None
) -> list[Mention]:
    """Those in office whose surname many bear, in a sentence that names their own state, too: "meets Silva in Chad".

    Where every word is in capitals, a first name before it and a second surname behind it can't be told from the rest.
    """
    if sentence.is_title_case or not untitled:
        return []
    words, taken = sentence.words, {at for mention in found for at in range(mention.first, mention.last)}
    more = []
    for at, name in untitled:
        beside = [place for place in (at - 1, at + 1) if 0 < place < len(words)]
        if at in taken or not words[at][0].isupper() or any(words[place][0].isupper() for place in beside):
            continue
        signs = {mention.code for mention in found}
        entry = _on([one for one in name.entries if one.code in signs], published_on)
        if entry is not None and entry.part is Part.GOVERNMENT:
            more.append(Mention(at, at + 1, entry.code, entry.kind, entry.role, entry.part))
    return more


def _on(entries: Sequence[Entry], published_on: dt.date | None) -> Entry | None:
    """Whom a name stands for on a day; a person out of office is `former`. None where two actors fit equally well."""
    if not entries:
        return None
    if len(entries) == 1 and entries[0].kind is not NameKind.HOLDER:
        return entries[0]
    serving = [
        entry
        for entry in entries
        if published_on is None
        or ((entry.first is None or entry.first <= published_on) and (entry.last is None or published_on <= entry.last))
    ]
    if serving:
        # Where two actors share a word, the one that leaves it unmarked is meant.
        serving = [entry for entry in serving if not entry.ambiguous] or serving
        codes = {entry.code for entry in serving}
        # A government office outweighs another that the same person holds.
        best = min(serving, key=lambda entry: entry.part is not Part.GOVERNMENT)
        return best if len(codes) == 1 else None
    past = [entry for entry in entries if entry.first is None or (published_on and entry.first <= published_on)]
    if not past:
        return None
    entry = max(past, key=lambda entry: entry.last or dt.date.max)
    part = entry.part if entry.part is not Part.GOVERNMENT else Part.FORMER
    return replace(entry, part=part)


def _cased(words: Sequence[str], cased: Sequence[str]) -> bool:
    """Whether the text capitalises a name at least as the table does; short names in capitals must match exactly."""
    for word, model in zip(words, cased, strict=True):
        if word == model:
            continue
        if model.isupper() and len(model) <= _SHORT_CAPITALS:
            return False
        if model[0].isupper() and not word[0].isupper():
            return False
    return True


def _is_shouting(sentence: Sentence) -> bool:
    """Whether most words of a sentence are in capitals."""
    words = [word for word in sentence.words if word.isalpha()]
    return sum(map(str.isupper, words)) > _SHOUTING * len(words)


def _is_other_name(sentence: Sentence, first: int, last: int) -> bool:
    """Whether an ambiguous word is part of a longer name, as in "Jordan Pickford" or "Michael Jordan".

    Headlines in title case capitalise everything, so there the neighbours say nothing.
    """
    if sentence.is_title_case:
        return False
    neighbours = [at for at in (first - 1, last) if 0 < at < len(sentence.words)]
    return any(sentence.words[at][0].isupper() and not sentence.words[at].isupper() for at in neighbours)


def _is_owned(sentence: Sentence, at: int, before: Mention, code: str) -> bool:
    """Whether another actor's name stands right before: "Peru's Congress", "the Peruvian Congress"."""
    behind = at - 1 if sentence.lower[at - 1] == _POSSESSIVE else at
    return before.code != code and before.last == behind


def _is_compound_modifier(sentence: Sentence, end: int, detaching: AbstractSet[str]) -> bool:
    """Whether a hyphen and a word like "based" or "backed" follow: then the name doesn't act."""
    words = sentence.words
    return (
        end + 1 < len(words)
        and words[end] in "-‑"
        and sentence.lower[end + 1] in detaching
        and sentence.starts[end] == sentence.ends[end - 1]
    )
