"""Makes the made-up trial of this folder: real sizes of schools, SYNTHETIC outcomes and costs. Nothing here was observed.

    python studies/scale-up/make.py [FOLDER]

writes every CSV of the trial and the certificate of its draw into FOLDER (here, if none is named). trial.toml and the README are
written by hand. Running it again gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from making import costs, outcomes
from making.schools import MadeSchool, nominate

from swis.design.allocation.allocate import Allocation, allocate
from swis.design.allocation.certificate import certify, write_certificate
from swis.design.allocation.commitment import Commitment, commitment_hash, write_commitment
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import AllocationOptions, plan_allocation

HERE = Path(__file__).parent
SEED = 20200901
"""The one seed of schools and outcomes; the first that was tried."""
COST_SEED = (SEED, 1)
"""Costs are drawn by themselves, so that nothing else moves with them."""
ALLOCATION_SEED = "SYNTHETIC scale-up trial, seed 20200901"
COMMITTED_ON, DRAWN_ON = date(2020, 6, 1), date(2020, 7, 1)
"""Days of the story, not of any trial."""
WRITTEN_BY = "0.1.0"
"""The version of SWIS that first drew it; every later one draws the same."""
ANALYSED = {"intervention": 136, "comparison": 132}
SOURCE = "SYNTHETIC"
WHY_NOT_ANALYSED = (
    "INVENTED: withdrew before the start",
    "INVENTED: the authority returned no outcomes of this school",
    "INVENTED: closed before the end of the follow-up",
)
MONTHS = 23
THIRDS = ("lowest", "middle", "highest")


def make(folder: Path) -> None:
    """Write the trial into a folder. The same bytes every time."""
    rng = np.random.default_rng(SEED)
    nominated = nominate(HERE / "making" / "schools_2018_19.csv", rng)
    _write(folder / "nominations.csv", _nomination_rows(nominated))
    allocation = _draw(folder)
    by_name = {each.school: each for each in nominated}
    schools = [by_name[name] for name in allocation.plan.schools]
    lost = _lose(schools, allocation, rng)
    columns = _columns(schools, allocation)
    roll = outcomes.draw_pupils(columns["pupils"], rng)
    counts = _draw_counts(columns, roll, rng)
    scores = outcomes.draw_scores(columns, rng)
    need = counts["s47"][:, : outcomes.BASELINE_TERMS].sum(axis=1) / columns["pupils"]
    received = _received(allocation, rng)
    _write(folder / "trial_schools.csv", _school_rows(schools, allocation, lost, received, need))
    _write(folder / "school_terms.csv", _term_rows(schools, allocation, lost, roll, counts))
    _write(folder / "school_scores.csv", _score_rows(schools, lost, scores))
    _write(folder / "school_costs.csv", _cost_rows(schools, allocation, lost, received))


def _draw(folder: Path) -> Allocation:
    options = AllocationOptions(method="simple")
    commitment = Commitment(COMMITTED_ON, WRITTEN_BY, options, "", commitment_hash(ALLOCATION_SEED, options, ""))
    allocation = allocate(plan_allocation(read_nominations(folder / "nominations.csv"), options), seed=ALLOCATION_SEED)
    certificate = replace(certify(allocation, on=DRAWN_ON, commitment=commitment), swis_version=WRITTEN_BY)
    _write_text(folder / "allocation.toml", write_certificate(certificate))
    _write_text(folder / "allocation_commitment.toml", write_commitment(commitment))
    return allocation


def _lose(schools: Sequence[MadeSchool], allocation: Allocation, rng: np.random.Generator) -> dict[str, str]:
    """Schools that are randomised and not analysed, by equal chance in each arm, so that 136 and 132 are left."""
    arms = allocation.arms
    lost: dict[str, str] = {}
    for arm, kept in ANALYSED.items():
        own = [school.school for school in schools if arms[school.school] == arm]
        gone = rng.choice(len(own), size=len(own) - kept, replace=False).tolist()
        reasons = rng.choice(len(WHY_NOT_ANALYSED), size=len(gone), p=[0.5, 0.35, 0.15]).tolist()
        lost |= {own[place]: WHY_NOT_ANALYSED[reason] for place, reason in zip(gone, reasons, strict=True)}
    return lost


def _columns(schools: Sequence[MadeSchool], allocation: Allocation) -> dict[str, outcomes.Array]:
    return {
        "pupils": np.array([each.pupils for each in schools], dtype=float),
        "free_school_meals": np.array([each.free_school_meals_percent for each in schools], dtype=float),
        "absence": np.array([max(each.absence_percent, 1) for each in schools], dtype=float),
        "authority": np.array([int(each.authority.split()[-1]) - 1 for each in schools], dtype=float),
        "intervention": allocation.intervention.astype(float),
    }


def _draw_counts(
    columns: dict[str, outcomes.Array], roll: outcomes.NDArray[np.int64], rng: np.random.Generator
) -> dict[str, outcomes.NDArray[np.int64]]:
    counts = {
        code: outcomes.draw_events(drawn, columns, roll, rng, ratio=outcomes.PLANTED.get(code, 1.0))
        for code, drawn in outcomes.EVENTS.items()
    }
    counts["days_in_care"], _ = outcomes.draw_days_in_care(columns, roll, rng)
    counts["sessions_missed"], counts["sessions_possible"] = outcomes.draw_sessions(columns, roll, rng)
    return counts


def _received(allocation: Allocation, rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Received, months and implementation of each school; all of it invented."""
    rows = []
    for drawn in allocation.intervention:
        months = MONTHS - int(rng.choice([0, 1, 3, 6, 12, MONTHS], p=[0.45, 0.2, 0.15, 0.1, 0.06, 0.04]))
        how_far = "full" if months >= 20 else "partial" if months else "none"
        rows.append(("yes" if months else "no", str(months), how_far) if drawn else ("no", "0", ""))
    return rows


