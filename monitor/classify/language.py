"""Which language a text is in, judged by the share of its words that are frequent in, or known to, a language.

Only languages that are configured are told apart; in any other the classifier stays silent.
"""

from collections.abc import Mapping, Sequence

from monitor.classify.tokens import Sentence
from monitor.classify.words import AUXILIARY, Language

# A headline of ten words holds two or three function words; a text in another language holds hardly any. Short ones may
# hold none ("Peru expels three Chilean diplomats"): then a third of the words must be known ones, a verb among them.
_LEAST_SHARE = 0.1
_LEAST_KNOWN = 0.3
_READ_AT_MOST = 600


def recognise(text: str, languages: Mapping[str, Language]) -> str:
    """The code of the language that fits best, or "" where none does. Reads the first 600 characters."""
    words = [word for word in Sentence(text[:_READ_AT_MOST], 0).lower if word[0].isalpha()]
    # Neighbouring languages share function words, but hardly a verb.
    possible = [code for code, language in languages.items() if _has_verb(words, language)]
    for least, count in ((_LEAST_SHARE, _frequent), (_LEAST_KNOWN, _known)):
        counts = {code: count(words, languages[code]) for code in possible}
        best = max(possible, key=counts.__getitem__, default="")
        if best and counts[best] >= least * len(words):
            return best
    return ""


def _has_verb(words: Sequence[str], language: Language) -> bool:
    """Whether a verb of the language is there; words of one or two letters mean something in every language."""
    long = [word for word in words if len(word) > 2]  # noqa: PLR2004 (as said)
    return not language.verb_forms.keys().isdisjoint(long) or any(
        language.tags.get(word, 0) & AUXILIARY for word in long
    )


def _frequent(words: Sequence[str], language: Language) -> int:
    return sum(word in language.recognised_by for word in words)


def _known(words: Sequence[str], language: Language) -> int:
    return sum(word in language.verb_forms or word in language.common_nouns or word in language.tags for word in words)
