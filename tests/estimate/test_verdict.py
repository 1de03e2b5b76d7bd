"""The rule of the verdict: every branch, on drawn results and on drawn tables."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.estimate.appraisal import appraise
from swis.estimate.event_study import PreTrend
from swis.estimate.permutation import Permutation
from swis.estimate.quasi import QuasiPoisson
from swis.estimate.verdict import LEVEL, Design, Verdict, judge
from tests.estimate.drawn import few, table


def of_choices(p: float = 0.01, *, smallest: float = 0.001, unit: str = "school") -> Permutation:
    return Permutation(2.5, p, 924, 924, smallest, smallest, unit, True, np.zeros(924), None)  # type: ignore[arg-type]


def with_scatter(low: float = 0.2, high: float = 0.8) -> QuasiPoisson:
    return QuasiPoisson((low * high) ** 0.5 if low > 0 and high < inf else 1.0, low, high, 0.01, 1.0, 20, 0.3)


def trend(*, quasi_p: float = 0.6, permutation_p: float = 0.6) -> PreTrend:
    return PreTrend(0.3, 1, 0.6, quasi_p, permutation_p, 924, 1.5)


def verdict(
    permutation: Permutation | None = None,
    quasi: QuasiPoisson | None = None,
    earlier: PreTrend | None = None,
    *,
    without_earlier: bool = False,
    interval: tuple[float, float] = (0.25, 0.75),
    design: Design = "matched comparison",
    worthwhile: float = 0.8,
) -> Verdict:
    return judge(
        permutation or of_choices(),
        quasi or with_scatter(),
        None if without_earlier else earlier or trend(),
        permutation_interval=interval,
        design=design,
        worthwhile=worthwhile,
    )


def test_all_three_conditions_support_an_effect() -> None:
    found = verdict()
    assert found.kind == "supported"
    assert found.reasons[0] == "only 1.00% of the ways to choose the schools give a difference as large"
    assert found.reasons[2] == "the schools moved alike before the start as far as the data can show"


def test_a_p_value_above_five_per_cent_does_not_support_one() -> None:
    found = verdict(of_choices(0.051))
    assert (found.kind, len(found.reasons)) == ("not supported", 1)
    assert found.reasons[0].startswith(
        "5% of the ways to choose the schools give a difference at least as large (p 0.051)"
    )


def test_an_interval_that_includes_no_effect_does_not_support_one() -> None:
    found = verdict(quasi=with_scatter(0.4, 1.01))
    assert (found.kind, len(found.reasons)) == ("not supported", 1)
    assert "the interval includes no effect" in found.reasons[0]


@pytest.mark.parametrize("rejected", [{"quasi_p": 0.05}, {"permutation_p": 0.05}])
def test_schools_that_moved_apart_before_the_start_do_not_support_one(rejected: dict[str, float]) -> None:
    found = verdict(earlier=trend(**rejected))
    assert (found.kind, found.reasons) == (
        "not supported",
        ("the schools were already moving apart before the start",),
    )


def test_every_reason_against_is_kept_with_the_randomisation_test_first() -> None:
    found = verdict(of_choices(0.3), with_scatter(0.4, 2.0), trend(quasi_p=0.01))
    assert [reason.split()[0] for reason in found.reasons] == ["30%", "with", "the"]


def test_too_few_choices_cannot_tell_whatever_else_was_found() -> None:
    found = verdict(of_choices(0.1, smallest=0.1, unit="cluster"))
    assert found.kind == "cannot tell"
    assert found.reasons[0].startswith("there were only 924 ways to choose the clusters")
    assert "below 0.1" in found.reasons[0]


def test_the_smallest_p_may_be_five_per_cent_itself() -> None:
    assert verdict(of_choices(0.05, smallest=0.05)).kind == "supported"


def test_without_earlier_terms_a_matched_comparison_cannot_tell() -> None:
    found = verdict(without_earlier=True)
    assert found.kind == "cannot tell"
    assert "only one term before the start" in found.reasons[0]


def test_without_earlier_terms_a_randomised_comparison_is_judged_and_claims_nothing_of_them() -> None:
    found = verdict(without_earlier=True, design="randomised")
    assert found.kind == "supported"
    assert not any("moved alike" in reason for reason in found.reasons)
    assert "drawn by lot" in found.reasons[2]
    assert verdict(of_choices(0.2), without_earlier=True, design="randomised").kind == "not supported"


@pytest.mark.parametrize(
    ("ends", "below", "above"),
    [((0.85, 1.1), False, False), ((0.7, 1.1), True, False), ((0.9, 1.4), False, True), ((0.0, inf), True, True)],
)
@pytest.mark.parametrize("worthwhile", [0.8, 1.25])
def test_what_the_interval_leaves_room_for(
    ends: tuple[float, float], below: bool, above: bool, worthwhile: float
) -> None:
    found = verdict(of_choices(0.4), with_scatter(*ends), interval=ends, worthwhile=worthwhile)
    assert (found.room_below, found.room_above) == (below, above)
    assert found.rules_out_worthwhile is (not below and not above)


ratios = st.floats(0.01, 100)
shares = st.floats(0.0005, 1)


@few
@given(p=shares, least=shares, quasi=st.tuples(ratios, ratios), ends=st.tuples(ratios, ratios), earlier=shares)
def test_the_rule_holds_for_every_result(
    p: float, least: float, quasi: tuple[float, float], ends: tuple[float, float], earlier: float
) -> None:
    p = max(p, least)
    low, high = sorted(quasi)
    found = verdict(
        of_choices(p, smallest=least),
        with_scatter(low, high),
        trend(quasi_p=earlier),
        interval=(min(ends), max(ends)),
    )
    rejects = p <= LEVEL and (high < 1 or low > 1) and earlier > LEVEL
    assert found.kind == ("cannot tell" if least > LEVEL else "supported" if rejects else "not supported")
    assert found.low == min(low, *ends)
    assert found.high == max(high, *ends)
    assert found.reasons
    assert repr(found).startswith(f"Verdict({found.kind}; ")


ARMS = [1] * 6 + [0] * 6
FLAT = [[9, 10], [11, 10], [8, 9], [10, 11], [12, 11], [9, 9]] * 2


def in_last_term(treated: int, control: int) -> list[list[int]]:
    return [[*row, treated if arm else control] for row, arm in zip(FLAT, ARMS, strict=True)]


def kind_of(counts: list[list[int]]) -> str:
    return appraise(table(counts, intervention=ARMS), seed=1).verdict.kind


def test_a_drawn_table_with_an_effect_is_supported_and_one_without_is_not() -> None:
    assert kind_of(in_last_term(2, 10)) == "supported"
    assert kind_of(in_last_term(30, 10)) == "supported"
    assert kind_of(in_last_term(10, 10)) == "not supported"


def test_a_drawn_table_whose_arms_drifted_before_is_not_supported() -> None:
    drifted = [[20 if arm else 5, *row[1:]] for row, arm in zip(in_last_term(2, 10), ARMS, strict=True)]
    found = appraise(table(drifted, intervention=ARMS), seed=1)
    assert found.permutation.p <= LEVEL
    assert found.quasi.excludes_one
    assert found.verdict.reasons == ("the schools were already moving apart before the start",)
