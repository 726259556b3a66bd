"""A group of commands that are imported when they are called, so that each starts as fast as its own imports allow."""

import gc
import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click


class LazyGroup(click.Group):
    """Its commands by name, each as "module:attribute". Their order is the order of `--help`."""

    def __init__(self, *args: Any, lazy: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The lazy commands first, then any that were added by hand."""
        return list(self._lazy) + [name for name in super().list_commands(ctx) if name not in self._lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the command."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module, attribute = self._lazy[cmd_name].split(":")
        with _nothing_collected():
            command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self._lazy[cmd_name]} is not a command")
        return command


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Imports make a hundred thousand objects that stay; looking among them for garbage takes a seventh of the time.

    What is there at the end is left out of all later searches, too.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
