"""Shipped patterns pass their own examples; broken ones are all reported, with their place."""

from collections.abc import Sequence

import pytest

from monitor.classify.compile import compile_classifier, examples
from monitor.classify.matcher import Classifier
from monitor.domain.documents import TomlDocument
from monitor.domain.errors import ConfigurationError
from monitor.domain.events import Passage
from monitor.settings.documents import Documents
from monitor.settings.toml import parse_toml


def parsed(text: str, file: str) -> TomlDocument:
    document = parse_toml(text, file=file)
    assert isinstance(document, TomlDocument)
    return document


def build(
    documents: Documents, *, patterns: Sequence[TomlDocument], languages: Sequence[TomlDocument] = ()
) -> Classifier:
    return compile_classifier(
        documents.taxonomy, languages=(*documents.languages, *languages), patterns=patterns, actors=documents.actors
    )


def test_the_shipped_patterns_when_their_examples_run_then_all_come_out_as_they_say(
    classifier: Classifier, documents: Documents
) -> None:
    assert [str(finding) for finding in examples(classifier, documents.patterns)] == []


def test_examples_that_fail_when_run_then_each_is_a_finding_at_its_line(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\ntype = "visit"\nsay = ["{source} tour {target}"]\nyes = [\n  "Peru tours Chile -> PER > CHL",\n'
        '  "Peru tours Chile -> CHL > PER",\n  "no arrow",\n]\nno = ["Peru tours Chile"]\n',
        "patterns.d/en/own.toml",
    )
    findings = list(examples(build(documents, patterns=[own]), [own]))
    assert [finding.line for finding in findings] == [6, 7, 9]
    assert "reads as PER visit CHL" in findings[0].message


def test_broken_patterns_when_compiled_then_every_mistake_is_told_at_once(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\ntype = "visits"\nsay = ["{source} tour {target}"]\n[[pattern]]\ntype = "visit"\nsay = ["{source} tour @nowhere"]\n'
        'sya = 1\n[[pattern]]\ntype = "visit"\n',
        "patterns.d/en/own.toml",
    )
    lost = parsed("", "patterns.d/xx/own.toml")
    with pytest.raises(ConfigurationError) as caught:
        build(documents, patterns=[own, lost])
    assert [(finding.file, finding.line) for finding in caught.value.findings] == [
        ("patterns.d/xx/own.toml", 1),
        ("patterns.d/en/own.toml", 2),
        ("patterns.d/en/own.toml", 7),
        ("patterns.d/en/own.toml", 6),
        ("patterns.d/en/own.toml", 8),
    ]


def test_a_pattern_with_a_shipped_id_when_compiled_then_replaces_it(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\nid = "en/visit"\ntype = "visit"\nsay = ["{source} tour {target}"]\n', "patterns.d/en/own.toml"
    )
    classifier = build(documents, patterns=(*documents.patterns, own))
    types = [event.type for event in classifier.classify(Passage(text="Peru tours Chile", language="en"))]
    assert types == ["visit"]
    assert classifier.classify(Passage(text="Peru's president visits Chile", language="en")) == ()


def test_a_pattern_with_unless_when_such_a_word_stands_in_the_text_then_is_silent(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\nid = "en/visit"\ntype = "visit"\nsay = ["{source} tour {target}"]\nunless = ["rehearsal", "@holiday"]\n',
        "patterns.d/en/own.toml",
    )
    classifier = build(documents, patterns=(*documents.patterns, own))
    texts = ["Peru tours Chile", "Peru tours Chile in dress rehearsals", "Peru tours Chile on holiday"]
    assert [bool(classifier.classify(Passage(text=text, language="en"))) for text in texts] == [True, False, False]


def test_a_pattern_with_only_when_its_status_is_another_then_is_silent(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\nid = "en/visit"\ntype = "visit"\nsay = ["{source} tour {target}"]\nonly = ["planned"]\n',
        "patterns.d/en/own.toml",
    )
    classifier = build(documents, patterns=(*documents.patterns, own))
    texts = ["Peru will tour Chile", "Peru toured Chile"]
    assert [bool(classifier.classify(Passage(text=text, language="en"))) for text in texts] == [True, False]


def test_only_with_an_unknown_status_when_compiled_then_is_a_finding_at_its_line(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\ntype = "visit"\nsay = ["{source} tour {target}"]\nonly = ["perhaps"]\n',
        "patterns.d/en/own.toml",
    )
    with pytest.raises(ConfigurationError) as caught:
        build(documents, patterns=[own])
    assert [(finding.file, finding.line) for finding in caught.value.findings] == [("patterns.d/en/own.toml", 4)]


def test_unless_with_an_unknown_set_when_compiled_then_is_a_finding_at_its_line(documents: Documents) -> None:
    own = parsed(
        '[[pattern]]\ntype = "visit"\nsay = ["{source} tour {target}"]\nunless = ["@nowhere"]\n',
        "patterns.d/en/own.toml",
    )
    with pytest.raises(ConfigurationError) as caught:
        build(documents, patterns=[own])
    assert [(finding.file, finding.line) for finding in caught.value.findings] == [("patterns.d/en/own.toml", 4)]


def test_a_toy_language_when_compiled_then_needs_no_code(documents: Documents) -> None:
    words = parsed(
        """
        language = "toy"
        recognised_by = ["le", "na"]
        [classes]
        article = ["le"]
        preposition = ["na"]
        be = ["bi"]
        agent = ["ro"]
        negation = ["nu"]
        [verb]
        rules = [{ ending = [""], forms = { base = [""], present = ["a"], past = ["o"], participle = ["it"] } }]
        [noun]
        rules = [{ ending = [""], forms = { singular = [""], plural = ["i"] } }]
        [sets]
        diplomat = ["ambasad"]
        [roles]
        government = ["rege"]
        """,
        "languages/toy/words.toml",
    )
    patterns = parsed(
        '[[pattern]]\ntype = "diplomat.expelled"\nsay = ["{source} eksil {target} @diplomat"]\n', "patterns/toy/x.toml"
    )
    names = parsed(
        '[PER]\nnames.toy = ["Perulo"]\n[CHL]\nadjectives.toy = ["cilan"]\nnames.toy = ["Cilo"]\n', "actors/toy.toml"
    )
    classifier = compile_classifier(documents.taxonomy, languages=[words], patterns=[patterns], actors=[names])

    def read(text: str) -> list[tuple[str, str]]:
        return [
            (event.source.code if event.source else "?", event.status)
            for event in classifier.classify(Passage(text=text))
        ]

    assert read("Perulo eksila le cilan ambasadi na Cilo") == [("PER", "reported")]
    assert read("Le cilan ambasadi bi eksilit ro Perulo na Cilo") == [("PER", "reported")]
    assert read("Perulo eksila le ambasadi") == []
