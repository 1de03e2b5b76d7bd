from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import LockError, ProtocolError, TableError
from swis.study.lock import Lock, _write_lock, lock_study, read_lock
from swis.study.read import read_study
from tests.study.conftest import CORRECTION, MONEY, SCHOOL_TERMS, DrawStudy

DAY = date(2019, 3, 1)


def change_protocol(folder: Path, old: str, new: str) -> None:
    text = (folder / "study.toml").read_text()
    assert old in text
    (folder / "study.toml").write_text(text.replace(old, new))


def test_a_locked_study_reads_as_locked(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock = lock_study(folder, on=DAY)
    study = read_study(folder)
    assert study.plan_status.state == "as locked"
    assert study.plan_status.lock == lock
    assert study.plan_status.of_outcome("s47") == "as locked"
    assert lock.on == DAY
    assert "as locked" in repr(study)


def test_a_lock_with_outcomes_in_the_folder_says_so_and_claims_no_foresight(draw_study: DrawStudy) -> None:
    folder = draw_study()
    assert lock_study(folder, on=DAY).counts_after_start_were_there
    study = read_study(folder)
    assert not study.plan_status.foresight
    assert "locked_after_outcomes" in {finding.code for finding in study.findings}


@pytest.mark.parametrize("with_earlier_terms", [True, False])
def test_a_lock_before_any_outcome_of_the_last_term_has_foresight(
    draw_study: DrawStudy, with_earlier_terms: bool
) -> None:
    folder = draw_study()
    table = folder / "school_terms.csv"
    kept = "".join(line for line in SCHOOL_TERMS.splitlines(keepends=True) if "Autumn 2019" not in line)
    table.write_text(kept) if with_earlier_terms else table.unlink()
    assert not lock_study(folder, on=DAY).counts_after_start_were_there
    table.write_text(SCHOOL_TERMS)
    status = read_study(folder).plan_status
    assert status.foresight
    assert status.state == "as locked"


@pytest.mark.parametrize(
    ("old", "new", "item"),
    [
        ('reference = "Autumn 2018"', 'reference = "Autumn 2017"', "terms.reference"),
        ('Fir = { arm = "comparison"', 'Fir = { arm = "intervention"', "schools.Fir"),
        ("primary = true", "primary = false", "outcome.s47"),
        ("[programme]", "[analysis]\nseed = 7\n[programme]", "analysis.seed"),
        ("[programme]", "[analysis]\nworthwhile_rate_ratio = 0.7\n[programme]", "analysis.worthwhile_rate_ratio"),
        ('launched = "2019-04"', 'launched = "2019-05"', "study.launched"),
    ],
)
def test_a_change_of_the_plan_after_the_lock_is_a_finding(draw_study: DrawStudy, old: str, new: str, item: str) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    change_protocol(folder, old, new)
    study = read_study(folder)
    assert [(change.item, change.change) for change in study.plan_status.changes] == [(item, "changed")]
    assert item in next(finding.what for finding in study.findings if finding.code == "plan_changed")


def test_an_outcome_that_was_added_is_marked_as_added_later(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    with (folder / "study.toml").open("a") as file:
        file.write('\n[[outcome]]\ncode = "s17"\nname = "Section 17 starts"\nkind = "events"\n')
    (folder / "school_terms.csv").write_text(SCHOOL_TERMS + SCHOOL_TERMS.split("\n", 1)[1].replace("s47,", "s17,"))
    study = read_study(folder)
    assert study.plan_status.of_outcome("s17") == "added later"
    assert study.plan_status.of_outcome("s47") == "as locked"
    assert "plan_added" in {finding.code for finding in study.findings}


def test_corrections_names_and_money_are_no_part_of_the_plan(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    change_protocol(folder, "A drawn study", "Another title")
    with (folder / "study.toml").open("a") as file:
        file.write(CORRECTION + MONEY)
    assert read_study(folder).plan_status.state == "as locked"


def test_a_lock_is_never_overwritten(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    before = (folder / "study.lock.toml").read_bytes()
    with pytest.raises(LockError, match="is there already"):
        lock_study(folder, on=date(2020, 1, 1))
    assert (folder / "study.lock.toml").read_bytes() == before


def test_the_same_study_and_day_give_the_same_bytes(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    first = (folder / "study.lock.toml").read_bytes()
    (folder / "study.lock.toml").unlink()
    lock_study(folder, on=datetime(2019, 3, 1, 12, 30))
    assert (folder / "study.lock.toml").read_bytes() == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("on = 2019-03-01", "on = 2018-03-01"),
        ("were_there = true", "were_there = false"),
        ('value = "20200501"', 'value = "7"'),
        ("format = 1", "format = 2"),
        ("# The plan", "# A plan"),
        ("sha256", "sha255"),
    ],
)
def test_an_altered_lock_is_refused(draw_study: DrawStudy, old: str, new: str) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    path = folder / "study.lock.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(LockError, match="altered"):
        read_study(folder)


def test_a_hash_of_an_item_that_was_mended_with_its_value_is_refused_by_the_seal(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    path = folder / "study.lock.toml"
    old, new = (sha256(text.encode()).hexdigest() for text in ("20200501", "7"))
    path.write_text(path.read_text().replace('"20200501"', '"7"').replace(old, new))
    with pytest.raises(LockError, match="altered"):
        read_study(folder)


@given(st.binary(max_size=200))
def test_whatever_bytes_stand_in_for_a_lock_the_answer_is_a_message(data: bytes) -> None:
    with pytest.raises(LockError, match="altered"):
        read_lock(data)


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=5), st.dates(), st.booleans())
def test_a_lock_that_is_written_is_read_again(plan: dict[str, str], day: date, seen: bool) -> None:
    plan = {
        name.encode("utf-8", "replace").decode(): text.encode("utf-8", "replace").decode()
        for name, text in plan.items()
    }
    lock = Lock(day, "0.1.0", seen, plan or {"terms.reference": '"Autumn"'})
    assert read_lock(_write_lock(lock).encode()) == lock


def test_a_study_that_cannot_be_read_cannot_be_locked(draw_study: DrawStudy, tmp_path: Path) -> None:
    with pytest.raises(ProtocolError, match="is not there"):
        lock_study(tmp_path, on=DAY)
    with pytest.raises(TableError, match="Before the plan can be locked"):
        lock_study(draw_study(terms={",4,200,": ",-4,200,"}), on=DAY)
    assert not (tmp_path / "drawn" / "study.lock.toml").exists()


def test_a_day_to_come_is_refused(draw_study: DrawStudy) -> None:
    with pytest.raises(LockError, match="yet to come"):
        lock_study(draw_study(), on=date(2999, 1, 1))


def test_a_change_is_told_by_the_key_that_changed(draw_study: DrawStudy) -> None:
    folder = draw_study()
    lock_study(folder, on=DAY)
    change_protocol(folder, 'kind = "events"', 'kind = "days"\nunit_of_count = 122')
    told = [str(change) for change in read_study(folder).plan_status.changes]
    assert told == [
        "outcome.s47, kind, was locked as events and is now days; outcome.s47, unit_of_count, was locked as 1 and is now 122"
    ]
