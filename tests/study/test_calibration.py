"""The calibration that is kept in a study's folder: run, written, read back, and noticed when it is out of date."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swis.errors import NotEstimable, OutputError, TableError
from swis.estimate.calibration import METHODS, PERMUTATION, PUBLISHED, VERDICT
from swis.study.calibration import calibrate_study, calibration_of, settings_for, table_hash, write_calibration
from swis.study.evaluation import evaluate_study
from swis.study.read import read_study
from tests.estimate.drawn import table
from tests.study.drawn_studies import drawn_counts, write_study

SHARE = 0.02
COUNTS = {"s47": drawn_counts(schools=6, treated=3, terms=3, mean=20)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn study with its calibration beside it."""
    folder = write_study(tmp_path_factory.mktemp("calibrated") / "drawn", COUNTS, treated=3, outcome="primary = true\n")
    write_calibration(folder, calibrate_study(read_study(folder), share=SHARE))
    return folder


def test_what_is_written_reads_back(folder: Path) -> None:
    study = read_study(folder)
    rows = calibrate_study(study, share=SHARE)
    stored = calibration_of(study, "s47", study.comparison("s47"))
    assert stored is not None
    assert stored.current
    assert len(stored.characteristics) == len(rows)
    for row, one in zip(rows, stored.characteristics, strict=True):
        assert (row["method"], row["scatter"], row["draws"], row["usable"]) == (
            one.method, one.scatter, one.draws, one.usable,
        )  # fmt: skip
        assert float(str(row["claimed"])) == one.claimed
        assert (row["covered"] == "") == (one.covered is None)


def test_a_calibration_is_not_a_finding(folder: Path) -> None:
    assert "file_not_read" not in {finding.code for finding in read_study(folder).findings}


def test_every_method_is_there_for_the_study_as_it_is_and_three_for_larger_ones(folder: Path) -> None:
    stored = calibration_of(read_study(folder), "s47", read_study(folder).comparison("s47"))
    assert stored is not None
    for scatter in ("poisson", "overdispersed"):
        assert all(stored.find(method, scatter=scatter) for method in METHODS)
    larger = [one for one in stored.characteristics if one.times_as_many_schools == 10 and one.true_ratio == 0.5]
    assert [one.method for one in larger] == [PUBLISHED, PERMUTATION, VERDICT]
    assert stored.find(VERDICT, scatter="overdispersed", true_ratio=0.123) is None


def test_the_evaluation_quotes_what_is_stored(folder: Path) -> None:
    (one,) = evaluate_study(read_study(folder)).outcomes
    assert one.calibration is not None
    assert one.calibration.current


@pytest.mark.parametrize("change", [("School01,intervention,Autumn 2018,", "9"), ("Autumn 2019,", "1")])
def test_a_stored_calibration_is_out_of_date_when_a_count_has_changed(
    folder: Path, tmp_path: Path, change: tuple[str, str]
) -> None:
    place, digit = change
    other = write_study(tmp_path / "drawn", COUNTS, treated=3)
    for name in ("school_terms.csv", "calibration.csv"):
        text = (folder / name).read_text(encoding="utf-8")
        if name == "school_terms.csv":
            text = text.replace(place, place + digit, 1)
        (other / name).write_text(text, encoding="utf-8")
    study = read_study(other)
    stored = calibration_of(study, "s47", study.comparison("s47"))
    assert stored is not None
    assert not stored.current


def test_the_hash_of_a_table_hangs_on_all_that_is_simulated_from_it() -> None:
    one = table([[1, 2, 3], [4, 5, 6]], intervention=[1, 0])
    others = [
        replace(one, count=one.count + 1),
        replace(one, pupils=one.pupils + 1),
        replace(one, intervention=~one.intervention),
        replace(one, unit_of_count=122.0),
        replace(one, terms=("t0", "x", "t2"), reference="x"),
        replace(one, reference="t0"),
        replace(one, after=("t0", "t2")),
    ]
    assert len({table_hash(each) for each in (one, *others)}) == 8
    assert table_hash(replace(one, count=np.array(one.count))) == table_hash(one)


