import os
from pathlib import Path

import pytest

from monitor.settings.modes import mode_of_new_file, mode_of_new_folder

NOBODY = 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root configures a daemon of another user")
@pytest.mark.parametrize(
    ("folder", "new_file", "new_folder"),
    [(0o700, 0o600, 0o700), (0o750, 0o640, 0o750), (0o2755, 0o644, 0o755), (0o777, 0o644, 0o755)],
)
def test_given_a_folder_of_root_when_something_is_made_in_it_then_who_reads_the_folder_reads_that_but_writes_nothing(
    tmp_path: Path, folder: int, new_file: int, new_folder: int
) -> None:
    tmp_path.chmod(folder)
    assert (mode_of_new_file(tmp_path), mode_of_new_folder(tmp_path)) == (new_file, new_folder)


def test_given_a_folder_of_a_user_when_something_is_made_in_it_then_it_is_the_users_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    if (was := os.geteuid()) == 0:
        os.seteuid(NOBODY)
    try:
        assert (mode_of_new_file(tmp_path), mode_of_new_folder(tmp_path)) == (0o600, 0o700)
    finally:
        os.seteuid(was)
