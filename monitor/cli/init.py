"""`relmon init DIR`: a configuration of one's own to begin with."""

from pathlib import Path

import click

from monitor.cli.common import tells_errors
from monitor.domain.errors import MonitorError
from monitor.settings.modes import mode_of_new_file, mode_of_new_folder
from monitor.settings.starter import OPERATOR_FILES, OVERLAY_FOLDERS, starter_folder

_NEW_FOLDER_MODE = 0o700


class FolderNotUsable(MonitorError):
    """The folder holds a configuration already, or can't be written to. Name another one."""


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@tells_errors
def init(folder: Path) -> None:
    """Write a configuration of your own to DIR: four files to edit and folders for additions.

    Nothing that exists is overwritten.
    """
    standing = [name for name in (*OPERATOR_FILES, *OVERLAY_FOLDERS) if (folder / name).exists()]
    if standing:
        raise FolderNotUsable(
            f"{folder} holds {', '.join(standing)} already, and nothing is overwritten. Name another folder, or "
            f"see what is wrong with this one: relmon check --config {folder}"
        )
    try:
        _write(folder)
    except OSError as error:
        raise FolderNotUsable(
            f"{error.filename or folder} can't be written: {error.strerror}. Nothing else was done."
        ) from error
    click.echo(
        f"Wrote {', '.join(OPERATOR_FILES)} to {folder}.\n"
        "\n"
        "What to do next:\n"
        f"  1. Say which relations you follow in {folder / 'watches.toml'},\n"
        f"     and where messages go in {folder / 'channels.toml'}.\n"
        f"  2. relmon check --config {folder}     finds mistakes\n"
        f"  3. relmon run --config {folder}       starts to watch\n"
        "\n"
        f"With RELMON_CONFIG={folder.resolve()} in the environment, --config can be left out."
    )


def _write(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(_NEW_FOLDER_MODE)
    for name in OPERATOR_FILES:
        _write_file(folder / name, (starter_folder() / name).read_text(encoding="utf-8"))
    for name, words in OVERLAY_FOLDERS.items():
        (folder / name).mkdir()
        (folder / name).chmod(mode_of_new_folder(folder))
        _write_file(folder / name / "README", f"{words}\n")


def _write_file(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode_of_new_file(path.parent))
