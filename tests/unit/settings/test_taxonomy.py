"""relation-types.toml becomes the taxonomy; a wrong type is left out and said."""

import pytest

from monitor.domain.documents import TomlDocument, parse_toml
from monitor.domain.taxonomy import RelationType, Severity
from monitor.settings.taxonomy import read_taxonomy

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
        ({"colour": '"red"'}, "unknown key colour"),
    ],
)
def test_wrong_type_when_read_is_left_out_and_said(changes: dict[str, str | None], said: str) -> None:
    taxonomy, findings = read_taxonomy(document(**changes))
    assert "chat" not in taxonomy
    assert len(findings) == 1
    assert f"chat: {said}" in findings[0].message
    assert findings[0].line == 1


def test_unknown_parent_when_read_is_said_at_its_line() -> None:
    _, findings = read_taxonomy(document(parent='"talk"'))
    assert [(finding.line, finding.message) for finding in findings] == [(6, 'chat: its parent "talk" is no type')]
