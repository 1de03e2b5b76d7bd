"""What `swis allocate` does: commit to a seed, or draw, write the certificate and the page, and say what came out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import typer

from swis.cli.console import errors, output
from swis.design.allocation.allocate import Allocation, allocate
from swis.design.allocation.certificate import (
    CERTIFICATE_FILE,
    Certificate,
    arms_table,
    certify,
    write_certificate,
)
from swis.design.allocation.commitment import (
    COMMITMENT_FILE,
    SEED_FILE,
    Commitment,
    commit,
    read_commitment,
    read_seed,
)
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import AllocationOptions, plan_allocation
from swis.errors import AllocationError, OutputError
from swis.report.allocation import compose_allocation
from swis.report.words import join, plural
from swis.report.write import check_formats, make_folder, write_document

ARMS_FILE = "allocation.csv"


@dataclass(frozen=True)
class AllocateCommand:
    """What was typed. `options` are those of the method, as typed; absent where nothing was."""

    nominations: Path | None
    seed_file: Path | None
    commitment: Path | None
    seed: str | None
    options: Mapping[str, Any]
    public_source: str | None
    public_value: str | None
    out: Path | None
    formats: tuple[str, ...]
    quiet: bool


def commit_seed(command: AllocateCommand) -> None:
    """Write a secret seed and its commitment. Raises SwisError."""
    given = {
        "NOMINATIONS": command.nominations,
        "--seed": command.seed,
        "--seed-file": command.seed_file,
        "--commitment": command.commitment,
        "--public-value": command.public_value,
    }
    for name, value in given.items():
        if value is not None:
            raise typer.BadParameter(f"{name} does not go with --commit, which comes before all that.")
    folder = command.out or Path()
    options = _options(command.options)
    made = commit(folder, options, on=date.today(), public_source=command.public_source or "")
    if not command.quiet:
        lines = [
            f"Committed to {options.method} at {options.ratio[0]}:{options.ratio[1]}: {made.sha256}",
            f"Publish now: {folder / COMMITMENT_FILE}",
            f"Keep secret until nominations close, and keep a copy: {folder / SEED_FILE}",
        ]
        output().print("\n".join(lines), soft_wrap=True)


def allocate_schools(command: AllocateCommand) -> None:
    """Draw an allocation and write it. Raises SwisError."""
    check_formats(command.formats)
    if command.nominations is None:
        raise typer.BadParameter("Name a nominations.csv, or ask for --commit.")
    if command.public_source is not None:
        raise typer.BadParameter("--public-source belongs to --commit; here its outcome is wanted, as --public-value.")
    seed, options, committed = _seed_and_options(command)
    folder = command.out or command.nominations.parent
    _refuse_second(folder)
    nominations = read_nominations(command.nominations)
    allocation = allocate(plan_allocation(nominations, options), seed=seed, public_value=command.public_value or "")
    certificate = certify(allocation, on=date.today(), commitment=committed)
    written = _write(folder, allocation, certificate, command.formats)
    if not command.quiet:
        for note in nominations.notes:
            errors().print(f"note: {note}", soft_wrap=True)
        _print(allocation, certificate, written)


def _seed_and_options(command: AllocateCommand) -> tuple[str, AllocationOptions, Commitment | None]:
    if command.seed_file is None:
        if command.seed is None:
            raise typer.BadParameter("Give the --seed-file of a commitment; or a --seed, for a rehearsal.")
        if command.commitment is not None:
            raise typer.BadParameter("--commitment goes with --seed-file.")
        return command.seed, _options(command.options), None
    if command.seed is not None or command.options:
        typed = ", ".join(
            f"--{name.replace('_', '-')}" for name in ("seed" if command.seed else "", *command.options) if name
        )
        raise typer.BadParameter(f"{typed} cannot be chosen any more: the commitment has settled it.")
    published = read_commitment(command.commitment or command.seed_file.parent / COMMITMENT_FILE)
    seed = read_seed(command.seed_file)
    if not published.is_opened_by(seed):
        raise AllocationError(
            f"The seed of {command.seed_file.name} does not open the commitment that was published. "
            "Find the seed file that was written with it; no other will do."
        )
    if bool(published.public_source) != bool(command.public_value):
        wanted = (
            f"Give --public-value: what came of {published.public_source}."
            if published.public_source
            else ("The commitment names no public event: leave --public-value out.")
        )
        raise AllocationError(wanted)
    return seed, published.options, published


def _options(typed: Mapping[str, Any]) -> AllocationOptions:
    values = dict(typed)
    for name in ("strata", "covariates"):
        if name in values:
            values[name] = tuple(part.strip() for part in values[name].split(",") if part.strip())
    if "ratio" in values:
        parts = values["ratio"].split(":")
        if len(parts) != 2 or not all(part.isdecimal() and part.isascii() and len(part) < 4 for part in parts):
            raise AllocationError(f"The ratio {values['ratio']!r} is not two whole numbers with a colon, such as 2:1.")
        values["ratio"] = (int(parts[0]), int(parts[1]))
    return AllocationOptions(**values)


def _refuse_second(folder: Path) -> None:
    path = folder / CERTIFICATE_FILE
    if path.exists() or path.is_symlink():
        raise OutputError(
            f"{path} is there already. A second draw beside the first would be a choice. Keep the first; if it must be void, "
            "move it away and say why, or name another folder with --out."
        )


def _write(folder: Path, allocation: Allocation, certificate: Certificate, formats: tuple[str, ...]) -> list[Path]:
    document = compose_allocation(allocation, certificate)
    make_folder(folder)
    written = [folder / ARMS_FILE, folder / CERTIFICATE_FILE]
    pages = write_document(document, folder, name="allocation", formats=formats)
    for path, text in zip(written, (arms_table(allocation), write_certificate(certificate)), strict=True):
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder with --out.") from None
    return [*written, *pages.values()]


def _print(allocation: Allocation, certificate: Certificate, written: list[Path]) -> None:
    plan, drawn = allocation.plan, allocation.constrained
    number = int(allocation.intervention.sum())
    lines = [f"{len(plan.schools):,} schools in {plural(len(plan.strata), 'stratum', 'strata')}: {number:,} intervention, "
             f"{len(plan.schools) - number:,} comparison ({plan.options.method})."]  # fmt: skip
    known = [abs(row.standardised_difference) for row in allocation.balance if isfinite(row.standardised_difference)]
    if known:
        lines.append(f"Largest standardised difference between the arms: {max(known):.2f} of {len(known)} measures.")
    if drawn is not None:
        lines.append(f"Drawn from {len(drawn.kept):,} kept of {drawn.distinct:,} different allocations.")
        if drawn.over_constrained:
            lines.append(
                f"The set is narrow: {drawn.over_constrained}. Keep a larger share, or balance on fewer measures."
            )
    if certificate.commitment is None:
        lines.append("No commitment was made: nothing shows that the seed was not chosen.")
    lines.append("Written: " + join([str(path) for path in written]))
    lines.append("Publish the certificate with the seed in it; anyone can check it with swis verify.")
    output().print("\n".join(lines), soft_wrap=True)
