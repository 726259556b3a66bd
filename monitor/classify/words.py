"""A language, compiled from its words.toml: classes of function words, inflected forms, word sets, roles.

Comes before the chunker, which looks every token up here, and before the pattern compiler, which inflects the words of
its phrases. A language is data: nothing in this package names a word of one.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.classify.dates import DateWords, read_date_words
from monitor.classify.inflect import Paradigm, Rule
from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.events import Part

# One bit for each class of function words: a token's tag is the sum of its classes.
CLASSES = (
    "article", "determiner", "no", "preposition", "to", "agent", "genitive", "origin", "between", "objective", "clitic", "linker", "possessive", "and", "or", "but",
    "subordinator", "after", "before", "condition", "relative", "pronoun", "personal", "speaker", "cause", "future_in_past", "month", "reason", "owned", "including", "be", "have", "do", "modal_future",
    "modal_possible", "negation", "adverb", "day", "ago", "explainer", "recalling",
)  # fmt: skip
BIT = {name: 1 << number for number, name in enumerate(CLASSES)}
# Classes that are asked for together.
ARTICLES = BIT["article"] | BIT["determiner"] | BIT["no"]
AUXILIARY = BIT["be"] | BIT["have"] | BIT["do"] | BIT["modal_future"] | BIT["modal_possible"]
MODALS = BIT["modal_possible"] | BIT["modal_future"]
PREPOSITIONS = BIT["preposition"] | BIT["to"] | BIT["agent"] | BIT["genitive"] | BIT["origin"] | BIT["between"]
OPENERS = BIT["subordinator"] | BIT["after"] | BIT["before"] | BIT["condition"]

# The verb of "X is in talks", in whatever language; phrases write it so, too.
COPULA = "be"
# One bit for each form of a verb.
VERB_TAGS = ("base", "infinitive", "present", "past", "participle", "gerund", "future", "conditional", "subjunctive")
FORM = {name: 1 << number for number, name in enumerate(VERB_TAGS)}
VERBAL_NOUN = FORM["gerund"] | FORM["infinitive"]


@dataclass(frozen=True, slots=True)
class WordSet:
    """Words and word groups, by the last word of each: for "foreign minister" the key is "minister"."""

    endings: Mapping[str, tuple[tuple[str, ...], ...]]

    def match_ending(self, lower: Sequence[str], at: int, first: int) -> int:
        """How many tokens of `lower`, the last of them at `at` and none before `first`, make a member; 0 if none."""
        for before in self.endings.get(lower[at], ()):
            begin = at - len(before)
            if begin >= first and tuple(lower[begin:at]) == before:
                return len(before) + 1
        return 0


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Language:
    """Everything that the engine knows of one language but its patterns and names."""

    code: str
    recognised_by: frozenset[str]
    elsewhere: frozenset[str]
    """Words that a neighbouring language has as well, and that therefore prove nothing: in, war, accuse."""
    foreign: frozenset[str]
    """Frequent words of neighbouring languages that this one lacks: contre, und, ao."""
    foreign_letters: frozenset[str]
    own_endings: tuple[str, ...]
    """What a verb ends in that no neighbour's does, so that one such verb tells the language: meets, visitó."""
    abbreviations: frozenset[str]
    tags: Mapping[str, int]
    verbs: Paradigm
    nouns: Paradigm
    sets: Mapping[str, WordSet]
    roles: Mapping[Part, WordSet]
    role_heads: frozenset[str]
    """The last words of all roles, so that most noun groups are known at once to hold none."""
    offices: Mapping[str, WordSet]
    """Office, as the tables of holders name it -> what newspapers call whoever holds it."""
    people: WordSet
    agents: frozenset[str]
    """The prepositions that name who acts in the passive."""
    verb_forms: dict[str, tuple[tuple[str, int], ...]] = field(repr=False)
    """Form -> (lemma, form bits) of every verb that this language or its patterns know."""
    particles: set[tuple[str, str]] = field(default_factory=set, repr=False)
    """(Verb, particle) of every verb with one that a pattern names: ("hand", "over")."""
    common_nouns: set[str] = field(default_factory=set, repr=False)
    """Last words of all nouns that sets, roles and patterns name: such a word is a head, no part of a person's name."""
    also_nouns: set[str] = field(default_factory=set)
    """Forms that are as often nouns as verbs: the shared forms of `also_nouns`, and `noun_forms` as they stand."""
    governing: Mapping[str, str] = field(default_factory=dict)
    """Lemma of a governing verb -> the status that it lends to what it governs."""
    nominal_status: Mapping[str, str] = field(default_factory=dict)
    light: frozenset[str] = frozenset()
    """Verbs whose subject does what their object names: "announce sanctions", "attend a summit"."""
    fixed: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Word groups that stand apart from the nouns beside them (persona non grata), by their first word."""
    refusing: frozenset[str] = frozenset()
    """Verbs by which the subject refuses to do what it governs."""
    refusal: str = ""
    """The relation type of a refused deed of cooperation."""
    persons: WordSet = WordSet({})
    """Offices of persons: a side that must be a person has one of these, or is an office holder by name."""
    quantities: WordSet = WordSet({})
    """Nouns that only count what stands behind "of": thousands of, a series of."""
    before_numbers: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Word groups that belong to the number behind them: more than, up to."""
    dates: DateWords = field(default_factory=DateWords)
    pairs: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Word groups for both states that an article is about: the two countries, both sides."""
    ending: frozenset[str] = frozenset()
    """Verbs by which a deed ends or comes to nothing: "talks collapse", "lifts sanctions"."""
    achieved: frozenset[str] = frozenset()
    """Words by which an infinitive is done: "the first state to recognise"."""
    collective: frozenset[str] = frozenset()
    """Names that a plural verb may follow: the Taliban offer."""
    denying: frozenset[str] = frozenset()
    """Verbs that deny a deed, whoever did it; others that govern "denied" refuse one of their own."""
    reflexive: str = ""
    """What a reflexive verb ends in (retirarse); in a text a pronoun of that sound stands before or behind it."""
    verb_prefixes: frozenset[str] = frozenset()
    """What a hyphen may set before a verb: re-open."""
    own_deeds: WordSet = WordSet({})
    """Nouns whose owner has done what they name: "US sanctions were imposed on Peru"."""
    discussing: frozenset[str] = frozenset()
    """Verbs that only speak of a deed, which has its own time: "will debate the attack"."""
    reacting: frozenset[str] = frozenset()
    """Verbs by which somebody answers what was done to him: "defies the threats"."""
    ordinal_endings: frozenset[str] = frozenset()
    """What makes a number an adjective: the "th" of "80th"."""
    further: frozenset[str] = frozenset()
    """Words that make a noun one more of its kind: another tanker, a second strike, three more envoys."""
    again: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Word groups by which a verb tells its deed once more, by their first word: again, "de nuevo"."""
    underway: frozenset[str] = frozenset()
    """Verbs by which a deed that is their subject goes on or is over: "the summit opens", "the talks produced"."""
    resulting: frozenset[str] = frozenset()
    """Verbs whose subject is a deed and whose object is what came of it: "the raid left nine dead"."""
    impending: frozenset[str] = frozenset()
    """Verbs by which a deed that is their subject comes nearer: "as the summit nears"."""
    becoming: frozenset[str] = frozenset()
    """Verbs that say what their subject is: "becomes the first to recognise"."""
    with_object: frozenset[str] = frozenset()
    """Nouns that are verbs, too, but never without an object."""
    without_object: frozenset[str] = frozenset()
    """Forms that before a bare noun are nouns themselves, since the verb takes no object: "the talks collapse"."""
    sections: WordSet = WordSet({})
    """What newspapers print in capitals behind a title, for the section that it stands in."""
    prefixes: frozenset[str] = frozenset()
    """Words that a hyphen binds to a name which then doesn't act: anti-, pro-."""
    detaching: frozenset[str] = frozenset()
    """Words that a hyphen binds behind a name which then doesn't act: -based, -backed."""
    happening: frozenset[str] = frozenset()
    """Verbs that lend their tense to the deed that is their subject: "talks will begin"."""
    compounds: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Nouns of several words, prepositions among them, that stand in one noun group (alto el fuego), by the first."""
    verb_first: bool = False
    """Whether a subject may follow its verb ("Condena Brasil ...")."""
    acting_through: Mapping[str, WordSet] = field(default_factory=dict)
    """Preposition -> nouns that act for whoever it binds to them: the court in Lima, a spokesman for Chile."""
    others: WordSet = WordSet({})
    """Nouns for those whom a state has about it and who are not that state: allies, neighbours, proxies."""
    quarters: WordSet = WordSet({})
    """Places whose adjective says who lives there, and not whose ground it is: "a Malian refugee camp"."""
    fighters: WordSet = WordSet({})
    """Nouns for those who fight for an armed group: Hamas gunmen."""
    officers: WordSet = WordSet({})
    """Nouns for those who act for an institution that is itself named: the IMF's head, FBI agents."""
    leading: frozenset[str] = frozenset()
    """First words of groups that the chunker takes as one before it looks at the words by themselves."""
    spans: frozenset[str] = frozenset()
    """Nouns that with "after", "before" or "ago" say how far off something was: days, weeks."""
    averting: frozenset[str] = frozenset()
    """Prepositions that lead to what did not happen: against visiting, without expelling."""
    topical: frozenset[str] = frozenset()
    """Prepositions that lead to what is only spoken of: talks on ending, a policy on repatriating."""
    doubts: WordSet = WordSet({})
    """What, at the end of a clause, leaves open whether the deed before it comes about: in doubt, still unclear."""
    amid: frozenset[str] = frozenset()
    """Prepositions that lead to what goes on meanwhile: during talks, amid a crisis."""
    preventing: frozenset[str] = frozenset()
    """Verbs that keep somebody from a deed: barred from visiting."""
    judging: frozenset[str] = frozenset()
    """Verbs by which somebody speaks of what others mean to do: "disagrees with a plan to close the port"."""
    ceasing: frozenset[str] = frozenset()
    """Verbs by which somebody does a deed no more: "stops bombing"."""
    assisting: frozenset[str] = frozenset()
    """Verbs behind which a plain form is one more verb: helped rebuild."""
    asides: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Word groups that only keep a distance, and are passed over (what it called), by their first word."""
    individuals: WordSet = WordSet({})
    """Nouns for one person, whom "he" or "she" may mean beside those of `persons`: the defence chief, a spokeswoman."""
    countries: WordSet = WordSet({})
    """Nouns for a state: "his country" is that of whoever speaks."""
    allegations: WordSet = WordSet({})
    """Nouns whose that-clause tells an accusation, no fact: claims that Chad sheltered rebels."""
    wishes: WordSet = WordSet({})
    """Nouns whose that-clause tells what somebody would have others do: the demand that Chad release prisoners."""
    intentions: WordSet = WordSet({})
    """Nouns for what somebody means to do: "Canada's plan to recognise ..." is Canada's deed."""
    drops_subject: bool = False
    """Whether a clause may leave its subject unsaid ("Expulsan a tres diplomáticos")."""
    head_first: bool = False
    """Whether a noun stands before its adjectives (Spanish), so that what follows a head is no other head."""
    adverb_ending: str = ""
    """Words in lower case with this ending are adverbs, but for those in `not_adverbs`."""
    not_adverbs: frozenset[str] = frozenset()
    saying: frozenset[str] = frozenset()
    accusing: frozenset[str] = frozenset()
    contradicting: frozenset[str] = frozenset()
    """Verbs by which somebody denies what others say; those of `denying` may keep it from happening, too."""
    crediting: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    """Word groups before whoever is the source of what is told (according to), by their first word."""

    def tag(self, word: str) -> int:
        """The classes of a word in lower case."""
        known = self.tags.get(word)
        if known is not None:
            return known
        ending = self.adverb_ending
        return BIT["adverb"] if ending and word.endswith(ending) and word not in self.not_adverbs else 0

    def tags_of(self, words: Sequence[str]) -> list[int]:
        """The classes of many words in lower case."""
        tags = [self.tags.get(word, 0) for word in words]
        if self.adverb_ending:
            for at, word in enumerate(words):
                if word.endswith(self.adverb_ending) and not tags[at] and word not in self.tags:
                    tags[at] = self.tag(word)
        return tags

    def verb(self, base: str) -> dict[str, int]:
        """All forms of a verb: form -> bits."""
        forms: dict[str, int] = {}
        for form, tag in self.verbs.forms(base):
            forms[form] = forms.get(form, 0) | FORM[tag]
        return forms

    def noun(self, base: str) -> frozenset[str]:
        """All forms of a noun or of a group of words whose last one is a noun."""
        *before, last = base.split(" ")
        return frozenset(" ".join([*before, form]) for form, _ in self.nouns.forms(last)) | {base}


