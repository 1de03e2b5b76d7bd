"""`swis profile`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PROFILE_EPILOG = (
    "Examples:\n\n"
    "  swis profile panels/lambeth --phase secondary\n\n"
    "  swis profile panels/lambeth --weight referrals=2 --weight exclusions=1 --beside figures.csv --policy none\n\n"
    "  swis profile panels/lambeth --phase secondary --nominate 16 --reserves 2 --into trial/nominations.csv"
)


def profile(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="PANEL", help="A folder that swis panel wrote, or a table like nominations.csv.", show_default=False
        ),
    ],
    terms: Annotated[
        str | None, typer.Option(help="The terms, commas between. Without it: the last academic year of the panel.")
    ] = None,
    phase: Annotated[
        str | None, typer.Option(help="Only schools of this phase: primary, secondary, all-through or special.")
    ] = None,
    authority: Annotated[str | None, typer.Option(help="Only schools of this authority.")] = None,
    clusters: Annotated[bool, typer.Option("--clusters", help="Take each cluster of the panel as one school.")] = False,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="An outcome of the panel; several times. Without it: referrals, section 47 enquiries, exclusions and absence."
        ),
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            help="What schools are ordered by; several times. Without it: referrals alone.", metavar="MEASURE=NUMBER"
        ),
    ] = None,
    unit_of_count: Annotated[
        list[str] | None,
        typer.Option(
            help="How many counts make one independent event, as in days_in_care=366.", metavar="MEASURE=NUMBER"
        ),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            help="A table like nominations.csv with persistent absence, feeder primaries, reasons to leave out."
        ),
    ] = None,
    top: Annotated[
        int | None, typer.Option(help="How many schools are chosen of each phase. Without it: a quarter.", min=1)
    ] = None,
    nominate: Annotated[
        int | None, typer.Option(help="Write so many schools of each authority into a nominations.csv.", min=1)
    ] = None,
    reserves: Annotated[int, typer.Option(help="With --nominate: and so many in reserve.", min=0)] = 0,
    into: Annotated[Path | None, typer.Option(help="With --nominate: the file to write.")] = None,
    policy: Annotated[
        str, typer.Option(help="How small counts are hidden: dfe, nhs or ons; none: not at all, for the team alone.")
    ] = "dfe",
    seed: Annotated[int, typer.Option(help="The seed of the draws.", min=0)] = 1,
    draws: Annotated[int, typer.Option(help="How many draws of the true rates.", min=100, max=100_000)] = 10_000,
    out: Annotated[
        Path | None, typer.Option(help="The folder for the page. Without it: out/ and the name of the PANEL.")
    ] = None,
    formats: Annotated[str, typer.Option(help="Which of html, pdf and docx to write, with commas between.")] = "html",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Say which schools need a social worker most, with small numbers treated as small, and which cannot be told apart.

    Writes profile.html: likely rates, ranks, and what will fall without any programme. May write nominations.csv.
    """
    from swis.cli.profile_schools import ProfileCommand, profile_schools

    profile_schools(
        ProfileCommand(
            source=source,
            terms=terms,
            phase=phase,
            authority=authority,
            clusters=clusters,
            measures=tuple(measure or ()),
            weights=tuple(weight or ()),
            units_of_count=tuple(unit_of_count or ()),
            beside=beside,
            top=top,
            nominate=nominate,
            reserves=reserves,
            into=into,
            policy=policy,
            seed=seed,
            draws=draws,
            out=out,
            formats=formats,
            quiet=quiet,
        )
    )
