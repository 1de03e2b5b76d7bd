from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from swis.errors import ProtocolError
from swis.study.read import read_study
from tests.study.conftest import CORRECTION, DrawStudy


def test_the_comparison_has_schools_in_printed_order_and_terms_in_the_order_of_the_protocol(
    draw_study: DrawStudy,
) -> None:
    comparison = read_study(draw_study()).comparison("s47")
    assert comparison.schools == ("Elm", "Oak", "Ash", "Fir")
    assert comparison.terms == ("Autumn 2017", "Autumn 2018", "Autumn 2019")
    assert comparison.count[0].tolist() == [4, 5, 3]
    assert comparison.intervention.tolist() == [True, True, False, False]
    assert (comparison.reference, comparison.after) == ("Autumn 2018", ("Autumn 2019",))


def test_the_list_of_an_outcome_orders_its_schools(draw_study: DrawStudy) -> None:
    folder = draw_study(protocol={"primary = true": 'schools = ["Fir", "Ash", "Oak", "Elm"]'})
    assert read_study(folder).comparison("s47").schools == ("Fir", "Ash", "Oak", "Elm")


def test_a_corrected_count_is_used_and_the_printed_one_kept(draw_study: DrawStudy) -> None:
    study = read_study(draw_study(add=CORRECTION))
    assert study.comparison("s47").count[0, 0] == 5
    assert study.comparison("s47", corrected=False).count[0, 0] == 4
    assert study.school_terms[0].count == 4
    assert "4 replaced by 5 (inferred)" in str(study.corrections_of("s47")[0])


def test_clusters_and_strata_reach_the_comparison_where_the_protocol_asks_for_them(draw_study: DrawStudy) -> None:
    cluster = {'arm = "intervention"': 'arm = "intervention", cluster = "East"'}
    study = read_study(draw_study(protocol=cluster, add='\n[analysis]\nstrata = "phase"\n'))
    assert study.comparison("s47").cluster is None
    assert study.comparison("s47", permutation_unit="cluster").cluster == ("East", "East", "Ash", "Fir")
    assert study.comparison("s47").stratum == ("primary",) * 4


def test_an_unknown_outcome_names_the_known_ones(draw_study: DrawStudy) -> None:
    study = read_study(draw_study())
    with pytest.raises(ProtocolError, match=r"no outcome 's17'. It has: s47"):
        study.comparison("s17")


def test_hashes_are_of_the_raw_bytes_and_change_with_each_of_them(draw_study: DrawStudy) -> None:
    folder = draw_study()
    before = read_study(folder).hashes
    for name, digest in before.files.items():
        assert digest == sha256((folder / name).read_bytes()).hexdigest()
    (folder / "README.md").write_text("no part of it")
    assert read_study(folder).hashes.all == before.all
    with (folder / "school_terms.csv").open("a") as file:
        file.write("\n")
    assert read_study(folder).hashes.all != before.all


def test_a_study_tells_its_facts_in_one_line_and_more_when_printed(draw_study: DrawStudy) -> None:
    study = read_study(draw_study())
    assert repr(study) == ("Study(drawn: Nowhere; 1 outcomes, 4 schools, 3 terms; 0 warnings, 1 notes; not locked)")
    assert "Section 47 enquiries: 2 schools with a social worker, 2 without, 3 terms" in str(study)


def test_reading_twice_gives_the_same(draw_study: DrawStudy) -> None:
    folder = draw_study(add=CORRECTION)
    first, second = read_study(folder), read_study(folder)
    assert first.findings == second.findings
    assert np.array_equal(first.comparison("s47").count, second.comparison("s47").count)


def test_all_pupils_of_the_programme_are_known_if_all_its_schools_are_analysed(draw_study: DrawStudy) -> None:
    size = read_study(draw_study()).programme_size
    assert (size.pupils, size.schools_with_pupils) == (520, 2)
    fewer = read_study(draw_study(protocol={"schools = 2": "schools = 3"})).programme_size
    assert (fewer.pupils, fewer.pupils_known) == (None, 520)
