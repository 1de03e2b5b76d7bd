"""The made-up trial in studies/scale-up: made again byte for byte, labelled everywhere, and of the published shape."""

from __future__ import annotations

import csv
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from swis.design.allocation.verify import verify_allocation
from swis.estimate.trial.intention_to_treat import TrialPlan, estimate_ratio
from swis.study.trial.outcome_data import gather_outcome
from swis.study.trial.read import read_trial
from swis.study.trial.trial import Trial

FOLDER = Path(__file__).parents[2] / "studies" / "scale-up"
MADE = (
    "allocation.toml",
    "allocation_commitment.toml",
    "nominations.csv",
    "school_costs.csv",
    "school_scores.csv",
    "school_terms.csv",
    "trial_schools.csv",
)


def load(name: str) -> ModuleType:
    spec = spec_from_file_location(f"scale_up_{name}", FOLDER / "making" / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def trial() -> Trial:
    return read_trial(FOLDER)


def test_making_it_again_gives_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(FOLDER / "make.py"), str(tmp_path)], check=True)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(MADE)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_it_has_the_published_shape(trial: Trial) -> None:
    analysed = Counter(each.arm for each in trial.schools if not each.why_not_analysed)
    assert analysed == {"intervention": 136, "comparison": 132}
    assert len(trial.protocol.authorities) == 21
    assert len(rows("nominations.csv")) == 297
    assert len(trial.schools) == 291
    follow_up = trial.protocol.terms.follow_up
    assert sum(trial.protocol.terms.years(term) for term in follow_up) * 12 == pytest.approx(23, abs=0.05)
    # Published: 278,858 pupils in 268 schools. Sizes here are those of schools drawn at random.
    pupils = sum(each.pupils for each in trial.schools if not each.why_not_analysed)
    assert pupils == pytest.approx(278_858, rel=0.05)


def test_the_published_result_stands_beside_it_as_literature(trial: Trial) -> None:
    (published,) = trial.protocol.literature
    assert (published.rate_ratio.text, published.ci_low.text, published.ci_high.text) == ("1.055", "0.955", "1.166")
    assert "real, not this folder" in published.what


def test_every_file_and_every_outcome_says_that_it_is_made_up(trial: Trial) -> None:
    for path in FOLDER.iterdir():
        # A commitment is a hash of the seed, which the certificate shows and in which the word stands.
        if path.is_file() and path.name != "allocation_commitment.toml":
            text = path.read_text(encoding="utf-8")
            assert "SYNTHETIC" in text or "INVENTED" in text, path
    assert trial.title.startswith("SYNTHETIC")
    assert all(outcome.name.endswith("(SYNTHETIC)") for outcome in trial.protocol.outcomes)
    assert {row["source"] for name in ("school_terms.csv", "school_scores.csv") for row in rows(name)} == {"SYNTHETIC"}
    reasons = [each.why_not_analysed for each in trial.schools] + [row["excluded"] for row in rows("nominations.csv")]
    assert all(reason.startswith("INVENTED") for reason in reasons if reason)


def test_every_cost_is_called_synthetic_and_no_price_of_an_outcome_is_there(trial: Trial) -> None:
    assert all(row["what"].endswith("(SYNTHETIC)") for row in rows("school_costs.csv"))
    assert trial.protocol.money is not None
    assert trial.protocol.money.synthetic
    assert trial.protocol.money.source is not None
    assert trial.protocol.money.source.startswith("SYNTHETIC")
    assert not (FOLDER / "unit_costs.csv").exists()
    assert trial.costs is not None
    assert trial.costs.unit_costs == ()


def test_costs_are_those_of_schools_drawn_for_a_worker_and_go_with_its_months(trial: Trial) -> None:
    assert trial.costs is not None
    assert trial.costs.by_school is not None
    drawn = [each for each in trial.schools if each.arm == "intervention"]
    assert set(trial.costs.by_school) == {each.school for each in drawn}
    for each in drawn:
        months = float(each.months_with_worker or 0)
        paid = trial.costs.by_school[each.school]["authority"]
        # A worker and year cost 48,620 pounds, scattered by a tenth: four of these either way.
        assert abs(paid - 48_620 / 12 * months) <= 0.45 * 48_620 / 12 * months
        assert (sum(trial.costs.by_school[each.school].values()) > 0) is (months > 0)


def test_what_was_not_published_of_its_conduct_is_said_to_be_not_published(trial: Trial) -> None:
    told = trial.protocol.consort
    for words in (told.sample_size, told.who_drew, told.consent, told.why_ended, told.funding):
        assert words is not None
        assert "ot published where it could be read" in words
    assert "280" in str(told.sample_size)


