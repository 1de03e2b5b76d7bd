"""The commands and their options. Each loads its stage when it is called, so that `swis --help` does not wait for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from swis.cli.allocate import ALLOCATE_EPILOG, allocate
from swis.cli.combine import COMBINE_EPILOG, combine
from swis.cli.describe import DESCRIBE_EPILOG, describe
from swis.cli.match import EPILOG, match
from swis.cli.money import MONEY_EPILOG, money
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
        bool,
        typer.Option(
            "--bayes",
            help="Pool authorities by a Bayesian model too; needs the extra swis[bayes]. A trial has its own without it.",
        ),
    ] = False,
) -> None:
    """Run studies: the verdict on every analysis, and the full report.

    Several studies are taken together: one family of tests, and outcomes pooled over authorities. A trial (a folder with a
    trial.toml) is run by itself.
    """
    from swis.cli.evaluate import evaluate_folders

    evaluate_folders(studies, out=out, formats=formats, as_json=as_json, quiet=quiet, bayes=bayes)


def check(
    studies: Studies,
    strict: Annotated[bool, typer.Option(help="End with exit code 7 if there is a warning.")] = False,
) -> None:
    """Read studies and say what is wrong or odd, without running them.

    Errors stop a study and must be mended. Warnings bear on a number in the report; notes do not.
    """
    from swis.cli.check import check_folders

    raise typer.Exit(check_folders(studies, strict=strict))


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


EVALUATE_EPILOG = (
    "Examples:\n\n"
    "  swis evaluate studies/stockport\n\n"
    "  swis evaluate studies/southampton studies/lambeth --out out/two --formats html,docx\n\n"
    "  swis evaluate studies/stockport --formats none --json > stockport.json"
)
CHECK_EPILOG = "Examples:\n\n  swis check studies/stockport\n\n  swis check studies/* --strict"
LOCK_EPILOG = "Examples:\n\n  swis lock studies/mine\n\n  swis lock studies/mine --on 2026-09-01"
CALIBRATE_EPILOG = "Examples:\n\n  swis calibrate studies/mine --share 0.05\n\n  swis calibrate studies/mine"

Commands = tuple[tuple[Callable[..., None], str], ...]
ORDER_OF_WORK: dict[str, Commands] = {
    "Make the data ready": (
        (synthesise, SYNTHESISE_EPILOG),
        (panel, PANEL_EPILOG),
        (combine, COMBINE_EPILOG),
    ),
    "Choose the schools of a programme or a trial": (
        (profile, PROFILE_EPILOG),
        (power, POWER_EPILOG),
        (allocate, ALLOCATE_EPILOG),
        (verify, VERIFY_EPILOG),
    ),
    "Make a study ready": (
        (study, STUDY_EPILOG),
        (match, EPILOG),
        (describe, DESCRIBE_EPILOG),
        (check, CHECK_EPILOG),
        (lock, LOCK_EPILOG),
        (calibrate, CALIBRATE_EPILOG),
    ),
    "Find out": (
        (evaluate, EVALUATE_EPILOG),
        (money, MONEY_EPILOG),
    ),
}
"""Each command under its heading, as `swis --help` shows them."""

for heading, commands in ORDER_OF_WORK.items():
    for command, epilog in commands:
        app.command(epilog=epilog, rich_help_panel=heading)(command)
