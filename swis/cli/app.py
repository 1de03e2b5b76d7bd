"""The commands and their options. Each loads its stage when it is called, so that `swis --help` does not wait for them."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from swis.cli.allocate import ALLOCATE_EPILOG, allocate
from swis.cli.combine import COMBINE_EPILOG, combine
from swis.cli.describe import DESCRIBE_EPILOG, describe
from swis.cli.match import EPILOG, match
from swis.cli.panel import PANEL_EPILOG, panel
from swis.cli.power import POWER_EPILOG, power
from swis.cli.profile import PROFILE_EPILOG, profile
from swis.cli.study import STUDY_EPILOG, study
from swis.cli.synthesise import SYNTHESISE_EPILOG, synthesise
from swis.cli.verify import VERIFY_EPILOG, verify

app = typer.Typer(
    name="swis",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

Studies = Annotated[
    list[Path],
    typer.Argument(
        metavar="STUDY", help="Folders, each with a study.toml, or one with a trial.toml.", show_default=False
    ),
]
OneStudy = Annotated[
    Path, typer.Argument(metavar="STUDY", help="A folder with a study.toml or trial.toml.", show_default=False)
]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"swis {version('swis')}")
        raise typer.Exit


def _check_share(share: float) -> float:
    if not 0 < share <= 1:
        raise typer.BadParameter("it must be above 0 and at most 1.")
    return share


@app.callback(
    epilog="Begin with: swis check STUDY, then swis evaluate STUDY. What the words mean is in GLOSSARY.md.",
)
def swis(
    show_version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Find out whether social workers in schools made a difference, and whether the data can tell.

    A study is a folder: study.toml says what was done where and when, CSV files hold counts and pupils.
    """


@app.command(
    epilog="Examples:\n\n"
    "  swis evaluate studies/stockport\n\n"
    "  swis evaluate studies/southampton studies/lambeth --out out/two --formats html,docx\n\n"
    "  swis evaluate studies/stockport --formats none --json > stockport.json"
)
def evaluate(
    studies: Studies,
    out: Annotated[
        Path | None,
        typer.Option(help="The folder for the report. Without it: out/, and the names of the studies."),
    ] = None,
    formats: Annotated[
        str, typer.Option(help="Which of html, pdf and docx to write, with commas between; or none.")
    ] = "html,pdf,docx",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object, unrounded, in place of the table.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    bayes: Annotated[
        bool, typer.Option("--bayes", help="Pool authorities by a Bayesian model too; needs the extra swis[bayes].")
    ] = False,
) -> None:
    """Run studies: the verdict on every analysis, and the full report.

    Several studies are taken together: one family of tests, and outcomes pooled over authorities. A trial (a folder with a
    trial.toml) is run by itself.
    """
    from swis.cli.evaluate import evaluate_folders

    evaluate_folders(studies, out=out, formats=formats, as_json=as_json, quiet=quiet, bayes=bayes)


@app.command(epilog="Examples:\n\n  swis check studies/stockport\n\n  swis check studies/* --strict")
def check(
    studies: Studies,
    strict: Annotated[bool, typer.Option(help="End with exit code 7 if there is a warning.")] = False,
) -> None:
    """Read studies and say what is wrong or odd, without running them.

    Errors stop a study and must be mended. Warnings bear on a number in the report; notes do not.
    """
    from swis.cli.check import check_folders

    raise typer.Exit(check_folders(studies, strict=strict))


@app.command(epilog="Examples:\n\n  swis lock studies/mine\n\n  swis lock studies/mine --on 2026-09-01")
def lock(
    study: OneStudy,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day of locking. Without it: today.", metavar="YYYY-MM-DD"),
    ] = None,
) -> None:
    """Lock the plan of a study before its outcomes are seen.

    Writes study.lock.toml, for a trial trial.lock.toml. From then on every report says what was planned and what was
    changed or added later.
    """
    from swis.cli.lock import lock_folder

    lock_folder(study, on=on.date() if on else None)


@app.command(epilog="Examples:\n\n  swis calibrate studies/mine --share 0.05\n\n  swis calibrate studies/mine")
def calibrate(
    study: OneStudy,
    share: Annotated[
        float,
        typer.Option(
            help="The share of the draws to make: 0.05 for a quick look, 1 for a report.", callback=_check_share
        ),
    ] = 1.0,
) -> None:
    """Simulate how often each method would cry wolf in a study like this, and how often it would hear a real effect.

    Writes calibration.csv into the study; the report quotes it. The full number of draws can take an hour.
    """
    from swis.cli.calibrate import calibrate_folder

    calibrate_folder(study, share=share)


app.command(epilog=PANEL_EPILOG)(panel)
app.command(epilog=DESCRIBE_EPILOG)(describe)
app.command(epilog=EPILOG)(match)
app.command(epilog=PROFILE_EPILOG)(profile)
app.command(epilog=POWER_EPILOG)(power)
app.command(epilog=COMBINE_EPILOG)(combine)
app.command(epilog=STUDY_EPILOG)(study)
app.command(epilog=ALLOCATE_EPILOG)(allocate)
app.command(epilog=VERIFY_EPILOG)(verify)
app.command(epilog=SYNTHESISE_EPILOG)(synthesise)
