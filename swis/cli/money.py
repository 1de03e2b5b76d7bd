"""`swis money`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path,
    typer.Argument(metavar="FOLDER", help="A folder with a trial.toml or a study.toml.", show_default=False),
]
MONEY_EPILOG = (
    "Examples:\n\n"
    "  swis money studies/scale-up\n\n"
    "  swis money studies/southampton --schools 18,50,100\n\n"
    "  swis money studies/scale-up --worth 5000 --worth 15000 --formats html,pdf\n\n"
    "  swis money studies/scale-up --formats none --json > money.json"
)


def money(
    folder: Folder,
    worth: Annotated[
        list[float] | None,
        typer.Option(
            help="What one outcome averted could be worth, in pounds; may be given several times. "
            "Without it: as the folder says."
        ),
    ] = None,
    schools: Annotated[
        str | None,
        typer.Option(help="How many schools would have it in each year of a budget, with commas between: 20,40,80."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write into. Without it: out/ and the name of the folder.")
    ] = None,
    formats: Annotated[
        str, typer.Option(help="Which of html, pdf and docx to write, with commas between; or none.")
    ] = "html",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, unrounded, in place of sentences.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Weigh the money: what a programme cost, what that bought, who pays, and what is not known.

    Of a trial with costs by school: both differences, net benefit, the curve, perfect information, the budget. Of a study with
    claims: how many must be averted. A cost of one averted is told only where it means something.
    """
    from swis.cli.money_folder import MoneyRequest, weigh_folder

    asked = MoneyRequest(worths=tuple(worth or ()), schools=schools)
    weigh_folder(folder, asked, out=out, formats=formats, as_json=as_json, quiet=quiet)
