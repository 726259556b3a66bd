"""Inflection from data: a language's paradigms turn a base form into all its forms, each with its grammatical tag.

A paradigm is a list of rules, tried in order; the first whose ending fits gives, for each tag, the endings that replace
it. Irregular words list their forms. Used when a language is compiled, never while a text is read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that end in `ending` drop its last `drop` letters and take, for each tag, one of the endings."""

    ending: tuple[str, ...]
    drop: int
    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Paradigm:
    """The rules of one word class, and the words that follow none of them: base -> tag -> forms."""

    rules: Sequence[Rule]
    irregular: Mapping[str, Mapping[str, tuple[str, ...]]]
    known: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict, compare=False, repr=False)
    """What has been inflected already: patterns name the same words over and over."""

    def forms(self, base: str) -> tuple[tuple[str, str], ...]:
        """(form, tag) for every form of `base`. Tags that an irregular word leaves out follow the rules."""
        found = self.known.get(base)
        if found is None:
            found = self.known[base] = tuple(self._inflect(base))
        return found

    def _inflect(self, base: str) -> Iterator[tuple[str, str]]:
        special = self.irregular.get(base, {})
        for tag, forms in special.items():
            for form in forms:
                yield form, tag
        for rule in self.rules:
            if base.endswith(rule.ending):
                stem = base[: len(base) - rule.drop] if rule.drop else base
                for tag, endings in rule.forms.items():
                    if tag not in special:
                        for ending in endings:
                            yield stem + ending, tag
                return
