"""One line of the bench, and the table of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """What one tool took for one job. Seconds are None where it could not be run, and `note` says why.

    `cells` is the size, for growth between sizes of one job; `estimate` what is held against ours.
    """

    job: str
    size: str
    tool: str
    seconds: float | None
    megabytes: float | None = None
    cells: int | None = None
    note: str = ""


OURS = "swis"
HEADINGS = ("job", "size", "tool", "time", "against swis", "growth", "peak memory", "note")


def as_table(lines: Sequence[Line]) -> str:
    """All lines as a Markdown table, aligned so that it can be read as text too."""
    rows = [HEADINGS, *(_row(line, lines) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def _row(line: Line, lines: Sequence[Line]) -> tuple[str, ...]:
    memory = "" if line.megabytes is None else f"{line.megabytes:,.0f} MB"
    return (
        line.job,
        line.size,
        line.tool,
        "-" if line.seconds is None else say_time(line.seconds),
        _ratio(line, lines),
        _growth(line, lines),
        memory,
        line.note,
    )


def _ratio(line: Line, lines: Sequence[Line]) -> str:
    """How many times as long as ours of the same job and size."""
    ours = next((o for o in lines if (o.job, o.size, o.tool) == (line.job, line.size, OURS)), None)
    if ours is None or ours is line or not ours.seconds or line.seconds is None:
        return ""
    ratio = line.seconds / ours.seconds
    return f"{ratio:,.0f}x" if ratio >= 10 else f"{ratio:.2g}x"


def _growth(line: Line, lines: Sequence[Line]) -> str:
    """Time against size, both relative to the next smaller size of the same job and tool."""
    smaller = [
        other
        for other in lines
        if (other.job, other.tool) == (line.job, line.tool)
        and other.seconds
        and other.cells
        and line.cells
        and other.cells < line.cells
    ]
    if not smaller or line.seconds is None or line.cells is None:
        return ""
    before = max(smaller, key=lambda other: other.cells or 0)
    if not before.seconds or not before.cells:
        return ""
    return f"{line.seconds / before.seconds:.3g}x for {line.cells / before.cells:.3g}x the cells"


def say_time(seconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"
