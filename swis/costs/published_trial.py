"""What the economic evaluation of the national trial printed. Literature, to stand beside a result: nothing here is computed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedAcceptability:
    """Printed probabilities that the programme is worth its money, by what one enquiry averted is worth."""

    outcome: str
    worths: tuple[float, ...]
    probabilities: tuple[float, ...]
    source: str


PUBLISHED_TRIAL = PublishedAcceptability(
    outcome="section 47 enquiries",
    worths=(1_000, 10_000, 20_000),
    probabilities=(0.013, 0.011, 0.061),
    source="Economic evaluation of the trial in 21 authorities, Children and Youth Services Review 166 (2024), abstract; "
    "23 months, 1,000 pupils a year",
)
