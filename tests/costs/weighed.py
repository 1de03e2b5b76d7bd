"""A made-up trial with made-up prices, weighed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from swis.costs.claim import ProgrammeSize
from swis.costs.consequences import Consequence
from swis.costs.money_result import MoneyResult
from swis.costs.programme import OnCost, Post, employer_on_costs, programme_cost
from swis.costs.published_trial import PUBLISHED_TRIAL
from swis.costs.unit_costs import Payer, UnitCost
from swis.costs.weigh import WeighSettings, weigh_trial
from tests.costs.trial_of_r import school_money

SETTINGS = WeighSettings(
    price_year="2024",
    seed=1,
    follow_up_years=1.9,
    draws=2_000,
    schools_affected=268,
    horizon_years=5,
    rollout=(20, 40, 40),
    published=PUBLISHED_TRIAL,
)
COSTS: dict[Payer, float] = {"authority": 24_000.0, "schools grant": 4_000.0}
UNIT_COST = UnitCost("s47", Decimal(1500), "2024", "authority", "Made up", Decimal(500), Decimal(4000))
CONSEQUENCES = (
    Consequence("section 47 enquiries", 3.9, 0.3, 7.6, (UNIT_COST,), primary=True),
    Consequence("referrals", -4.0, -9.0, 1.0, note="More referrals may be better detection."),
)


def weighed(**changes: object) -> MoneyResult:
    programme = programme_cost(
        [Post("Social worker", Decimal(60), Decimal(42_000))],
        [*employer_on_costs("2025-26"), OnCost("Overheads", Decimal("0.2"), "Made up", share_of="employment")],
        size=ProgrammeSize(61, 60),
        price_year=2024,
    )
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    return weigh_trial(
        school_money("pupil_years"), settings, costs=COSTS, consequences=CONSEQUENCES, programme=programme
    )
