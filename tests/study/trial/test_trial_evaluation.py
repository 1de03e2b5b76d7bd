"""A planted effect is found, none is not, and what stands beside the planned analysis is there or says why not."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from swis.estimate.multiplicity import holm
from swis.estimate.trial.attainment import EffectSize, effect_size
from swis.estimate.trial.attainment_departures import MissingScores, ScoreComplier
from swis.estimate.trial.attainment_effects import ScoreInteraction
from swis.estimate.trial.bayes import bayes_trial
from swis.estimate.trial.intention_to_treat import TrialPlan, analyse_trial
from swis.estimate.trial.step_down import adjust_family, family_of_tests
from swis.study.trial.drawn_by import redraw
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.evaluation import OutcomeResult, TrialEvaluation
from swis.study.trial.read import read_trial
from tests.study.trial.conftest import WriteTrial
from tests.study.trial.drawn import BASELINE, FOLLOW_UP, DrawnTrial, turn_into_scores

SEVERAL = "\n".join(
    f'[[follow_up]]\nname = "{name}"\nterms = {list(terms)!r}'
    for name, terms in (("first year", FOLLOW_UP[:2]), ("later", FOLLOW_UP[2:]))
)


def evaluated(write_trial: WriteTrial, drawn: DrawnTrial, **changes: object) -> TrialEvaluation:
    return evaluate_trial(read_trial(write_trial(drawn, **changes)))


def primary(write_trial: WriteTrial, drawn: DrawnTrial, **changes: object) -> OutcomeResult:
    return evaluated(write_trial, drawn, **changes).primary


def test_a_planted_effect_is_found(write_trial: WriteTrial) -> None:
    one = primary(write_trial, DrawnTrial(authorities=5, each=8, ratio=0.6, events=60))
    assert one.verdict is not None
    assert one.estimate is not None
    assert one.verdict.kind == "supported"
    assert one.verdict.low < 0.6 < one.verdict.high
    assert one.estimate.label == "intention to treat"
    assert not one.verdict.room_for_harm


def test_no_effect_is_not_found_and_a_worthwhile_one_is_ruled_out(write_trial: WriteTrial) -> None:
    one = primary(write_trial, DrawnTrial(authorities=5, each=8, events=200, scatter=0.1))
    assert one.verdict is not None
    assert one.verdict.kind == "not supported"
    assert one.verdict.rules_out_worthwhile
    assert "is ruled out" in one.verdict.reasons[0]


def test_a_trial_that_could_not_have_found_it_cannot_tell(write_trial: WriteTrial) -> None:
    one = primary(write_trial, DrawnTrial(authorities=2, each=6, events=2, scatter=0.8))
    assert one.verdict is not None
    assert one.verdict.kind == "cannot tell"
    assert one.verdict.power < 0.8
    assert one.verdict.smallest_found < 0.8


def test_four_schools_an_authority_have_too_few_ways_to_be_drawn(write_trial: WriteTrial) -> None:
    one = primary(
        write_trial, DrawnTrial(authorities=1, each=4, events=100), add="[analysis]\ndraws = 999\ncovariates = []"
    )
    assert one.verdict is not None
    assert one.verdict.kind != "supported"
    assert one.evidence is not None
    assert one.evidence.smallest_p > 0.05


def test_the_planned_analysis_is_the_estimator_s_own(write_trial: WriteTrial) -> None:
    trial = read_trial(write_trial(DrawnTrial(ratio=0.8)))
    one = evaluate_trial(trial).primary
    assert one.table is not None
    assert one.result is not None
    plan = TrialPlan(seed=20200501, draws=999)
    again = analyse_trial(one.table, plan, allocations=redraw(trial.drawn_by, trial.units))
    assert one.result.estimate.log_ratio == again.estimate.log_ratio
    assert one.p == again.randomisation.p


def test_counts_and_pupil_years_are_those_of_the_file(write_trial: WriteTrial) -> None:
    trial = read_trial(write_trial(DrawnTrial()))
    table = evaluate_trial(trial).primary.table
    assert table is not None
    own = [cell for cell in trial.cells if cell.school == "School 03"]
    at = table.schools.index("School 03")
    assert table.count[at] == sum(cell.count for cell in own if cell.term in FOLLOW_UP)
    assert table.exposure[at] == pytest.approx(sum(cell.pupils / 3 for cell in own if cell.term in FOLLOW_UP))
    assert table.baseline_count is not None
    assert table.baseline_count[at] == sum(cell.count for cell in own if cell.term in BASELINE)


def test_the_length_of_terms_makes_pupil_years(write_trial: WriteTrial) -> None:
    days = dict.fromkeys((*BASELINE, *FOLLOW_UP), 122) | {FOLLOW_UP[0]: 61}
    text = "[terms.days]\n" + "\n".join(f'"{term}" = {length}' for term, length in days.items())
    trial = read_trial(write_trial(DrawnTrial(), add=text))
    table = evaluate_trial(trial).primary.table
    assert table is not None
    pupils = trial.school("School 03").pupils
    assert table.exposure[3] == pytest.approx(pupils * (61 + 122 + 122) / 365)


def test_everything_that_stands_beside_is_there(write_trial: WriteTrial) -> None:
    drawn = DrawnTrial(authorities=4, each=8)
    names = drawn.names()
    groups = {name: {"deprivation_third": ("lowest", "highest")[place % 2]} for place, name in enumerate(names)}
    groups[names[0]]["received"] = "no"
    subgroup = '[[subgroup]]\nname = "Deprivation"\ncolumn = "deprivation_third"'
    gone = tuple((names[5], term) for term in FOLLOW_UP)
    result = evaluated(write_trial, drawn, schools=groups, add=subgroup, drop=gone)
    one = result.primary
    assert one.why_not == ""
    assert one.not_estimable == {}
    assert one.estimands is not None
    assert one.per_protocol is not None
    assert one.per_protocol.label == "per protocol"
    assert one.complier is not None
    assert one.missing is not None
    assert one.clustering is not None
    assert one.subgroups[0].interaction is not None
    assert {group.name for group in one.subgroups[0].interaction.groups} == {"lowest", "highest"}
    assert all(option.estimate is not None or option.why_not for option in one.sensitivity)
    assert len({option.name for option in one.sensitivity}) == len(one.sensitivity) == 8
    assert [each.school for each in one.estimate.left_out] == [names[5]]  # type: ignore[union-attr]


def test_a_school_of_the_other_arm_with_a_worker_leaves_no_complier_average(write_trial: WriteTrial) -> None:
    one = primary(write_trial, DrawnTrial(), schools={"every": {"received": "yes"}})
    assert one.complier is None
    assert "one-sided" in one.not_estimable["complier"]


def test_nothing_known_of_who_had_a_worker_leaves_no_per_protocol(write_trial: WriteTrial) -> None:
    one = primary(write_trial, DrawnTrial(), schools={"every": {"received": ""}})
    assert one.per_protocol is None
    assert "not known" in one.not_estimable["per_protocol"]


def test_several_follow_ups_are_added_up_and_compared(write_trial: WriteTrial) -> None:
    whole = primary(write_trial, DrawnTrial(), terms="", add=SEVERAL)
    assert whole.follow_ups is not None
    assert [group.name for group in whole.follow_ups.groups] == ["first year", "later"]
    assert any(option.name.startswith("GEE") and option.estimate for option in whole.sensitivity)
    only = primary(write_trial, DrawnTrial())
    assert whole.estimate is not None
    assert only.estimate is not None
    assert whole.estimate.log_ratio == only.estimate.log_ratio
    main = f'{SEVERAL}\n[analysis]\ndraws = 999\nmain_follow_up = "later"'
    later = primary(write_trial, DrawnTrial(), terms="", add=main)
    assert later.table is not None
    assert whole.table is not None
    assert later.table.count.sum() < whole.table.count.sum()


def test_outcomes_beside_the_primary_one_are_adjusted_for_their_number(write_trial: WriteTrial) -> None:
    drawn = DrawnTrial(outcomes=("s47", "s17", "cin", "cp"), ratio=0.85)
    trial = read_trial(write_trial(drawn, add='[analysis]\ndraws = 999\nmultiplicity = "romano-wolf"'))
    result = evaluate_trial(trial)
    assert result.primary.family is None
    others = result.outcomes[1:]
    tables = [one.table for one in others if one.table is not None]
    family = adjust_family(tables, allocations=redraw(trial.drawn_by, trial.units), draws=999, seed=20200501)
    for at, one in enumerate(others):
        assert one.family is not None
        assert one.family.adjusted == one.family.romano_wolf == pytest.approx(family.step_down[at])
        assert one.family.holm == pytest.approx(holm([each.p for each in others])[at])  # type: ignore[misc]
        assert one.family.p == pytest.approx(family.p[at])
        assert one.evidence is not None
        assert one.evidence.p == one.family.p


def test_an_early_look_needs_a_smaller_p_value(write_trial: WriteTrial) -> None:
    looks = "[analysis]\ndraws = 999\nlooks = [0.5, 1.0]\nlook = 1"
    result = evaluated(write_trial, DrawnTrial(ratio=0.6, events=60, each=8), add=looks)
    assert result.monitoring is not None
    assert result.monitoring.boundary == pytest.approx(2.963, abs=1e-3)
    assert result.primary.verdict is not None
    assert result.primary.verdict.level == pytest.approx(0.00305, abs=1e-5)
    assert result.monitoring.conditional is not None
    assert result.monitoring.z > 0
    assert result.primary.estimate is not None
    assert result.primary.estimate.level == pytest.approx(1 - 0.00305, abs=1e-5)


def test_days_are_counted_in_the_unit_that_is_declared(write_trial: WriteTrial) -> None:
    one = primary(write_trial, DrawnTrial(), outcome='kind = "days"')
    ten = primary(write_trial, DrawnTrial(), outcome='kind = "days"\nunit_of_count = 10')
    assert one.table is not None
    assert ten.table is not None
    assert ten.table.count.sum() == pytest.approx(one.table.count.sum() / 10)


def test_sessions_are_analysed_as_sessions(write_trial: WriteTrial) -> None:
    drawn = DrawnTrial(outcomes=("missed",), ratio=0.7, events=60)
    folder = write_trial(drawn, outcome='kind = "sessions"\npossible = "possible"')
    lines = (folder / "school_terms.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    possible = [",".join(["possible", *row[1:4], str(int(row[5]) * 2), row[5]]) for row in rows]
    (folder / "school_terms.csv").write_text("\n".join([*lines, *possible]) + "\n")
    one = evaluate_trial(read_trial(folder)).primary
    assert one.sessions is not None
    assert one.result is None
    assert one.estimate is not None
    assert one.estimate.measure == "Odds ratio"
    assert one.table is not None
    assert one.table.exposure.sum() == sum(int(row[5]) * 2 for row in rows if row[3] in FOLLOW_UP)
    assert one.verdict is not None
    assert one.randomisation is not None
    assert one.clustering is not None
    assert one.clustering.measure == "intra-cluster correlation"


def scored(write_trial: WriteTrial, *, add: str = "", effect: float = 4.0, gone: int = 1) -> TrialEvaluation:
    """Counts, and scores of which the last schools have none; the first school that was drawn for a worker has none."""
    drawn = DrawnTrial(outcomes=("s47", "english", "s17"), each=8)
    thirds = {name: {"size_third": ("lowest", "highest")[place % 3 == 0]} for place, name in enumerate(drawn.names())}
    subgroup = '[[subgroup]]\nname = "Third"\ncolumn = "size_third"'
    folder = write_trial(drawn, schools=thirds, add=f"{subgroup}\n{add}")
    turn_into_scores(folder, "english", effect=effect, gone=drawn.names()[len(drawn.names()) - gone :])
    lines = (folder / "trial_schools.csv").read_text().splitlines()
    first = next(place for place, line in enumerate(lines) if ",intervention," in line)
    lines[first] = lines[first].replace(",yes", ",no")
    (folder / "trial_schools.csv").write_text("\n".join(lines) + "\n")
    return evaluate_trial(read_trial(folder))


def test_scores_are_analysed_as_scores(write_trial: WriteTrial) -> None:
    one = scored(write_trial).outcomes[1]
    assert one.effect is not None
    assert one.effect.low < 4 / 12.8 < one.effect.high
    assert one.verdict is not None
    assert one.verdict.kind == "supported"
    assert "the draw alone" in one.verdict.reasons[0] or "adjusted for 2 outcomes" in one.verdict.reasons[0]
    assert [each.name for each in one.sensitivity] == ["Hedges' g, multilevel, unadjusted"]
    assert "scores" in one.not_estimable["estimands"]


def test_scores_are_tested_by_the_draws_of_the_certificate(write_trial: WriteTrial) -> None:
    evaluation = scored(write_trial, effect=0.6)
    one, trial = evaluation.outcomes[1], evaluation.trial
    assert one.scores is not None
    assert one.randomisation is not None
    assert one.p == one.randomisation.p
    assert one.randomisation.analysis == "randomisation test, attainment"
    # Worked out again by full fits: the share of draws whose difference is at least as extreme over its standard error.
    draws = redraw(trial.drawn_by, trial.units)(200, trial.protocol.options.seed)  # type: ignore[misc]
    found = []
    for arm in [one.scores.arm_of_school, *draws]:
        effect = effect_size(replace(one.scores, intervention=arm))
        found.append(abs(effect.difference / effect.difference_error))
    share = float(np.mean([value >= found[0] - 1e-9 for value in found]))
    assert one.p == pytest.approx(share, abs=4 * (share * (1 - share) / 200) ** 0.5 + 0.02)


def test_a_school_without_scores_stays_in_the_table_with_its_reason(write_trial: WriteTrial) -> None:
    one = scored(write_trial, gone=2).outcomes[1]
    assert one.scores is not None
    assert len(one.scores.schools) == 32
    assert [each.school for each in one.scores.tested.left_out] == ["School 30", "School 31"]
    assert isinstance(one.missing, MissingScores)
    assert one.missing.share_with + one.missing.share_without > 0
    assert one.missing.complete_authorities is not None
    # The share of the roll that was tested elsewhere: pupils with scores over the roll of their schools.
    rolls = evaluation_rolls(one)
    assert np.allclose(one.scores.pupils[30:], rolls[30:] * one.scores.pupils[:30].sum() / rolls[:30].sum())


def evaluation_rolls(one: OutcomeResult) -> np.ndarray:
    """The pupils on the roll in the order of the schools: the first thing that a drawn trial draws."""
    assert one.scores is not None
    return np.random.default_rng(1).integers(500, 1500, len(one.scores.schools))


def test_scores_have_what_stands_beside_counts(write_trial: WriteTrial) -> None:
    one = scored(write_trial).outcomes[1]
    assert one.effect is not None
    (subgroup,) = one.subgroups
    assert isinstance(subgroup.interaction, ScoreInteraction)
    assert sum(group.schools for group in subgroup.interaction.groups) == 31
    assert isinstance(one.per_protocol, EffectSize)
    assert one.per_protocol.label == "per protocol"
    assert one.per_protocol.schools_with == one.effect.schools_with - 1
    assert isinstance(one.complier, ScoreComplier)
    assert one.complier.effect.g == pytest.approx(one.effect.g / one.complier.uptake)


def test_scores_join_the_step_down_of_counts(write_trial: WriteTrial) -> None:
    evaluation = scored(write_trial, effect=0.4, add='[analysis]\ndraws = 999\nmultiplicity = "romano-wolf"')
    _, english, s17 = evaluation.outcomes
    tests = {one.outcome.code: one.randomisation for one in (english, s17) if one.randomisation is not None}
    family = family_of_tests(tests)
    for place, one in enumerate((english, s17)):
        assert one.family is not None
        assert one.family.romano_wolf == family.step_down[place]
        assert one.family.adjusted == one.family.romano_wolf
        assert one.p is not None
        assert one.p <= one.family.romano_wolf <= one.family.holm + 0.01


def test_scores_without_a_school_that_had_a_worker_known_say_so(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial(outcomes=("s47", "english")), schools={"every": {"received": ""}})
    turn_into_scores(folder, "english")
    one = evaluate_trial(read_trial(folder)).outcomes[1]
    assert one.per_protocol is None
    assert one.complier is None
    assert "not known" in one.not_estimable["complier"]
    assert "every school returned" in one.not_estimable["missing"]


def test_scores_may_be_the_primary_outcome(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial(outcomes=("english", "s47"), each=8))
    turn_into_scores(folder, "english", effect=4)
    one = evaluate_trial(read_trial(folder)).primary
    assert one.verdict is not None
    assert one.verdict.kind == "supported"
    assert "the draw alone gives a difference" in one.verdict.reasons[0]


def test_counts_have_the_bayesian_model_under_both_priors(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial(outcomes=("s47", "english")))
    turn_into_scores(folder, "english")
    counts, scores = evaluate_trial(read_trial(folder)).outcomes
    assert counts.table is not None
    assert [each.prior for each in counts.bayes] == ["default", "wide"]
    assert counts.bayes[0].ratio == bayes_trial(counts.table).ratio
    assert scores.bayes == ()


def test_an_arm_without_events_is_carried_with_its_reason(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial(authorities=2, each=4))
    rows = [line.split(",") for line in (folder / "school_terms.csv").read_text().splitlines()]
    rows = [[*row[:4], "0", row[5]] if row[2] == "intervention" and row[3] in FOLLOW_UP else row for row in rows]
    (folder / "school_terms.csv").write_text("\n".join(",".join(row) for row in rows) + "\n")
    one = evaluate_trial(read_trial(folder)).primary
    assert one.result is None
    assert "no events" in one.why_not
    assert one.randomisation is not None
    assert one.verdict is None


@pytest.mark.parametrize("variance", ["HC1", "HC3"])
def test_a_trial_with_no_degrees_of_freedom_says_so(write_trial: WriteTrial, variance: str) -> None:
    gone = tuple((name, term) for name in ("School 00", "School 05") for term in FOLLOW_UP)
    add = f'[analysis]\ndraws = 999\nvariance = "{variance}"'
    one = primary(write_trial, DrawnTrial(authorities=2, each=4), drop=gone, add=add)
    assert one.result is None
    assert one.missing is None
    assert "6 schools cannot carry 6 parameters" in one.why_not
    assert one.randomisation is not None
    assert [option.name for option in one.sensitivity if option.estimate] == [f"Poisson, {variance}, unadjusted"]


def test_covariates_are_those_of_the_plan(write_trial: WriteTrial) -> None:
    for covariates in (["pupils"], ["baseline", "free_school_meals"], []):
        one = primary(write_trial, DrawnTrial(), add=f"[analysis]\ndraws = 999\ncovariates = {covariates!r}")
        assert one.table is not None
        known = {
            "pupils": one.table.pupils,
            "baseline": one.table.baseline_count,
            "free_school_meals": one.table.free_school_meals,
        }
        assert {name for name, column in known.items() if column is not None} == set(covariates)


def test_the_flow_counts_every_school_of_the_draw(write_trial: WriteTrial) -> None:
    gone = tuple(("School 01", term) for term in FOLLOW_UP)
    result = evaluated(write_trial, DrawnTrial(), drop=gone, schools={"School 01": {"why_not_analysed": "no answer"}})
    flow = result.flow
    assert flow.nominated is not None
    assert (flow.nominated.schools, flow.randomised.schools) == (25, 24)
    assert [(one.reason, one.number) for one in flow.excluded] == [("about to close", 1)]
    both = (flow.intervention, flow.comparison)
    assert sum(arm.allocated.schools for arm in both) == 24
    assert sum(arm.analysed["s47"].schools for arm in both) == 23
    assert [one.reason for arm in both for one in arm.not_analysed["s47"]] == ["no answer"]
    for arm in both:
        known = arm.received.schools + arm.not_received.schools + arm.unknown.schools
        assert known == arm.allocated.schools


def test_an_authority_where_nothing_was_counted_is_not_analysed_and_told(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial())
    silent = [f",School {place:02}," for place in range(6)]
    lines = (folder / "school_terms.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines]
    rows = [[*row[:4], "0", row[5]] if f",{row[1]}," in silent and row[3] in FOLLOW_UP else row for row in rows]
    (folder / "school_terms.csv").write_text("\n".join(",".join(row) for row in rows) + "\n")
    result = evaluate_trial(read_trial(folder))
    both = (result.flow.intervention, result.flow.comparison)
    assert sum(arm.analysed["s47"].schools for arm in both) == 18
    assert {one.reason for arm in both for one in arm.not_analysed["s47"]} == {"nothing counted in its authority"}
    assert result.primary.estimate is not None
    assert result.primary.estimate.schools == 18


def test_the_baseline_is_that_of_every_randomised_school(write_trial: WriteTrial) -> None:
    trial = read_trial(write_trial(DrawnTrial()))
    rows = {(row.measure, row.level): row for row in evaluate_trial(trial).baseline.rows}
    own = [each for each in trial.schools if each.arm == "intervention"]
    size = rows["Pupils of a school", "schools"].intervention
    assert size.mean == pytest.approx(np.mean([each.pupils for each in own]))
    assert size.deviation == pytest.approx(np.std([each.pupils for each in own], ddof=1))
    cells = [c for c in trial.cells if c.term in BASELINE and trial.school(c.school).arm == "intervention"]
    rate = 1000 * sum(c.count for c in cells) / sum(c.pupils / 3 for c in cells)
    assert rows["Outcome s47, before", "pupils"].intervention.mean == pytest.approx(rate)


def test_the_same_folder_gives_the_same_numbers(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial(ratio=0.8))
    first, second = (evaluate_trial(read_trial(folder)).primary for _ in range(2))
    assert first.p == second.p
    assert first.verdict == second.verdict
    assert first.randomisation_interval == second.randomisation_interval


def test_the_order_of_rows_does_not_change_the_estimate(write_trial: WriteTrial) -> None:
    folder = write_trial(DrawnTrial(ratio=0.8))
    first = evaluate_trial(read_trial(folder)).primary
    for file in ("trial_schools.csv", "school_terms.csv"):
        head, *rows = (folder / file).read_text().splitlines()
        (folder / file).write_text("\n".join([head, *reversed(rows)]) + "\n")
    second = evaluate_trial(read_trial(folder)).primary
    assert first.estimate is not None
    assert second.estimate is not None
    assert log(second.estimate.ratio) == pytest.approx(log(first.estimate.ratio))
    assert second.p == first.p


def test_without_a_certificate_schools_are_drawn_within_authorities(write_trial: WriteTrial) -> None:
    result = evaluated(write_trial, DrawnTrial(certificate=False))
    assert "the method that drew the trial was not given" in result.redrawn
    assert result.flow.nominated is None
    assert result.primary.randomisation is not None
    assert result.primary.randomisation.redrawn == "re-drawn within authorities"


def test_what_was_claimed_becomes_a_cost(write_trial: WriteTrial) -> None:
    money = '[money]\nprice_year = 2021\nperiod = "2020-21"\nmonths = 12\n[programme]\nworkers = 12'
    folder = write_trial(DrawnTrial(), add=money)
    (folder / "claims.csv").write_text("item,category,amount,basis,period\nworkers,staffing,600000,period,2020-21\n")
    cost = evaluate_trial(read_trial(folder)).cost
    assert cost is not None
    assert cost.total == 600_000


def test_progress_is_told_for_each_outcome(write_trial: WriteTrial) -> None:
    told: list[tuple[str, int, int]] = []
    trial = read_trial(write_trial(DrawnTrial(outcomes=("s47", "s17"))))
    evaluate_trial(trial, progress=lambda what, done, steps: told.append((what, done, steps)))
    assert [(done, steps) for _, done, steps in told] == [(0, 2), (1, 2)]
