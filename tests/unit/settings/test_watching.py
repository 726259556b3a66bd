"""Files are taken up once they hold something else and stand still, whichever way they were written."""

import os
from pathlib import Path

from monitor.settings.watching import ConfigurationFiles


def taken(folder: Path) -> ConfigurationFiles:
    (folder / "feeds.toml").write_text("# none yet\n")
    files = ConfigurationFiles(folder)
    files.take()
    return files


def looks(files: ConfigurationFiles, times: int = 3) -> list[bool]:
    return [files.changed() for _ in range(times)]


def test_given_files_that_nobody_touches_when_looked_at_then_nothing_has_changed(tmp_path: Path) -> None:
    assert looks(taken(tmp_path)) == [False, False, False]


def test_given_an_edited_file_when_looked_at_then_it_counts_from_the_second_look_on_until_it_is_taken(
    tmp_path: Path,
) -> None:
    files = taken(tmp_path)
    (tmp_path / "feeds.toml").write_text("# an edit\n")
    assert looks(files) == [False, True, True]
    files.take()
    assert looks(files) == [False, False, False]


def test_given_a_file_that_is_still_being_written_when_looked_at_then_it_is_left_alone(tmp_path: Path) -> None:
    files = taken(tmp_path)
    for length in range(1, 4):
        (tmp_path / "feeds.toml").write_text("# more and more\n" * length)
        assert not files.changed()
    assert files.changed()


def test_given_a_file_that_another_is_renamed_over_when_looked_at_then_it_counts(tmp_path: Path) -> None:
    files = taken(tmp_path)
    (tmp_path / "draft").write_text("# an edit!\n")
    os.utime(tmp_path / "draft", ns=(0, (tmp_path / "feeds.toml").stat().st_mtime_ns))
    (tmp_path / "draft").rename(tmp_path / "feeds.toml")
    assert looks(files, 2) == [False, True]


def test_given_a_file_that_is_only_touched_when_looked_at_then_nothing_has_changed(tmp_path: Path) -> None:
    files = taken(tmp_path)
    os.utime(tmp_path / "feeds.toml", ns=(1, 1))
    assert looks(files) == [False, False, False]


def test_given_overlays_when_one_comes_or_goes_then_it_counts(tmp_path: Path) -> None:
    files = taken(tmp_path)
    (tmp_path / "patterns.d" / "en").mkdir(parents=True)
    (tmp_path / "patterns.d" / "en" / "own.toml").write_text("")
    assert looks(files, 2) == [False, True]
    files.take()
    (tmp_path / "patterns.d" / "en" / "own.toml").unlink()
    assert looks(files, 2) == [False, True]


def test_given_other_files_in_the_folder_when_they_change_then_only_named_ones_count(tmp_path: Path) -> None:
    files = taken(tmp_path)
    text, database = tmp_path / "desk.txt", tmp_path / "monitor.db"
    text.write_text("one")
    database.write_text("one")
    files.also([text])
    assert looks(files) == [False, False, False]
    database.write_text("two")
    assert looks(files) == [False, False, False]
    text.write_text("two")
    assert looks(files, 2) == [False, True]
    files.also([])
    assert looks(files) == [False, False, False]


def test_given_a_new_file_when_another_is_named_meanwhile_then_it_still_counts(tmp_path: Path) -> None:
    files = taken(tmp_path)
    (tmp_path / "watches.toml").write_text("# not read yet\n")
    files.also([tmp_path / "desk.txt"])
    assert looks(files, 2) == [False, True]
