"""`swis combine`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

COMBINE_EPILOG = (
    "Examples:\n\n"
    "  swis combine panels/lambeth panels/southampton panels/stockport --into panels/pilots\n\n"
    "  swis combine panels/* --into all --strict"
)


def combine(
    panels: Annotated[
        list[Path], typer.Argument(metavar="PANEL", help="Folders that swis panel wrote.", show_default=False)
    ],
    into: Annotated[Path, typer.Option(help="The folder to write the combined panel into.", show_default=False)],
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse an outcome that one authority covers and another does not.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Put the panels of several authorities into one, and say what does not fit.

    Refused: panels with other settings, other parts of the year, no term in common, a school or an authority twice.
    """
    from swis.cli.combine_folders import combine_folders

    combine_folders(panels, into=into, strict=strict, quiet=quiet)
