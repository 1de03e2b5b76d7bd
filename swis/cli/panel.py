"""`swis panel`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from swis.terms import Holidays

Returns = Annotated[
    list[Path],
    typer.Argument(
        metavar="RETURNS", help="Files, or folders of files, as they are sent to the Department.", show_default=False
    ),
]
PANEL_EPILOG = (
    "Examples:\n\n"
    "  swis panel returns --authority Lambeth --into panels/lambeth\n\n"
    "  swis panel cin_2018.xml ssda903_2018 rolls edubasealldata.csv --authority Lambeth --into panels/lambeth\n\n"
    "  swis panel returns --authority Lambeth --into panels/lambeth --publish dfe"
)


def panel(
    returns: Returns,
    authority: Annotated[str, typer.Option(help="The name of the local authority.", show_default=False)],
    into: Annotated[Path, typer.Option(help="The folder to write the panel into.", show_default=False)],
    holidays: Annotated[
        str,
        typer.Option(help="Towards which term an event in a holiday counts: next term, previous term or not counted."),
    ] = "next term",
    short_breaks: Annotated[
        bool, typer.Option("--short-breaks", help="Count a series of short breaks as time in care.")
    ] = False,
    follow_mergers: Annotated[
        bool, typer.Option("--follow-mergers", help="Take schools that became one as one school from the start.")
    ] = False,
    first_term: Annotated[str, typer.Option(help="The first term, as 'autumn 2017'. Without it: all.")] = "",
    last_term: Annotated[str, typer.Option(help="The last term. Without it: all.")] = "",
    publish: Annotated[
        str | None,
        typer.Option(help="Write a published form too, with small numbers hidden by the policy dfe, nhs or ons."),
    ] = None,
    engine: Annotated[str, typer.Option(help="duckdb, in this process; or spark, on a cluster.")] = "duckdb",
    memory: Annotated[str, typer.Option(help="How much memory DuckDB may take, as 8GB. Without it: most of it.")] = "",
    spark_master: Annotated[str, typer.Option(help="The Spark cluster, as spark://host:7077.")] = "local[*]",
    staging: Annotated[
        Path | None, typer.Option(help="With Spark: a private folder that every worker sees. It is emptied after.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Turn an authority's returns into counts of every outcome by school, term and year group.

    Writes panel.csv and its companions, and quality.html: what was matched, dropped and repaired. Nothing written is about
    one child. Files are known by what is in them: children in need census, SSDA903, school census or rolls, schools register.
    """
    from swis.cli.panel_returns import Choice, build_from_returns
    from swis.panel.settings import PanelSettings

    settings = PanelSettings(
        authority,
        holidays=cast("Holidays", holidays),
        short_breaks=short_breaks,
        follow_mergers=follow_mergers,
        first_term=first_term,
        last_term=last_term,
    )
    choice = Choice(engine, memory, spark_master, staging)
    build_from_returns(returns, settings, into=into, choice=choice, publish=publish, quiet=quiet)
