"""`swis power`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

POWER_EPILOG = (
    "Examples:\n\n"
    "  swis power --rate 15 --per 1000 --k 0.37 --schools 268 --authorities 21 --years 2 --ratio 0.87\n\n"
    "  swis power --rate 15 --k 0.37 --authorities 21 --years 2 --ratio 0.87 --find schools\n\n"
    "  swis power --from studies/southampton --outcome s47 --schools 100 --surface out/power.html"
)


def power(
    rate: Annotated[
        float | None, typer.Option(help="Events a year without the programme, per so many pupils as --per says.")
    ] = None,
    per: Annotated[float, typer.Option(help="The number of pupils that --rate is per.")] = 1000,
    k: Annotated[
        float | None, typer.Option(help="By how much schools' true rates differ: their coefficient of variation.")
    ] = None,
    schools: Annotated[int | None, typer.Option(help="Schools in both arms together.")] = None,
    authorities: Annotated[int, typer.Option(help="Authorities; schools are drawn by lot within each.")] = 1,
    pupils: Annotated[float | None, typer.Option(help="Pupils of a school on average. Without it: 1000.")] = None,
    pupils_cv: Annotated[
        float | None,
        typer.Option(help="How much sizes of schools vary: their coefficient of variation. Without it: 0."),
    ] = None,
    years: Annotated[float, typer.Option(help="Years of follow-up.")] = 1,
    terms_a_year: Annotated[float, typer.Option(help="Terms in a year.")] = 3,
    ratio: Annotated[float | None, typer.Option(help="The rate ratio that the trial is to find.")] = None,
    power_wanted: Annotated[float, typer.Option("--power", help="The power that is wanted.")] = 0.8,
    share: Annotated[float, typer.Option(help="The share of schools with a social worker.")] = 0.5,
    baseline_years: Annotated[float, typer.Option(help="Years before the start that the analysis adjusts for.")] = 0,
    autocorrelation: Annotated[
        float | None,
        typer.Option(help="How far schools keep their place from term to term: 1 altogether, 0 not at all."),
    ] = None,
    scatter: Annotated[
        str, typer.Option(help="The distribution of what schools differ by: gamma or lognormal.")
    ] = "gamma",
    analysis: Annotated[
        str | None,
        typer.Option(
            help="The planned analysis: robust (standard errors), randomisation (test), or baseline (robust, adjusted). "
            "Without it: robust, or baseline where there is one."
        ),
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="A study or a school_terms.csv to take rate, k, sizes and schools from.", metavar="PATH"
        ),
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="With --from: the code of the outcome.")] = None,
    terms: Annotated[
        str | None, typer.Option(help="With --from a table: the terms to take, commas between. Without it: all.")
    ] = None,
    find: Annotated[str | None, typer.Option(help="What to look for: schools, ratio or years.", metavar="WHAT")] = None,
    trials: Annotated[int, typer.Option(help="How many trials to simulate.", min=100)] = 10_000,
    seed: Annotated[int, typer.Option(help="The seed of the simulation.", min=0)] = 1,
    surface: Annotated[
        Path | None,
        typer.Option(help="Write a page with curves and a surface of power to this HTML file.", metavar="FILE"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Say what a trial could find, or how large it would have to be: by formula and by simulation, side by side.

    The simulation analyses each trial as planned. Where it disagrees with the formula, that is said, and why.
    """
    from swis.cli.power_answer import PowerCommand, answer_power

    answer_power(
        PowerCommand(
            rate=rate,
            per=per,
            k=k,
            schools=schools,
            authorities=authorities,
            pupils=pupils,
            pupils_cv=pupils_cv,
            years=years,
            terms_a_year=terms_a_year,
            ratio=ratio,
            power=power_wanted,
            share=share,
            baseline_years=baseline_years,
            autocorrelation=autocorrelation,
            scatter=scatter,
            analysis=analysis,
            source=source,
            outcome=outcome,
            terms=terms,
            find=find,
            trials=trials,
            seed=seed,
            surface=surface,
            quiet=quiet,
        )
    )
