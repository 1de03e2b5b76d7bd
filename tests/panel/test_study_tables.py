from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from swis.design.matching import MatchOptions
from swis.design.read_panel import build_panel, read_matching_tables
from swis.errors import OutputError, TableError
from swis.panel.combine import combine_panels
from swis.panel.finding import PanelFinding
from swis.panel.panel import Panel
from swis.panel.study_tables import StudyChoices, StudyTables, write_study_tables
from swis.study.match import Request, match_outcome
from swis.study.read import read_study
from swis.study.together import evaluate
from swis.study.write_matches import write_matches
from swis.tables.read import read_table
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.year_group_terms import YEAR_GROUP_TERMS
from tests.panel.drawn_panels import draw_panel

SCHOOLS = [f"{100001 + place}" for place in range(10)]
CHOICES = StudyChoices(starts="autumn 2019")
BOTH = "school,arm\n" + "".join(
    f"{school},{'intervention' if place < 4 else 'comparison'}\n" for place, school in enumerate(SCHOOLS)
)
ONLY_INTERVENTION = "school,arm,cluster,stratum,why\n100001,intervention,North,,\n100002,intervention,North,,\n" + (
    "100003,intervention,,,\n100010,left out,,,a feeder\n"
)


def write(
    folder: Path, panel: Panel, *, arms: str = BOTH, choices: StudyChoices = CHOICES, into: str = "study"
) -> StudyTables:
    (folder / "arms.csv").write_text(arms, encoding="utf-8")
    return write_study_tables(panel, folder / into, arms=folder / "arms.csv", choices=choices)


def a_panel(**changes: object) -> Panel:
    return draw_panel(schools=SCHOOLS, **changes)  # type: ignore[arg-type]


def test_a_study_made_from_a_panel_is_checked_and_run_as_it_is(tmp_path: Path) -> None:
    done = write(tmp_path, a_panel())
    assert not done.waits_for_matches
    study = read_study(tmp_path / "study")
    assert [outcome.code for outcome in study.outcomes] == ["section_17_starts", "section_47_enquiries", "days_in_care"]
    terms = study.protocol.terms
    assert (terms.reference, terms.after) == ("summer 2019", ("autumn 2019", "spring 2020", "summer 2020"))
    assert study.protocol.launched == "2019-09"
    codes = {finding.code for finding in study.findings if finding.severity == "warning"}
    assert codes <= {"days_not_independent", "pupils_differ_between_outcomes", "pupils_jump"}
    assert "Section 47 enquiries" in str(evaluate([study]))


def test_counts_and_pupils_are_sums_over_year_groups(tmp_path: Path) -> None:
    panel = a_panel()
    write(tmp_path, panel)
    table = read_table(SCHOOL_TERMS, tmp_path / "study" / "school_terms.csv")
    assert table.height == 3 * 10 * 9
    row = table.filter(
        (pl.col("outcome") == "section_47_enquiries")
        & (pl.col("school") == "100002")
        & (pl.col("term") == "spring 2019")
    )
    own = panel.cells.filter((pl.col("school") == "100002") & (pl.col("term") == "spring 2019"))
    assert row["count"].item() == own["section_47_enquiries"].sum()
    assert row["pupils"].item() == own["pupils_on_census_day"].sum()
    assert row["arm"].item() == "intervention"


def test_matching_sees_no_term_after_the_start(tmp_path: Path) -> None:
    write(tmp_path, a_panel())
    table = read_table(YEAR_GROUP_TERMS, tmp_path / "study" / "year_group_terms.csv")
    assert table["term"].unique(maintain_order=True).to_list() == [
        "autumn 2017", "spring 2018", "summer 2018", "autumn 2018", "spring 2019", "summer 2019",
    ]  # fmt: skip