def _nomination_rows(nominated: Sequence[MadeSchool]) -> Iterable[Sequence[object]]:
    yield (
        *("school", "authority", "phase", "pupils", "persistent_absence_percent", "free_school_meals_percent"),
        *("reserve", "excluded"),
    )
    for each in nominated:
        figures = each.pupils, each.persistent_absence_percent, each.free_school_meals_percent
        yield each.school, each.authority, "secondary", *figures, "no", each.excluded


def _school_rows(
    schools: Sequence[MadeSchool],
    allocation: Allocation,
    lost: dict[str, str],
    received: Sequence[tuple[str, str, str]],
    need: outcomes.Array,
) -> Iterable[Sequence[object]]:
    yield (
        *("school", "authority", "phase", "arm", "pupils", "free_school_meals_percent", "received"),
        *("months_with_worker", "why_not_analysed", "deprivation_third", "size_third", "need_third", "implementation"),
    )
    meals = _thirds(np.array([each.free_school_meals_percent for each in schools], dtype=float))
    sizes, needs = _thirds(np.array([each.pupils for each in schools], dtype=float)), _thirds(need)
    for place, each in enumerate(schools):
        had, months, how_far = _until_lost(received[place], lost.get(each.school, ""))
        yield (
            *(each.school, each.authority, "secondary", allocation.arms[each.school], each.pupils),
            *(each.free_school_meals_percent, had, months, lost.get(each.school, "")),
            *(meals[place], sizes[place], needs[place], how_far),
        )


def _until_lost(received: tuple[str, str, str], why: str) -> tuple[str, str, str]:
    """A school that withdrew before the start had no worker; one that closed had none to the end."""
    if received[2] == "" or ("withdrew" not in why and "closed" not in why):
        return received
    months = 0 if "withdrew" in why else min(int(received[1]), MONTHS // 2)
    return ("yes", str(months), "partial") if months else ("no", "0", "none")


def _thirds(values: outcomes.Array) -> list[str]:
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return [THIRDS[rank * 3 // len(values)] for rank in ranks.tolist()]


def _term_rows(
    schools: Sequence[MadeSchool],
    allocation: Allocation,
    lost: dict[str, str],
    roll: outcomes.NDArray[np.int64],
    counts: dict[str, outcomes.NDArray[np.int64]],
) -> Iterable[Sequence[object]]:
    """Schools that are not analysed have the year before, and nothing after it."""
    yield "outcome", "school", "arm", "term", "count", "pupils", "source"
    arms = allocation.arms
    for code, table in counts.items():
        for place, each in enumerate(schools):
            for number, term in enumerate(outcomes.TERM_DAYS):
                if number < outcomes.BASELINE_TERMS or each.school not in lost:
                    cell = int(table[place, number]), int(roll[place, number])
                    yield code, each.school, arms[each.school], term, *cell, SOURCE


def _score_rows(
    schools: Sequence[MadeSchool], lost: dict[str, str], scores: Sequence[tuple[int, float, float, float]]
) -> Iterable[Sequence[object]]:
    yield "outcome", "school", "pupils", "mean", "standard_deviation", "baseline_mean", "source"
    for each, row in zip(schools, scores, strict=True):
        if each.school not in lost:
            yield "attainment", each.school, *row, SOURCE


def _cost_rows(
    schools: Sequence[MadeSchool],
    allocation: Allocation,
    lost: dict[str, str],
    received: Sequence[tuple[str, str, str]],
) -> Iterable[Sequence[object]]:
    """Schools that were drawn for a worker; no other has a cost."""
    yield "school", "what", "pounds", "price_year", "payer"
    rng = np.random.default_rng(COST_SEED)
    for place, each in enumerate(schools):
        if allocation.arms[each.school] == "intervention":
            _, months, _ = _until_lost(received[place], lost.get(each.school, ""))
            for row in costs.draw_costs(int(months), rng):
                yield each.school, *row


def _write(path: Path, rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    _write_text(path, text.getvalue())


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
