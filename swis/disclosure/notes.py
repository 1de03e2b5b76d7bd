"""What a reader is told of the hiding. Every word follows from what is shown: a note must give nothing away either."""

from __future__ import annotations

from collections.abc import Sequence

from swis.disclosure.count_table import Merge
from swis.disclosure.policy import HIDDEN, Policy
from swis.disclosure.published import PublishedCell


def notes_on(
    cells: Sequence[PublishedCell], *, policy: Policy, merges: tuple[Merge, ...], has_rates: bool
) -> tuple[str, ...]:
    """What was hidden, why and how many; what was rounded; what was merged.

    How many of the hidden are small and how many protect them is not said: "none protect" would tell that each is small.
    """
    hidden = sum(cell.count is None for cell in cells)
    notes = [f"Rule ({policy.name}): {policy.words}."]
    if hidden:
        notes.append(
            f"{hidden} of {len(cells)} numbers are hidden and shown as {HIDDEN}: each is small, or would let a small "
            f"one be worked out. No hidden number that may be small can be worked out to within {_number(policy)} from "
            "what is shown."
        )
        if has_rates:
            notes.append("A rate is hidden with its count.")
    else:
        notes.append("No number is hidden.")
    if policy.round_to > 1 or policy.round_totals_over:
        notes.append("Rounded numbers need not add up to rounded totals.")
    for merge in merges:
        notes.append(
            f"{', '.join(merge.categories)} are shown together as {merge.label}: apart, a hidden number could have "
            "been worked out."
        )
    return tuple(notes)


def _number(policy: Policy) -> str:
    return "one" if policy.too_narrow == 1 else str(policy.too_narrow)


def notes_on_withheld(reason: str, *, policy: Policy) -> tuple[str, ...]:
    """Why there is no table."""
    return (
        f"Rule ({policy.name}): {policy.words}.",
        f"This table is withheld: {reason}. Fewer categories, or the totals alone, may be publishable.",
    )