def test_comparison_schools_are_matched_first_and_then_enter_the_study(tmp_path: Path) -> None:
    panel, choices = a_panel(), replace(CHOICES, outcomes=("section_47_enquiries",))
    first = write(tmp_path, panel, arms=ONLY_INTERVENTION, choices=choices)
    assert first.waits_for_matches
    assert {path.name for path in first.written} == {"candidate_schools.csv", "year_group_terms.csv"}
    tables = read_matching_tables(tmp_path / "study")
    assert tables.candidates.filter(pl.col("intervention") == "yes")["school"].to_list() == [
        "100001",
        "100002",
        "100003",
    ]
    assert tables.candidates.filter(pl.col("excluded").is_not_null())["excluded"].to_list() == ["a feeder"]
    assert tables.candidates["cluster"].drop_nulls().to_list() == ["North", "North"]
    request = Request(options=MatchOptions(gate="none"), draws=19, despite=True)
    result = match_outcome(build_panel(tables, "section_47_enquiries"), request)
    write_matches(tmp_path / "study", [result])
    second = write(tmp_path, panel, arms=ONLY_INTERVENTION, choices=choices)
    assert not second.waits_for_matches
    study = read_study(tmp_path / "study")
    assert result.matching is not None
    chosen = {match.school for match in result.matching.matches}
    assert {school.id for school in study.protocol.schools if school.arm == "comparison"} == chosen
    assert "100010" not in chosen


def test_a_school_left_without_a_match_leaves_the_analysis_of_that_outcome(tmp_path: Path) -> None:
    header = "outcome,intervention_unit,comparison_school,rank,score,weight,accepted,why_not,method,inputs_sha256,swis_version"
    rows = [
        "section_47_enquiries,North,100004,1,0.1,1,yes,,m,h,v",
        "section_47_enquiries,100003,100005,1,0.1,1,no,unstable,m,h,v",
        "section_17_starts,100003,100006,1,0.1,1,yes,,m,h,v",
    ]
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "matches.csv").write_text("\n".join([header, *rows]) + "\n")
    write(tmp_path, a_panel(), arms=ONLY_INTERVENTION)
    table = read_table(SCHOOL_TERMS, tmp_path / "study" / "school_terms.csv")
    of_outcome = {code: set(rows["school"]) for (code,), rows in table.group_by("outcome")}
    assert of_outcome == {
        "section_47_enquiries": {"100001", "100002", "100004"},
        "section_17_starts": {"100003", "100006"},
    }
    assert read_study(tmp_path / "study").outcome("section_47_enquiries").primary


HEADER = (
    "outcome,intervention_unit,comparison_school,rank,score,weight,accepted,why_not,method,inputs_sha256,swis_version\n"
)


def write_rows_of_matches(folder: Path, *rows: str) -> None:
    (folder / "study").mkdir(exist_ok=True)
    (folder / "study" / "matches.csv").write_text(
        HEADER + "".join(f"section_47_enquiries,{row},m,h,v\n" for row in rows)
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            "South,100004,1,0.1,1,yes,",
            "column intervention_unit: not a school or cluster with a social worker.*: South",
        ),
        (
            "100004,100005,1,0.1,1,yes,",
            "column intervention_unit: not a school or cluster with a social worker.*: 100004",
        ),
        ("North,100099,1,0.1,1,yes,", "column comparison_school: not in the panel: 100099"),
        ("North,100003,1,0.1,1,yes,", "column comparison_school: with a social worker by arms.csv: 100003"),
        ("North,100010,1,0.1,1,yes,", "column comparison_school: left out by arms.csv: 100010"),
    ],
)
def test_matches_of_other_schools_are_refused_with_their_row(tmp_path: Path, row: str, says: str) -> None:
    write_rows_of_matches(tmp_path, "100003,100005,1,0.1,1,yes,", row)
    with pytest.raises(TableError, match=rf"matches.csv, {says}") as caught:
        write(tmp_path, a_panel(), arms=ONLY_INTERVENTION)
    assert "row 3" in str(caught.value)
    assert not (tmp_path / "study" / "school_terms.csv").exists()


