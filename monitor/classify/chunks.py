"""Chunks: noun groups, verb groups and the little words between them.

Takes a tokenised sentence with its mentions and says which tokens belong together. Without a part-of-speech tagger:
function words and verb forms are known from the language's data, everything else is noun material; a form that may be
either noun or verb is decided by its neighbours. Frames then find out which noun group is whose subject.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from monitor.classify.lexicon import NAMES, Mention, NameKind
from monitor.classify.tokens import Sentence
from monitor.classify.words import BIT, COPULA, FORM, Language

_ARTICLE = BIT["article"] | BIT["determiner"] | BIT["no"]
_AUXILIARY = BIT["be"] | BIT["have"] | BIT["do"] | BIT["modal_future"] | BIT["modal_possible"]
_PREPOSITION = BIT["preposition"] | BIT["to"] | BIT["agent"] | BIT["genitive"] | BIT["origin"] | BIT["between"]
_OPENS = BIT["subordinator"] | BIT["after"] | BIT["before"] | BIT["condition"]
_FINITE = FORM["base"] | FORM["present"] | FORM["past"] | FORM["future"] | FORM["conditional"] | FORM["subjunctive"]
_PLAIN = FORM["base"] | FORM["present"]
_VERB_OF_CLAUSE = FORM["base"] | FORM["present"] | FORM["past"]
_VERBAL_NOUN = FORM["gerund"] | FORM["infinitive"]
# Tokens in brackets up to this many are an aside: "Minister Lee (Labour) holds".
_LONGEST_ASIDE = 8
_QUOTES = frozenset("'‘’")
_DASHES = "-‑"
_PUNCTUATION = {",": "comma", "-": "dash", "–": "dash", "—": "dash", "|": "stop", ":": "stop", ";": "stop", "(": "stop", ")": "stop", ".": "stop", "?": "stop", "!": "stop", "/": "comma", "…": "stop"}  # fmt: skip


class Kind(IntEnum):
    """What a chunk is."""

    NOUN = 0
    VERB = 1
    PREPOSITION = 2
    AND = 3
    COMMA = 4
    OPENER = 5
    """Opens a clause: because, if, after ..."""
    RELATIVE = 6
    STOP = 7


@dataclass(slots=True)
class Chunk:
    """Tokens `first` to `last` (exclusive) of a sentence."""

    kind: Kind
    first: int
    last: int
    tag: int = 0
    """The classes of the function words in it: the article of a noun group, the auxiliaries of a verb group."""
    mentions: list[Mention] = field(default_factory=list)
    owner_end: int = 0
    """Behind a possessive ("Venezuela's envoy"): the token at which the possessed begins, else 0."""
    lemmas: tuple[tuple[str, int], ...] = ()
    """Of a verb group: each reading of its main verb, with the bits of its forms."""
    main: int = 0
    """The token of the main verb."""
    bits: int = 0
    """All form bits of the main verb together."""

    @property
    def is_infinitive(self) -> bool:
        """A bare "to reopen", which in a headline speaks of the future; "reabrir"."""
        return bool(self.tag & BIT["to"]) or self.bits == FORM["infinitive"]

    @property
    def negated(self) -> bool:
        """Not, never, won't ..."""
        return bool(self.tag & BIT["negation"])


def chunk(sentence: Sentence, mentions: Sequence[Mention], language: Language) -> list[Chunk]:
    """The chunks of a sentence from left to right. Adverbs and quotation marks belong to none."""
    return _Chunker(sentence, mentions, language).run()


