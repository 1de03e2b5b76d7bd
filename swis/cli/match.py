"""`swis match`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY", help="A folder with candidate_schools.csv and year_group_terms.csv.", show_default=False
    ),
]
EPILOG = (
    "Examples:\n\n"
    "  swis match studies/mine\n\n"
    "  swis match studies/mine --outcome s47 --unit cluster --k 1\n\n"
    "  swis match studies/mine --by level --replacement optimal --out out/level"
)


def match(
    folder: Folder,
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="The code of an outcome; may be given several times. Without it: every one in the table."),
    ] = None,
    terms: Annotated[
        str | None,
        typer.Option(help="The terms before the start in their order, commas between. Without it: as in the file."),
    ] = None,
    by: Annotated[
        str, typer.Option(help="What to match on: trends (the pilots' rule), level, entropy or synthetic.")
    ] = "trends",
    distance: Annotated[
        str, typer.Option(help="With --by level: mahalanobis, or euclid (each measure over its standard deviation).")
    ] = "mahalanobis",
    k: Annotated[int, typer.Option(help="Comparison schools for each school or cluster.", min=1)] = 2,
    unit: Annotated[str, typer.Option(help="Whom to match: school, or cluster.")] = "school",
    replacement: Annotated[
        str, typer.Option(help="with: a school may serve several. optimal, greedy: each serves one.")
    ] = "with",
    standardise: Annotated[
        str, typer.Option(help="The scale of differences in trend: sd_trend, sd_absdiff, mad or poisson.")
    ] = "sd_trend",
    minimum_share: Annotated[
        float, typer.Option(help="The share of year groups that a pair must have in common.")
    ] = 0.5,
    gate: Annotated[str, typer.Option(help="published: with the Mann-Whitney check; none: without it.")] = "published",
    unit_of_count: Annotated[
        list[str] | None,
        typer.Option(help="How many counts make one event, as in days_in_care=122.", metavar="OUTCOME=NUMBER"),
    ] = None,
    despite: Annotated[
        bool, typer.Option("--despite", help="Accept matches on trends even where trends cannot be matched on.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The seed of the bootstrap and of the random sets.", min=0)] = 1,
    draws: Annotated[int, typer.Option(help="How many to draw of each.", min=19)] = 999,
    out: Annotated[Path | None, typer.Option(help="The folder to write into. Without it: the STUDY itself.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Choose comparison schools, and say whether these schools can be matched on trends at all.

    Writes matches.csv, which a study reads, pair_scores.csv with every pair, and matching.html.
    """
    from swis.cli.match_folder import MatchCommand, match_folder

    match_folder(
        MatchCommand(
            folder=folder,
            out=out or folder,
            outcomes=tuple(outcome or ()),
            terms=terms,
            by=by,
            distance=distance,
            unit=unit,
            k=k,
            replacement=replacement,
            standardise=standardise,
            minimum_share=minimum_share,
            gate=gate,
            units_of_count=tuple(unit_of_count or ()),
            despite=despite,
            seed=seed,
            draws=draws,
            quiet=quiet,
        )
    )
