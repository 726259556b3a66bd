"""`relmon status --watch`: one screen that keeps up, for the terminal in the corner.

What is seen comes from look.py. Counting a large archive takes a while, so its totals are counted less often than the rest.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable

from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.cli.look import Look, Looker, Point, duties, points, span, states, title
from monitor.domain.errors import DatabaseError
from monitor.storage.outbox import MessageState, StoredMessage
from monitor.storage.overview import FeedHealth
from monitor.storage.vitals import ChannelHealth
from monitor.storage.wellbeing import LATE, Verdict

_EVERY_S = 2.0
_COUNT_EVERY = dt.timedelta(seconds=20)
# What the head, the frames and the last line take of the screen's height.
_FRAME_LINES = 16
_STYLES = {
    MessageState.DELIVERED: "green",
    MessageState.DEAD: "red",
    MessageState.PENDING: "yellow",
    MessageState.SENDING: "yellow",
    MessageState.DROPPED: "dim",
}
_VERDICTS = {
    Verdict.WELL: Text(" ALL IS WELL ", style="bold white on green"),
    Verdict.MOSTLY: Text(" MOSTLY WELL ", style="bold black on yellow"),
    Verdict.TROUBLE: Text(" NEEDS A LOOK ", style="bold white on red"),
}
_GRAVE = frozenset({"Broken", "Dead", "Behind", "Refused"})


def show_live(looker: Looker, clock: Callable[[], dt.datetime]) -> None:
    """Shows it until Ctrl-C. A database that can't be read just now is told on the screen, and tried again."""
    console = Console()
    look, counted_at = looker.look(clock()), clock()
    try:
        with Live(screen(look, console.height), console=console, screen=True, auto_refresh=False) as live:
            while True:
                time.sleep(_EVERY_S)
                now = clock()
                anew = now - counted_at >= _COUNT_EVERY
                try:
                    look = looker.look(now, counted=None if anew else look.overview)
                except DatabaseError as error:
                    live.update(
                        Group(Text(str(error), style="bold red"), screen(look, console.height - 1)), refresh=True
                    )
                    continue
                counted_at = now if anew else counted_at
                live.update(screen(look, console.height), refresh=True)
    except KeyboardInterrupt:
        return


def screen(look: Look, height: int) -> RenderableType:
    """Everything, in about `height` lines."""
    room = max(height - _FRAME_LINES - len(look.workers), 6)
    told = list(points(look))
    for_points = min(len(told), max(room // 2, room - len(look.latest))) or 1
    return Group(
        _head(look),
        _figures(look),
        *([_daemons(look)] if look.workers else []),
        _needs_a_look(told, for_points),
        _latest(look.latest[: max(room - for_points, 1)]),
        Text("Ctrl-C ends this.", style="dim"),
    )


def _head(look: Look) -> Text:
    verdict = _VERDICTS[look.verdict]
    where = f"  Relation Monitor {look.version}   {look.database}   {look.at.astimezone():%Y-%m-%d %H:%M:%S}"
    line = Text.assemble(verdict, Text(where), no_wrap=True, overflow="ellipsis")
    mark = look.configuration or "with mistakes: see `relmon check`"
    line.append(f"\ntables {look.schema}, configuration {mark}", style="dim")
    return line


def _figures(look: Look) -> Table:
    now, counted = look.vitals, look.overview
    grid = Table.grid(expand=True)
    for _ in range(3):
        grid.add_column(ratio=1)
    feeds = [
        (states(now.feeds), "red" if now.feeds[FeedHealth.FAILING] else "green"),
        (f"{now.overdue} overdue" if now.overdue else "none overdue", ""),
        (
            f"the latest was due {span(now.longest_overdue)} ago" if now.longest_overdue else "all in time",
            "yellow" if now.longest_overdue > LATE else "dim",
        ),
    ]
    waiting = now.messages[MessageState.PENDING] + now.messages[MessageState.SENDING]
    oldest = now.oldest_due or dt.timedelta()
    late = oldest > LATE
    messages = [
        (f"{waiting} wait, the oldest for {span(oldest)}" if waiting else "none waits", "yellow" if late else "green"),
        (f"{now.messages[MessageState.DEAD]} dead letters", "red" if now.messages[MessageState.DEAD] else "dim"),
        (f"channels: {states(now.channels)}", "red" if now.channels[ChannelHealth.BROKEN] else ""),
    ]
    stored = [
        (f"{counted.items:,} items", ""),
        (f"{counted.events:,} events, {counted.stories:,} stories", ""),
        (f"{now.size_bytes / 1e6:,.1f} MB", "dim"),
    ]
    grid.add_row(_panel("Feeds", feeds), _panel("Messages", messages), _panel("Stored", stored))
    return grid


def _panel(name: str, lines: Iterable[tuple[str, str]]) -> Panel:
    said = [Text(line, style=style, no_wrap=True, overflow="ellipsis") for line, style in lines]
    return Panel(Group(*said), title=name, title_align="left", box=box.ROUNDED)


def _daemons(look: Look) -> Table:
    grid = Table.grid(padding=(0, 2))
    newest = look.workers[-1].configuration
    for worker in look.workers:
        style = "" if worker.configuration == newest else "yellow"
        grid.add_row(
            Text("Daemon", style="dim"),
            Text(worker.owner),
            Text(duties(worker)),
            Text(worker.configuration, style=style),
        )
    return grid


def _needs_a_look(told: list[Point], room: int) -> Panel:
    grid = Table.grid(padding=(0, 1), expand=True)
    grid.add_column(width=8)
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    shown = told if len(told) <= room else told[: room - 1]
    for point in shown:
        grid.add_row(Text(point.kind, style="red" if point.kind in _GRAVE else "yellow"), Text(point.said))
    if len(shown) < len(told):
        grid.add_row("", Text(f"... and {len(told) - len(shown)} more; `relmon status` says them all", style="dim"))
    if not told:
        grid.add_row("", Text("nothing", style="dim"))
    return Panel(grid, title="What needs a look", title_align="left", box=box.ROUNDED)


def _latest(messages: Iterable[StoredMessage]) -> Panel:
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(width=12, no_wrap=True)
    grid.add_column(width=9, no_wrap=True)
    grid.add_column(max_width=16, no_wrap=True, overflow="ellipsis")
    grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    for one in messages:
        made_at = one.message.created_at.astimezone()
        grid.add_row(
            Text(f"{made_at:%d %b %H:%M}", style="dim"),
            Text(one.state.value, style=_STYLES[one.state]),
            Text(one.message.channel_id),
            Text(title(one)),
        )
    if not grid.row_count:
        grid.add_row("", "", "", Text("none yet", style="dim"))
    return Panel(grid, title="Latest messages", title_align="left", box=box.ROUNDED)