def compile_language(document: TomlDocument) -> tuple[Language | None, tuple[Finding, ...]]:
    """Compiles one words.toml; a section that is missing or of the wrong shape is a finding."""
    data = document.data
    findings = [
        document.finding((key,), f"needs a '{key}' entry")
        for key in ("language", "classes", "verb", "noun")
        if key not in data
    ]
    findings += [
        document.finding(("classes", name), f"'{name}' is no class of function words; they are {', '.join(CLASSES)}")
        for name in data.get("classes", {})
        if name not in BIT
    ]
    if findings:
        return None, tuple(findings)
    tags: dict[str, int] = {}
    for name, words in data["classes"].items():
        for word in words:
            tags[word] = tags.get(word, 0) | BIT[name]
    verbs, nouns = _paradigm(data["verb"]), _paradigm(data["noun"])
    general = data.get("general", {})
    every = bool(data.get("head_first", False))
    sets = {name: _word_set(words, nouns, every=every) for name, words in data.get("sets", {}).items()}
    roles = {Part(name): _word_set(words, nouns) for name, words in data.get("roles", {}).items()}
    people = _word_set(data.get("people", {}).get("words", ()), nouns)
    groups = {name: _fixed(data.get(name, ())) for name in ("compounds", "before_numbers", "asides")}
    language = Language(
        code=data["language"],
        recognised_by=frozenset(data.get("recognised_by", ())),
        elsewhere=frozenset(data.get("elsewhere", ())),
        foreign=frozenset(data.get("foreign", ())),
        foreign_letters=frozenset(data.get("foreign_letters", "")),
        own_endings=tuple(data.get("own_endings", ())),
        abbreviations=frozenset(data.get("abbreviations", ())),
        tags=tags,
        verbs=verbs,
        nouns=nouns,
        sets=sets,
        roles=roles,
        role_heads=frozenset(word for words in roles.values() for word in words.endings),
        offices={office: _word_set(names, nouns) for office, names in data.get("offices", {}).items()},
        people=people,
        common_nouns={word for words in (*sets.values(), *roles.values(), people) for word in words.endings},
        agents=frozenset(data["classes"].get("agent", ())),
        verb_forms=_forms(general.get("verbs", ()), verbs),
        also_nouns={*general.get("noun_forms", ()), *_ambiguous(general.get("also_nouns", ()), verbs, nouns)},
        governing={verb: status for status in data.get("governing", {}) for verb in data["governing"][status]},
        nominal_status={
            word: status for status in data.get("nominal_status", {}) for word in data["nominal_status"][status]
        },
        light=frozenset(data.get("light", ())),
        fixed=_fixed(data.get("fixed", ())),
        refusing=frozenset(data.get("refusing", ())),
        refusal=str(data.get("refusal", "")),
        persons=_word_set(data.get("persons", ()), nouns),
        quantities=_word_set(data.get("quantities", ()), nouns),
        before_numbers=groups["before_numbers"],
        dates=read_date_words(data.get("dates", {})),
        pairs=_fixed(data.get("pairs", ())),
        ending=frozenset(data.get("ending", ())),
        achieved=frozenset(data.get("achieved", ())),
        collective=frozenset(data.get("collective", ())),
        denying=frozenset(data.get("denying", ())),
        reflexive=str(data.get("reflexive", "")),
        verb_prefixes=frozenset(data.get("verb_prefixes", ())),
        discussing=frozenset(data.get("discussing", ())),
        reacting=frozenset(data.get("reacting", ())),
        ordinal_endings=frozenset(data.get("ordinal_endings", ())),
        further=frozenset(data.get("further", ())),
        again=_fixed(data.get("again", ())),
        underway=frozenset(data.get("underway", ())),
        resulting=frozenset(data.get("resulting", ())),
        impending=frozenset(data.get("impending", ())),
        becoming=frozenset(data.get("becoming", ())),
        with_object=frozenset(data.get("with_object", ())),
        without_object=frozenset(data.get("without_object", ())),
        own_deeds=_word_set(data.get("own_deeds", ()), nouns, every=every),
        sections=_word_set(data.get("sections", ()), nouns),
        prefixes=frozenset(data.get("prefixes", ())),
        detaching=frozenset(data.get("detaching", ())),
        happening=frozenset(data.get("happening", ())),
        compounds=groups["compounds"],
        verb_first=bool(data.get("verb_first", False)),
        acting_through={word: _word_set(heads, nouns) for word, heads in data.get("acting_through", {}).items()},
        others=_word_set(data.get("others", ()), nouns),
        quarters=_word_set(data.get("quarters", ()), nouns),
        fighters=_word_set(data.get("fighters", ()), nouns),
        officers=_word_set(data.get("officers", ()), nouns),
        spans=frozenset(data.get("spans", ())),
        averting=frozenset(data.get("averting", ())),
        topical=frozenset(data.get("topical", ())),
        doubts=_word_set(data.get("doubts", ()), Paradigm((), {})),
        amid=frozenset(data.get("amid", ())),
        preventing=frozenset(data.get("preventing", ())),
        judging=frozenset(data.get("judging", ())),
        ceasing=frozenset(data.get("ceasing", ())),
        assisting=frozenset(data.get("assisting", ())),
        asides=groups["asides"],
        leading=frozenset(itertools.chain(*groups.values(), data.get("verb_prefixes", ()), data.get("spans", ()))),
        individuals=_word_set(data.get("individuals", ()), nouns),
        countries=_word_set(data.get("countries", ()), nouns),
        allegations=_word_set(data.get("allegations", ()), nouns),
        wishes=_word_set(data.get("wishes", ()), nouns),
        intentions=_word_set(data.get("intentions", ()), nouns),
        drops_subject=bool(data.get("drops_subject", False)),
        head_first=bool(data.get("head_first", False)),
        adverb_ending=str(data.get("adverb_ending", "")),
        not_adverbs=frozenset(data.get("not_adverbs", ())),
        saying=frozenset(data.get("saying", ())),
        accusing=frozenset(data.get("accusing", ())),
        contradicting=frozenset(data.get("contradicting", ())),
        crediting=_fixed(data.get("crediting", ())),
    )
    return language, ()


