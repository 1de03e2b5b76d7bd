"""`swis describe`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[Path, typer.Argument(metavar="STUDY", help="A folder with a study.toml.", show_default=False)]
DESCRIBE_EPILOG = (
    "Examples:\n\n"
    "  swis describe studies/stockport\n\n"
    "  swis describe studies/stockport --outcome s47 --formats html\n\n"
    "  swis describe studies/stockport --policy none --out out/team-only"
)


def describe(
    folder: Folder,
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="The code of an outcome; may be given several times. Without it: every one of the study."),
    ] = None,
    policy: Annotated[
        str, typer.Option(help="How small counts are hidden: dfe, nhs or ons; none: not at all, for the team alone.")
    ] = "dfe",
    out: Annotated[
        Path | None, typer.Option(help="The folder to write into. Without it: out/ and the name of the study.")
    ] = None,
    formats: Annotated[str, typer.Option(help="Which of html, pdf and docx to write, with commas between.")] = "html",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Look at the data of a study before anything is estimated: rates, zeros, scatter, leaps and gaps.

    Writes description.html. Small counts are hidden. No effect of the programme is estimated.
    """
    from swis.cli.describe_folder import describe_folder

    describe_folder(folder, outcomes=outcome or (), policy=policy, out=out, formats=formats, quiet=quiet)
