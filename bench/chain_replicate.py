"""One replicate of the whole chain: a synthetic authority with a planted ratio, matched, estimated, held against the ratio.

`from_truth` takes the counts that a panel would hold from the authority itself, since the panel equals them cell by cell
(tests/panel/test_against_truth.py). `through_files` writes the returns and goes the whole way.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import numpy as np
import polars as pl

from swis.design.matching import MatchOptions
from swis.design.read_panel import MatchingTables, read_matching_tables
from swis.design.read_panel import build_panel as build_matching_panel
from swis.errors import NotEstimable
from swis.estimate.appraisal import Appraisal
from swis.estimate.comparison import Comparison
from swis.estimate.event_study import pre_trend
from swis.estimate.permutation import permutation_tails, permutation_test
from swis.estimate.quasi import quasi_poisson
from swis.estimate.verdict import LEVEL
from swis.panel.arms import Arms
from swis.panel.build import build_panel
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.folder import read_panel, write_panel
from swis.panel.pairings import pair_by_outcome
from swis.panel.settings import PanelSettings
from swis.panel.staging import stage_returns
from swis.panel.study_tables import StudyChoices, write_study_tables
from swis.study.evaluation import evaluate_study
from swis.study.match import By, Request, match_outcome
from swis.study.read import read_study
from swis.study.write_matches import write_matches
from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.mess import Mess
from swis.synthetic.rates import Rates
from swis.synthetic.register_tables import tabulate_arms, tabulate_schools
from swis.synthetic.settings import ChosenBy, Settings
from swis.synthetic.truth import Truth, tell_truth
from swis.synthetic.write_returns import write_returns

Way = Literal["none", "level", "entropy", "trends"]
ENQUIRIES, DAYS_IN_CARE = "section_47_enquiries", "days_in_care"
DRAWS = 999
"""Draws of a randomisation test in a replicate; a study uses 9,999."""
DRAWS_OF_MATCHING = 19
"""The bootstrap of the answer whether trends can be matched on. It chooses no school."""


@dataclass(frozen=True)
class Scene:
    """How an authority is made: who chose the schools, what is planted, and whether schools drift apart."""

    name: str
    chosen_by: ChosenBy
    ratio: float
    trend: float = 0.0
    schools: int = 40
    pupils: int = 300
    years: int = 4
    share: float = 0.3
    referrals: float = 0.05

    @property
    def settings(self) -> Settings:
        """What the authority is made from; the effect begins in the middle."""
        return Settings(
            schools=self.schools,
            years=self.years,
            pupils=self.pupils,
            rates=Rates(referrals=self.referrals),
            chosen_by=self.chosen_by,
            intervention_share=self.share,
            trend=self.trend,
            rate_ratios={ENQUIRIES: self.ratio},
        )

    def planted(self, outcome: str) -> float:
        """The ratio that an estimate should cover. Enquiries do not change how many children are in care."""
        return self.settings.ratio_of(outcome) if outcome == ENQUIRIES else 1.0


@dataclass(frozen=True)
class Judged:
    """What one analysis of one replicate came to. `log_ratio` is infinite where the counts are separated."""

    log_ratio: float
    quasi_covers: bool
    permutation_covers: bool
    verdict_covers: bool
    quasi_claims: bool
    permutation_claims: bool
    supported: bool
    moved_apart: bool
    dispersion: float
    comparison_schools: int


def from_truth(scene: Scene, seed: int, analyses: tuple[tuple[Way, str], ...]) -> list[Judged | str]:
    """Each analysis (way of matching, outcome) of one authority, without a file of children in between.

    Where nothing can be matched or estimated, the reason.
    """
    authority = synthesise_authority(scene.settings, seed=seed)
    truth = tell_truth(authority)
    found: dict[tuple[str, tuple[str, ...], int], Judged] = {}
    judged: list[Judged | str] = []
    for way, outcome in analyses:
        try:
            comparison = _compare(authority, truth, way, outcome)
            # Two ways may choose the same schools.
            key = (outcome, comparison.schools, int(comparison.intervention.sum()))
            if key not in found:
                found[key] = judge_by_tests(comparison, log(scene.planted(outcome)), seed=seed)
            judged.append(found[key])
        except NotEstimable as reason:
            judged.append(str(reason))
    return judged


def judge_by_tests(comparison: Comparison, log_ratio: float, *, seed: int) -> Judged:
    """As `judge_appraisal`, by testing the planted ratio itself: an interval holds what its test does not reject."""
    quasi = quasi_poisson(comparison)
    quasi_covers = quasi.low <= np.exp(log_ratio) <= quasi.high
    tails = permutation_tails(comparison, log_ratio, seed=seed, draws=DRAWS)
    permutation = permutation_test(comparison, seed=seed, draws=DRAWS)
    apart = pre_trend(comparison, seed=seed, draws=DRAWS).rejected
    permutation_covers = min(tails) > LEVEL / 2
    return Judged(
        log_ratio=float(np.log(quasi.ratio)) if quasi.ratio > 0 else -np.inf,
        quasi_covers=bool(quasi_covers),
        permutation_covers=permutation_covers,
        verdict_covers=bool(quasi_covers) or permutation_covers,
        quasi_claims=quasi.excludes_one,
        permutation_claims=permutation.p <= LEVEL,
        supported=permutation.p <= LEVEL and quasi.excludes_one and not apart,
        moved_apart=apart,
        dispersion=quasi.dispersion,
        comparison_schools=int((~comparison.intervention).sum()),
    )


def _compare(authority: Authority, truth: Truth, way: Way, outcome: str) -> Comparison:
    """The comparison that a study made of these counts has."""
    terms, start = authority.settings.terms, authority.settings.first_term_after
    before = terms[: terms.index(start)]
    arms = dict(tabulate_arms(authority).select("school", "arm").iter_rows())
    treated = tuple(school for school, arm in arms.items() if arm == "intervention")
    others = tuple(school for school in arms if school not in treated)
    if way != "none":
        treated, others = _choose(
            _tabulate_for_matching(authority, truth, before, outcome), treated, way, authority.seed
        )
    own = truth.school_terms.filter(pl.col("outcome") == outcome)
    schools = (*treated, *others)

    def spread(column: str) -> np.ndarray:
        wide = own.pivot("term", index="school", values=column)
        order = pl.DataFrame({"school": schools})
        return order.join(wide, on="school", how="left", maintain_order="left").select(terms).to_numpy().astype(float)

    return Comparison(
        outcome=outcome,
        schools=schools,
        terms=terms,
        count=spread("count"),
        pupils=spread("pupils"),
        intervention=np.arange(len(schools)) < len(treated),
        reference=before[-1],
        after=terms[len(before) :],
    )


def _tabulate_for_matching(authority: Authority, truth: Truth, before: tuple[str, ...], outcome: str) -> MatchingTables:
    cells = truth.year_group_terms.filter(
        (pl.col("outcome") == outcome) & pl.col("term").is_in(before) & (pl.col("pupils") > 0)
    )
    places = {term: place for place, term in enumerate(before)}
    cells = cells.sort(pl.col("term").replace_strict(places), maintain_order=True)
    roll = cells.filter(pl.col("term") == before[-1]).group_by("school", "phase").agg(pl.col("pupils").sum())
    meals = tabulate_schools(authority).select(
        school="urn", free_school_meals_percent=pl.col("free_school_meals_percent").cast(pl.Float64)
    )
    candidates = tabulate_arms(authority).join(roll, on="school").join(meals, on="school", how="left").sort("school")
    candidates = candidates.with_columns(
        intervention=pl.when(pl.col("arm") == "intervention").then(pl.lit("yes")).otherwise(pl.lit("no")),
        excluded=pl.lit(None, pl.String),
    )
    return MatchingTables(candidates, cells, {}, ())


def request_of(way: By, seed: int) -> Request:
    """Two comparison schools for each; on trends whatever the answer, as the pilots did."""
    return Request(way, MatchOptions(k=2), seed=seed, draws=DRAWS_OF_MATCHING, despite=True)


def _choose(tables: MatchingTables, treated: tuple[str, ...], way: By, seed: int) -> tuple[tuple[str, ...], ...]:
    """The schools of the analysis, as a study takes them from matches.csv."""
    outcome = tables.outcomes[0]
    result = match_outcome(build_matching_panel(tables, outcome), request_of(way, seed))
    clusters = dict(tables.candidates.select("school", "cluster").iter_rows())
    schools = tables.candidates.select("school", "phase", former_urns=pl.lit(None, pl.String))
    with TemporaryDirectory() as folder:
        write_matches(Path(folder), [result])
        arms = Arms(treated, (), {}, clusters, {})
        pairings = pair_by_outcome(arms, (outcome,), Path(folder), schools).by_outcome
    if outcome not in pairings:
        raise NotEstimable(f"{outcome}: no school was matched.")
    return pairings[outcome].intervention, pairings[outcome].comparison


def through_files(scene: Scene, seed: int, way: Way, folder: Path, *, mess: bool = False) -> Judged:
    """Section 47 enquiries of one authority by way of its returns: synthesise, panel, study, match, study again, evaluate."""
    authority = synthesise_authority(scene.settings, seed=seed)
    write_returns(authority, folder / "returns", mess=Mess(seed=seed) if mess else None)
    _build(folder / "returns", folder / "panel")
    panel, arms = read_panel(folder / "panel"), folder / "arms.csv"
    told = tabulate_arms(authority)
    told.filter((pl.col("arm") == "intervention") | (way == "none")).write_csv(arms)
    choices = StudyChoices(authority.settings.first_term_after, outcomes=(ENQUIRIES,))
    study = folder / "study"
    tables = write_study_tables(panel, study, arms=arms, choices=choices)
    if tables.waits_for_matches and way != "none":
        matching = build_matching_panel(read_matching_tables(study), ENQUIRIES)
        write_matches(study, [match_outcome(matching, request_of(way, seed))])
        write_study_tables(panel, study, arms=arms, choices=choices)
    evaluated = evaluate_study(read_study(study)).outcomes[0]
    if evaluated.appraisal is None:
        raise NotEstimable(evaluated.reason)
    return judge_appraisal(evaluated.appraisal, log(scene.planted(ENQUIRIES)))


def _build(returns: Path, folder: Path) -> None:
    settings, engine = PanelSettings("Synthshire"), DuckdbEngine()
    try:
        # The truth lies beside the returns; a panel must not see it.
        files = [path for path in returns.iterdir() if path.name != "truth"]
        write_panel(build_panel(stage_returns(files, engine, settings), settings), folder)
    finally:
        engine.close()


def judge_appraisal(appraisal: Appraisal, log_ratio: float) -> Judged:
    """What an evaluation says, held against the planted log ratio."""
    ratio, quasi, verdict = float(np.exp(log_ratio)), appraisal.quasi, appraisal.verdict
    low, high = appraisal.permutation_interval
    return Judged(
        log_ratio=appraisal.log_ratio,
        quasi_covers=quasi.low <= ratio <= quasi.high,
        permutation_covers=low <= ratio <= high,
        verdict_covers=verdict.low <= ratio <= verdict.high,
        quasi_claims=quasi.excludes_one,
        permutation_claims=appraisal.permutation.p <= LEVEL,
        supported=verdict.kind == "supported",
        moved_apart=appraisal.pre_trend is not None and appraisal.pre_trend.rejected,
        dispersion=quasi.dispersion,
        comparison_schools=int((~appraisal.comparison.intervention).sum()),
    )