class _Chunker:
    """One pass over the tokens. It lives for one sentence."""

    __slots__ = ("chunks", "language", "lower", "mention_at", "noun", "sentence", "tags")

    def __init__(self, sentence: Sentence, mentions: Sequence[Mention], language: Language) -> None:
        self.sentence = sentence
        self.lower = sentence.lower
        self.language = language
        self.tags = [language.tag(word) for word in sentence.lower]
        for mention in mentions:
            for at in range(mention.first, mention.last):
                self.tags[at] = 0  # "Italy" is no adverb, "The Hague" has no article
        for at, word in enumerate(sentence.lower):
            if word in _QUOTES and self.tags[at] and not self._closes_word(at):
                self.tags[at] = 0  # a quotation mark, no "States'"
        self.mention_at = {mention.first: mention for mention in mentions if not self._has_prefix(mention)}
        self.chunks: list[Chunk] = []
        self.noun: Chunk | None = None

    def _closes_word(self, at: int) -> bool:
        """Whether an apostrophe is glued to a word in -s before it, with no word glued behind: "the envoys' return"."""
        before = at > 0 and self.sentence.ends[at - 1] == self.sentence.starts[at] and self.lower[at - 1].endswith("s")
        behind = at + 1 < len(self.lower) and self.sentence.ends[at] == self.sentence.starts[at + 1]
        opened = any(word in _QUOTES for word in self.lower[:at])
        return before and not behind and not opened

    def _has_prefix(self, mention: Mention) -> bool:
        """Whether a hyphen binds "anti", "pro" and their like to the name."""
        first = mention.first
        return first > 1 and self.lower[first - 1] in _DASHES and self.lower[first - 2] in self.language.prefixes

    def run(self) -> list[Chunk]:
        at, count = 0, len(self.lower)
        while at < count:
            mention = self.mention_at.get(at)
            if mention is not None:
                group = self._grow(at, mention.last)
                group.mentions.append(mention)
                at = mention.last
                continue
            word, tag = self.lower[at], self.tags[at]
            if word in self.language.compounds and (length := self._group_of(self.language.compounds, at)):
                self._grow(at, at + length)
                at += length
            elif word in self.language.verb_prefixes and self._is_prefixed_verb(at):
                entries = self.language.verb_forms[self.lower[at] + self.lower[at + 2]]
                self._add_verb(at, at + 3, self._negation_before(at), at + 2, entries)
                at += 3
            elif word in self.language.before_numbers and (length := self._before_number(at)):
                self.noun = None
                at += length
            elif (tag & BIT["month"] and self.sentence.words[at][0].isupper() and (step := self._month(at))) or (
                tag and not self._is_name_like(at, tag) and (step := self._function_word(at, tag))
            ):
                at += step
            elif word in _PUNCTUATION:
                at += self._punctuation(at, word)
            elif not (word[0].isalnum()):
                at += 1  # quotation marks and their like bind nothing and part nothing
            elif word in self.language.fixed and (length := self._group_of(self.language.fixed, at)):
                self.noun = None
                self._grow(at, at + length)
                self.noun = None
                at += length
            elif word in self.language.verb_forms and not self._is_hyphened(at) and self._is_verb(at):
                at = self._verb_group(at)
            else:
                if (word[0].isdigit() and self._counts_next(at)) or self._parts_from_name(at):
                    self.noun = None
                self._grow(at, at + 1)
                at += 1
        return self.chunks

    def _grow(self, first: int, last: int) -> Chunk:
        if self.noun is None:
            self.noun = Chunk(Kind.NOUN, first, last)
            self.chunks.append(self.noun)
        else:
            self.noun.last = last
        return self.noun

    def _is_prefixed_verb(self, at: int) -> bool:
        """Whether a hyphen sets a prefix before a known verb: "re-open", and no noun: "the re-opening"."""
        joined = self.lower[at] + (self.lower[at + 2] if at + 2 < len(self.lower) else "")
        if joined not in self.language.verb_forms or self.lower[at + 1] not in _DASHES:
            return False
        before = self._before(at)
        return before is None or not self.tags[before] & (_ARTICLE | BIT["possessive"] | BIT["to"])

    def _before_number(self, at: int) -> int:
        """How many tokens a group like "more than" takes before a number at `at`."""
        if self.chunks and self.chunks[-1].kind is Kind.VERB and self.chunks[-1].last == at:
            return 0  # "hands over 30 suspects": the verb's particle
        length = self._group_of(self.language.before_numbers, at)
        after = at + length
        is_number = (
            length
            and after < len(self.lower)
            and (self.lower[after][0].isdigit() or self.tags[after] & BIT["determiner"])
        )
        return length if is_number else 0

    def _is_name_like(self, at: int, tag: int) -> bool:
        """Whether a capital in the middle of a sentence makes a modal a name: "Theresa May", "by May 15"."""
        if (
            not tag & (BIT["modal_possible"] | BIT["modal_future"])
            or not at
            or not self.sentence.words[at][0].isupper()
        ):
            return False
        beside = [self.sentence.words[place] for place in (at - 1, at + 1) if 0 <= place < len(self.lower)]
        return any(word[0].isdigit() for word in beside) or all(not word[0].isupper() for word in beside)

    def _is_hyphened(self, at: int) -> bool:
        """Whether a hyphen binds the word to another: "long-standing", "five-day", "cease-fire"."""
        if at > 1 and self.lower[at - 1] in _DASHES and self.sentence.ends[at - 1] == self.sentence.starts[at]:
            return True
        after = at + 1
        return (
            after + 1 < len(self.lower)
            and self.lower[after] in _DASHES
            and self.sentence.ends[at] == self.sentence.starts[after]
            and self.sentence.ends[after] == self.sentence.starts[after + 1]
        )

    def _parts_from_name(self, at: int) -> bool:
        """Where adjectives follow their noun, a common word behind a name begins a group of its own."""
        if not self.language.head_first or self.noun is None or not self.noun.mentions:
            return False
        last = self.noun.mentions[-1]
        return last.last == at and last.kind in (*NAMES, NameKind.HOLDER) and self.sentence.words[at].islower()

    def _counts_next(self, at: int) -> bool:
        """Whether a number behind a noun begins a group of its own: "gives the envoy 48 hours"."""
        return (
            self.noun is not None
            and not self._only_articles(self.noun)
            and self.lower[at - 1] not in _DASHES
            and at + 1 < len(self.lower)
            and self.sentence.words[at + 1].islower()
        )

    def _group_of(self, groups: Mapping[str, tuple[tuple[str, ...], ...]], at: int) -> int:
        """How many tokens one of the word groups takes at `at`, 0 where none stands there."""
        for rest in groups[self.lower[at]]:
            if self.lower[at + 1 : at + 1 + len(rest)] == rest:
                return 1 + len(rest)
        return 0

    def _close(self, kind: Kind, at: int, tag: int) -> None:
        self.noun = None
        self.chunks.append(Chunk(kind, at, at + 1, tag))

    def _function_word(self, at: int, tag: int) -> int:
        """Handles the function word at `at`; how many tokens it took, 0 where it is a content word after all."""
        if tag & BIT["possessive"]:
            if self.noun is not None:
                self.noun.last = self.noun.owner_end = at + 1
            return 1
        if tag & (_AUXILIARY | BIT["to"]):
            end = self._auxiliaries(at)
            if end:
                return end - at
        if tag & (BIT["negation"] | BIT["clitic"]):
            return 1  # a verb that follows looks back for it
        if tag & _OPENS:
            self._close(Kind.OPENER, at, tag)
            return 1
        if tag & BIT["relative"] and self._opens_relative(tag):
            self._close(Kind.RELATIVE, at, tag)
            return 1
        if tag & BIT["day"]:
            return self._time(at)
        if tag & _ARTICLE:
            if self.noun is not None and self.noun.last == at and not self.tags[at - 1] & BIT["genitive"]:
                self.noun = None
            self._grow(at, at + 1).tag |= tag
            return 1
        if tag & BIT["genitive"] and self.noun is not None and self._is_quantity(at):
            self.noun.last = at + 1
            return 1
        if tag & _PREPOSITION:
            if self.chunks and self.chunks[-1].kind is Kind.PREPOSITION and self.chunks[-1].last == at:
                # "out of", "dentro de": two in a row bind as one.
                self.chunks[-1].last = at + 1
                self.chunks[-1].tag |= tag & ~BIT["genitive"] & ~BIT["origin"]
            else:
                self._close(Kind.PREPOSITION, at, tag)
            return 1
        if tag & (BIT["and"] | BIT["or"] | BIT["but"]):
            self._close(Kind.AND, at, tag)
            return 1
        if tag & BIT["pronoun"]:
            self.noun = None
            self._grow(at, at + 1).tag |= tag
            self.noun = None
            return 1
        return 1 if tag & BIT["adverb"] else 0

    def _time(self, at: int) -> int:
        """A group of time ("on Monday", "last week") is passed over, so that what stands around it comes together.

        "Monday's meeting" and "a week of talks" are no such groups.
        """
        after = self.tags[at + 1] if at + 1 < len(self.lower) else 0
        if at and self.lower[at - 1] in _DASHES:
            return 0  # "a five-day trip"
        if after & (BIT["possessive"] | BIT["genitive"]):
            return 0
        if self.noun is not None and self._only_articles(self.noun):
            self.chunks.pop()
        if self.chunks and self.chunks[-1].kind is Kind.PREPOSITION and self.chunks[-1].last >= at - 1:
            self.chunks.pop()
        self.noun = None
        return 1

    def _month(self, at: int) -> int:
        """A month with its day or year ("on June 13", "13 June 2020", "in March") is a group of time, too.

        Without a number or a preposition beside it the word may be a name, a verb or a modal.
        """
        end = at + 1
        while end < len(self.lower) and (
            self.lower[end].isdigit()
            or (self.lower[end] in ",." and end + 1 < len(self.lower) and self.lower[end + 1].isdigit())
        ):
            end += 1
        before = self.chunks[-1] if self.chunks else None
        number = before is not None and before.kind is Kind.NOUN and before.last == at and self.lower[at - 1].isdigit()
        led = before is not None and before.kind is Kind.PREPOSITION and before.last == at
        if not (end > at + 1 or number or led):
            return 0
        if number and before is not None and before.first == at - 1:
            self.chunks.pop()
        self.noun = None
        if self.chunks and self.chunks[-1].kind is Kind.PREPOSITION:
            self.chunks.pop()
        return end - at

    def _opens_relative(self, tag: int) -> bool:
        """For "Peru, which ...", "says that ...", but not "that decision"."""
        if not self.chunks:
            return False
        last = self.chunks[-1].kind
        return last is Kind.NOUN or last is Kind.VERB or (last is Kind.COMMA and not tag & _ARTICLE)

    def _is_quantity(self, at: int) -> bool:
        """Whether the noun before "of" only counts what follows: "thousands of", "a series of"."""
        noun = self.noun
        return (
            noun is not None
            and not noun.mentions
            and (
                self._only_articles(noun)  # "one of its envoys"
                or bool(self.language.quantities.match_ending(self.lower, at - 1, noun.first))
            )
        )

    def _only_articles(self, noun: Chunk) -> bool:
        return all(self.tags[at] & _ARTICLE for at in range(noun.first, noun.last))

    def _punctuation(self, at: int, word: str) -> int:
        kind = _PUNCTUATION[word]
        if word == "." and at and f"{self.lower[at - 1]}." in self.language.abbreviations:
            return 1  # "Mr. Silva": the point belongs to the title
        if word == "(" and ")" in self.lower[at : at + _LONGEST_ASIDE]:
            return self.lower.index(")", at) - at + 1
        if kind == "dash":
            glued = (
                0 < at < len(self.lower) - 1
                and self.sentence.ends[at - 1] == self.sentence.starts[at]
                and self.sentence.ends[at] == self.sentence.starts[at + 1]
            )
            if glued:
                if self.noun is not None:
                    self.noun.last = at + 1
                return 1
            self._close(Kind.STOP, at, 0)
        else:
            self._close(Kind.COMMA if kind == "comma" else Kind.STOP, at, 0)
        return 1

    def _auxiliaries(self, at: int) -> int:
        """A verb group that begins with auxiliaries or "to"; its end, or 0 where "to" is a preposition."""
        tag, place, count = self._negation_before(at), at, len(self.lower)
        to = bool(self.tags[at] & BIT["to"])
        last_auxiliary = at
        while place < count and place not in self.mention_at:
            here = self.tags[place]
            if here & (_AUXILIARY | (BIT["to"] if place == at or last_auxiliary == place - 1 else 0)):
                tag |= here
                last_auxiliary = place
            elif here & (BIT["adverb"] | BIT["negation"] | BIT["clitic"]):
                tag |= here & BIT["negation"]
            elif not self.lower[place][0].isalnum() and self.lower[place] not in _PUNCTUATION:
                pass  # "must 'prove'": a quotation mark parts nothing
            elif not (here & BIT["linker"] and tag & (BIT["modal_future"] | BIT["modal_possible"])):
                break
            place += 1
        entries = self.language.verb_forms.get(self.lower[place]) if place < count else None
        if entries and place not in self.mention_at:
            if self.tags[last_auxiliary] & BIT["to"]:
                tag &= ~(BIT["be"] | BIT["have"])  # "is to reopen", "has to reopen" speak of the future
            fitting = tuple((lemma, bits & self._after_auxiliary(tag)) for lemma, bits in entries)
            fitting = tuple((lemma, bits) for lemma, bits in fitting if bits)
            if fitting:
                self._add_verb(at, place + 1, tag, place, fitting)
                return place + 1
        if to and not tag & _AUXILIARY:
            return 0
        # No main verb: the auxiliary is the verb ("is in talks", "has no ambassador").
        name = COPULA if tag & BIT["be"] else "have" if tag & BIT["have"] else "do"
        self._add_verb(at, last_auxiliary + 1, tag & ~BIT["be"], last_auxiliary, ((name, FORM["present"]),))
        return last_auxiliary + 1

    def _after_auxiliary(self, tag: int) -> int:
        if tag & BIT["be"]:
            return FORM["participle"] | FORM["gerund"]
        if tag & BIT["have"]:
            return FORM["participle"]
        return FORM["base"] | FORM["infinitive"]

    def _negation_before(self, at: int) -> int:
        """The negation right before a verb, past adverbs and pronouns that lean on it: "no la expulsó"."""
        place = at - 1
        while (
            place >= 0 and self.tags[place] & (BIT["adverb"] | BIT["clitic"]) and not self.tags[place] & BIT["negation"]
        ):
            place -= 1
        return self.tags[place] & BIT["negation"] if place >= 0 else 0

    def _is_verb(self, at: int) -> bool:
        """Whether the verb form at `at`, without an auxiliary, is a verb here."""
        entries = self.language.verb_forms[self.lower[at]]
        bits = 0
        for _, more in entries:
            bits |= more
        before = self._before(at)
        if before is not None:
            tag = self.tags[before]
            if tag & (_ARTICLE | BIT["possessive"]) and before not in self._mention_ends():
                return False
            if tag & _PREPOSITION & ~BIT["to"]:
                return bool(bits & _VERBAL_NOUN)
        if bits == FORM["infinitive"]:
            return True
        if self.lower[at] not in self.language.also_nouns:
            return self._plain_verb_fits(at, bits, before)
        return self._ambiguous_is_verb(at, bits, before)

    def _plain_verb_fits(self, at: int, bits: int, before: int | None) -> bool:
        """A form that is no noun: a participle before a noun of the same group is an adjective ("detained diplomats")."""
        if bits & (FORM["participle"] | FORM["gerund"]) and not bits & _PLAIN:
            following = at + 1
            starts_group = self._open_group() is None and (before is None or not self._is_noun_like(before))
            if not starts_group and self.noun is not None and self._is_object_of_verb():
                # "imposed new targeted sanctions": an adjective; "issued sanctions targeting Peru": a verb.
                return following in self.mention_at or not self._is_noun_like(following)
            if starts_group and following < len(self.lower) and self._is_noun_like(following):
                # At the head of a clause: "Ousted leader returns", but also "Recalling its envoy, Peru said", and behind
                # a comma or an "and" one more verb of a subject that stands: "Peru, it said, expelled envoys".
                return bool(bits & FORM["gerund"]) or (bool(bits & FORM["past"]) and self._continues_clause())
        if bits & FORM["base"] and not bits & (FORM["present"] | FORM["past"]) and self._open_group() is None and at:
            return bool(self.tags[at - 1] & (BIT["and"] | BIT["or"]))
        return True

    def _ambiguous_is_verb(self, at: int, bits: int, before: int | None) -> bool:
        """A form that is as often a noun: strikes, visits, talks."""
        if not bits & ~FORM["gerund"]:
            # "denies lifting sanctions", but "the lifting of sanctions", "Armenian shelling wounds".
            following = at + 1
            if self._adjective_before(at) and not self.language.head_first:
                return False
            return following < len(self.lower) and (
                self._is_noun_like(following) or bool(self.tags[following] & _ARTICLE)
            )
        group = self._open_group()
        if before is not None and self.language.drops_subject and self.tags[before] & BIT["relative"]:
            return bool(bits & _FINITE)  # "asegura que cuenta con ..."
        if before is None or group is None:
            # Nothing before it that could be its subject: a noun, save for a coordinated verb ("... and visits Peru").
            coordinated = before is not None and (
                bool(self.tags[before] & BIT["and"])
                or (self.lower[before] == "," and any(piece.kind is Kind.VERB for piece in self.chunks))
            )
            if not (coordinated and bits & FORM["present"]):
                return False
            following = at + 1
            return following < len(self.lower) and (
                self._is_noun_like(following) or bool(self.tags[following] & _ARTICLE)
            )
        if self._is_object_of_verb():
            return False
        last = group.mentions[-1] if group.mentions else None
        if bits == FORM["base"] and last is not None and last.last == at and not self._is_plural(last):
            return False  # "the Iran deal": a plain form would need several ("Iran and Iraq deal")
        if last is None and len(self.chunks) > 1 and self.chunks[-2].kind is Kind.PREPOSITION:
            return False  # "pulls out of grain deal with": only a name there may be a subject
        adjective = last is not None and last.last == at and last.kind is NameKind.ADJECTIVE
        if adjective and not self.language.head_first:
            # "Russian strikes": a noun, unless the same word also names the state ("US strikes ...").
            return False
        following = at + 1
        while following < len(self.lower) and self.tags[following] & BIT["adverb"]:
            following += 1
        if following >= len(self.lower):
            return bool(last is not None and bits & FORM["base"])
        if following in self.mention_at:
            return True
        tag = self.tags[following]
        if tag & BIT["objective"] and last is not None and not bits & FORM["participle"]:
            return True
        if tag & (_AUXILIARY | BIT["possessive"]):
            return False
        if tag & _ARTICLE:
            return True
        if tag & _PREPOSITION:
            return not self._verb_later(following) and not tag & (BIT["genitive"] | BIT["agent"])
        entries = self.language.verb_forms.get(self.lower[following])
        if entries and self.lower[following] not in self.language.also_nouns:
            return False
        if tag & (BIT["and"] | BIT["or"]) or self.lower[following] in _PUNCTUATION:
            return bool(bits & FORM["past"]) or not self._verb_later(following)
        # A noun without an article follows: "strikes port", "calls meeting".
        return not self._verb_later(following) or bool(bits & FORM["present"] and last is not None and last.last == at)

    def _continues_clause(self) -> bool:
        """Whether a comma or an "and" stands right before, with a noun group further left."""
        return (
            bool(self.chunks)
            and self.chunks[-1].kind in (Kind.COMMA, Kind.AND)
            and any(piece.kind is Kind.NOUN for piece in self.chunks)
        )

    def _open_group(self) -> Chunk | None:
        """The noun group that is the last chunk so far, past groups of time: it may be the subject of what follows."""
        if self.noun is not None:
            return self.noun
        return self.chunks[-1] if self.chunks and self.chunks[-1].kind is Kind.NOUN else None

    def _is_plural(self, name: Mention) -> bool:
        """Whether a plain form of a verb may follow a name: a people, a collective, or the last of several."""
        several = len(self.chunks) > 1 and self.chunks[-2].kind in (Kind.AND, Kind.COMMA)
        return several or name.kind is NameKind.PEOPLE or self.lower[name.last - 1] in self.language.collective

    def _adjective_before(self, at: int) -> bool:
        group = self.noun
        if group is None or not group.mentions:
            return False
        return group.mentions[-1].last == at and group.mentions[-1].kind is NameKind.ADJECTIVE

    def _is_object_of_verb(self) -> bool:
        """Whether the noun group that is open follows a verb, so that a verb of its own would be one too many.

        After a verb of saying a clause begins: "says Russia strikes".
        """
        if len(self.chunks) < 2:  # noqa: PLR2004 (a verb and the group)
            return False
        verb = self.chunks[-2]
        return verb.kind is Kind.VERB and not any(lemma in self.language.saying for lemma, _ in verb.lemmas)

    def _verb_later(self, at: int) -> bool:
        """Whether an unmistakable verb follows in this clause."""
        for place in range(at, len(self.lower)):
            word, tag = self.lower[place], self.tags[place]
            if _PUNCTUATION.get(word) in ("stop", "comma") or tag & (_OPENS | BIT["relative"] | BIT["and"]):
                return False
            if tag & _AUXILIARY and not tag & BIT["to"]:
                return True
            entries = self.language.verb_forms.get(word)
            if entries and word not in self.language.also_nouns and place not in self.mention_at:
                bits = 0
                for _, more in entries:
                    bits |= more
                if bits & _VERB_OF_CLAUSE and not self.tags[place - 1] & (BIT["to"] | _ARTICLE | BIT["preposition"]):
                    return True
        return False

    def _verb_group(self, at: int) -> int:
        entries = self.language.verb_forms[self.lower[at]]
        before = self._before(at)
        if before is not None and self.tags[before] & _PREPOSITION & ~BIT["to"]:
            entries = tuple((lemma, bits & _VERBAL_NOUN) for lemma, bits in entries if bits & _VERBAL_NOUN)
        self._add_verb(at, at + 1, self._negation_before(at), at, entries)
        return at + 1

    def _add_verb(self, first: int, last: int, tag: int, main: int, entries: tuple[tuple[str, int], ...]) -> None:
        bits = 0
        for _, more in entries:
            bits |= more
        self.noun = None
        self.chunks.append(Chunk(Kind.VERB, first, last, tag, lemmas=entries, main=main, bits=bits))

    def _before(self, at: int) -> int | None:
        """The token before `at` that is no adverb and no quotation mark."""
        place = at - 1
        while place >= 0 and (
            (self.tags[place] & BIT["adverb"])
            or not (self.lower[place][0].isalnum() or self.lower[place] in _PUNCTUATION)
        ):
            if self.tags[place] & BIT["possessive"]:
                return place
            place -= 1
        return place if place >= 0 else None

    def _mention_ends(self) -> set[int]:
        return {mention.last - 1 for mention in self.mention_at.values()}

    def _is_noun_like(self, at: int) -> bool:
        if at in self.mention_at:
            return True
        word = self.lower[at] if at < len(self.lower) else ""
        return (
            bool(word)
            and self.tags[at] == 0
            and word[0].isalnum()
            and (word not in self.language.verb_forms or word in self.language.also_nouns)
        )


def is_finite(verb: Chunk) -> bool:
    """Whether a verb group can be the verb of a clause of its own."""
    return bool(verb.tag & _AUXILIARY or (verb.bits & _FINITE and not verb.is_infinitive))
