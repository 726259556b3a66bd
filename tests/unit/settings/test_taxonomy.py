"""relation-types.toml and types.d become the taxonomy; a wrong type is left out and said."""

import pytest

from monitor.domain.documents import Finding, TomlDocument
from monitor.domain.taxonomy import RelationType, Severity, Taxonomy
from monitor.settings.taxonomy import read_taxonomy
from monitor.settings.toml import parse_toml

GOOD = {"means": '"Envoys talk"', "plover": '"CONSULT"', "scale": "2", "severity": '"routine"'}


def document(**changes: str | None) -> TomlDocument:
    lines = [f"{key} = {value}" for key, value in {**GOOD, **changes}.items() if value is not None]
    parsed = parse_toml('[contacts."chat"]\n' + "\n".join(lines), file="types.toml")
    assert isinstance(parsed, TomlDocument)
    return parsed


def test_type_as_written_when_read_is_in_the_taxonomy() -> None:
    taxonomy, findings = read_taxonomy(document(mutual="true"))
    assert findings == ()
    assert tuple(taxonomy) == (
        RelationType(
            id="chat",
            family="contacts",
            means="Envoys talk",
            plover="CONSULT",
            scale=2.0,
            severity=Severity.ROUTINE,
            mutual=True,
        ),
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"means": None}, '"means" must be a sentence'),
        ({"plover": '"TALK"'}, '"plover" must be one of'),
        ({"scale": "11"}, '"scale" must be a number from -10 to 10'),
        ({"severity": '"loud"'}, '"severity" must be one of'),
        ({"mutual": '"yes"'}, '"mutual" must be true or false'),
        ({"recurs": '"yes"'}, '"recurs" must be true or false'),
        ({"plover": '["AID"]'}, '"plover" must be one of'),
        ({"colour": '"red"'}, 'unknown key "colour"'),
        ({"sale": "1"}, 'unknown key "sale"; did you mean "scale"?'),
    ],
)
def test_wrong_type_when_read_is_left_out_and_said(changes: dict[str, str | None], said: str) -> None:
    taxonomy, findings = read_taxonomy(document(**changes))
    assert "chat" not in taxonomy
    assert len(findings) == 1
    assert f"chat: {said}" in findings[0].message
    (key,) = changes
    place = document(**changes).line_of(("contacts", "chat", key))
    assert findings[0].line == place


def test_unknown_parent_when_read_is_said_at_its_line() -> None:
    _, findings = read_taxonomy(document(parent='"talk"'))
    assert [(finding.line, finding.message) for finding in findings] == [(6, 'chat: its parent "talk" is no type')]


OWN = '[visas."visa.stopped"]\nmeans = "No more visas"\nparent = "chat"\n'


def own(*texts: str) -> tuple[Taxonomy, list[str]]:
    """The taxonomy with types of one's own below `chat`, and what was said of them."""
    documents = [parse_toml(text, file=f"types.d/{number}.toml") for number, text in enumerate(texts)]
    taxonomy, findings = read_taxonomy(
        document(mutual="true"), [one for one in documents if not isinstance(one, Finding)]
    )
    return taxonomy, [str(finding) for finding in findings]


def test_own_type_when_read_takes_from_its_parent_what_it_does_not_say() -> None:
    taxonomy, said = own(OWN + "scale = -3\n")
    assert said == []
    assert taxonomy["visa.stopped"] == RelationType(
        id="visa.stopped",
        family="visas",
        means="No more visas",
        plover="CONSULT",
        scale=-3.0,
        severity=Severity.ROUTINE,
        mutual=True,
        parent="chat",
        above=frozenset({"chat", "contacts"}),
    )


def test_own_type_below_another_own_one_when_read_in_any_order_leads_up_to_the_shipped_one() -> None:
    child = '[visas."visa.refused"]\nmeans = "A visa refused"\nparent = "visa.stopped"\nmutual = false\n'
    for texts in ((OWN, child), (child, OWN)):
        taxonomy, said = own(*texts)
        assert said == []
        assert taxonomy["visa.refused"].names == {"visa.refused", "visas", "visa.stopped", "chat", "contacts"}
        assert not taxonomy["visa.refused"].mutual


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('[a.b]\nmeans = "x"\n', "1", 'b: needs a "parent"'),
        ('[a.b]\nmeans = "x"\nparent = "chatt"\n', "3", 'b: its parent "chatt" is no type; did you mean "chat"?'),
        ('[a.b]\nmeans = "x"\nparent = ["chat"]\n', "3", "is no type"),
        ('[a.b]\nmeans = "x"\nparent = "b"\n', "3", "b: its parents lead back to itself: b -> b"),
        ('[a.b]\nparent = "chat"\n', "1", 'b: "means" must be a sentence'),
        ('[a.b]\nmeans = "x"\nparent = "chat"\nscale = 99\n', "4", 'b: "scale" must be a number'),
        ('[a.chat]\nmeans = "x"\nparent = "chat"\n', "1", "chat: this type ships with the program"),
        ('[a.contacts]\nmeans = "x"\nparent = "chat"\n', "1", "contacts: is the name of a family"),
        ('[chat.b]\nmeans = "x"\nparent = "chat"\n', "1", 'its family "chat" is the id of a type'),
        ('[a."Visa stop"]\nmeans = "x"\nparent = "chat"\n', "1", '"Visa stop" must be made of small letters'),
        (
            '[a.visa.stopped]\nmeans = "x"\nparent = "chat"\n',
            "1",
            'put the id in quotes, since it holds a dot: [a."visa.st',
        ),
        ('["visa.stopped"]\nmeans = "x"\nparent = "chat"\n', "1", '"visa.stopped" is no family with types'),
        ('means = "x"\n', "1", '"means" stands outside of any type'),
        (f'{OWN}[visas.b]\nmeans = "x"\nparent = "visa.stopped"\nscale = 99\n', "7", 'b: "scale" must be'),
    ],
)
def test_wrong_own_type_when_read_is_left_out_and_said_at_its_line(text: str, place: str, said: str) -> None:
    taxonomy, findings = own(text)
    assert len(findings) == 1
    assert findings[0].startswith(f"types.d/0.toml:{place}: error: ")
    assert said in findings[0]
    assert taxonomy.types.keys() <= {"chat", "visa.stopped"}


def test_own_types_in_a_circle_when_read_are_each_said() -> None:
    ring = "".join(f'[a.{one}]\nmeans = "x"\nparent = "{other}"\n' for one, other in ("pq", "qr", "rp"))
    taxonomy, findings = own(ring)
    assert list(taxonomy.types) == ["chat"]
    assert [finding.split(": ", 3)[2:] for finding in findings] == [
        [one, f"its parents lead back to itself: {way}; one of them needs a shipped parent"]
        for one, way in (("p", "p -> q -> r -> p"), ("q", "q -> r -> p -> q"), ("r", "r -> p -> q -> r"))
    ]


def test_own_type_that_stands_twice_when_read_is_said_with_the_other_place() -> None:
    _, findings = own(OWN, OWN)
    assert findings == [
        "types.d/1.toml:1: error: visa.stopped: stands already at types.d/0.toml:1; give one of the two another id"
    ]


def test_type_below_a_wrong_one_when_read_is_no_further_mistake() -> None:
    taxonomy, findings = own(OWN + "scale = 99\n", '[visas.b]\nmeans = "x"\nparent = "visa.stopped"\n')
    assert len(findings) == 1
    assert list(taxonomy.types) == ["chat"]
