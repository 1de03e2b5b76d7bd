"""Writing to the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE = 2.0  # seconds of silence before a person wonders


def output() -> Console:
    """The console of answers. No highlighting: it would colour numbers and mean nothing by it."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def errors() -> Console:
    """The console of progress and errors."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None] | None]:
    """Something to tell what is being worked on; None where nobody would see it.

    Shown on the error stream of a terminal, once the work has taken more than two seconds.
    """
    console = errors()
    if quiet or not console.is_terminal:
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task("", total=None)
    began = monotonic()

    def tell(what: str, done: int, steps: int) -> None:
        bar.update(task, description=what, completed=done, total=steps)
        if not bar.live.is_started and monotonic() - began > PATIENCE:
            bar.start()

    try:
        yield tell
    finally:
        bar.stop()


def say_seconds(seconds: float) -> str:
    """A length of time in words."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{whole} second{'' if whole == 1 else 's'}"
    return f"{minutes} minute{'' if minutes == 1 else 's'} {rest} second{'' if rest == 1 else 's'}"