def test_matches_name_schools_by_earlier_numbers_too(tmp_path: Path) -> None:
    write_rows_of_matches(tmp_path, "100003,900001,1,0.1,1,yes,")
    arms = "school,arm\n100003,intervention\n"
    write(tmp_path, a_panel(), arms=arms)
    table = read_table(SCHOOL_TERMS, tmp_path / "study" / "school_terms.csv")
    assert set(table["school"]) == {"100002", "100003"}


def test_schools_weighted_together_are_those_of_the_phase_that_have_weights(tmp_path: Path) -> None:
    panel = a_panel()
    primary = pl.col("school").is_in(["100001", "100009"])
    schools = panel.schools.with_columns(phase=pl.when(primary).then(pl.lit("primary")).otherwise(pl.lit("secondary")))
    every = "all schools with a social worker (secondary)"
    write_rows_of_matches(tmp_path, f"{every},100004,,,0.4,yes,", f"{every},100005,,,0.6,yes,", "100003,,,,,no,far off")
    done = write(tmp_path, replace(panel, schools=schools), arms=ONLY_INTERVENTION)
    table = read_table(SCHOOL_TERMS, tmp_path / "study" / "school_terms.csv")
    assert set(table["school"]) == {"100002", "100004", "100005"}
    assert "section_47_enquiries: without an accepted match, and so not in the analysis: 100001, 100003." in done.notes
    assert "section_17_starts: not in matches.csv, and not in school_terms.csv." in done.notes
    assert sum("the analyses take each as one" in note for note in done.notes) == 1


def test_a_match_that_accepts_none_is_told_by_outcome(tmp_path: Path) -> None:
    write_rows_of_matches(tmp_path, "North,100004,1,0.1,,no,no signal", "100003,,,,,no,no candidate")
    done = write(tmp_path, a_panel(), arms=ONLY_INTERVENTION)
    assert done.waits_for_matches
    assert done.none_accepted == ("section_47_enquiries",)
    assert "section_47_enquiries: no match was accepted, and it is not in school_terms.csv." in done.notes


def test_another_start_or_other_pupils_than_those_of_study_toml_are_refused(tmp_path: Path) -> None:
    write(tmp_path, a_panel())
    before = {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()}
    for starts in ("autumn 2018", "spring 2020"):
        with pytest.raises(OutputError, match=r"made with another start \(summer 2019 is the last term before it\)"):
            write(tmp_path, a_panel(), choices=StudyChoices(starts))
    with pytest.raises(OutputError, match=r"made with other pupils below the rates \(--exposure\)"):
        write(tmp_path, a_panel(), choices=replace(CHOICES, exposure="mean"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "study").iterdir()} == before
    (tmp_path / "study" / "study.toml").unlink()
    write(tmp_path, a_panel(), choices=replace(CHOICES, exposure="mean"))


def test_a_term_that_a_person_took_out_of_study_toml_is_no_other_start(tmp_path: Path) -> None:
    write(tmp_path, a_panel())
    path = tmp_path / "study" / "study.toml"
    text = path.read_text()
    assert 'after = ["autumn 2019", ' in text
    path.write_text(text.replace('after = ["autumn 2019", ', "after = ["))
    write(tmp_path, a_panel(seed=2))
    assert path.read_text() == text.replace('after = ["autumn 2019", ', "after = [")


def test_the_tables_of_a_study_are_closed_to_others(tmp_path: Path) -> None:
    for path in write(tmp_path, a_panel()).written:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE((tmp_path / "study").stat().st_mode) == 0o700


