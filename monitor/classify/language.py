"""Which language a text is in, judged by the share of its words that are frequent in, or known to, a language.

Only languages that are configured are told apart; in any other the classifier stays silent. So what counts is evidence
that no neighbour shares: a Portuguese or French headline must not pass for Spanish or English.
"""

from collections.abc import Mapping, Sequence

from monitor.classify.tokens import Sentence
from monitor.classify.words import AUXILIARY, Language

# A headline of ten words holds two or three function words; a text in another language holds hardly any. Short ones may
# hold none ("Peru expels three Chilean diplomats"): then a third of the words must be known ones, a verb among them.
_LEAST_SHARE = 0.1
_LEAST_KNOWN = 0.3
# Of those that hold hardly more than names ("Silva off to Lima next week") every other word must be known, and two of
# them, or one verb, tell the language.
_LEAST_EVIDENCE = 2
_READ_AT_MOST = 600


def recognise(text: str, languages: Mapping[str, Language]) -> str:
    """The code of the language that fits best, or "" where none does. Reads the first 600 characters."""
    sentence = Sentence(text[:_READ_AT_MOST], 0)
    words = [word for word in sentence.lower if word[0].isalpha()]
    small = [word for word in sentence.words if word[0].islower()]
    native = {code: language for code, language in languages.items() if not _is_foreign(small, language)}
    # Neighbouring languages share function words, but hardly a verb.
    possible = [code for code, language in native.items() if _has_verb(words, language)]
    # Names are the same everywhere: of short texts they may be the greater part.
    telling = [word for word in words if word in small] if small else words
    for least, count, of in ((_LEAST_SHARE, _frequent, words), (_LEAST_KNOWN, _known, telling)):
        counts = {code: count(of, languages[code]) for code in possible}
        best = max(possible, key=counts.__getitem__, default="")
        if best and counts[best] >= least * len(of):
            return best
    return next((code for code, language in native.items() if _is_all_known(small, language)), "")


def _is_foreign(small: Sequence[str], language: Language) -> bool:
    """Whether frequent words and letters of others outweigh the language's own; names, in capitals, prove nothing."""
    foreign = sum(word in language.foreign or not language.foreign_letters.isdisjoint(word) for word in small)
    return foreign > sum(word in language.recognised_by and word not in language.elsewhere for word in small)


def _has_verb(words: Sequence[str], language: Language) -> bool:
    """Whether a verb of the language is there; words of one or two letters mean something in every language."""
    verbs = [
        word
        for word in words
        if len(word) > 2 and (word in language.verb_forms or language.tags.get(word, 0) & AUXILIARY)  # noqa: PLR2004 (as said)
    ]
    # A verb that neighbours have as well ("war", "accuse") needs a word beside it that they lack.
    own = set(words) - language.elsewhere
    return not language.elsewhere.issuperset(verbs) or (
        bool(verbs) and not (language.recognised_by.isdisjoint(own) and language.common_nouns.isdisjoint(own))
    )


def _frequent(words: Sequence[str], language: Language) -> int:
    return sum(word in language.recognised_by for word in words)


def _known(words: Sequence[str], language: Language) -> int:
    return sum(_is_known(word, language) for word in words)


def _is_known(word: str, language: Language) -> bool:
    return (
        word in language.verb_forms
        or word in language.common_nouns
        or word in language.tags
        or word in language.dates.units
        or word in language.dates.next
    )


def _is_all_known(small: Sequence[str], language: Language) -> bool:
    """Whether all but the names is known, and what no neighbour has tells that it is this language."""
    if not all(_is_known(word, language) for word in small):
        return False
    own = [word for word in small if word not in language.elsewhere]
    telling = any(word in language.verb_forms and word.endswith(language.own_endings) for word in own)
    return telling or sum(word in language.tags or word in language.recognised_by for word in own) >= _LEAST_EVIDENCE
