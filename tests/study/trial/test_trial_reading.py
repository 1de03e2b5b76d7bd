"""A trial's folder is read whole or refused with everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from swis.errors import AllocationError, LockError, ProtocolError, StudyError, TableError
from swis.study.trial.read import read_trial
from tests.study.trial.conftest import WriteTrial, codes_of
from tests.study.trial.drawn import FOLLOW_UP, DrawnTrial, replace_in

SEVERAL = "\n".join(f'[[follow_up]]\nname = "{term}"\nterms = ["{term}"]' for term in FOLLOW_UP)


def test_a_drawn_trial_is_read_without_a_finding_but_the_usual(write_trial: WriteTrial) -> None:
    trial = read_trial(write_trial())
    assert len(trial.schools) == 8
    assert len(trial.cells) == 8 * 6
    assert trial.drawn_by is not None
    assert trial.drawn_by.verification.holds
    assert codes_of(trial) == set()
    assert set(trial.hashes.files) == {
        "trial.toml",
        "trial_schools.csv",
        "school_terms.csv",
        "nominations.csv",
        "allocation.toml",
    }


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "does not read"),
        ('primary = "s47"', 'primary = "s46"', "[trial] primary names 's46'"),
        ('launched = "2020-09"', 'launched = "September"', "[trial] launched is not a month"),
        ('title = "A drawn trial"', 'titel = "A drawn trial"', "Did you mean title?"),
        ('certificate = "allocation.toml"', 'certificate = "../allocation.toml"', "not a .toml file of this folder"),
        ("draws = 999", "draws = 10", "[analysis] draws is 10"),
        ("draws = 999", 'covariates = ["age"]', "names 'age'"),
        ("draws = 999", "worthwhile_rate_ratio = 1.0", "worthwhile effect that is none"),
        ("draws = 999", "looks = [0.6, 0.5]", "do not rise to 1"),
        ("draws = 999", "looks = [0.5, 1.0]\nlook = 3", "look is 3"),
        ("draws = 999", 'variance = "HC9"', "[analysis] variance is none of the codes"),
        ("draws = 999", 'main_follow_up = "two years"', "main_follow_up names 'two years'"),
        ('kind = "events"', 'kind = "sessions"', "has no possible"),
        ('kind = "events"', 'kind = "events"\npossible = "x"', "is not of sessions"),
        ("'summer 2021']\nbaseline", "'autumn 2021']\nbaseline", "[terms] follow_up names 'summer 2021'"),
        ("baseline = ['autumn 2019'", "baseline = ['autumn 2020'", "does not lie before the follow-up"),
    ],
)
def test_a_protocol_that_contradicts_itself_is_refused(write_trial: WriteTrial, old: str, new: str, said: str) -> None:
    folder = write_trial()
    replace_in(folder, "trial.toml", old, new)
    with pytest.raises(ProtocolError) as error:
        read_trial(folder)
    assert said in str(error.value)
    assert "study.toml" not in str(error.value)


@pytest.mark.parametrize(
    ("add", "said"),
    [
        ('[[subgroup]]\nname = "Need"\ncolumn = "needs_third"', "column names 'needs_third'"),
        ('[[subgroup]]\nname = "Need"\ncolumn = "implementation"', "which is not there"),
        ('[[change]]\nschool = "School 00"\nkind = "merged"\nreason = "x"', "has no into"),
        ('[[change]]\nschool = "School 00"\nkind = "closed"\nreason = "x"\ninto = "New"', "Take it out"),
        ('[[change]]\nschool = "School 0"\nkind = "closed"\nreason = "x"', "not in trial_schools.csv"),
        (
            '[[change]]\nschool = "School 00"\nkind = "new_urn"\nreason = "x"\ninto = "School 01"',
            "declare it as merged",
        ),
        (
            '[[literature]]\nwhat = "x"\noutcome = "s48"\nrate_ratio = "1"\nci_low = "1"\nci_high = "1"\nsource = "x"',
            "'s48'",
        ),
        (SEVERAL, "Keep one of the two"),
        ('[tidier]\nwhom = "x"', "unknown key 'whom'"),
        ("[schools]\nElm = 1", "unknown section or key 'schools'"),
    ],
)
def test_a_section_that_does_not_fit_is_refused(write_trial: WriteTrial, add: str, said: str) -> None:
    with pytest.raises(ProtocolError, match=r"trial\.toml") as error:
        read_trial(write_trial(add=add))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("school", "column", "value", "said"),
    [
        ("School 00", "authority", "Authority Z", "Authority Z is not in trial.toml (row 2)"),
        ("School 00", "school", "School 99", "School 99 was not drawn (row 2)"),
        ("School 00", "free_school_meals_percent", "101", "above 100 per cent (row 2)"),
        ("School 00", "pupils", "0", "row 2"),
        ("School 01", "arm", "control", "arm"),
        ("School 03", "replaces", "School 98", "names a school that was not drawn (row 5)"),
        ("School 03", "school", "school_02", "differ only in their spelling (rows 4, 5)"),
        ("every", "authority", "Authority A", "has no school of Authority B"),
    ],
)
def test_a_wrong_row_of_schools_is_refused_with_its_row(
    write_trial: WriteTrial, school: str, column: str, value: str, said: str
) -> None:
    with pytest.raises(TableError, match=r"trial_schools\.csv") as error:
        read_trial(write_trial(schools={school: {column: value}}))
    assert said in str(error.value)


def test_an_arm_that_was_not_drawn_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    text = (folder / "trial_schools.csv").read_text()
    arm = "comparison" if "School 00,Authority A,secondary,intervention" in text else "intervention"
    drawn = "intervention" if arm == "comparison" else "comparison"
    replace_in(
        folder,
        "trial_schools.csv",
        f"School 00,Authority A,secondary,{drawn}",
        f"School 00,Authority A,secondary,{arm}",
    )
    with pytest.raises(TableError, match=r"column arm: School 00 was not drawn for the arm .* \(row 2\)"):
        read_trial(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("s47,School 01,", "s47,School 91,", "School 91 is not known"),
        ("s47,School 01,", "s46,School 01,", "Did you mean s47?"),
        ("autumn 2019", "autumn 2018", "autumn 2018 is not known"),
        (",pupils\n", ",children\n", "the column pupils is missing"),
    ],
)
def test_a_wrong_row_of_counts_is_refused(write_trial: WriteTrial, old: str, new: str, said: str) -> None:
    folder = write_trial()
    replace_in(folder, "school_terms.csv", old, new)
    with pytest.raises(TableError, match=r"school_terms\.csv") as error:
        read_trial(folder)
    assert said in str(error.value)


def test_a_count_of_minus_one_is_refused_with_its_row(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lines = (folder / "school_terms.csv").read_text().splitlines()
    cells = lines[3].split(",")
    lines[3] = ",".join([*cells[:4], "-1", *cells[5:]])
    (folder / "school_terms.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError, match="row 4"):
        read_trial(folder)


def test_a_count_without_pupils_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    lines = (folder / "school_terms.csv").read_text().splitlines()
    lines[1] = ",".join([*lines[1].split(",")[:4], "3", "0"])
    (folder / "school_terms.csv").write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError, match=r"has a count but no pupils \(row 2\)"):
        read_trial(folder)


def test_everything_that_is_wrong_is_told_at_once(write_trial: WriteTrial) -> None:
    folder = write_trial(schools={"School 00": {"authority": "Authority Z"}})
    replace_in(folder, "school_terms.csv", "s47,School 01,", "s47,School 91,")
    (folder / "allocation.toml").write_text("nothing")
    with pytest.raises(StudyError) as error:
        read_trial(folder)
    for said in ("allocation.toml", "Authority Z", "School 91"):
        assert said in str(error.value)


@pytest.mark.parametrize(
    "file", ["trial.toml", "trial_schools.csv", "school_terms.csv", "nominations.csv", "allocation.toml"]
)
def test_a_file_that_is_not_there_is_named(write_trial: WriteTrial, file: str) -> None:
    folder = write_trial()
    (folder / file).unlink()
    with pytest.raises(StudyError, match=file.replace(".", r"\.")):
        read_trial(folder)


@pytest.mark.parametrize("file", ["trial.toml", "trial_schools.csv", "allocation.toml"])
def test_a_link_is_refused(write_trial: WriteTrial, tmp_path: Path, file: str) -> None:
    folder = write_trial()
    (folder / file).rename(tmp_path / file)
    (folder / file).symlink_to(tmp_path / file)
    with pytest.raises(StudyError, match="link"):
        read_trial(folder)


def test_bytes_that_are_no_text_are_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    (folder / "trial.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProtocolError, match=r"trial\.toml: is not UTF-8"):
        read_trial(folder)


def test_a_drawn_school_that_is_not_here_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    for file in ("trial_schools.csv", "school_terms.csv"):
        lines = [line for line in (folder / file).read_text().splitlines() if "School 03" not in line]
        (folder / file).write_text("\n".join(lines) + "\n")
    with pytest.raises(TableError, match="School 03 was drawn and not here"):
        read_trial(folder)


def test_a_certificate_that_was_edited_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    replace_in(folder, "allocation.toml", 'seed = "drawn 1"', 'seed = "drawn 2"')
    with pytest.raises(AllocationError, match=r"allocation\.toml was edited"):
        read_trial(folder)


def test_nominations_with_other_figures_are_a_warning(write_trial: WriteTrial) -> None:
    folder = write_trial()
    replace_in(folder, "nominations.csv", "secondary,600,20", "secondary,601,20")
    trial = read_trial(folder)
    assert codes_of(trial) == {"certificate_fails"}
    assert trial.drawn_by is not None
    assert not trial.drawn_by.verification.holds


def test_nominations_with_other_schools_are_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    replace_in(folder, "nominations.csv", "School 03", "School 93")
    with pytest.raises(AllocationError, match="same schools in the draw: School 03, School 93"):
        read_trial(folder)


def test_a_certificate_that_is_none_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    (folder / "allocation.toml").write_text("format = 1\n")
    with pytest.raises(AllocationError, match=r"allocation\.toml is not a certificate"):
        read_trial(folder)


def test_without_a_certificate_the_reader_is_told(write_trial: WriteTrial) -> None:
    trial = read_trial(write_trial(DrawnTrial(authorities=2, each=4, certificate=False)))
    assert codes_of(trial) == {"method_not_given"}


def test_a_lock_that_was_edited_is_refused(write_trial: WriteTrial) -> None:
    folder = write_trial()
    (folder / "trial.lock.toml").write_text("format = 1\n")
    with pytest.raises(LockError, match=r"trial\.lock\.toml"):
        read_trial(folder)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"trial\.toml"):
        read_trial(tmp_path / "nowhere")
