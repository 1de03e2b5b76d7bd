"""Writes the reference pages that follow from the code: `python -m docs.generate`."""

from __future__ import annotations

from pathlib import Path

from swis.panel.panel_table import PANEL_TABLES
from swis.tables.column import Column
from swis.tables.declared import TABLES
from swis.tables.returns.declared import RETURNS
from swis.tables.returns.statutory_return import StatutoryReturn
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


_HEAD_OF_PANEL = """\
# The panel folder

What `swis panel` and `swis combine` write: counts of every outcome by school, term and year group, with the pupils at risk.
This page is written from the declarations in `swis/tables/` and `swis/panel/` by `python -m docs.generate`; do not edit it.

Nothing in the folder is about one child. Its counts are small, though, and were not checked for disclosure: the folder is
closed to others, and is not for publishing. What may be published is written by `swis panel --publish`.

`panel.toml` says which files the panel was made of, with what settings and by which version, and holds the SHA-256 of every
file beside it, `quality.html` included; the page may be away. A panel is not mended by hand: one that was altered is refused.
"""


_HEAD_OF_RETURNS = """\
# Statutory returns

What is read from each return, and under which name it goes on. Statutory names are used nowhere else. This page is written
from the declarations in `swis/tables/returns/` by `python -m docs.generate`; do not edit it.

What may be amiss with a return, and what becomes of it, is in [How to read returns](../how-to/read-returns.md). A row
without a readable value in a column that is required is dropped and counted. Every table also has `row` (or `child_number`,
in XML): the place in the file.
"""


def write_data_dictionary() -> str:
    """The data dictionary of every declared table, in Markdown."""
    return "\n".join([_HEAD, *(_describe_table(table) for table in TABLES)])


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    return {
        REFERENCE / "data-dictionary.md": write_data_dictionary(),
        REFERENCE / "returns.md": write_returns(),
        REFERENCE / "panel-folder.md": write_panel_folder(),
    }


def write_panel_folder() -> str:
    """Every table of a panel's folder, in Markdown."""
    return "\n".join([_HEAD_OF_PANEL, *(_describe_table(table) for table in PANEL_TABLES)])


def write_returns() -> str:
    """What is read from every statutory return, in Markdown."""
    return "\n".join([_HEAD_OF_RETURNS, *(_describe_return(declared) for declared in RETURNS)])


def _describe_return(declared: StatutoryReturn) -> str:
    lines = [f"## {declared.title}", "", declared.description, "", f"**Form.** {declared.form}", ""]
    if declared.not_read:
        lines += ["**Known and not read.**", "", *(f"- `{name}`: {what}" for name, what in declared.not_read), ""]
    return "\n".join([*lines, *(_describe_table_of_return(table) for table in declared.tables)])


def _describe_table_of_return(table: Table) -> str:
    lines = [
        f"### `{table.name}`",
        "",
        f"{table.description} From `{table.file}`.",
        "",
        f"**Counted.** {table.counted}",
        "",
        f"**Not counted.** {table.not_counted}",
        "",
        "| Column | Arrives as | Form | Required | What it holds |",
        "|---|---|---|---|---|",
        *(_describe_column_of_return(column) for column in table.columns),
    ]
    return "\n".join([*lines, *_describe_codes(table)]) + "\n"


def _describe_column_of_return(column: Column) -> str:
    arrives = ", ".join(f"`{name}`" for name in column.statutory) or "made by the reader"
    since = f"; from {column.first_year}" if column.first_year else ""
    first, rest = _describe_column(column).removeprefix("| ").split(" | ", 1)
    return f"| {first} | {arrives}{since} | {rest}"


def _describe_codes(table: Table) -> list[str]:
    lines: list[str] = []
    for column in table.columns:
        if column.codes:
            lines += ["", f"Codes of `{column.name}`:", ""]
            lines += [f"- `{code}`: {meaning}" for code, meaning in column.codes]
            lines += [f"- `{old}`: read as `{new}`" for old, new in column.recoded]
    return lines


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
        *([f"**One row for each** {', '.join(f'`{name}`' for name in table.key)}.", ""] if table.key else []),
        "| Column | Form | Required | What it holds |",
        "|---|---|---|---|",
        *(_describe_column(column) for column in table.columns),
    ]
    return "\n".join([*lines, *_describe_codes(table)]) + "\n"


def _describe_column(column: Column) -> str:
    form = column.kind.value + ("" if column.minimum is None else f", at least {column.minimum}")
    form += "" if column.above is None else f", above {column.above}"
    form += f", of the form `{column.pattern}`" if column.pattern else ""
    what = column.description + (f" *{column.caveat}*" if column.caveat else "")
    return f"| `{column.name}` | {form} | {'yes' if column.required else 'no'} | {what} |"


def main() -> None:
    """Write every generated page."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
