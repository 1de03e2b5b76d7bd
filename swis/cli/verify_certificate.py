"""What `swis verify` does: check every step, print each, and say whether the certificate holds."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table
from rich.text import Text

from swis.cli.console import output
from swis.cli.exit_code import ExitCode
from swis.design.allocation.verify import verify_allocation

WORDS = {True: "holds", False: "FAILS", None: "not checked"}


def verify_certificate(certificate: Path, *, nominations: Path | None, commitment: Path | None) -> int:
    """Print each step with what was seen; give back the exit code. Raises SwisError for a file that cannot be read."""
    verification = verify_allocation(certificate, nominations, commitment)
    table = Table(box=None, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, expand=True)
    table.add_column("Holds", min_width=11)
    table.add_column("Step", min_width=21)
    table.add_column("Seen", ratio=1, overflow="fold")
    for step in verification.steps:
        table.add_row(WORDS[step.holds], step.name, step.seen)
    console = output()
    console.print(table)
    failed = sum(step.holds is False for step in verification.steps)
    open_ = sum(step.holds is None for step in verification.steps)
    if failed:
        console.print(
            Text(f"The certificate does not hold: {failed} of {len(verification.steps)} steps fail.", style="bold")
        )
        return ExitCode.NOT_VERIFIED
    rest = f" {open_} could not be checked: see above." if open_ else ""
    console.print(Text(f"The certificate holds: {len(verification.steps) - open_} steps.{rest}", style="bold"))
    return ExitCode.DONE