def test_mean_pupils_are_rounded_and_never_to_nothing(tmp_path: Path) -> None:
    panel = a_panel()
    tiny = pl.when(pl.col("school") == "100001").then(0.1).otherwise(20.5).alias("mean_pupils")
    done = write(
        tmp_path, replace(panel, cells=panel.cells.with_columns(tiny)), choices=replace(CHOICES, exposure="mean")
    )
    table = read_table(SCHOOL_TERMS, tmp_path / "study" / "school_terms.csv")
    assert set(table.filter(pl.col("school") == "100001")["pupils"]) == {1}
    assert set(table.filter(pl.col("school") != "100001")["pupils"]) == {62}
    assert "Pupils are means over the term, rounded to whole numbers." in done.notes
    findings = read_study(tmp_path / "study").findings
    assert any(each.code == "declared_note" and "rounded" in each.what for each in findings)


def test_pupils_who_live_in_the_authority_are_said_to_be_only_below_the_line(tmp_path: Path) -> None:
    panel = a_panel()
    cells = panel.cells.with_columns(resident_pupils_on_census_day=pl.lit(30))
    done = write(tmp_path, replace(panel, cells=cells), choices=replace(CHOICES, exposure="residents on census day"))
    assert any("counts are of all pupils" in note for note in done.notes)


def test_a_school_term_that_is_not_covered_has_no_row_and_is_said(tmp_path: Path) -> None:
    panel = a_panel()
    gap = (pl.col("school") == "100001") & (pl.col("term") == "spring 2018") & (pl.col("year_group") == "7")
    no_census = (pl.col("school") == "100002") & (pl.col("term") == "autumn 2018")
    cells = panel.cells.with_columns(
        pl.when(~gap).then("section_47_enquiries").alias("section_47_enquiries"),
        pl.when(~no_census).then("pupils_on_census_day").alias("pupils_on_census_day"),
    )
    findings = (PanelFinding("warning", "drawn", "what", "to do"),)
    done = write(
        tmp_path,
        replace(panel, cells=cells, findings=findings),
        choices=replace(CHOICES, outcomes=("section_47_enquiries",)),
    )
    table = read_table(SCHOOL_TERMS, tmp_path / "study" / "school_terms.csv")
    assert table.height == 10 * 9 - 2
    assert "section_47_enquiries: 1 school-term is not covered and without a row (spring 2018)." in done.notes
    assert "section_47_enquiries: 1 school-term is without pupils by 'census day' and without a row." in done.notes
    assert "The panel has 1 warning: see its findings.csv." in done.notes


def test_what_no_year_group_can_hold_is_left_out_of_matching_and_counted(tmp_path: Path) -> None:
    panel = a_panel(year_groups=("7", "8", "unknown"))
    cells = panel.cells.with_columns(
        pl.when(pl.col("year_group") == "8").then(0).otherwise("pupils_on_census_day").alias("pupils_on_census_day"),
        section_47_enquiries=pl.lit(1),
    )
    done = write(tmp_path, replace(panel, cells=cells), choices=replace(CHOICES, outcomes=("section_47_enquiries",)))
    table = read_table(YEAR_GROUP_TERMS, tmp_path / "study" / "year_group_terms.csv")
    assert set(table["year_group"]) == {"7"}
    assert any(note.startswith("year_group_terms.csv leaves out 120 that were counted") for note in done.notes)
    assert read_matching_tables(tmp_path / "study").outcomes == ("section_47_enquiries",)


def test_a_start_beyond_the_panel_serves_for_matching_alone(tmp_path: Path) -> None:
    done = write(tmp_path, a_panel(), choices=StudyChoices(starts="spring 2021"))
    assert done.waits_for_matches
    assert {path.name for path in done.written} == {"candidate_schools.csv", "year_group_terms.csv"}


def test_a_study_of_several_authorities_has_the_terms_of_each(tmp_path: Path) -> None:
    other = draw_panel("Stockport", schools=["200001", "200002"], years=(2018, 2020), seed=4)
    other = replace(other, schools=other.schools.with_columns(former_urns=pl.lit("")))
    arms = BOTH + "200001,intervention\n200002,comparison\n"
    write(tmp_path, combine_panels([a_panel(), other]), arms=arms)
    study = read_study(tmp_path / "study")
    assert study.authority == "Lambeth, Stockport"
    assert len(study.protocol.terms.order) == 12


