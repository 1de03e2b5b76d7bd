"""`swis verify`: its options, and the answer step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

VERIFY_EPILOG = (
    "Examples:\n\n"
    "  swis verify trial/allocation.toml\n\n"
    "  swis verify allocation.toml --nominations published/nominations.csv --commitment registry/allocation_commitment.toml"
)


def verify(
    certificate: Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="An allocation.toml.", show_default=False)],
    nominations: Annotated[
        Path | None, typer.Option(help="The nominations. Without it: nominations.csv beside the certificate.")
    ] = None,
    commitment: Annotated[
        Path | None,
        typer.Option(
            help="The commitment as published. Without it: allocation_commitment.toml beside the certificate."
        ),
    ] = None,
) -> None:
    """Check the certificate of an allocation step by step: hashes, commitment, the draw itself, balance.

    Ends with exit code 8 if a step does not hold. The draw is made again by code that swis allocate does not use.
    """
    from swis.cli.verify_certificate import verify_certificate

    raise typer.Exit(verify_certificate(certificate, nominations=nominations, commitment=commitment))
