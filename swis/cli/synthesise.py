"""`swis synthesise`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Out = Annotated[Path, typer.Argument(metavar="OUT", help="An empty or new folder.", show_default=False)]
SYNTHESISE_EPILOG = (
    "Examples:\n\n"
    "  swis synthesise out/synthshire\n\n"
    "  swis synthesise out/synthshire --schools 100 --years 5 --rate-ratio section_47_enquiries=0.7\n\n"
    "  swis synthesise out/messy --schools 20 --mess"
)


def synthesise(
    out: Out,
    schools: Annotated[int, typer.Option(help="How many schools; one in five is a secondary.")] = 40,
    years: Annotated[int, typer.Option(help="How many academic years.")] = 4,
    pupils: Annotated[int, typer.Option(help="Pupils of a school, on average.")] = 300,
    first_year: Annotated[int, typer.Option(help="The first academic year: 2017 is 2017-18.")] = 2017,
    seed: Annotated[int, typer.Option(help="The seed: the same seed and options give the same bytes.", min=0)] = 1,
    rate_ratio: Annotated[
        list[str] | None,
        typer.Option(
            help="By what a social worker multiplies an outcome; may be given several times.", metavar="OUTCOME=RATIO"
        ),
    ] = None,
    start: Annotated[
        str, typer.Option(help='The first term with an effect, as "autumn 2019". Without it: the middle.')
    ] = "",
    share: Annotated[float, typer.Option(help="The share of schools (or clusters) with a social worker.")] = 0.5,
    unit: Annotated[str, typer.Option(help="What is given a social worker: school, or cluster.")] = "school",
    chosen_by: Annotated[
        str, typer.Option(help="How schools are chosen: chance; or need, those with the most enquiries before.")
    ] = "chance",
    k: Annotated[
        float, typer.Option(help="How much true rates differ between schools (coefficient of variation).")
    ] = 0.3,
    trend: Annotated[float, typer.Option(help="How much trends of schools differ (log scale, for a year).")] = 0.0,
    academies: Annotated[
        int | None, typer.Option(help="How many schools become academies. Without it: one in twenty.")
    ] = None,
    number: Annotated[
        int, typer.Option(help="Which of several authorities: each has schools and pupils of its own.", min=1)
    ] = 1,
    xml: Annotated[bool, typer.Option("--xml", help="Write the SSDA903 as XML, not CSV.")] = False,
    mess: Annotated[
        bool, typer.Option("--mess", help="Make the errors that real returns have, and list them.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Make up an authority: statutory returns that fit together, and the truth that they should lead to.

    Nothing in it is about a real child. OUT must be empty, or hold only what this command wrote before: that is replaced.
    """
    from swis.cli.synthesise_folder import SynthesiseCommand, synthesise_folder

    synthesise_folder(
        SynthesiseCommand(
            out=out,
            schools=schools,
            years=years,
            pupils=pupils,
            first_year=first_year,
            seed=seed,
            rate_ratios=tuple(rate_ratio or ()),
            start=start,
            share=share,
            unit=unit,
            chosen_by=chosen_by,
            k=k,
            trend=trend,
            academies=academies,
            number=number,
            xml=xml,
            mess=mess,
            quiet=quiet,
        )
    )
