"""Small trials that the tests of their report share the drawing of. Outcomes are simulated; every estimate is a real one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from swis.errors import NotEstimable
from swis.estimate.trial.attainment import SchoolScores, effect_size
from swis.estimate.trial.attendance import sessions_missed
from swis.estimate.trial.clustering import score_icc, variation_between_schools
from swis.estimate.trial.effects import follow_up_effects, subgroup_effect
from swis.estimate.trial.intention_to_treat import TrialPlan, analyse_trial, compare_estimands
from swis.estimate.trial.missing_outcomes import missing_outcomes
from swis.estimate.trial.negative_binomial import negative_binomial
from swis.estimate.trial.non_compliance import complier_average, per_protocol
from swis.estimate.trial.randomisation import randomisation_interval, randomisation_test
from swis.estimate.trial.sequential import conditional_power, spend_error
from swis.estimate.trial.trial_table import TrialTable
from swis.estimate.trial.two_stage import two_stage
from swis.study.finding import Finding
from swis.study.lock import Lock, PlanStatus
from swis.study.protocol import Literature, Note, Programme
from swis.study.provenance import Hashes
from swis.study.trial.baseline import ArmSummary, BaselineRow, BaselineTable
from swis.study.trial.evaluation import InFamily, Monitoring, Option, OutcomeResult, SubgroupResult, TrialEvaluation
from swis.study.trial.flow import ArmFlow, FlowCount, FlowReason, TrialFlow
from swis.study.trial.protocol import FollowUp, Subgroup, Tidier, TrialOptions, TrialOutcome, TrialProtocol, TrialTerms
from swis.study.trial.trial import Trial
from swis.study.trial.units import Units
from swis.study.trial.verdict import TrialVerdict
from swis.tables.printed import Printed

PLAN = TrialPlan(seed=11, draws=199)
S47 = TrialOutcome("section_47_enquiries", "Section 47 enquiries", "events", 1000, Decimal(1), None, True)
S17 = TrialOutcome("section_17_starts", "Section 17 starts", "events", 1000, Decimal(1), None, False)
ABSENCE = TrialOutcome("absence", "Sessions missed", "sessions", 1, Decimal(1), "sessions_possible", False)
GCSE = TrialOutcome("attainment_8", "Attainment 8", "scores", 1, Decimal(1), None, False)
DEPRIVATION = Subgroup("deprivation", "deprivation_third")


@dataclass(frozen=True)
class Drawn:
    """What a drawn trial is like."""

    schools: int = 40
    authorities: int = 4
    ratio: float = 1.05
    rate: float = 0.02
    missing: int = 2
    follow_ups: int = 1
    seed: int = 5


def drawn_table(drawn: Drawn, outcome: TrialOutcome = S47) -> TrialTable:
    """One row a school and follow-up, arms in turn within authorities; the last schools returned nothing."""
    rng = np.random.default_rng(drawn.seed + len(outcome.code))
    n = drawn.schools
    pupils = rng.integers(500, 1600, n).astype(float)
    rate = drawn.rate * rng.gamma(9, 1 / 9, n)
    arm = np.arange(n) % 2 == 0
    baseline = rng.poisson(rate * pupils).astype(float)
    names = tuple(f"School {i + 1}" for i in range(n))
    authorities = tuple(f"Authority {i * drawn.authorities // n + 1}" for i in range(n))
    periods = [f"year {i + 1}" for i in range(drawn.follow_ups)]
    counts = [rng.poisson(rate * pupils * np.where(arm, drawn.ratio, 1.0)).astype(float) for _ in periods]
    for count in counts:
        count[n - drawn.missing :] = np.nan
    times = drawn.follow_ups
    return TrialTable(
        outcome=outcome.code,
        schools=names * times,
        authorities=authorities * times,
        intervention=np.tile(arm, times),
        count=np.concatenate(counts),
        exposure=np.tile(pupils * 1.9, times),
        pupils=np.tile(pupils, times),
        baseline_count=np.tile(baseline, times),
        baseline_pupils=np.tile(pupils, times),
        free_school_meals=np.tile(rng.uniform(8, 40, n), times),
        follow_up=None if times == 1 else tuple(period for period in periods for _ in range(n)),
        missing_because=dict.fromkeys(names[n - drawn.missing :], "the authority returned nothing")
        if drawn.missing
        else {},
    )


def drawn_verdict(kind: str, **changed: object) -> TrialVerdict:
    """A verdict as it might be; what does not matter to a test has one value."""
    usual: dict[str, object] = {
        "kind": kind, "low": 0.88, "high": 1.21, "worthwhile": 0.9, "power": 0.34, "smallest_found": 0.78,
        "rules_out_worthwhile": False, "room_for_harm": True, "level": 0.05,
        "reasons": ("the schools were too few and too unlike to find an effect worth having",),
    }  # fmt: skip
    return TrialVerdict(**(usual | changed))  # type: ignore[arg-type]


def count_result(drawn: Drawn, outcome: TrialOutcome = S47, *, verdict: TrialVerdict | None = None) -> OutcomeResult:
    """Everything that can be worked out of one outcome of counts."""
    table = drawn_table(drawn, outcome)
    result = analyse_trial(table, PLAN)
    estimate = result.estimate
    missing = missing_outcomes(table, PLAN) if drawn.missing else None
    groups = {name: ("most", "middle", "least")[i % 3] for i, name in enumerate(table.names)}
    took = table.intervention & ~np.isin(table.schools, ("School 1", "School 3"))
    single = table.follow_up is None
    found = verdict or drawn_verdict("cannot tell", low=estimate.low, high=estimate.high)
    return OutcomeResult(
        outcome=outcome,
        plan_state="as locked",
        table=table,
        result=result,
        randomisation=result.randomisation,
        randomisation_interval=randomisation_interval(table, draws=199, seed=1),
        estimands=compare_estimands(table, PLAN),
        sensitivity=_options(table),
        follow_ups=None if single else follow_up_effects(table, PLAN),
        subgroups=(SubgroupResult(DEPRIVATION, subgroup_effect(table, groups, PLAN, by="deprivation")),),
        per_protocol=per_protocol(table, took, PLAN),
        complier=complier_average(table, took),
        missing=missing,
        clustering=variation_between_schools(table) if single else None,
        verdict=found,
        not_estimable={} if single else {"clustering": "k needs one row a school"},
    )


def _options(table: TrialTable) -> tuple[Option, ...]:
    options = []
    for name, analyse in (("Negative binomial", negative_binomial), ("Two-stage summary", two_stage)):
        try:
            options.append(Option(name, analyse(table).estimate))
        except NotEstimable as reason:
            options.append(Option(name, None, str(reason)))
    return (*options, Option("Poisson mixed model, intercepts of schools in authorities", None, "it does not settle"))


def in_family(one: OutcomeResult, p: float) -> OutcomeResult:
    """The outcome as one of three."""
    return replace(
        one, family=InFamily(p=one.p or 1.0, holm=min(1.0, p * 1.1), romano_wolf=p, planned="romano-wolf", outcomes=3)
    )


def sessions_result(drawn: Drawn) -> OutcomeResult:
    """Sessions missed of possible."""
    base = drawn_table(replace(drawn, follow_ups=1), ABSENCE)
    possible = np.round(base.exposure * 190)
    missed = np.round(possible * np.clip(0.06 + 0.001 * base.count, 0, 0.5))
    table = replace(
        base, count=missed, exposure=possible, baseline_count=None, baseline_pupils=None, unit="sessions possible"
    )
    sessions = sessions_missed(table)
    verdict = drawn_verdict("not supported", low=sessions.estimate.low, high=sessions.estimate.high, rules_out_worthwhile=True,
                            room_for_harm=False)  # fmt: skip
    test = randomisation_test(table, draws=199, seed=2)
    return OutcomeResult(ABSENCE, "as locked", table=table, sessions=sessions, randomisation=test, verdict=verdict)


def scores_result(drawn: Drawn) -> OutcomeResult:
    """Scores of pupils, by school."""
    table, rng = drawn_table(replace(drawn, follow_ups=1, missing=0)), np.random.default_rng(8)
    n = len(table.names)
    pupils = np.round(np.asarray(table.pupils) / 6)
    scores = SchoolScores(
        GCSE.code,
        table.names,
        table.authorities,
        table.intervention,
        pupils,
        46 + rng.normal(0, 3, n),
        np.full(n, 14.0),
    )
    effect = effect_size(scores)
    verdict = drawn_verdict("not supported", low=effect.low, high=effect.high, worthwhile=0.1, smallest_found=0.2)
    return OutcomeResult(
        GCSE, "added later", scores=scores, effect=effect, clustering=score_icc(scores), verdict=verdict
    )


def drawn_protocol(outcomes: tuple[TrialOutcome, ...], authorities: int, follow_ups: int = 1) -> TrialProtocol:
    """A protocol in which most things are told."""
    names = [f"year {i + 1}" for i in range(follow_ups)]
    terms = [f"Autumn {2020 + i}" for i in range(follow_ups + 1)]
    return TrialProtocol(
        title="Social Workers in Schools, drawn for a test",
        authorities=tuple(f"Authority {i + 1}" for i in range(authorities)),
        launched="2021-01",
        primary=S47.code,
        certificate=None,
        registration="ISRCTN00000000",
        summary="Schools were offered a social worker of their own. A drawn trial: every number is made up.",
        source="drawn for a test",
        terms=TrialTerms(
            tuple(terms),
            ("Autumn 2020",),
            tuple(FollowUp(n, (t,)) for n, t in zip(names, terms[1:], strict=True)),
            {},
            {},
            3,
        ),
        outcomes=outcomes,
        options=TrialOptions(
            seed=11,
            variance="HC3",
            estimand="participant",
            covariates=("baseline", "pupils", "free_school_meals"),
            draws=199,
            worthwhile_rate_ratio=0.9,
            worthwhile_effect_size=0.1,
            multiplicity="romano-wolf",
            looks=(),
            look=None,
            main_follow_up=None,
        ),
        subgroups=(DEPRIVATION,),
        changes=(),
        tidier=Tidier(
            "Social Workers in Schools",
            "Help that is near comes sooner.",
            None,
            "Statutory work from an office in the school.",
            "Qualified social workers, supervised by the authority",
            "face to face",
            "in secondary schools",
            "full time, two years",
            None,
            "By telephone while schools were closed",
            None,
            None,
        ),
        programme=Programme(None, None, None, None),
        money=None,
        notes=(Note("Outcomes are made up.", "Do not quote them.", "", "warning"),),
        literature=(_quoted(),),
    )


def _quoted() -> Literature:
    return Literature(
        "The trial in 21 authorities",
        S47.code,
        Printed("1.055"),
        Printed("0.955"),
        Printed("1.166"),
        268,
        "Published 2024",
    )


def drawn_flow(table: TrialTable, codes: tuple[str, ...], *, nominated: bool = True) -> TrialFlow:
    """The flow that fits a table."""
    authorities = len(table.authority_names)
    first = table.first_row
    pupils = np.asarray(table.pupils)[first]
    gone = np.isnan(table.count)[first]

    def arm(intervention: bool) -> ArmFlow:
        own = table.arm_of_school == intervention
        both = int(own.sum()), int(pupils[own].sum())
        left = own & ~gone
        names = tuple(name for name, out in zip(table.names, own & gone, strict=True) if out)
        reasons = (FlowReason("the authority returned nothing", names),) if names else ()
        count = FlowCount(int(left.sum()), int(pupils[left].sum()), authorities)
        none = FlowCount(0, 0, 0)
        return ArmFlow(
            arm="intervention" if intervention else "comparison",
            allocated=FlowCount(*both, authorities),
            received=FlowCount(both[0] - 2, both[1], authorities) if intervention else none,
            not_received=FlowCount(2, 2000, 1) if intervention else FlowCount(*both, authorities),
            unknown=none,
            changed=(FlowReason("closed in August 2021: too few pupils", ("School 1",)),) if intervention else (),
            analysed=dict.fromkeys(codes, count),
            not_analysed=dict.fromkeys(codes, reasons),
        )

    return TrialFlow(
        nominated=FlowCount(len(pupils) + 7, None, authorities) if nominated else None,
        excluded=(FlowReason("head teacher declined", ("A", "B", "C")),) if nominated else (),
        in_reserve=4 if nominated else None,
        replaced=(),
        randomised=FlowCount(len(pupils), int(pupils.sum()), authorities),
        intervention=arm(True),
        comparison=arm(False),
    )


def drawn_baseline(table: TrialTable) -> BaselineTable:
    """Numbers and three measures, at both levels."""
    arm, first = table.arm_of_school, table.first_row
    pupils, meals = np.asarray(table.pupils)[first], np.asarray(table.free_school_meals)[first]
    known = [int(own.sum()) for own in (arm, ~arm)]
    numbers = [ArmSummary(n, float(n), None, None) for n in known]
    rows = [BaselineRow("Schools", "schools", "number", numbers[0], numbers[1], None)]
    for name, values in (("Pupils", pupils), ("Free school meals", meals)):
        sides = [
            ArmSummary(int(own.sum()), None, float(values[own].mean()), float(values[own].std(ddof=1)))
            for own in (arm, ~arm)
        ]
        gap = float((values[arm].mean() - values[~arm].mean()) / values.std(ddof=1))
        rows.append(BaselineRow(name, "schools", "per cent" if name != "Pupils" else "", sides[0], sides[1], gap))
    sides = [
        ArmSummary(n - 1, None, float(np.average(meals[own], weights=pupils[own])), None)
        for n, own in zip(known, (arm, ~arm), strict=True)
    ]
    rows.append(BaselineRow("Free school meals", "pupils", "per cent", sides[0], sides[1], None))
    return BaselineTable(tuple(rows))


def drawn_trial(protocol: TrialProtocol, *, locked: bool = True) -> Trial:
    """A trial that no folder holds."""
    lock = Lock(date(2020, 9, 1), "0.1.0", False, {"primary": '"section_47_enquiries"'})
    found = (
        Finding(
            "warning",
            "pupils_differ",
            "school_terms.csv",
            "Two outcomes disagree on pupils.",
            "Ask the authority.",
            column="pupils",
        ),
        Finding(
            "note",
            "count_leaps",
            "school_terms.csv",
            "School 7 goes from 3 to 12.",
            "Look.",
            rows=(8,),
            school="School 7",
        ),
    )
    return Trial(
        folder=Path("drawn"),
        protocol=protocol,
        schools=(),
        cells=(),
        scores=(),
        units=Units((), {}),
        claims=(),
        drawn_by=None,
        tables={},
        findings=found,
        hashes=Hashes({"trial.toml": "0" * 64}),
        plan_status=PlanStatus(lock if locked else None),
    )


def evaluation_of(outcomes: tuple[OutcomeResult, ...], drawn: Drawn, *, locked: bool = True) -> TrialEvaluation:
    """An evaluation that holds these outcomes."""
    codes = tuple(one.outcome.code for one in outcomes)
    table = drawn_table(drawn)
    protocol = drawn_protocol(tuple(one.outcome for one in outcomes), drawn.authorities, drawn.follow_ups)
    return TrialEvaluation(
        trial=drawn_trial(protocol, locked=locked),
        outcomes=outcomes,
        flow=drawn_flow(table, codes),
        baseline=drawn_baseline(table),
        redrawn="re-drawn within authorities",
        monitoring=None,
        cost=None,
        swis_version="0.1.0",
    )


def drawn_evaluation(drawn: Drawn = Drawn()) -> TrialEvaluation:
    """The usual trial: a primary outcome of counts, another, sessions and scores."""
    others = (count_result(drawn, S17), sessions_result(drawn), scores_result(drawn))
    return evaluation_of(
        (count_result(drawn), *(in_family(one, p) for one, p in zip(others, (0.4, 0.03, 0.8), strict=True))), drawn
    )


def watched(evaluation: TrialEvaluation) -> TrialEvaluation:
    """The same at the first of two looks."""
    left = conditional_power(0.4, information=0.5, planned_drift=2.8, boundary=1.97)
    looks = spend_error([0.5, 1.0])
    return replace(evaluation, monitoring=Monitoring(looks, 1, 0.4, float(looks.boundaries[0]), False, left))
