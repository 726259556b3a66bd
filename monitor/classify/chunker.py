"""The chunker: from tokens and mentions to chunks, in one pass from left to right.

Takes a tokenised sentence with its mentions and says which tokens belong together. Function words and verb forms are known
from the language's data, everything else is noun material. Frames then find out which noun group is whose subject.
"""

from collections.abc import Sequence

from monitor.classify.chunks import AND, COMMA, NOUN, OPENER, PREPOSITION, RELATIVE, STOP, VERB, Chunk
from monitor.classify.lexicon import NAMES, Mention, NameKind
from monitor.classify.noun_or_verb import is_clause, is_verb
from monitor.classify.scan import DASHES, PUNCTUATION, Scan
from monitor.classify.tokens import QUOTES, Sentence
from monitor.classify.verb_groups import is_prefixed_verb, is_short_auxiliary, read_auxiliaries, read_verb
from monitor.classify.words import ARTICLES, AUXILIARY, BIT, MODALS, OPENERS, PREPOSITIONS, Language

# Tokens in brackets up to this many are an aside: "Minister Lee (Labour) holds".
_LONGEST_ASIDE = 8
_CURRENCIES = "$€£¥₹₽"


def chunk(sentence: Sentence, mentions: Sequence[Mention], language: Language) -> list[Chunk]:
    """The chunks of a sentence from left to right. Adverbs and quotation marks belong to none."""
    scan = Scan(sentence, mentions, language)
    lower, tags, mention_at = scan.lower, scan.tags, scan.mention_at
    leading, fixed, verb_forms = language.leading, language.fixed, language.verb_forms
    at, count = 0, len(lower)
    while at < count:
        word, tag = lower[at], tags[at]
        if at in mention_at:
            mention = mention_at[at]
            if scan.noun is not None and _begins_own_clause(scan, mention):
                scan.noun = None
            scan.grow(at, mention.last).mentions += (mention,)
            at = mention.last
        elif (word in leading and (step := _word_group(scan, at))) or (tag and (step := _function_word(scan, at, tag))):
            at += step
        elif word in fixed and (step := scan.group_of(fixed, at)):
            scan.noun = None
            scan.grow(at, at + step)
            scan.noun = None
            at += step
        elif word in verb_forms and not scan.is_hyphened(at) and is_verb(scan, at):
            at = read_verb(scan, at)
        elif word in PUNCTUATION:
            at += _punctuation(scan, at, word)
        else:
            # Quotation marks and their like bind nothing and part nothing.
            if word[0].isalnum():
                if _parts(scan, at):
                    scan.noun = None
                scan.grow(at, at + 1)
            at += 1
    return scan.chunks


def _begins_own_clause(scan: Scan, name: Mention) -> bool:
    """Whether a name behind a noun is the subject of a clause about it: "the rebels | Chad is battling"."""
    group, behind = scan.noun, name.last
    return (
        group is not None
        and bool(group.tag & BIT["article"])
        and name.kind in NAMES
        and behind < len(scan.lower)
        and bool(scan.tags[behind] & AUXILIARY)
        and scan.sentence.words[name.first - 1].islower()
        and name.first - 1 > group.first
        and not scan.language.others.match_ending(scan.lower, name.first - 1, group.first)
    )


def _word_group(scan: Scan, at: int) -> int:
    """Handles a group of words that stands as one at `at`; how many tokens it took, 0 where none stands there."""
    word, language = scan.lower[at], scan.language
    if word in language.compounds and (length := scan.group_of(language.compounds, at)) and not is_clause(scan, at):
        if _parts(scan, at):
            scan.noun = None
        scan.grow(at, at + length)
        return length
    if word in language.verb_prefixes and is_prefixed_verb(scan, at):
        entries = language.verb_forms[word + scan.lower[at + 2]]
        scan.add_verb(at, at + 3, scan.negation_before(at), at + 2, entries)
        return 3
    if word in language.spans and (length := _span(scan, at)):
        return length
    if word in language.asides and (length := scan.group_of(language.asides, at)):
        return length
    if word in language.before_numbers and (length := _before_number(scan, at)):
        scan.noun = None
        return length
    return 0


def _before_number(scan: Scan, at: int) -> int:
    """How many tokens a group like "more than" takes before a number at `at`."""
    length = scan.group_of(scan.language.before_numbers, at)
    after = at + length
    if after < len(scan.lower) and scan.lower[after] in _CURRENCIES:
        after += 1  # "up to $2 million"
    elif length == 1 and _is_particle(scan, at):
        return 0
    is_number = (
        length and after < len(scan.lower) and (scan.lower[after][0].isdigit() or scan.tags[after] & BIT["determiner"])
    )
    return length if is_number else 0