def test_the_pilots_are_held_against_the_published_trial_and_not_against_this_one(trial: Trial) -> None:
    assert [study.name for study in trial.pilots] == ["southampton", "stockport", "lambeth"]
    assert trial.protocol.pilots is not None
    assert trial.protocol.pilots.trial == "published"


def test_no_label_leads_to_a_real_school_or_authority(trial: Trial) -> None:
    for each in trial.schools:
        assert each.school.removeprefix(f"{each.authority} School ").isdecimal()
        assert each.authority.removeprefix("Authority ").isdecimal()
        assert each.pupils % 10 == 0
        assert each.free_school_meals_percent == int(each.free_school_meals_percent or 0)


def test_the_certificate_holds_and_the_arms_are_those_of_the_draw(trial: Trial) -> None:
    verification = verify_allocation(FOLDER / "allocation.toml")
    assert all(step.holds for step in verification.steps)
    certificate = tomllib.loads((FOLDER / "allocation.toml").read_text(encoding="utf-8"))
    assert {each["school"]: each["arm"] for each in certificate["schools"]} == {
        each.school: each.arm for each in trial.schools
    }


def test_its_standard_error_is_near_that_of_the_published_interval(trial: Trial) -> None:
    table = gather_outcome(trial, trial.outcome("s47")).table
    assert table is not None
    estimate = estimate_ratio(table, TrialPlan(seed=1))
    # A standard error estimated from 268 schools varies by about a twelfth from draw to draw.
    assert estimate.standard_error == pytest.approx(0.0509, rel=0.15)
    assert abs(estimate.log_ratio - np.log(1.055)) < 2.5 * estimate.standard_error


def test_schools_that_left_have_the_year_before_and_nothing_after(trial: Trial) -> None:
    lost = {each.school: each for each in trial.schools if each.why_not_analysed}
    assert len(lost) == 23
    assert {cell.term for cell in trial.cells if cell.school in lost} == set(trial.protocol.terms.baseline)
    for each in lost.values():
        if "withdrew before the start" in each.why_not_analysed:
            assert each.received is False


def test_the_ratio_that_is_planted_is_the_one_that_is_drawn() -> None:
    outcomes = load("outcomes")
    number = 60_000
    schools = {
        "pupils": np.full(number, 1000.0),
        "free_school_meals": np.full(number, 14.0),
        "authority": np.zeros(number),
        "intervention": np.arange(number) % 2.0,
    }
    roll = np.full((number, 9), 1000)
    counts = outcomes.draw_events(
        outcomes.EVENTS["s47"], schools, roll, np.random.default_rng(3), ratio=outcomes.PLANTED["s47"]
    )
    after, before = counts[:, 3:].sum(axis=1), counts[:, :3].sum(axis=1)
    with_worker = schools["intervention"] == 1
    # 60,000 schools with k 0.37 and counts of about 26: a ratio of means is good to 0.35%.
    assert after[with_worker].mean() / after[~with_worker].mean() == pytest.approx(1.055, abs=0.012)
    assert before[with_worker].mean() / before[~with_worker].mean() == pytest.approx(1.0, abs=0.012)
    assert set(outcomes.PLANTED) == {"s47"}


def test_the_pool_leaves_out_what_is_no_mainstream_secondary_school_and_names_nobody(tmp_path: Path) -> None:
    numbers, absence = tmp_path / "numbers.csv", tmp_path / "absence.csv"
    numbers.write_text(
        "\ufeffURN,LA,SCHOOLTYPE,NOR,NUMFSM\n"
        "1,201,State-funded secondary,1234,100\n"
        "2,201,State-funded secondary,196,20\n"
        "3,201,State-funded primary,400,20\n"
        "4,202,State-funded secondary,NA,NA\n"
        "5,202,State-funded secondary,876,88\n"
        "6,202,State-funded secondary,900,90\n"
        "7,202,State-funded secondary,901,91\n",
        encoding="utf-8",
    )
    absence.write_text(
        "URN,PERCTOT,PPERSABS10\n1,4.6,11.2\n2,5,10\n3,5,10\n4,5,10\n5,5.4,13.5\n6,SUPP,SUPP\n", encoding="utf-8"
    )
    text = load("extract").extract(numbers, absence)
    assert text.splitlines()[1:] == ["1,880,10,5,14", "2,1230,8,5,11"]