def test_a_study_without_calibration_has_none(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "drawn", COUNTS, treated=3))
    assert calibration_of(study, "s47", study.comparison("s47")) is None


def test_the_same_study_gives_the_same_rows(folder: Path) -> None:
    study = read_study(folder)
    assert calibrate_study(study, share=SHARE) == calibrate_study(study, share=SHARE)


def test_a_share_scales_the_draws_but_keeps_twenty() -> None:
    one = table(COUNTS["s47"], intervention=[1, 1, 1, 0, 0, 0])
    full, little = (list(settings_for(one, worthwhile=0.8, share=share)) for share in (1.0, 0.02))
    assert [setting.draws for setting in full][:4] == [2_000, 2_000, 1_000, 1_000]
    assert [setting.draws for setting in little][:4] == [40, 40, 20, 20]
    assert [replace(setting, draws=0) for setting in full] == [replace(setting, draws=0) for setting in little]


def test_the_last_setting_is_the_programme_that_is_said_to_be_large_enough() -> None:
    one = table(COUNTS["s47"], intervention=[1, 1, 1, 0, 0, 0])
    *_, last = settings_for(one, worthwhile=0.8)
    assert last.true_ratio == 0.8
    assert last.times_as_many_schools > 1


def test_a_table_that_says_nothing_of_a_rate_ratio_has_no_larger_programme() -> None:
    settings = list(settings_for(table([[0, 0, 0]] * 4, intervention=[1, 1, 0, 0]), worthwhile=0.8))
    assert {setting.true_ratio for setting in settings} == {1.0, 0.5, 0.25}


def test_progress_is_told_for_every_setting(tmp_path: Path) -> None:
    study = read_study(write_study(tmp_path / "drawn", COUNTS, treated=3))
    told: list[tuple[str, int, int]] = []
    calibrate_study(study, share=SHARE, progress=lambda what, done, of: told.append((what, done, of)))
    assert [done for _, done, _ in told] == list(range(told[0][2]))
    assert told[0][0] == "s47: true ratio 1, 1x schools, poisson"


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"calibration\.csv cannot be written"):
        write_calibration(tmp_path / "nowhere", [])


def test_a_spoilt_calibration_is_refused_with_its_row(folder: Path, tmp_path: Path) -> None:
    other = write_study(tmp_path / "drawn", COUNTS, treated=3)
    text = (folder / "calibration.csv").read_text(encoding="utf-8").replace(",poisson,", ",sometimes,", 1)
    (other / "calibration.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=r"calibration\.csv.*row 2.*scatter|calibration\.csv.*scatter.*row 2"):
        read_study(other)


def test_an_outcome_without_events_is_not_simulated_and_does_not_stop_the_others(tmp_path: Path) -> None:
    counts = COUNTS | {"s17": COUNTS["s47"] * 0}
    rows = calibrate_study(read_study(write_study(tmp_path / "two", counts, treated=3)), share=SHARE)
    assert {row["outcome"] for row in rows} == {"s47"}
    alone = write_study(tmp_path / "one", {"s17": counts["s17"]}, treated=3)
    with pytest.raises(NotEstimable, match="one: no outcome has enough events"):
        calibrate_study(read_study(alone), share=SHARE)


def test_a_programme_that_nobody_could_run_is_not_simulated() -> None:
    counts = drawn_counts(schools=6, treated=3, terms=3, mean=20)
    possible = table(counts, intervention=[1, 1, 1, 0, 0, 0])
    counts[0, 0] = 20_000
    impossible = table(counts, intervention=[1, 1, 1, 0, 0, 0])
    assert [one.true_ratio for one in settings_for(possible, worthwhile=0.8)][-1] == 0.8
    assert 0.8 not in {one.true_ratio for one in settings_for(impossible, worthwhile=0.8)}