def _is_particle(scan: Scan, at: int) -> bool:
    """Whether the word belongs to the verb right before: "hands over 30 suspects", but "kills over 30 soldiers"."""
    verb = scan.chunks[-1] if scan.chunks else None
    return (
        verb is not None
        and verb.last == at
        and any((lemma, scan.lower[at]) in scan.language.particles for lemma, _ in verb.lemmas)
    )


def _is_name_like(scan: Scan, at: int) -> bool:
    """Whether a capital in the middle of a sentence makes a modal a name: "Theresa May", "by May 15"."""
    words = scan.sentence.words
    if not at or not words[at][0].isupper():
        return False
    beside = [words[place] for place in (at - 1, at + 1) if 0 <= place < len(words)]
    return any(word[0].isdigit() for word in beside) or all(not word[0].isupper() for word in beside)


def _parts(scan: Scan, at: int) -> bool:
    """Whether the noun or number at `at` begins a group of its own behind an open one."""
    if scan.noun is None:
        return False
    if scan.language.head_first and scan.noun.mentions:
        # Where adjectives follow their noun, a common word behind a name is none of its own.
        last = scan.noun.mentions[-1]
        if last.last == at and last.kind in (*NAMES, NameKind.HOLDER) and scan.sentence.words[at].islower():
            return True
    return scan.lower[at][0].isdigit() and _counts_next(scan, at)


def _counts_next(scan: Scan, at: int) -> bool:
    """Whether a number behind a noun begins a group of its own: "gives the envoy 48 hours"."""
    return (
        scan.noun is not None
        and not scan.only_articles(scan.noun)
        and scan.noun.owner_end != at  # "Chile's 50% tariffs"
        and scan.lower[at - 1] not in DASHES
        and scan.lower[at - 1] not in _CURRENCIES  # "a landmark $6 billion deal"
        and at + 1 < len(scan.lower)
        and scan.sentence.words[at + 1].islower()
        and scan.lower[at + 1] not in scan.language.ordinal_endings  # "Peru's 80th anniversary"
    )


def _function_word(scan: Scan, at: int, tag: int) -> int:
    """Handles the function word at `at`; how many tokens it took, 0 where it is a content word after all."""
    if tag & BIT["month"] and scan.sentence.words[at][0].isupper() and (length := _month(scan, at)):
        return length
    if tag & MODALS and _is_name_like(scan, at):
        return 0
    if tag & BIT["possessive"] and is_short_auxiliary(scan, at):
        return read_auxiliaries(scan, at) - at
    if tag & BIT["possessive"]:
        if scan.noun is not None:
            scan.noun.last = scan.noun.owner_end = at + 1
        return 1
    if tag & (AUXILIARY | BIT["to"]):
        end = read_auxiliaries(scan, at)
        if end:
            return end - at
    if tag & (BIT["negation"] | BIT["clitic"]):
        return 1  # a verb that follows looks back for it
    if tag & OPENERS:
        scan.close(OPENER, at, tag)
        return 1
    if tag & BIT["relative"] and _opens_relative(scan, tag):
        scan.close(RELATIVE, at, tag)
        return 1
    if tag & BIT["day"]:
        return _time(scan, at)
    if tag & ARTICLES:
        if (
            scan.noun is not None
            and _ends_before(scan, scan.noun, at)
            and not scan.tags[at - 1] & BIT["genitive"]
            and not scan.only_articles(scan.noun)  # "its last troops", "the two countries"
        ):
            scan.noun = None
        scan.grow(at, at + 1).tag |= tag
        return 1
    if tag & BIT["genitive"] and scan.noun is not None and _is_quantity(scan, at):
        scan.noun.last = at + 1
        return 1
    if tag & PREPOSITIONS:
        if scan.chunks and scan.chunks[-1].kind is PREPOSITION and scan.chunks[-1].last == at:
            if scan.lower[at] in scan.language.verb_forms:
                return 0  # "by targeting Peru": a verb here, though "sanctions targeting Peru" bind with it
            # "out of", "dentro de": two in a row bind as one.
            scan.chunks[-1].last = at + 1
            scan.chunks[-1].tag |= tag & ~BIT["genitive"] & ~BIT["origin"]
        else:
            scan.close(PREPOSITION, at, tag)
        return 1
    if tag & (BIT["and"] | BIT["or"] | BIT["but"]):
        scan.close(AND, at, tag)
        return 1
    if tag & BIT["pronoun"]:
        scan.noun = None
        scan.grow(at, at + 1).tag |= tag
        scan.noun = None
        return 1
    return 1 if tag & BIT["adverb"] else 0