def learn_verbs(language: Language, bases: Iterable[str]) -> None:
    """Teaches the language the verbs that its patterns name. Called while patterns are compiled, never later."""
    for form, entries in _forms(bases, language.verbs).items():
        known = dict(language.verb_forms.get(form, ()))
        for lemma, bits in entries:
            known[lemma] = known.get(lemma, 0) | bits
        language.verb_forms[form] = tuple(known.items())


def _forms(bases: Iterable[str], verbs: Paradigm) -> dict[str, tuple[tuple[str, int], ...]]:
    forms: dict[str, dict[str, int]] = {}
    for base in bases:
        for form, tag in verbs.forms(base):
            entry = forms.setdefault(form, {})
            entry[base] = entry.get(base, 0) | FORM[tag]
    return {form: tuple(entry.items()) for form, entry in forms.items()}


def _ambiguous(bases: Iterable[str], verbs: Paradigm, nouns: Paradigm) -> Iterator[str]:
    """The forms that a verb shares with the noun of the same base."""
    for base in bases:
        yield from {form for form, _ in verbs.forms(base)} & {form for form, _ in nouns.forms(base)}


def _fixed(groups: Iterable[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for group in groups:
        first, *rest = group.split(" ")
        found[first] = (*found.get(first, ()), tuple(rest))
    return found


def inflected(words: Sequence[str], nouns: Paradigm, *, every: bool) -> Iterator[tuple[str, ...]]:
    """A noun, or a group of words, in all its forms; `every` word of a group where adjectives follow their noun."""
    options = [
        {word, *(form for form, _ in nouns.forms(word))} if every or number == len(words) - 1 else {word}
        for number, word in enumerate(words)
    ]
    yield from itertools.product(*options)


def _word_set(words: Iterable[str], nouns: Paradigm, *, every: bool = False) -> WordSet:
    endings: dict[str, set[tuple[str, ...]]] = {}
    for word in words:
        for group in inflected(word.split(" "), nouns, every=every):
            endings.setdefault(group[-1], set()).add(group[:-1])
    return WordSet({last: tuple(sorted(befores, key=len, reverse=True)) for last, befores in endings.items()})


def _paradigm(data: Mapping[str, Any]) -> Paradigm:
    rules = []
    doubling = tuple(data.get("doubling", ()))
    for rule in data.get("rules", ()):
        forms = {tag: tuple(endings) for tag, endings in rule["forms"].items()}
        rules.append(Rule(tuple(rule["ending"]), int(rule.get("drop", 0)), forms))
    irregular: dict[str, dict[str, tuple[str, ...]]] = {
        base: {tag: tuple(forms) for tag, forms in entry.items()} for base, entry in data.get("irregular", {}).items()
    }
    for base in doubling:
        entry = irregular.setdefault(base, {})
        for tag, ending in data.get("doubled", {}).items():
            entry.setdefault(tag, (base + base[-1] + ending,))
    return Paradigm(rules, irregular)
