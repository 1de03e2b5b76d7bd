"""`swis allocate`: its options. What it does is loaded when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ALLOCATE_EPILOG = (
    "Examples:\n\n"
    "  swis allocate --commit --method constrained --out trial\n\n"
    "  swis allocate trial/nominations.csv --seed-file trial/allocation_seed.toml\n\n"
    "  swis allocate nominations.csv --seed rehearsal --method pairs --out out/rehearsal"
)


def allocate(
    nominations: Annotated[
        Path | None,
        typer.Argument(metavar="NOMINATIONS", help="A nominations.csv. Not with --commit.", show_default=False),
    ] = None,
    commit: Annotated[
        bool,
        typer.Option("--commit", help="Draw a secret seed and write its commitment, before nominations are known."),
    ] = False,
    seed_file: Annotated[
        Path | None, typer.Option(help="The allocation_seed.toml of a commitment; method and options are as committed.")
    ] = None,
    commitment: Annotated[
        Path | None, typer.Option(help="The commitment. Without it: allocation_commitment.toml beside the seed file.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option(help="A seed that nobody committed to, for a rehearsal. The certificate says so.")
    ] = None,
    method: Annotated[
        str | None, typer.Option(help="simple, pairs, constrained or minimisation. Without it: simple.")
    ] = None,
    strata: Annotated[str | None, typer.Option(help="authority, or authority,phase. Without it: authority.")] = None,
    ratio: Annotated[str | None, typer.Option(help="Intervention to comparison, as 2:1. Without it: 1:1.")] = None,
    covariates: Annotated[
        str | None,
        typer.Option(help="Measures to balance on, commas between. Without it: all that every school has."),
    ] = None,
    criterion: Annotated[
        str | None,
        typer.Option(help="Of constrained: sum_of_squares or largest difference. Without it: sum_of_squares."),
    ] = None,
    candidates: Annotated[
        int | None, typer.Option(help="Of constrained: allocations to look at. Without it: 10000.")
    ] = None,
    keep_percent: Annotated[
        int | None, typer.Option(help="Of constrained: the share of them to keep, in per cent. Without it: 10.")
    ] = None,
    preferred_percent: Annotated[
        int | None, typer.Option(help="Of minimisation: the chance of the better arm, in per cent. Without it: 80.")
    ] = None,
    public_source: Annotated[
        str | None, typer.Option(help="With --commit: a public event after nominations whose outcome enters the draw.")
    ] = None,
    public_value: Annotated[str | None, typer.Option(help="What that event gave, on one line.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder to write into. Without it: that of the nominations, or this one.")
    ] = None,
    formats: Annotated[str, typer.Option(help="Which of html, pdf and docx to write, with commas between.")] = "html",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Draw which nominated schools get a social worker, so that anyone can verify the draw.

    Writes allocation.toml (the certificate), allocation.csv and allocation.html. Never writes over an allocation.
    """
    from swis.cli.allocate_schools import AllocateCommand, allocate_schools, commit_seed

    asked = {
        "method": method,
        "strata": strata,
        "ratio": ratio,
        "covariates": covariates,
        "criterion": criterion,
        "candidates": candidates,
        "keep_percent": keep_percent,
        "preferred_percent": preferred_percent,
    }
    command = AllocateCommand(
        nominations=nominations,
        seed_file=seed_file,
        commitment=commitment,
        seed=seed,
        options={name: value for name, value in asked.items() if value is not None},
        public_source=public_source,
        public_value=public_value,
        out=out,
        formats=tuple(name.strip() for name in formats.split(",")),
        quiet=quiet,
    )
    (commit_seed if commit else allocate_schools)(command)
