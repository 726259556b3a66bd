"""An operator's patterns and actors have the form that the classifier takes for granted; shipped ones, too."""

from collections.abc import Callable, Iterable

import pytest

from monitor.domain.documents import Finding, TomlDocument
from monitor.settings.documents import read_documents
from monitor.settings.forms import actor_findings, pattern_findings
from monitor.settings.toml import parse_toml

PATTERN = '[[pattern]]\ntype = "visit"\nsay = ["{source} tour {target}"]\n'
HOLDER = '[[holder]]\nname = "Ana Example"\nstate = "VEN"\noffice = "envoy"\n'


def said(faults: Callable[[TomlDocument], Iterable[Finding]], text: str) -> list[str]:
    document = parse_toml(text, file="mine.toml")
    assert isinstance(document, TomlDocument)
    return [str(finding).removeprefix("mine.toml:") for finding in faults(document)]


def test_shipped_documents_when_looked_at_are_well_formed() -> None:
    documents, _ = read_documents()
    assert [str(one) for document in documents.patterns for one in pattern_findings(document)] == []
    assert [str(one) for document in documents.actors for one in actor_findings(document)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ('language = "en"\n' + PATTERN + 'yes = []\nno = ["x"]\nboth = true\nsya = 1\n', None),
        ("[[patern]]\n", '1: error: unknown key "patern"; did you mean "pattern"?'),
        ("language = 1\n", '1: error: "language" must be text in quotes'),
        ("\n[pattern]\n", "2: error: write each pattern below a line [[pattern]]"),
        ('pattern = ["x"]\n', "1: error: write each pattern below a line [[pattern]]"),
        (PATTERN + 'yes = "x -> PER > CHL"\n', '4: error: "yes" must be a list of texts'),
        (PATTERN + "no = [1]\n", '4: error: "no" must be a list of texts'),
        (PATTERN + "id = 1\n", '4: error: "id" must be text in quotes'),
        (PATTERN + 'agentless = "no"\n', '4: error: "agentless" must be true or false'),
        (PATTERN + '[[pattern]]\nsay = [""]\n', '5: error: "say" must be a list of texts'),
    ],
)
def test_pattern_file_when_looked_at_is_told_what_has_another_form(text: str, expected: str | None) -> None:
    found = said(pattern_findings, text)
    assert len(found) == (expected is not None)
    assert expected is None or found[0].startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HOLDER + '[VEN]\nnames.en = ["Little Venice"]\nambiguous = ["Little Venice"]\n', None),
        ('as_of = "2026-01-31"\n[ABC]\ninstitutions.en = [{ name = "the Chamber", part = "legislature" }]\n', None),
        ('[ven]\nnames.en = ["x"]\n', '1: error: "ven" is no code of an actor; write it in capitals, like [VEN]'),
        ('[VEN]\nnames = ["x"]\n', '2: error: VEN: name the language, and give a list: names.en = ["One", "Two"]'),
        ('[VEN]\nseats.en = "Miraflores"\n', "2: error: VEN: name the language, and give a list: seats.en"),
        ('[VEN]\nname.en = ["x"]\n', '2: error: VEN: unknown key "name"; did you mean "names"?'),
        ('[VEN]\nambiguous.en = ["x"]\n', '2: error: VEN: "ambiguous" must be a list of texts'),
        ('[VEN]\ninstitutions.en = ["the Chamber"]\n', "2: error: write institutions.en = [{ name ="),
        ('[VEN]\ninstitutions = "x"\n', "2: error: write institutions.en = [{ name ="),
        ('[VEN]\ninstitutions.en = [{ part = "court" }]\n', "2: error: write institutions.en = [{ name ="),
        ('[VEN]\ninstitutions.en = [{ name = "x", alone = 1 }]\n', '2: error: "alone" must be true or false'),
        ('[VEN]\ninstitutions.en = [{ name = "x", part = "press" }]\n', "2: error: the part of x must be one of"),
        ("[holder]\n", "1: error: write each holder below a line [[holder]]"),
        (HOLDER + "from = 2013\nto = 13\n", "1: error: '13' is no date"),
    ],
)
def test_actor_file_when_looked_at_is_told_what_has_another_form(text: str, expected: str | None) -> None:
    found = said(actor_findings, text)
    assert len(found) == (expected is not None)
    assert expected is None or found[0].startswith(expected)
