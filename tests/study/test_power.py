"""What would each pilot have needed? From its own folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from swis.design.power.formula import Setting, schools_needed
from swis.errors import NotEstimable, ProtocolError
from swis.study.power import panel_before, study_needs
from swis.study.read import read_study

STUDIES = Path(__file__).parents[2] / "studies"
ANALYSES = [
    ("southampton", "s17"),
    ("southampton", "s47"),
    ("southampton", "days_in_care"),
    ("stockport", "s17"),
    ("stockport", "s47"),
    ("stockport", "days_in_care"),
    ("lambeth", "s17"),
    ("lambeth", "s47"),
]


@pytest.mark.parametrize(("name", "code"), ANALYSES)
def test_every_pilot_would_have_needed_more_schools_than_it_had(name: str, code: str) -> None:
    needs = study_needs(read_study(STUDIES / name), code)
    one_term = needs.needed[0]
    assert one_term.schools[0] is not None
    assert one_term.schools[0] > 10 * needs.schools
    low, middle, high = needs.scatter.whole.low, needs.scatter.whole.k, needs.scatter.whole.high
    assert low < middle < high
    setting = Setting(rate=needs.scatter.rate, exposure=needs.scatter.harmonic_pupils, k=middle)
    assert one_term.schools[1] == schools_needed(setting, 0.8)


def test_a_term_after_the_launch_tells_nothing_of_the_time_before() -> None:
    panel, left_out = panel_before(read_study(STUDIES / "southampton"), "s47")
    assert "2018-19 Term 3" not in panel.terms
    assert "2019-20 Term 1" not in panel.terms
    assert left_out == ("2018-19 Term 3: begins at or after the launch in 2019-04",)


def test_days_are_counted_in_lots() -> None:
    study = read_study(STUDIES / "stockport")
    comparison = study.comparison("days_in_care")
    panel, _ = panel_before(study, "days_in_care")
    before = [comparison.terms.index(term) for term in panel.terms]
    assert comparison.unit_of_count > 1
    assert panel.count.sum() == pytest.approx(comparison.count[:, before].sum() / comparison.unit_of_count)


def test_the_declared_correction_is_in_the_counts() -> None:
    study = read_study(STUDIES / "stockport")
    panel, _ = panel_before(study, "s17")
    place = panel.schools.index("STO_Primary4"), panel.terms.index("Autumn 2017")
    assert panel.count[place] == 5


def test_an_outcome_that_is_not_there_is_refused() -> None:
    with pytest.raises(ProtocolError, match="no outcome 's74'"):
        study_needs(read_study(STUDIES / "lambeth"), "s74")


def test_a_study_without_a_term_before_the_launch_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    study = read_study(STUDIES / "lambeth")
    object.__setattr__(study.protocol, "launched", "1999-01")
    with pytest.raises(NotEstimable, match="no term before the launch in 1999-01"):
        panel_before(study, "s47")
