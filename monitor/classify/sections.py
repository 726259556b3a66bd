"""Names of sections in capitals behind a title: "... en Lima POLÍTICA", "... con Suiza EE UU".

Feeds of some newspapers glue the name of the section to the title, with no mark between them. It is no part of the
sentence, least of all an actor in it. Comes between the tokens and the names; which words name sections, and that a
newspaper does so at all, is the language's data.
"""

from monitor.classify.tokens import Sentence
from monitor.classify.words import BIT, FORM, Language

# A title keeps at least so many words in front of its section; in a shorter one the last word says something.
_TITLE = 4
# What may stand before a section's name though it is a function word: "... este martes POLÍTICA", "... se levanta hoy MUNDO".
_LOOSE = BIT["day"] | BIT["month"] | BIT["adverb"]
_FINITE = FORM["present"] | FORM["past"] | FORM["future"] | FORM["conditional"]


def without_section(sentence: Sentence, language: Language) -> Sentence:
    """The sentence up to the section's name; the very same one where none stands behind it."""
    first = len(sentence.words)
    while (length := _section_before(sentence, first, language)) and first - length >= _TITLE:
        first -= length
    if first == len(sentence.words):
        return sentence
    return Sentence(sentence.text[: sentence.ends[first - 1] - sentence.start], sentence.start)


def _section_before(sentence: Sentence, end: int, language: Language) -> int:
    """How many tokens before token `end` name a section: in capitals, behind a word of the title that binds nothing."""
    words = sentence.words
    length = language.sections.match_ending(sentence.lower, end - 1, 0)
    before = end - length - 1
    if not length or before < 0 or not all(map(str.isupper, words[end - length : end])):
        return 0
    # In a title that is all capitals they mark nothing; "de", "con" or "la" before a name make it part of the sentence.
    shouts = sum(map(str.isupper, words[:end])) > end // 2
    word = sentence.lower[before]
    acts = any(bits & _FINITE for _, bits in language.verb_forms.get(word, ()))  # "así responde EE UU"
    return 0 if shouts or acts or language.tag(word) & ~_LOOSE else length
