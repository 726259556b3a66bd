"""Compiles the classifier from its documents: languages, patterns and actors; and runs the patterns' own examples.

A pattern file lists `[[pattern]]` tables: `type`, `say` (phrases), `yes` and `no` (examples), `id` where one wishes. All
mistakes of all files are found in one go. Runs once, at start and on reload.
"""

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from monitor.classify.actor_tables import compile_lexicons
from monitor.classify.grammar import Grammar, Pattern
from monitor.classify.indexing import has_plain_subject, index_patterns, sides_of
from monitor.classify.matcher import Classifier
from monitor.classify.phrase_parser import parse_pieces, verbs_in
from monitor.classify.phrase_pieces import PhraseError, Piece, read_pieces
from monitor.classify.phrases import NominalPhrase
from monitor.classify.words import Language, compile_language, learn_verbs
from monitor.domain.documents import Finding, TomlDocument, TomlPath
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Passage, RelationEvent
from monitor.domain.taxonomy import RelationType, Status, Taxonomy

_PATTERN_KEYS = {"id", "type", "agentless", "both", "denied", "ended", "named", "only", "say", "unless", "yes", "no"}
_PROTEST = "PROTEST"
_EXPECTED = re.compile(r"\s*->\s*(?P<source>[\w?]+)\s*(?P<arrow>[>=-])\s*(?P<target>[\w?]+)(?:\s+(?P<status>\w+))?\s*$")


def compile_classifier(
    taxonomy: Taxonomy,
    *,
    languages: Sequence[TomlDocument],
    patterns: Sequence[TomlDocument],
    actors: Sequence[TomlDocument],
) -> Classifier:
    """Compiles a classifier. Raises ConfigurationError with every mistake; examples are not run (see `examples`)."""
    with _without_collection():
        build = _Build(taxonomy)
        build.learn_languages(languages)
        build.learn_patterns(patterns)
        offices = {code: language.offices for code, language in build.languages.items()}
        lexicons, findings = compile_lexicons(actors, offices, build.titles(), build.detaching())
        build.findings += findings
        if build.findings:
            raise ConfigurationError(tuple(build.findings))
        return Classifier(taxonomy, lexicons, {code: build.grammar(code) for code in build.languages})


