"""SWIS: run a Social Workers in Schools programme, and find out whether it works.

study = swis.read_study("studies/stockport")
evaluation = swis.evaluate([study])
print(evaluation)

plan = swis.TrialPlan(seed=20250901)
print(swis.analyse_trial(table, plan))

Each name is loaded when it is first asked for, so that one estimate does not wait for frames, figures and documents.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from swis.costs.budget import budget_impact
    from swis.costs.prices import in_prices_of
    from swis.costs.school_money import SchoolMoney
    from swis.costs.weigh import WeighSettings, weigh_trial
    from swis.design.allocation.allocate import Allocation, allocate
    from swis.design.allocation.certificate import certify
    from swis.design.allocation.commitment import commit
    from swis.design.allocation.nominations import read_nominations
    from swis.design.allocation.plan import AllocationOptions, plan_allocation
    from swis.design.allocation.redraws import draw_allocations
    from swis.design.allocation.verify import verify_allocation
    from swis.design.power.answers import Simulation, detectable_curve, power_surface
    from swis.design.power.assumptions import Assumptions
    from swis.design.power.formula import detectable_ratio, schools_needed
    from swis.design.power.simulate import simulate_power
    from swis.errors import NotEstimable, SwisError
    from swis.estimate.comparison import Comparison
    from swis.estimate.did import RateRatio, poisson_did
    from swis.estimate.trial.attainment import SchoolScores, effect_size
    from swis.estimate.trial.attendance import sessions_missed
    from swis.estimate.trial.bayes import bayes_trial
    from swis.estimate.trial.effects import subgroup_effect
    from swis.estimate.trial.held_level import held_level
    from swis.estimate.trial.intention_to_treat import TrialPlan, TrialResult, analyse_trial, compare_estimands
    from swis.estimate.trial.missing_outcomes import missing_outcomes
    from swis.estimate.trial.non_compliance import complier_average, per_protocol
    from swis.estimate.trial.randomisation import randomisation_test
    from swis.estimate.trial.step_down import adjust_family
    from swis.estimate.trial.trial_table import TrialTable
    from swis.study.read import read_study
    from swis.study.study import Study
    from swis.study.together import Evaluation, evaluate
    from swis.study.trial.evaluate import evaluate_trial
    from swis.study.trial.evaluation import TrialEvaluation
    from swis.study.trial.read import read_trial
    from swis.study.trial.trial import Trial

_HOMES = {
    "Allocation": "swis.design.allocation.allocate",
    "AllocationOptions": "swis.design.allocation.plan",
    "Assumptions": "swis.design.power.assumptions",
    "Comparison": "swis.estimate.comparison",
    "Evaluation": "swis.study.together",
    "NotEstimable": "swis.errors",
    "RateRatio": "swis.estimate.did",
    "SchoolMoney": "swis.costs.school_money",
    "SchoolScores": "swis.estimate.trial.attainment",
    "Simulation": "swis.design.power.answers",
    "Study": "swis.study.study",
    "SwisError": "swis.errors",
    "Trial": "swis.study.trial.trial",
    "TrialEvaluation": "swis.study.trial.evaluation",
    "TrialPlan": "swis.estimate.trial.intention_to_treat",
    "TrialResult": "swis.estimate.trial.intention_to_treat",
    "TrialTable": "swis.estimate.trial.trial_table",
    "WeighSettings": "swis.costs.weigh",
    "adjust_family": "swis.estimate.trial.step_down",
    "allocate": "swis.design.allocation.allocate",
    "analyse_trial": "swis.estimate.trial.intention_to_treat",
    "bayes_trial": "swis.estimate.trial.bayes",
    "budget_impact": "swis.costs.budget",
    "certify": "swis.design.allocation.certificate",
    "commit": "swis.design.allocation.commitment",
    "compare_estimands": "swis.estimate.trial.intention_to_treat",
    "complier_average": "swis.estimate.trial.non_compliance",
    "detectable_curve": "swis.design.power.answers",
    "detectable_ratio": "swis.design.power.formula",
    "draw_allocations": "swis.design.allocation.redraws",
    "effect_size": "swis.estimate.trial.attainment",
    "evaluate": "swis.study.together",
    "evaluate_trial": "swis.study.trial.evaluate",
    "held_level": "swis.estimate.trial.held_level",
    "in_prices_of": "swis.costs.prices",
    "missing_outcomes": "swis.estimate.trial.missing_outcomes",
    "per_protocol": "swis.estimate.trial.non_compliance",
    "plan_allocation": "swis.design.allocation.plan",
    "poisson_did": "swis.estimate.did",
    "power_surface": "swis.design.power.answers",
    "randomisation_test": "swis.estimate.trial.randomisation",
    "read_nominations": "swis.design.allocation.nominations",
    "read_study": "swis.study.read",
    "read_trial": "swis.study.trial.read",
    "schools_needed": "swis.design.power.formula",
    "sessions_missed": "swis.estimate.trial.attendance",
    "simulate_power": "swis.design.power.simulate",
    "subgroup_effect": "swis.estimate.trial.effects",
    "verify_allocation": "swis.design.allocation.verify",
    "weigh_trial": "swis.costs.weigh",
}

__all__ = [
    "Allocation",
    "AllocationOptions",
    "Assumptions",
    "Comparison",
    "Evaluation",
    "NotEstimable",
    "RateRatio",
    "SchoolMoney",
    "SchoolScores",
    "Simulation",
    "Study",
    "SwisError",
    "Trial",
    "TrialEvaluation",
    "TrialPlan",
    "TrialResult",
    "TrialTable",
    "WeighSettings",
    "adjust_family",
    "allocate",
    "analyse_trial",
    "bayes_trial",
    "budget_impact",
    "certify",
    "commit",
    "compare_estimands",
    "complier_average",
    "detectable_curve",
    "detectable_ratio",
    "draw_allocations",
    "effect_size",
    "evaluate",
    "evaluate_trial",
    "held_level",
    "in_prices_of",
    "missing_outcomes",
    "per_protocol",
    "plan_allocation",
    "poisson_did",
    "power_surface",
    "randomisation_test",
    "read_nominations",
    "read_study",
    "read_trial",
    "schools_needed",
    "sessions_missed",
    "simulate_power",
    "subgroup_effect",
    "verify_allocation",
    "weigh_trial",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'swis' has no attribute {name!r}")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
