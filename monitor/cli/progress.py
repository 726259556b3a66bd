"""A bar on the terminal for commands that take a while; where nobody watches, nothing is written."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn


@contextmanager
def progress_bar(doing: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows what is being done, on standard error; what it gives is called with how much more of `total` is done."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        # On one terminal lines go above the bar; what is piped elsewhere must go there.
        redirect_stdout=sys.stdout.isatty(),
    ) as progress:
        task = progress.add_task(doing, total=total)

        def tell(done: int) -> None:
            progress.advance(task, done)

        yield tell
