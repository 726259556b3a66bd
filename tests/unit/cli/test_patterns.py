"""`relmon patterns test` says what a pattern file would change, over given texts and over stored items."""

import json
import re
from pathlib import Path

import pytest

from monitor.classify.compile import compile_classifier
from monitor.cli.trial import Trial, compare
from monitor.domain.documents import TomlDocument
from monitor.domain.events import Passage
from monitor.settings.documents import read_documents
from monitor.settings.toml import read_toml
from monitor.storage import items, polls
from tests.databases import open_current
from tests.unit.cli.conftest import Relmon
from tests.unit.storage import examples

TOUR = """
[[pattern]]
type = "visit"
say = ["{source} globetrot through {target}"]
yes = ["Peru's president globetrots through Chile -> PER > CHL reported"]
no = ["Peru's singer globetrots through the charts"]
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "drafts" / "en" / "mine.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TOUR, encoding="utf-8")
    return path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    path = tmp_path / "texts.jsonl"
    rows = (
        {"id": "a", "text": "Norway's prime minister globetrots through Ghana\n\nHe is back.", "lang": "en"},
        {"text": "Kenya imposes sanctions on Belarus", "lang": "en", "published": "2026-01-31"},
        {"text": "Rain falls on the hills"},
    )
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    return path


def test_file_when_tried_on_texts_lists_what_is_gained(relmon: Relmon, mine: Path, texts: Path) -> None:
    result = relmon("patterns", "test", mine, "--against", texts)
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.sub(r"#\d+", "#N", result.stdout).splitlines() == [
        f"{mine}: 2 examples, all as they say.",
        "+ NOR visit GHA (reported, en/visit#N): Norway's prime minister globetrots through Ghana",
        "3 texts read: 1 gained (+), 0 lost (-). 1 event without the file, 2 with it.",
    ]


def test_file_that_replaces_a_shipped_pattern_when_tried_lists_what_is_lost_and_which_examples_fail(
    relmon: Relmon, tmp_path: Path, texts: Path
) -> None:
    path = tmp_path / "mine.toml"  # in no language's folder, so it names its own
    path.write_text(
        'language = "en"\n[[pattern]]\nid = "en/sanctions.imposed"\ntype = "visit"\n'
        'say = ["{source} globetrot through {target}"]\nyes = ["Peru globetrots through Chile -> CHL > PER"]\n',
        encoding="utf-8",
    )
    result = relmon("patterns", "test", path, "--against", texts, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (report["ok"], report["examples"], report["texts"]) == (False, 1, 3)
    assert [(finding["file"], finding["line"]) for finding in report["findings"]] == [(str(path), 6)]
    assert report["gained"][0]["id"] == "a"
    (lost,) = report["lost"]
    assert (lost["id"], lost["text"]) == (None, "Kenya imposes sanctions on Belarus")
    assert (lost["event"]["type"], lost["event"]["target"]["code"]) == ("sanctions.imposed", "BLR")


def test_file_of_the_configuration_when_tried_is_left_out_of_what_it_is_compared_with(
    relmon: Relmon, own: Path, texts: Path
) -> None:
    installed = own / "patterns.d" / "en" / "mine.toml"
    installed.parent.mkdir()
    installed.write_text(TOUR, encoding="utf-8")
    result = relmon("patterns", "test", installed, "--against", texts, "--config", own)
    assert result.stdout.splitlines()[-1].startswith("3 texts read: 1 gained (+), 0 lost (-).")


def test_file_with_a_type_of_ones_own_when_tried_with_the_configuration_is_understood(
    relmon: Relmon, own: Path, mine: Path, texts: Path
) -> None:
    (own / "types.d" / "mine.toml").write_text('[contacts."tour"]\nmeans = "A long visit"\nparent = "visit"\n')
    mine.write_text(TOUR.replace('"visit"', '"tour"'), encoding="utf-8")
    without = relmon("patterns", "test", mine, "--against", texts)
    assert without.exit_code == 1
    assert without.stdout.splitlines() == [
        f"{mine}:3: error: 'tour' is no relation type",
        f"{mine} can't be used: 1 mistake.",
    ]
    result = relmon("patterns", "test", mine, "--against", texts, "--config", own)
    assert result.exit_code == 0
    assert "+ NOR tour GHA (reported, en/tour#1): " in result.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[pattern]\n", ":1:10: error: is not valid TOML"),
        ("", ":1: error: holds no pattern; begin each below a line [[pattern]]"),
        ('[[pattern]]\ntype = "visit"\nsay = "{source} tour {target}"\n', ':3: error: "say" must be a list of texts'),
        ('[[pattern]]\ntype = "visit"\nsay = ["{source} tour @nowhere"]\n', ":3:23: error: "),
    ],
)
def test_file_that_can_not_be_compiled_when_tried_is_told_with_its_place(
    relmon: Relmon, mine: Path, texts: Path, text: str, said: str
) -> None:
    mine.write_text(text, encoding="utf-8")
    result = relmon("patterns", "test", mine, "--against", texts)
    assert result.exit_code == 1
    first, last = result.stdout.splitlines()
    assert first.startswith(f"{mine}{said}")
    assert last == f"{mine} can't be used: 1 mistake."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON"),
        ('{"lang": "en"}', 'line 1 of {file} needs "text".'),
        ('{"text": "x", "published": "soon"}', "'soon' is no date"),
        ('{"text": "x", "actors": ["PER"]}', '"actors" is a list of'),
    ],
)
def test_line_that_can_not_be_read_when_tried_is_named(
    relmon: Relmon, mine: Path, texts: Path, line: str, said: str
) -> None:
    texts.write_text(line + "\n", encoding="utf-8")
    result = relmon("patterns", "test", mine, "--against", texts)
    assert result.exit_code == 1
    assert said.format(file=texts) in result.stderr
    assert "line 1 of" in result.stderr


def test_stored_items_when_a_file_is_tried_are_read_page_by_page(
    relmon: Relmon, own: Path, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.cli.patterns._PAGE", 2)
    url = f"sqlite:///{tmp_path / 'monitor.db'}"
    database = open_current(url)
    titles = ["Norway globetrots through Ghana", "Rain falls", "Norway's king globetrots through Togo", "Snow", "Sun"]
    with database.write() as connection:
        polls.sync_feeds(connection, [examples.source()], examples.NOW)
        stored = [
            examples.news(title, title=title, summary="", seen_at=examples.NOW - number * examples.MINUTE)
            for number, title in enumerate(titles)
        ]
        items.insert_items(connection, stored)
    database.close()
    result = relmon("patterns", "test", mine, "--config", own, "--database", url)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line.partition(" (")[0] for line in result.stdout.splitlines()[1:]] == [
        "+ NOR visit GHA",
        "+ NOR visit TGO",
        "5 texts read: 2 gained",
    ]


def test_no_stored_items_when_a_file_is_tried_is_said_and_the_examples_count_alone(
    relmon: Relmon, own: Path, mine: Path
) -> None:
    result = relmon("patterns", "test", mine, "--config", own)
    assert (result.exit_code, result.stdout) == (0, f"{mine}: 2 examples, all as they say.\n")
    assert "There are no stored items to try it on." in result.stderr


def test_two_sources_of_texts_when_named_are_one_too_many(relmon: Relmon, mine: Path) -> None:
    assert relmon("patterns", "test", mine, "--against", "-", "--database", "sqlite://").exit_code == 2


def test_other_mistake_of_the_configuration_when_a_file_is_tried_is_told_first(
    relmon: Relmon, own: Path, mine: Path, texts: Path
) -> None:
    (own / "types.d" / "mine.toml").write_text("[x\n", encoding="utf-8")
    result = relmon("patterns", "test", mine, "--against", texts, "--config", own)
    assert result.exit_code == 78
    assert f"{own}/types.d/mine.toml:1:" in result.stderr


def test_one_file_when_compared_with_itself_changes_nothing(mine: Path) -> None:
    documents, _ = read_documents()
    document = read_toml(mine)
    assert isinstance(document, TomlDocument)
    classifier = compile_classifier(
        documents.taxonomy, languages=documents.languages, patterns=(document,), actors=documents.actors
    )
    trial = compare(classifier, classifier, [(1, Passage(text="Peru globetrots through Chile", language="en"))])
    assert trial == Trial(texts=1, without=1, with_file=1)
