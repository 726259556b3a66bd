"""A folder as a whole: what is missing, what is broken, and that `load` takes only what is right."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.domain.errors import ConfigurationError
from monitor.settings.files import Loaded, examine, load
from monitor.settings.location import ConfigLocation

Examine = Callable[..., Loaded]
Findings = Callable[..., list[str]]


def test_whole_configuration_when_loaded_has_no_finding(folder: Path) -> None:
    loaded = load(ConfigLocation(folder=folder, chosen_by="--config"), overrides={}, environ={"HOME": "/h"})
    assert loaded.findings == ()
    assert (len(loaded.feeds), len(loaded.watches), len(loaded.channels)) == (1, 1, 1)
    assert "diplomat.expelled" in loaded.taxonomy
    assert len(loaded.sample.data["entry"]) >= 20


def test_configuration_with_errors_when_loaded_raises_them_all_at_once(folder: Path) -> None:
    for name in ("feeds.toml", "watches.toml", "channels.toml"):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("[stray]\n")
    with pytest.raises(ConfigurationError) as caught:
        load(ConfigLocation(folder=folder, chosen_by="--config"), overrides={}, environ={"HOME": "/h"})
    assert [Path(finding.file).name for finding in caught.value.findings] == [
        "channels.toml",
        "feeds.toml",
        "watches.toml",
    ]
    assert caught.value.exit_code == os.EX_CONFIG


@pytest.mark.parametrize("made", [False, True])
def test_folder_without_configuration_when_examined_says_how_to_make_one(tmp_path: Path, made: bool) -> None:
    folder = tmp_path / "elsewhere"
    if made:
        folder.mkdir()
    loaded = examine(ConfigLocation(folder=folder, chosen_by="--config"), overrides={}, environ={"HOME": "/h"})
    (error,) = loaded.errors
    assert error.file == str(folder)
    assert f"relmon init {folder}" in error.message


def test_file_that_is_no_toml_when_examined_leaves_the_others_to_be_checked(findings: Findings) -> None:
    found = findings({"watches.toml": "[[watch]\n", "monitor.toml": "[pol]\n"})
    assert [finding.split(": ")[0] for finding in found if "error" in finding] == [
        "monitor.toml:1",
        "watches.toml:1:8",
    ]


def test_operators_patterns_and_actors_when_examined_follow_the_shipped_ones(
    examined: Examine, folder: Path, small_starter: Path
) -> None:
    (folder / "patterns.d" / "en").mkdir(parents=True)
    (folder / "patterns.d" / "en" / "mine.toml").write_text("", encoding="utf-8")
    documents = examined({"actors.d/mine.toml": "[ABC]\n", "patterns.d/README": "words"}).documents
    assert [document.file for document in documents.actors] == [
        str(small_starter / "actors" / "states.toml"),
        str(folder / "actors.d" / "mine.toml"),
    ]
    assert [document.file for document in documents.patterns] == [
        str(small_starter / "patterns" / "en" / "missions.toml"),
        str(folder / "patterns.d" / "en" / "mine.toml"),
    ]


def test_broken_overlay_of_the_classifier_when_examined_is_a_finding(findings: Findings) -> None:
    assert findings({"actors.d/mine.toml": "x ="})[0].startswith("actors.d/mine.toml:1: error: is not valid TOML")


def test_overlay_of_another_form_when_examined_is_a_finding_and_is_not_handed_on(
    examined: Examine, folder: Path, small_starter: Path
) -> None:
    loaded = examined({"actors.d/mine.toml": "[ven]\n", "patterns.d/mine.toml": 'pattern = "x"\n'})
    assert [str(finding).removeprefix(f"{folder}/").split(": ")[0] for finding in loaded.errors] == [
        "actors.d/mine.toml:1",
        "patterns.d/mine.toml:1",
    ]
    assert all(document.file.startswith(str(small_starter)) for document in loaded.documents.actors)
    assert all(document.file.startswith(str(small_starter)) for document in loaded.documents.patterns)
