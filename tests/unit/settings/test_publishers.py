"""publishers.toml becomes publishers; a wrong one is left out and said."""

from pathlib import Path

import pytest

from monitor.domain.documents import TomlDocument
from monitor.settings.documents import read_documents
from monitor.settings.publishers import read_publishers
from monitor.settings.toml import parse_toml


def parsed(text: str, file: str = "publishers.toml") -> TomlDocument:
    document = parse_toml(text, file=file)
    assert isinstance(document, TomlDocument)
    return document


def test_given_the_shipped_publishers_when_read_then_there_is_no_mistake_and_agencies_are_among_them() -> None:
    documents, findings = read_documents()
    assert not findings
    assert {"reuters", "efe"} <= {one.id for one in documents.publishers if one.agency}


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("[reef]\nnames = []\n", 2, '"names" must list'),
        ('[reef]\nnames = ["Reef Post"]\nagncy = true\n', 3, 'unknown key "agncy"; did you mean "agency"?'),
        ('[reef]\nnames = ["Reef Post"]\nagency = "yes"\n', 3, '"agency" must be true or false'),
        ('[reef]\nnames = ["Reef Post"]\nofficial = "Fiji"\n', 3, '"official" must be the code of a state'),
        ('[reef]\nnames = ["Reef"]\n[shoal]\nnames = ["reef"]\n', 4, 'the name "reef" is that of reef already'),
    ],
)
def test_given_a_mistake_when_read_then_it_is_said_where(text: str, line: int, part: str) -> None:
    _, (finding,) = read_publishers([parsed(text)])
    assert finding.line == line
    assert part in finding.message


def test_given_an_own_table_of_a_shipped_id_when_read_then_it_takes_its_place() -> None:
    own = parsed('[reef]\nnames = ["Reef Post", "Lagoon Times"]\n', file="publishers.d/mine.toml")
    publishers, findings = read_publishers([parsed('[reef]\nnames = ["Reef Post"]\n'), own])
    assert not findings
    assert [one.names for one in publishers] == [("Reef Post", "Lagoon Times")]


def test_given_a_folder_of_an_operators_own_when_read_then_its_publishers_are_added(tmp_path: Path) -> None:
    (tmp_path / "publishers.d").mkdir()
    (tmp_path / "publishers.d" / "mine.toml").write_text('[reef]\nnames = ["Reef Post"]\n', encoding="utf-8")
    documents, findings = read_documents(tmp_path)
    assert not findings
    assert "reef" in {one.id for one in documents.publishers}
