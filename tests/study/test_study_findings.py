"""What reading a study finds, one odd thing a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from swis.errors import StudyError, TableError
from swis.study.finding import Finding
from swis.study.read import read_study
from tests.study.conftest import CORRECTION, MONEY, SCHOOL_TERMS, DrawStudy

CLAIMS = (
    "item,category,amount,basis,useful_life_years,period,source\nstaff,staffing,1000.75,period,,autumn term 2019,\n"
)
ESTIMATES = """\
outcome,coefficient,irr,ci_low,ci_high,remark,where,source
s47,Autumn 2017,0.80,0.40,1.60,,table,drawn
s47,Autumn 2018,,,,Reference,table,drawn
s47,Autumn 2019,0.90,0.45,1.80,,table,drawn
s47,intervention by time,0.50,0.25,1.00,,table,drawn
s47,total change in intervention schools,0.45,,,decrease of 55%,text,drawn
"""


def found(folder: Path) -> dict[str, Finding]:
    return {finding.code: finding for finding in read_study(folder).findings}


def test_a_sound_study_has_no_finding_but_the_missing_lock(draw_study: DrawStudy) -> None:
    assert list(found(draw_study())) == ["plan_not_locked"]


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        ({",4,200,": ",-4,200,"}, r"count: 1 of 12 values is less than 0 \(row 2\)"),
        ({",4,200,": ",4.5,200,"}, r"not a whole number \(row 2\)"),
        ({",4,200,": ",c,200,"}, r"suppressed .* \(row 2\).*not zero"),
        ({",4,200,": ",4,0,"}, r"a count but no pupils \(row 2\)"),
        ({"Elm_INT,intervention,Autumn 2018": "Elm_INT,intervention,Autumn 2017"}, r"more than once.*\(rows 2, 3\)"),
        ({"Elm_INT": "Elm-INT"}, r"Elm-INT is not in study.toml \(rows 2, 3, 4\).*Did you mean Elm_INT\?"),
        ({"Autumn 2017": "autumn 2017"}, r"autumn 2017 is not in study.toml.*Did you mean Autumn 2017\?"),
        ({"s47,": "S47,"}, r"S47 is not in study.toml"),
        ({",intervention,Autumn 2017": ",treated,Autumn 2017"}, r"none of the codes \(rows 2, 5\)"),
    ],
)
def test_rows_that_cannot_be_used_are_refused_with_their_rows(
    draw_study: DrawStudy, terms: dict[str, str], says: str
) -> None:
    with pytest.raises(TableError, match=says):
        read_study(draw_study(terms=terms))


def test_one_school_twice_under_two_labels_is_refused(draw_study: DrawStudy) -> None:
    row = "s47,Elm_INT,intervention,Autumn 2017,4,200,2.00,100,drawn\n"
    with pytest.raises(
        TableError, match=r"s47, Elm, Autumn 2017 is there 2 times, as Elm_INT and ELM_INT \(rows 2, 3\)"
    ):
        read_study(
            draw_study(
                protocol={'["Elm_INT"]': '["Elm_INT", "ELM_INT"]'},
                terms={row: row + row.replace("Elm_INT", "ELM_INT")},
            )
        )


def test_an_outcome_without_rows_is_refused(draw_study: DrawStudy) -> None:
    add = '\n[[outcome]]\ncode = "s17"\nname = "Section 17 starts"\nkind = "events"\n'
    with pytest.raises(TableError, match="no rows for the outcome s17"):
        read_study(draw_study(add=add))


def test_an_outcome_without_its_reference_term_is_refused(draw_study: DrawStudy) -> None:
    kept = "".join(line for line in SCHOOL_TERMS.splitlines(keepends=True) if "Autumn 2018" not in line)
    with pytest.raises(TableError, match="s47 has no row in Autumn 2018"):
        read_study(draw_study(files={"school_terms.csv": kept}))


def test_an_outcome_without_comparison_schools_is_refused(draw_study: DrawStudy) -> None:
    kept = "".join(line for line in SCHOOL_TERMS.splitlines(keepends=True) if "COMP" not in line)
    with pytest.raises(TableError, match="s47 has no school of the arm comparison"):
        read_study(draw_study(files={"school_terms.csv": kept}))


def test_a_list_of_schools_that_is_not_that_of_the_rows_is_refused(draw_study: DrawStudy) -> None:
    with pytest.raises(TableError, match="Fir is not in its list"):
        read_study(draw_study(protocol={"primary = true": 'schools = ["Elm", "Oak", "Ash"]'}))


def test_the_reference_term_after_the_launch_is_found(draw_study: DrawStudy) -> None:
    finding = found(draw_study(protocol={'launched = "2019-04"': 'launched = "2018-09"'}))["reference_after_launch"]
    assert (finding.severity, finding.term) == ("warning", "Autumn 2018")


def test_a_term_before_and_a_term_after_on_the_wrong_side_of_the_launch_are_found(draw_study: DrawStudy) -> None:
    early = found(draw_study(protocol={'launched = "2019-04"': 'launched = "2017-09"'}))
    assert early["before_term_after_launch"].term == "Autumn 2017"
    late = found(draw_study(protocol={'launched = "2019-04"': 'launched = "2020-01"'}))
    assert late["after_term_before_launch"].term == "Autumn 2019"


def test_terms_without_a_month_are_found(draw_study: DrawStudy) -> None:
    finding = found(draw_study(protocol={'"Autumn 2017" = "2017-09"\n': ""}))["launch_not_checked"]
    assert "Autumn 2017" in finding.what


def test_a_school_without_rows_is_found(draw_study: DrawStudy) -> None:
    finding = found(draw_study(protocol={"Elm = {": 'Yew = { arm = "comparison" }\nElm = {'}))["school_without_rows"]
    assert finding.school == "Yew"


def test_a_missing_school_term_is_found_and_taken_as_not_observed(draw_study: DrawStudy) -> None:
    folder = draw_study(terms={"s47,Fir_COMP,control,Autumn 2017,1,250,0.40,100,drawn\n": ""})
    assert "Fir in Autumn 2017" in found(folder)["school_term_missing"].what
    comparison = read_study(folder).comparison("s47")
    assert comparison.pupils[3, 0] == comparison.count[3, 0] == 0


def test_a_term_without_any_row_is_found_and_left_out(draw_study: DrawStudy) -> None:
    kept = "".join(line for line in SCHOOL_TERMS.splitlines(keepends=True) if "Autumn 2017" not in line)
    folder = draw_study(files={"school_terms.csv": kept})
    assert "Autumn 2017" in found(folder)["term_without_rows"].what
    assert read_study(folder).comparison("s47").terms == ("Autumn 2018", "Autumn 2019")


def test_a_school_term_without_pupils_and_without_count_is_found(draw_study: DrawStudy) -> None:
    finding = found(draw_study(terms={",1,250,0.40,": ",0,0,,"}))["no_pupils"]
    assert finding.rows == (11,)


def test_more_events_than_pupils_are_found(draw_study: DrawStudy) -> None:
    terms = {"Autumn 2017,4,200,2.00,100,": "Autumn 2017,4000,200,,,"}
    finding = found(draw_study(terms=terms))["more_events_than_pupils"]
    assert (finding.severity, finding.rows) == ("warning", (2,))
    assert "1 school-term counts more than the pupils on the roll" in finding.what


def test_a_printed_rate_that_contradicts_is_found_with_its_row(draw_study: DrawStudy) -> None:
    finding = found(draw_study(terms={",4,200,2.00,": ",4,200,2.50,"}))["rate_contradicts"]
    assert (finding.rows, finding.school, finding.term) == ((2,), "Elm", "Autumn 2017")
    assert "declare a [[correction]]" in finding.what_to_do


def test_a_correction_that_resolves_the_rate_is_named(draw_study: DrawStudy) -> None:
    folder = draw_study(terms={",4,200,2.00,": ",4,200,2.50,"}, add=CORRECTION)
    assert found(folder)["rate_contradicts"].what_to_do == "The declared correction of the count to 5 resolves it."


def test_a_correction_that_does_not_resolve_the_rate_is_named(draw_study: DrawStudy) -> None:
    folder = draw_study(terms={",4,200,2.00,": ",4,200,3.00,"}, add=CORRECTION)
    assert "does not resolve it" in found(folder)["rate_contradicts"].what_to_do


def test_a_correction_against_a_rate_that_agrees_with_the_print_is_found(draw_study: DrawStudy) -> None:
    finding = found(draw_study(add=CORRECTION))["correction_contradicts_rate"]
    assert "agrees with the printed count 4" in finding.what


def test_a_correction_that_changes_nothing_is_found(draw_study: DrawStudy) -> None:
    folder = draw_study(add=CORRECTION.replace("corrected = 5", "corrected = 4"))
    assert "correction_without_effect" in found(folder)


def test_a_rate_that_was_cut_off_is_told_apart(draw_study: DrawStudy) -> None:
    assert "rate_cut_off" in found(draw_study(terms={",2,300,0.67,": ",2,300,0.66,"}))


def test_a_wrong_unit_of_all_rates_is_one_finding(draw_study: DrawStudy) -> None:
    findings = found(draw_study(terms={",100,drawn": ",1000,drawn"}))
    assert "as per 1000 pupils, but follow from counts and pupils only as per 100" in (
        findings["rate_unit_contradicts"].what
    )
    assert "rate_contradicts" not in findings


def test_labels_and_headings_that_contradict_the_protocol_are_found(draw_study: DrawStudy) -> None:
    label = found(draw_study(protocol={'["Fir_COMP"]': '["Fir_INT"]'}, terms={"Fir_COMP": "Fir_INT"}))
    assert "the label Fir_INT says intervention" in label["arm_contradicts"].what
    heading = found(draw_study(terms={"Fir_COMP,control": "Fir_COMP,intervention"}))
    assert "the heading says intervention" in heading["arm_contradicts"].what


def test_a_school_in_two_spellings_is_found(draw_study: DrawStudy) -> None:
    folder = draw_study(
        protocol={'["Elm_INT"]': '["Elm_INT", "ELM_INT"]'},
        terms={"Elm_INT,intervention,Autumn 2019": "ELM_INT,intervention,Autumn 2019"},
    )
    assert "in two spellings" in found(folder)["school_under_several_labels"].what


def test_different_pupils_in_two_outcomes_are_found(draw_study: DrawStudy) -> None:
    rows = SCHOOL_TERMS.split("\n", 1)[1].replace("s47,", "s17,").replace(",200,", ",220,")
    add = '\n[[outcome]]\ncode = "s17"\nname = "Section 17 starts"\nkind = "events"\n'
    finding = found(draw_study(add=add, files={"school_terms.csv": SCHOOL_TERMS + rows}))
    assert "Autumn 2017 200 (s47), 220 (s17)" in finding["pupils_differ_between_outcomes"].what


def test_a_jump_of_the_roll_is_found_and_the_same_roll_elsewhere_named(draw_study: DrawStudy) -> None:
    finding = found(draw_study(terms={",5,200,2.50,": ",5,250,2.00,", ",4,200,": ",4,150,", ",2.00,100": ",,100"}))
    assert "150 in Autumn 2017, 250 in Autumn 2018" in finding["pupils_jump"].what
    assert "Ash has the same 150 in Autumn 2017" in finding["pupils_jump"].what


def test_a_school_without_any_event_is_found(draw_study: DrawStudy) -> None:
    terms = {",1,250,0.40,": ",0,250,0.00,", ",2,250,0.80,": ",0,250,0.00,", ",2,260,0.77,": ",0,260,0.00,"}
    finding = found(draw_study(terms=terms))["school_without_events"]
    assert (finding.school, finding.rows) == ("Fir", (11, 12, 13))


def test_a_single_school_in_an_arm_is_found(draw_study: DrawStudy) -> None:
    kept = "".join(line for line in SCHOOL_TERMS.splitlines(keepends=True) if "Oak" not in line)
    findings = found(draw_study(files={"school_terms.csv": kept}))
    assert "Elm" in findings["one_school_in_arm"].what
    assert "of 2 schools with the programme, the analyses hold 1" in findings["programme_schools_not_analysed"].what


def test_schools_given_the_programme_together_are_found(draw_study: DrawStudy) -> None:
    cluster = 'arm = "intervention", cluster = "East"'
    folder = draw_study(protocol={'arm = "intervention"': cluster, "workers = 2": "workers = 2\nclusters = 1"})
    findings = found(folder)
    assert "the 2 schools with a social worker form one cluster" in findings["fewer_clusters_than_schools"].what
    assert "one cluster of 2 schools" in findings["given_to_clusters"].what


def test_days_are_told_to_be_no_events_and_whole_terms_counted(draw_study: DrawStudy) -> None:
    days = {
        'kind = "events"': 'kind = "days"\nunit_of_count = 122',
        "[schools]": '[terms.days]\n"Autumn 2017" = 1\n[schools]',
    }
    findings = found(draw_study(protocol=days, terms={",4,200,2.00,": ",244,200,,"}))
    assert "1 of 12 counts above 0 are whole terms of 122 or 123" in findings["days_not_independent"].what
    assert findings["more_days_than_possible"].rows == (2,)


def test_no_and_several_primary_outcomes_are_found(draw_study: DrawStudy) -> None:
    rows = SCHOOL_TERMS + SCHOOL_TERMS.split("\n", 1)[1].replace("s47,", "s17,")
    add = '\n[[outcome]]\ncode = "s17"\nname = "Section 17 starts"\nkind = "events"\nprimary = true\n'
    assert "several_primary_outcomes" in found(draw_study(add=add, files={"school_terms.csv": rows}))
    without = draw_study(
        protocol={"primary = true\n": ""}, add=add.replace("true", "false"), files={"school_terms.csv": rows}
    )
    assert "no_primary_outcome" in found(without)


def test_a_declared_note_is_carried(draw_study: DrawStudy) -> None:
    add = '\n[[note]]\nwhat = "the caption is wrong"\nwhat_to_do = "Read on."\noutcome = "s47"\n'
    study = read_study(draw_study(add=add))
    assert [finding.what for finding in study.findings_of("s47")] == ["the caption is wrong"]


def test_repairs_and_files_that_are_not_read_are_found(draw_study: DrawStudy) -> None:
    folder = draw_study(terms={",4,200,2.00,": ',"4,000","200,000",2.00,'}, files={"claim.csv": "a"})
    findings = found(folder)
    assert findings["repaired"].rows == (2,)
    assert findings["file_not_read"].what_to_do.endswith("Did you mean claims.csv?")
    assert read_study(folder).comparison("s47").count[0, 0] == 4000


def test_published_estimates_that_agree_give_no_finding(draw_study: DrawStudy) -> None:
    folder = draw_study(files={"published_estimates.csv": ESTIMATES})
    assert list(found(folder)) == ["plan_not_locked"]
    estimates = read_study(folder).published_of("s47")
    assert (estimates[1].is_reference, estimates[3].excludes_one) == (True, None)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("0.80,0.40,1.60", "0.80,0.40,1.90", "interval_not_centred"),
        ("0.80,0.40,1.60", "0.80,0.90,1.60", "estimate_outside_interval"),
        ("0.45,,,", "0.55,,,", "total_is_not_the_product"),
        ("0.50,0.25,1.00", "0.50,0.28,0.90", "claim_contradicts_interval"),
        ("s47,Autumn 2018,,,,Reference", "s47,Autumn 2018,1.00,0.50,2.00,", "published_reference_differs"),
        ("s47,Autumn 2017,0.80,0.40,1.60,,table,drawn\n", "", "term_estimates_not_published"),
    ],
)
def test_printed_estimates_that_contradict_one_another_are_found(
    draw_study: DrawStudy, old: str, new: str, code: str
) -> None:
    assert old in ESTIMATES
    claim = {"primary = true": 'primary = true\npublished_claim = "not significant"'}
    assert code in found(draw_study(protocol=claim, files={"published_estimates.csv": ESTIMATES.replace(old, new)}))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("s47,Autumn 2017", "s17,Autumn 2017", "s17 is not in study.toml"),
        ("s47,Autumn 2017", "s47,Autumn 2016", "neither a term nor another known coefficient"),
        ("0.80,0.40,1.60", "0.80,,1.60", "only one end"),
        ("Reference", "", "there is no estimate"),
        ("0.80,0.40,1.60", "0.80,0.40,wide", "not a number as printed"),
    ],
)
def test_printed_estimates_that_cannot_be_understood_are_refused(
    draw_study: DrawStudy, old: str, new: str, says: str
) -> None:
    with pytest.raises(TableError, match=says):
        read_study(draw_study(files={"published_estimates.csv": ESTIMATES.replace(old, new)}))


def test_costs_left_out_and_printed_otherwise_are_found(draw_study: DrawStudy) -> None:
    costs = "".join(
        f'\n[[published_cost]]\nwhat = "total"\nprinted = "{printed}"\nsource = "{source}"\n'
        for printed, source in (("1,000", "text"), ("1,002", "table"), ("1,000.75", "annex"))
    )
    claims = CLAIMS + "training,ancillary,50,period,,summer,\nphones,ancillary,0.50,annuitised as published,,summer,\n"
    findings = found(draw_study(add=MONEY + costs, files={"claims.csv": claims}))
    assert "cut off" in findings["printed_cost_cut_off"].what
    assert "1,002" in findings["printed_cost_differs"].what
    assert "claim_left_out" in findings
    assert "purchase_price_not_identified" not in findings


def test_workers_and_schools_that_do_not_add_are_found(draw_study: DrawStudy) -> None:
    configuration = (
        "school,type,schools,presence,social_workers,source\nElm_INT,primary,1,daily,3,\nYew_INT,primary,2,,,\n"
    )
    with pytest.raises(TableError, match="presence"):
        read_study(draw_study(files={"school_configuration.csv": configuration}))
    findings = found(draw_study(files={"school_configuration.csv": configuration.replace("2,,,", "2,weekly,,")}))
    assert "add to 3" in findings["workers_do_not_add"].what
    assert "describe 3 schools" in findings["schools_do_not_add"].what
    assert "Yew_INT" in findings["configured_school_not_analysed"].what


def test_missing_folders_and_files_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="There is no folder"):
        read_study(tmp_path / "nowhere")
    (tmp_path / "file").write_text("")
    with pytest.raises(StudyError, match="is not a folder"):
        read_study(tmp_path / "file")
    with pytest.raises(StudyError, match=r"study\.toml: is not there[\s\S]*school_terms\.csv: is not there"):
        read_study(tmp_path)


@pytest.mark.parametrize("name", ["study.toml", "school_terms.csv", "claims.csv", "study.lock.toml"])
def test_a_link_out_of_the_folder_is_refused(draw_study: DrawStudy, tmp_path: Path, name: str) -> None:
    folder = draw_study()
    (folder / name).unlink(missing_ok=True)
    (tmp_path / "outside").write_text("format = 1")
    (folder / name).symlink_to(tmp_path / "outside")
    with pytest.raises(StudyError, match="is a link to another place"):
        read_study(folder)