@contextmanager
def _without_collection() -> Iterator[None]:
    """Pauses the collector of cycles, which would walk the growing tables over and over: a third of the time.

    What was made lives as long as the classifier and holds no cycle, so it is never walked afterwards either (freeze).
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


def examples(classifier: Classifier, patterns: Sequence[TomlDocument]) -> Iterator[Finding]:
    """Runs every `yes` and `no` example and yields a finding for each that does not come out as it says."""
    for document in patterns:
        for number, entry in enumerate(document.data.get("pattern", ())):
            for kind in ("yes", "no"):
                for place, example in enumerate(entry.get(kind, ())):
                    fault = _fault(classifier, document, entry, kind, example)
                    if fault is not None:
                        yield document.finding(("pattern", number, kind, place), fault)


def _fault(
    classifier: Classifier, document: TomlDocument, entry: Mapping[str, Any], kind: str, example: str
) -> str | None:
    text, expected = _split_example(example)
    events = classifier.classify(Passage(text=text, language=language_of(document)))
    same = [event for event in events if event.type == entry["type"]]
    if kind == "no":
        return f"must not read as {entry['type']}, but does: {example!r} -> {_shown(same[0])}" if same else None
    if expected is None:
        return f"a 'yes' example ends in '-> SOURCE > TARGET': {example!r}"
    if any(_agrees(event, expected, mutual=classifier.taxonomy[event.type].mutual) for event in same):
        return None
    seen = "; ".join(_shown(event) for event in events) or "nothing"
    return f"{example!r} must read as {entry['type']}, but reads as {seen}"


def _split_example(example: str) -> tuple[str, re.Match[str] | None]:
    match = _EXPECTED.search(example)
    return (example[: match.start()], match) if match else (example, None)


def _agrees(event: RelationEvent, expected: re.Match[str], *, mutual: bool) -> bool:
    sides = (event.source.code if event.source else "?", event.target.code if event.target else "?")
    wanted = (expected["source"], expected["target"])
    status = expected["status"]
    return (sides == wanted or (mutual and sides == wanted[::-1])) and (status is None or event.status == status)


def _shown(event: RelationEvent) -> str:
    source, target = (side.code if side else "?" for side in (event.source, event.target))
    return f"{source} {event.type} {target}, {event.status} ({event.evidence.pattern})"


def language_of(document: TomlDocument) -> str:
    """A pattern file belongs to the language that it names, or else to that of its folder."""
    named = document.data.get("language")
    return str(named) if named else PurePath(document.file).parent.name


@dataclass(slots=True)
class _Build:
    """What has been compiled so far."""

    taxonomy: Taxonomy
    languages: dict[str, Language] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    patterns: dict[str, dict[str, list[Pattern]]] = field(default_factory=dict)
    """Language -> pattern id -> its phrases; an operator's pattern with a shipped id replaces it."""
    pieces: dict[tuple[str, str], Sequence[Piece]] = field(default_factory=dict)
    """Language and phrase -> its parts."""

    def learn_languages(self, documents: Sequence[TomlDocument]) -> None:
        for document in documents:
            language, findings = compile_language(document)
            self.findings += findings
            if language is not None:
                self.languages[language.code] = language
                self.patterns[language.code] = {}

    def learn_patterns(self, documents: Sequence[TomlDocument]) -> None:
        ready = [(document, self._language(document)) for document in documents]
        # The verbs of all files first, so that "be told" is understood wherever "tell" is named.
        verbs: dict[str, dict[str, None]] = {code: {} for code in self.languages}
        for document, language in ready:
            if language is not None:
                for phrase in _phrases(document):
                    with suppress(PhraseError):  # reported with its place below
                        verbs[language.code].update(dict.fromkeys(verbs_in(self._read(phrase, language), language)))
        for code, bases in verbs.items():
            learn_verbs(self.languages[code], bases)
        for document, language in ready:
            if language is not None:
                for number, entry in enumerate(document.data.get("pattern", ())):
                    self._learn(document, number, entry, language)

    def _read(self, phrase: str, language: Language) -> Sequence[Piece]:
        """The pieces of a phrase, which are asked for twice. Raises PhraseError."""
        key = (language.code, phrase)
        if key not in self.pieces:
            self.pieces[key] = read_pieces(phrase, language)
        return self.pieces[key]

    def _language(self, document: TomlDocument) -> Language | None:
        code = language_of(document)
        language = self.languages.get(code)
        if language is None:
            known = ", ".join(sorted(self.languages))
            self.findings.append(
                document.finding(
                    ("language",), f"there is no language '{code}' (known: {known}); name one with language = \"en\""
                )
            )
        return language

    def _learn(self, document: TomlDocument, number: int, entry: Mapping[str, Any], language: Language) -> None:
        at = ("pattern", number)
        for key in entry.keys() - _PATTERN_KEYS:
            self.findings.append(document.finding((*at, key), f"'{key}' is no key of a pattern"))
        kind = entry.get("type")
        if not isinstance(kind, str) or kind not in self.taxonomy:
            self.findings.append(document.finding((*at, "type"), f"'{kind}' is no relation type"))
            return
        if not entry.get("say"):
            self.findings.append(document.finding(at, "a pattern needs 'say' with at least one phrase"))
            return
        flags = {key: bool(entry.get(key, False)) for key in ("agentless", "both", "named")}
        others: dict[str, RelationType | None] = {"denied": None, "ended": None}
        for key in others:
            if key in entry and entry[key] not in self.taxonomy:
                self.findings.append(document.finding((*at, key), f"'{entry[key]}' is no relation type"))
                return
            others[key] = self.taxonomy[entry[key]] if key in entry else None
        unless = self._unless(document, at, entry, language)
        only = self._only(document, at, entry)
        by_people = self.taxonomy[kind].plover == _PROTEST
        pattern_id = str(entry.get("id", f"{language.code}/{kind}"))
        known = self.patterns[language.code]
        compiled = []
        for place, phrase in enumerate(entry["say"]):
            try:
                alternatives = parse_pieces(self._read(phrase, language), language)
                sides = sides_of(alternatives[0])  # the verbs of one phrase have the same sides
                compiled += [
                    Pattern(
                        actors=1 if flags["agentless"] else sides,
                        plain_subject=has_plain_subject(one) and not by_people,
                        by_people=by_people,
                        id=f"{pattern_id}#{place + 1}",
                        kind=self.taxonomy[kind],
                        phrase=one,
                        denied=others["denied"],
                        ended=others["ended"],
                        agentless=flags["agentless"],
                        both=flags["both"],
                        named=flags["named"],
                        only=only,
                        unless=unless,
                    )
                    for one in alternatives
                ]
            except PhraseError as error:
                self.findings.append(_placed(document, (*at, "say", place), phrase, error))
        known[pattern_id] = compiled if "id" in entry else known.get(pattern_id, []) + compiled

    def _only(self, document: TomlDocument, at: TomlPath, entry: Mapping[str, Any]) -> frozenset[Status]:
        """The statuses that `only` names."""
        known = [status.value for status in Status]
        for place, word in enumerate(entry.get("only", ())):
            if word not in known:
                self.findings.append(
                    document.finding((*at, "only", place), f"'{word}' is no status; they are {', '.join(known)}")
                )
        return frozenset(Status(word) for word in entry.get("only", ()) if word in known)

    def _unless(
        self, document: TomlDocument, at: TomlPath, entry: Mapping[str, Any], language: Language
    ) -> frozenset[str]:
        """Every form of the words, and of the one-word members of the sets, that `unless` names."""
        forms: set[str] = set()
        for place, word in enumerate(entry.get("unless", ())):
            if not word.startswith("@"):
                forms |= language.noun(word)
            elif word[1:] in language.sets:
                endings = language.sets[word[1:]].endings
                forms |= {form for form, before in endings.items() if () in before}
            else:
                self.findings.append(document.finding((*at, "unless", place), f"there is no word set {word}"))
        return frozenset(forms)

    def detaching(self) -> Iterator[str]:
        """What a hyphen binds behind a name that then doesn't act, in any language."""
        for language in self.languages.values():
            yield from language.detaching

    def titles(self) -> Iterator[str]:
        """What may stand before a person's name in any language: offices and function words."""
        for language in self.languages.values():
            yield from language.tags
            for words in language.roles.values():
                yield from words.endings

    def grammar(self, code: str) -> Grammar:
        language = self.languages[code]
        patterns = [pattern for several in self.patterns[code].values() for pattern in several]
        for pattern in patterns:
            if isinstance(pattern.phrase, NominalPhrase):
                language.common_nouns.update(pattern.phrase.head.endings)
            else:
                language.particles.update((pattern.phrase.lemma, particle) for particle in pattern.phrase.particles)
        # "court" is a verb of some pattern and a noun of the roles: its neighbours decide.
        language.also_nouns.update(language.common_nouns & language.verb_forms.keys())
        return index_patterns(language, patterns)


def _placed(document: TomlDocument, path: TomlPath, phrase: str, error: PhraseError) -> Finding:
    """A mistake in a phrase, with its line and, where the phrase stands in that line as it is, its column."""
    finding = document.finding(path, f"{phrase!r}: {error}")
    line = document.text.splitlines()[(finding.line or 1) - 1]
    begins = line.find(phrase)
    return replace(finding, column=begins + error.column if begins >= 0 else None)


def _phrases(document: TomlDocument) -> Iterator[str]:
    for entry in document.data.get("pattern", ()):
        yield from entry.get("say", ())
