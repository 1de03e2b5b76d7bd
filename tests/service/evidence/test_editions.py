"""What others read of a report: no count of a single school, and no sum of an arm that the rule hides."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from service.evidence.actions import reports
from service.evidence.editions import NOT_HERE, edition_for_others, may_be_told
from service.evidence.models import Audience
from service.permissions import Role
from swis.estimate.comparison import Comparison
from swis.report.document import Bullets, Callout, Column, Document, Heading, Paragraph, Ref, Table
from swis.report.html import write_html
from swis.study.evaluation import OutcomeEvaluation
from tests.service.conftest import SignedIn
from tests.service.evidence.drawing import fake_evaluation
from tests.service.universe import Universe


def table(name: str, *columns: str, caption: str = "A table", cell: str = "3 / 120") -> Table:
    return Table(caption, tuple(Column(title) for title in columns), (tuple(cell for _ in columns),), name)


def document(*blocks: Any) -> Document:
    return Document("Report", "What it shows", "Made", "A report", (Heading(1, "Chapter", "chapter"), *blocks))


def test_tables_of_single_schools_go_and_references_to_them() -> None:
    made = document(
        Paragraph(("4 schools with and 4 without. ", Ref("by-school"), " shows their counts.")),
        table("by-school", "School", "Autumn", cell="school table"),
        Bullets((("In ", Ref("by-school"), "."),)),
        Callout("Look", (Paragraph("Words."), table("inner", "School", "Spring", cell="inner table"))),
        table("as-configuration", "School", "Presence", cell="Own office"),
        table("findings", "Weight", "What", caption="Findings", cell="school 900001 counts 3"),
        table("estimates", "Method", "Ratio", cell="0.90"),
    )
    edition = edition_for_others(made)
    page = write_html(edition)
    for gone in ("school table", "inner table", "school 900001 counts 3", "shows their counts"):
        assert gone in write_html(made)
        assert gone not in page
    for kept in ("4 schools with and 4 without.", "Own office", "0.90", "Words.", NOT_HERE, "outside the evaluation"):
        assert kept in page


def outcome(counts: list[list[int]], *, kind: str = "events", unit: float = 1.0) -> Any:
    comparison = Comparison(
        outcome="section_47_enquiries",
        schools=("a", "b"),
        terms=("autumn", "spring"),
        intervention=np.array([True, False]),
        count=np.array(counts, dtype=float),
        pupils=np.full((2, 2), 100.0),
        reference="autumn",
        after=("spring",),
        unit_of_count=unit,
    )
    named: Any = SimpleNamespace(name="Section 47 enquiries", kind=kind)
    nothing: Any = None
    return OutcomeEvaluation(
        outcome=named, authority="Northbrook", comparison=comparison, published=nothing, reproduction=(),
        reproduction_as_printed=(), appraisal=nothing, as_printed=nothing, alternatives=(), terms_since_launch=(),
        calibration=nothing,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "told"), [([[12, 9], [8, 20]], True), ([[12, 5], [8, 20]], False), ([[12, 0], [8, 20]], True)]
)
def test_a_sum_of_an_arm_is_told_when_the_rule_shows_it(counts: list[list[int]], told: bool) -> None:
    assert may_be_told(outcome(counts)) is told


def test_days_are_small_where_they_could_be_those_of_few_children() -> None:
    assert not may_be_told(outcome([[900, 900], [900, 900]], kind="days", unit=120.0))
    assert may_be_told(outcome([[9000, 9000], [9000, 9000]], kind="days", unit=120.0))


def test_a_report_with_a_small_sum_is_released_to_nobody(universe: Universe) -> None:
    row = fake_evaluation(universe)
    row.verdicts[0]["told"] = False
    row.save()
    with pytest.raises(ValidationError, match="Too little was counted in an arm"):
        reports.release(
            by=universe.evaluator, evaluation=row, audiences=[Audience.STEERING], read_for_small_numbers=True
        )
    assert not row.releases.exists()


@pytest.mark.parametrize("query", ["", "?others"])
def test_others_get_their_edition_alone_and_the_evaluator_may_look_at_it(
    universe: Universe, signed_in: SignedIn, query: str
) -> None:
    row = fake_evaluation(universe)
    reports.release(by=universe.evaluator, evaluation=row, audiences=[Audience.STEERING], read_for_small_numbers=True)
    address = reverse("evaluation-report", args=[row.public_id, "html"]) + query
    assert b"For others" in signed_in(universe.own[Role.STEERING]).get(address).content
    assert (b"For others" in signed_in(universe.evaluator).get(address).content) is bool(query)
