"""Names are found by their longest form, by case and by the day."""

import datetime as dt

import pytest

from monitor.classify.actor_tables import compile_lexicons, given_names
from monitor.classify.lexicon import Mention, NameKind
from monitor.classify.tokens import Sentence
from monitor.classify.words import WordSet
from monitor.domain.documents import TomlDocument
from monitor.domain.events import NamedActor, Part
from monitor.settings.toml import parse_toml

TABLES = """
[USA]
names.en = ["United States", "US", "U.S."]
adjectives.en = ["American"]
people.en = ["Americans"]
seats.en = ["White House"]
institutions.en = [{ name = "Supreme Court", part = "court" }]
[TUR]
names.en = ["Turkey"]
[JOR]
names.en = ["Jordan"]
ambiguous = ["Jordan"]
[PRK]
names.en = ["North Korea"]
[KOR]
names.en = ["South Korea", "Korea"]
[[holder]]
name = "Ada Quill"
surname = "Quill"
alone = true
state = "USA"
office = "president"
from = "2009-01-20"
to = "2013-01"
[[holder]]
name = "Bo Quill"
surname = "Quill"
alone = true
state = "TUR"
office = "foreign minister"
from = 2020


[[holder]]
name = "Cy Marsh"
surname = "Marsh"
state = "JOR"
office = "president"
from = "2015-05-01"
to = "2019-04-30"
"""
OFFICES = {"president": WordSet({"president": ((),)})}


def document(text: str) -> TomlDocument:
    parsed = parse_toml(text.replace("from = 2020", 'from = "2020"'), file="actors/x.toml")
    assert isinstance(parsed, TomlDocument)
    return parsed


def mentions(text: str, day: str | None = None, *actors: NamedActor) -> list[Mention]:
    lexicons, findings = compile_lexicons([document(TABLES)], {"en": OFFICES}, detaching=["based"])
    assert findings == ()
    lexicon = lexicons["en"].with_names(given_names(actors))
    return lexicon.mentions(Sentence(text, 0), dt.date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    ("text", "day", "codes"),
    [
        ("President Marsh leaves", "2016-01-01", ["JOR"]),
        ("PRESIDENT MARSH LEAVES", "2016-01-01", ["JOR"]),
        ("Cy Marsh leaves", "2016-01-01", ["JOR"]),
        ("Marsh leaves", "2016-01-01", []),
        ("Minister Marsh leaves", "2016-01-01", []),
        ("President Marsh leaves", "2021-01-01", []),
    ],
)
def test_given_a_surname_of_many_when_looked_up_then_it_counts_in_office_behind_the_office(
    text: str, day: str, codes: list[str]
) -> None:
    assert [mention.code for mention in mentions(text, day)] == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("South Korea and North Korea talk", ["KOR", "PRK"]),
        ("They told us that the US left", ["USA"]),
        ("A turkey was served in Turkey", ["TUR"]),
        ("US TO LEAVE TURKEY, SAYS WHITE HOUSE", ["USA", "TUR", "USA"]),
        ("Jordan recalls its envoy", ["JOR"]),
        ("Striker Jordan Pelham scores for his club", []),
        ("Jordan Recalls Its Envoy From Cairo", ["JOR"]),
        ("A US-based firm leaves", []),
        ("US-Turkey talks", ["USA", "TUR"]),
    ],
)
def test_names_in_context_when_looked_up_then_only_actors_are_found(text: str, codes: list[str]) -> None:
    assert [mention.code for mention in mentions(text)] == codes


def test_kinds_of_names_when_looked_up_then_say_how_they_stand_for_the_actor() -> None:
    found = mentions("Americans ask American White House and Supreme Court")
    assert [(mention.kind, mention.part) for mention in found] == [
        (NameKind.PEOPLE, Part.GOVERNMENT),
        (NameKind.ADJECTIVE, Part.GOVERNMENT),
        (NameKind.NAME, Part.GOVERNMENT),
        (NameKind.NAME, Part.COURT),
    ]


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Ada Quill", "2012-06-01", ("USA", Part.GOVERNMENT)),
        ("Ada Quill", "2013-01-31", ("USA", Part.GOVERNMENT)),
        ("Ada Quill", "2015-01-01", ("USA", Part.FORMER)),
        ("Quill", "2012-06-01", ("USA", Part.GOVERNMENT)),
        ("Quill", "2021-06-01", ("TUR", Part.GOVERNMENT)),
        ("Ada Quill", "2005-01-01", None),
        ("Quill", None, None),
    ],
)
def test_a_holder_on_a_day_when_looked_up_then_acts_for_the_office_of_that_day(
    name: str, day: str | None, expected: tuple[str, Part] | None
) -> None:
    found = mentions(f"{name} spoke", day)
    assert (found[0].code, found[0].part) == expected if expected else found == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("The US's Quill spoke", ["USA", "USA"]),
        ("The US's quill spoke", ["USA"]),
    ],
)
def test_a_surname_behind_its_state_when_looked_up_then_is_the_office_holder(text: str, codes: list[str]) -> None:
    assert [mention.code for mention in mentions(text, "2012-06-01")] == codes


def test_names_given_with_a_text_when_looked_up_then_win_over_known_ones() -> None:
    found = mentions(
        "The Turkey Lovers' Union met US officials", None, NamedActor(name="The Turkey Lovers' Union", code="UNION")
    )
    assert [mention.code for mention in found] == ["UNION", "USA"]


def test_a_broken_table_when_compiled_then_each_mistake_has_its_line() -> None:
    broken = document(
        '[USA]\nnames.en = ["US"]\n[[holder]]\nname = "A B"\nstate = "XYZ"\noffice = "president"\n[[holder]]\nname = "C"\n'
    )
    _, findings = compile_lexicons([broken], {"en": {}})
    assert [(finding.line, finding.message) for finding in findings] == [
        (7, "a holder needs name, state and office"),
        (5, "'XYZ' is no known actor code"),
        (7, "'None' is no known actor code"),
    ]
