"""Writes the reference pages that follow from the code: `python -m docs.generate`."""

from __future__ import annotations

from pathlib import Path

from swis.tables.column import Column
from swis.tables.declared import TABLES
from swis.tables.table import Table

REFERENCE = Path(__file__).parent / "reference"

_HEAD = """\
# Data dictionary

The tables of a study folder: one file each, comma separated, UTF-8, with a heading row. This page is written from the
declarations in `swis/tables/` by `python -m docs.generate`; do not edit it.

Columns may stand in any order. Their names are in small letters. A cell of a column that is not required may be empty.
Thousands may be separated by commas between quotation marks (`"1,002"`): that is read and counted as repaired. A symbol for a
suppressed number (`c`, `x`, `:`, `..`, `<5` and the like) is refused: it is not zero.
"""


def write_data_dictionary() -> str:
    """The data dictionary of every declared table, in Markdown."""
    return "\n".join([_HEAD, *(_describe_table(table) for table in TABLES)])


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    return {REFERENCE / "data-dictionary.md": write_data_dictionary()}


def _describe_table(table: Table) -> str:
    lines = [
        f"## `{table.file}`",
        "",
        table.description,
        "",
        f"**Counted.** {table.counted}",
        "",
        f"**Not counted.** {table.not_counted}",
        "",
        f"**One row for each** {', '.join(f'`{name}`' for name in table.key)}.",
        "",
        "| Column | Form | Required | What it holds |",
        "|---|---|---|---|",
        *(_describe_column(column) for column in table.columns),
    ]
    for column in table.columns:
        if column.codes:
            lines += ["", f"Codes of `{column.name}`:", ""]
            lines += [f"- `{code}`: {meaning}" for code, meaning in column.codes]
    return "\n".join(lines) + "\n"


def _describe_column(column: Column) -> str:
    form = column.kind.value + ("" if column.minimum is None else f", at least {column.minimum}")
    form += "" if column.above is None else f", above {column.above}"
    what = column.description + (f" *{column.caveat}*" if column.caveat else "")
    return f"| `{column.name}` | {form} | {'yes' if column.required else 'no'} | {what} |"


def main() -> None:
    """Write every generated page."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