def test_a_school_goes_by_an_earlier_number_and_the_study_toml_of_a_person_is_kept(tmp_path: Path) -> None:
    arms = BOTH.replace("100002,intervention", "900001,intervention")
    write(tmp_path, a_panel(), arms=arms)
    assert '"100002" = { arm = "intervention"' in (tmp_path / "study" / "study.toml").read_text()
    (tmp_path / "study" / "study.toml").write_text("mine")
    write(tmp_path, a_panel(seed=2), arms=arms)
    assert (tmp_path / "study" / "study.toml").read_text() == "mine"


@pytest.mark.parametrize(
    ("arms", "says"),
    [
        (
            "school,arm\n100001,intervention\n100099,comparison\n",
            r"arms.csv, column school: 1 of 2 schools are not in the",
        ),
        ("school,arm\n100001,comparison\n", r"no school has the arm intervention"),
        ("school,arm\n100002,intervention\n900001,comparison\n", r"one school is named by two of its numbers: 100002"),
        ("school,arm\n100001,treated\n", r"column arm: 1 of 1 values is none of the codes"),
        ("school,arm\n100001,intervention\n100001,comparison\n", r"the same school more than once"),
    ],
)
def test_arms_that_cannot_be_are_refused(tmp_path: Path, arms: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        write(tmp_path, a_panel(), arms=arms)


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        (StudyChoices("autumn 2018", outcomes=("s47",)), "does not cover the outcome 's47'"),
        (StudyChoices("autumn 2017"), "has no term before autumn 2017"),
        (StudyChoices("Autumn 2018"), "has no term 'Autumn 2018'; it has: autumn 2017.*Did you mean autumn 2018"),
        (StudyChoices("autumn 2016"), "has no term 'autumn 2016'"),
        (
            StudyChoices("autumn 2018", exposure="mean residents"),
            "no pupils by 'mean residents'. It has: census day, mean",
        ),
        (StudyChoices("autumn 2018", exposure="pupils"), "no exposure 'pupils'"),
    ],
)
def test_choices_that_the_panel_cannot_serve_are_refused(tmp_path: Path, choices: StudyChoices, says: str) -> None:
    with pytest.raises(TableError, match=says):
        write(tmp_path, a_panel(), choices=choices)


def test_a_panel_without_the_pilots_outcomes_or_without_terms_before_asks_for_others(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="covers none of section_17_starts"):
        write(tmp_path, a_panel(means={"referrals": 1.0}))
    panel = a_panel(means={"section_47_enquiries": 1.0})
    late = pl.when(pl.col("term").is_in(["autumn 2019", "spring 2020"])).then("section_47_enquiries")
    with pytest.raises(TableError, match="Before the start, section_47_enquiries is not covered in any term"):
        write(tmp_path, replace(panel, cells=panel.cells.with_columns(late.alias("section_47_enquiries"))))


def test_tables_that_were_not_made_from_a_panel_are_not_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    folder.mkdir()
    mine = "outcome,school,arm,term,count,pupils\ns47,a,control,t,1,2\n"
    (folder / "school_terms.csv").write_text(mine)
    with pytest.raises(OutputError, match="was not made from a panel and would be written over"):
        write(tmp_path, a_panel())
    assert (folder / "school_terms.csv").read_text() == mine
    (folder / "school_terms.csv").unlink()
    (folder / "study.toml").write_text("mine")
    (folder / "candidate_schools.csv").write_text("mine")
    with pytest.raises(OutputError, match="is a study with tables for matching"):
        write(tmp_path, a_panel())


def test_the_same_panel_and_arms_give_the_same_bytes(tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in write(tmp_path, a_panel(), into="one").written}
    second = {path.name: path.read_bytes() for path in write(tmp_path, a_panel(), into="two").written}
    assert first == second and len(first) == 4
