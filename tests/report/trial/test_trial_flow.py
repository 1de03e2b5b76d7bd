from __future__ import annotations

import pytest

from swis.errors import OutputError
from swis.report.figures.trial_flow import FlowBox, FlowOfTrial, FlowReason, trial_flow_figure

ARMS = ("Drawn for a social worker", "Drawn for none")


def flow(**changed: object) -> FlowOfTrial:
    stages = (
        (FlowBox(ARMS[0], 20, 19467, (FlowReason("had none", 2),)), FlowBox(ARMS[1], 21, 20511)),
        (FlowBox("Analysed", 19, 18126, (FlowReason("closed", 1),)), FlowBox("Analysed", 21, 20511)),
    )
    usual: dict[str, object] = {
        "whole": (FlowBox("Nominated", 47), FlowBox("Drawn by lot", 41, 39978)),
        "aside": FlowBox(
            "Not drawn", 6, None, (FlowReason("head teacher declined to take part in any study at all", 6),)
        ),
        "stages": stages,
    }
    return FlowOfTrial(**(usual | changed))  # type: ignore[arg-type]


def test_every_number_of_every_box_is_drawn_said_and_in_the_data() -> None:
    figure = trial_flow_figure(flow(), identifier="flow")
    for words in ("47 schools", "41 schools, 39,978 pupils", "20 schools, 19,467 pupils", "19 schools, 18,126 pupils"):
        assert words in figure.alt
        assert words in figure.drawing.svg
    cells = [row[2:] for row in figure.data.rows]
    assert ("head teacher declined to take part in any study at all", "6", "–") in cells
    assert ("all", "19", "18,126") in cells


def test_the_boxes_are_read_from_top_to_foot_arm_by_arm() -> None:
    alt = trial_flow_figure(flow(), identifier="flow").alt
    order = ["Nominated", "Not drawn", "Drawn by lot", ARMS[0], ARMS[1], "With a social worker: Analysed"]
    assert sorted(order, key=alt.index) == order


def test_a_flow_without_nominations_begins_with_the_draw() -> None:
    figure = trial_flow_figure(flow(whole=(FlowBox("Drawn by lot", 41),), aside=None), identifier="flow")
    assert figure.alt.startswith("Drawn by lot, 41 schools.")
    assert figure.drawing.height < trial_flow_figure(flow(), identifier="flow").drawing.height


def test_long_reasons_make_the_box_higher_not_wider() -> None:
    long = FlowReason("its authority returned nothing for any school in any term of the follow-up " * 4, 3)
    stages = ((FlowBox(ARMS[0], 3, 900, (long,)), FlowBox(ARMS[1], 3, 900)),)
    usual, longer = (trial_flow_figure(each, identifier="flow").drawing for each in (flow(), flow(stages=stages)))
    assert longer.width == usual.width


def test_one_school_and_no_school_are_said_as_such() -> None:
    stages = ((FlowBox(ARMS[0], 1, 1), FlowBox(ARMS[1], 0, 0)),)
    alt = trial_flow_figure(flow(stages=stages), identifier="flow").alt
    assert "Drawn for a social worker, 1 school, 1 pupils" in alt
    assert "Drawn for none, 0 schools, 0 pupils" in alt


def test_a_flow_without_stages_is_refused() -> None:
    with pytest.raises(OutputError, match="one stage"):
        flow(stages=())
    with pytest.raises(OutputError, match="before the arms part"):
        flow(whole=())


def test_the_same_flow_is_drawn_alike() -> None:
    first, second = (trial_flow_figure(flow(), identifier="flow").drawing.svg for _ in range(2))
    assert first == second