def _time(scan: Scan, at: int) -> int:
    """A group of time ("on Monday", "last week") is passed over, so that what stands around it comes together.

    "Monday's meeting" and "a week of talks" are no such groups.
    """
    after = scan.tags[at + 1] if at + 1 < len(scan.lower) else 0
    if at and scan.lower[at - 1] in DASHES:
        return 0  # "a five-day trip"
    if after & (BIT["possessive"] | BIT["genitive"]):
        return 0
    if scan.noun is not None and _only_counts(scan, scan.noun):
        scan.chunks.pop()
    if scan.chunks and scan.chunks[-1].kind is PREPOSITION and scan.chunks[-1].last >= at - 1:
        scan.chunks.pop()
    scan.noun = None
    return 1


def _ends_before(scan: Scan, noun: Chunk, at: int) -> bool:
    """Whether nothing but quotation marks stands between a noun group and the token `at`."""
    return all(scan.lower[place] in QUOTES for place in range(noun.last, at))


def _only_counts(scan: Scan, noun: Chunk) -> bool:
    """Whether a noun group so far holds articles and numbers alone: "the last", "48"."""
    return all(scan.tags[at] & ARTICLES or scan.lower[at][0].isdigit() for at in range(noun.first, noun.last))


def _span(scan: Scan, at: int) -> int:
    """Hours or days that say how far off something was are passed over: "just days after", "two weeks ago"."""
    after = scan.tags[at + 1] if at + 1 < len(scan.lower) else 0
    if not after & (BIT["after"] | BIT["before"] | BIT["ago"]):
        return 0
    noun = scan.noun
    if noun is not None and all(
        scan.tags[t] & ARTICLES or scan.lower[t].isdigit() for t in range(noun.first, noun.last)
    ):
        scan.chunks.pop()
    scan.noun = None
    return 1


def _month(scan: Scan, at: int) -> int:
    """A month with its day or year ("on June 13", "13 June 2020", "in March") is a group of time, too.

    Without a number or a preposition beside it the word may be a name, a verb or a modal.
    """
    end = at + 1
    while end < len(scan.lower) and (
        scan.lower[end].isdigit()
        or (scan.lower[end] in ",." and end + 1 < len(scan.lower) and scan.lower[end + 1].isdigit())
    ):
        end += 1
    before = scan.chunks[-1] if scan.chunks else None
    number = before is not None and before.kind is NOUN and before.last == at and scan.lower[at - 1].isdigit()
    led = before is not None and before.kind is PREPOSITION and before.last == at
    if not (end > at + 1 or number or led):
        return 0
    if scan.noun is not None and scan.only_articles(scan.noun) and scan.is_noun_like(end):
        scan.grow(at, end)  # "a June 3 deadline": part of the noun group
        return end - at
    if number and before is not None and before.first == at - 1:
        scan.chunks.pop()
    scan.noun = None
    if scan.chunks and scan.chunks[-1].kind is PREPOSITION:
        scan.chunks.pop()
    return end - at


def _opens_relative(scan: Scan, tag: int) -> bool:
    """For "Peru, which ...", "says that ...", but not "that decision"."""
    if not scan.chunks:
        return False
    last = scan.chunks[-1].kind
    return last is NOUN or last is VERB or (last is COMMA and not tag & ARTICLES)


def _is_quantity(scan: Scan, at: int) -> bool:
    """Whether the noun before "of" only counts what follows: "thousands of", "a series of"."""
    noun = scan.noun
    return (
        noun is not None
        and not noun.mentions
        and (
            scan.only_articles(noun)  # "one of its envoys"
            or scan.lower[at - 1].endswith("%")
            or bool(scan.language.quantities.match_ending(scan.lower, at - 1, noun.first))
        )
    )


def _punctuation(scan: Scan, at: int, word: str) -> int:
    kind = PUNCTUATION[word]
    if word == "." and at and f"{scan.lower[at - 1]}." in scan.language.abbreviations:
        return 1  # "Mr. Silva": the point belongs to the title
    if word == "(" and ")" in scan.lower[at : at + _LONGEST_ASIDE]:
        return scan.lower.index(")", at) - at + 1
    if kind == "dash":
        glued = (
            0 < at < len(scan.lower) - 1
            and scan.sentence.ends[at - 1] == scan.sentence.starts[at]
            and scan.sentence.ends[at] == scan.sentence.starts[at + 1]
        )
        if glued:
            if scan.noun is not None:
                scan.noun.last = at + 1
            return 1
        scan.close(STOP, at, 0)
    else:
        scan.close(COMMA if kind == "comma" else STOP, at, 0)
    return 1
