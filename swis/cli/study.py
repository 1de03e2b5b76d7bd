"""`swis study`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

STUDY_EPILOG = (
    "Examples:\n\n"
    '  swis study panels/lambeth --arms arms.csv --starts "autumn 2019" --into studies/mine\n\n'
    '  swis study panels/all --arms arms.csv --starts "autumn 2021" --into studies/trial --randomised --exposure mean'
)


def study(
    panel: Annotated[
        Path,
        typer.Argument(metavar="PANEL", help="A folder that swis panel or swis combine wrote.", show_default=False),
    ],
    arms: Annotated[Path, typer.Option(help="arms.csv: the part of each school.", show_default=False)],
    starts: Annotated[
        str, typer.Option(help="The term in which the programme starts, as in terms.csv.", show_default=False)
    ],
    into: Annotated[Path, typer.Option(help="The folder of the study.", show_default=False)],
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="The code of an outcome; may be given several times. Without it: those of the pilots."),
    ] = None,
    exposure: Annotated[
        str,
        typer.Option(
            help="Pupils below the rates: census day, mean, residents on census day or mean residents.",
        ),
    ] = "census day",
    unit: Annotated[
        str, typer.Option(help="school; or cluster: the schools of a cluster of the panel count as one.")
    ] = "school",
    randomised: Annotated[
        bool, typer.Option("--randomised", help="Schools came by their arm by chance, not by matching.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Make the tables of a study from a panel, and a study.toml to begin with.

    Without comparison schools in arms.csv it writes what swis match needs, of terms before the start only. Match, and give
    the same command again.
    """
    from swis.cli.study_folder import make_study
    from swis.panel.study_tables import StudyChoices

    choices = StudyChoices(starts, exposure, tuple(outcome or ()), randomised)
    make_study(panel, into, arms=arms, choices=choices, unit=unit, quiet=quiet)
