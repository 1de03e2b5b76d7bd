"""Checking a certificate of the library with the library's own verification, before anybody takes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import ValidationError

from swis.design.allocation.certificate import CERTIFICATE_FILE, Certificate, read_certificate
from swis.design.allocation.commitment import COMMITMENT_FILE, Commitment, read_commitment
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import stratum_of
from swis.design.allocation.verify import verify_allocation
from swis.errors import SwisError
from swis.tables.nominations import NOMINATIONS

LARGEST = 2_000_000  # bytes


@dataclass(frozen=True)
class DrawnSchool:
    """A school of the certificate by its label: its arm, and its place if it is in reserve."""

    label: str
    arm: str
    stratum: str
    reserve_place: int | None


@dataclass(frozen=True)
class CheckedCertificate:
    """A certificate that holds, with every step that was checked."""

    method: str
    drawn_on: date
    commitment_sha256: str
    schools: tuple[DrawnSchool, ...]
    steps: list[dict[str, Any]]


def commitment_of(certificate: bytes) -> str:
    """The hash of the commitment that a certificate names; empty if it names none. Raises `ValidationError`."""
    stated = _read(certificate)
    return stated.commitment.sha256 if stated.commitment is not None else ""


def check_certificate(*, certificate: bytes, nominations: str, commitment: str = "") -> CheckedCertificate:
    """Verify a certificate against nominations and, where one was registered, a commitment.

    Raises `ValidationError` with every step that fails, or when a file cannot be read.
    """
    stated = _read(certificate)
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / CERTIFICATE_FILE).write_bytes(certificate)
        (folder / NOMINATIONS.file).write_text(nominations, encoding="utf-8", newline="")
        if commitment:
            (folder / COMMITMENT_FILE).write_text(commitment, encoding="utf-8", newline="")
        try:
            verification = verify_allocation(folder / CERTIFICATE_FILE)
            nominated = read_nominations(folder / NOMINATIONS.file)
        except SwisError as error:
            raise ValidationError(str(error)) from None
    failed = [f"{step.name}: {step.seen}" for step in verification.steps if step.holds is False]
    if failed:
        raise ValidationError([f"The certificate does not hold. {each}." for each in failed])
    strata = {each.school: stratum_of(each, stated.options) for each in nominated.schools}
    drawn = [DrawnSchool(each.school, each.arm, strata[each.school], None) for each in stated.schools]
    drawn += [DrawnSchool(each.school, "reserve", each.stratum, each.place) for each in stated.stand_ins]
    return CheckedCertificate(
        method=stated.options.method,
        drawn_on=stated.drawn_on,
        commitment_sha256=stated.commitment.sha256 if stated.commitment is not None else "",
        schools=tuple(drawn),
        steps=[{"name": step.name, "holds": step.holds, "seen": step.seen} for step in verification.steps],
    )


def check_commitment(data: bytes) -> Commitment:
    """The commitment of a file. Raises `ValidationError` if it was altered or is none."""
    _check_size(data)
    with TemporaryDirectory() as name:
        path = Path(name) / COMMITMENT_FILE
        path.write_bytes(data)
        try:
            return read_commitment(path)
        except SwisError as error:
            raise ValidationError(str(error)) from None


def _read(certificate: bytes) -> Certificate:
    _check_size(certificate)
    try:
        return read_certificate(certificate)[0]
    except SwisError as error:
        raise ValidationError(str(error)) from None


def _check_size(data: bytes) -> None:
    if len(data) > LARGEST:
        raise ValidationError("The file is larger than 2 MB. Upload the file that swis wrote.")
