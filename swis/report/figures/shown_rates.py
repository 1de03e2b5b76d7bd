"""The rates of an outcome as far as they may be shown: every school, every term, in two panels."""

from __future__ import annotations

import numpy as np

from swis.disclosure.policy import HIDDEN
from swis.estimate.comparison import Comparison
from swis.report.document import Column, Figure, Table
from swis.report.drawing import draw
from swis.report.figures.trend_panels import trend_panels
from swis.report.words import per_pupils, plural
from swis.study.describe import ShownCounts

NOT_OBSERVED = "not observed"
MOST_SCHOOLS = 22
"""Schools of one arm in a drawing; with more, two panels of labels no longer fit a page."""


def shown_rates_figure(shown: ShownCounts, *, identifier: str, outcome_name: str, per: int) -> Figure:
    """The rate per `per` pupils of every school and term that is shown; nothing stands for a hidden one."""
    drawn = _drawn_schools(shown)
    rates = np.array([[_rate(shown, i, j, per) for j in range(len(shown.terms))] for i in drawn])
    name = f"{outcome_name[:1].upper()}{outcome_name[1:]} {per_pupils(per)}"
    left_out = len(shown.schools) - len(drawn)
    beyond = f" {plural(left_out, 'school')} beyond {MOST_SCHOOLS} an arm: in the data alone." if left_out else ""
    if without_a_mark := int((~np.isfinite(rates)).all(axis=1).sum()):
        beyond += f" {plural(without_a_mark, 'school')} without a mark: no number of theirs is shown."
    return Figure(
        identifier=identifier,
        caption=f"{name}, by school and term. Upper panel: schools with a social worker. Lower panel: schools without. A gap "
        f"means that the term was not observed or its number is hidden; (to ...) names the last term that is shown.{beyond}",
        alt=_alt(shown, name),
        drawing=draw(trend_panels(_as_drawn(shown, drawn), rates, title=name, launch=None)),
        data=_data(shown, identifier=identifier, caption=name, per=per),
    )


def _drawn_schools(shown: ShownCounts) -> list[int]:
    arms = ([i for i, own in enumerate(shown.intervention) if own is arm][:MOST_SCHOOLS] for arm in (True, False))
    return sorted(i for arm in arms for i in arm)


def _rate(shown: ShownCounts, school: int, term: int, per: int) -> float:
    count, pupils = shown.counts[school][term], shown.pupils[school][term]
    return float("nan") if count is None or not pupils else count * per / pupils


def _as_drawn(shown: ShownCounts, schools: list[int]) -> Comparison:
    # The panels take names, arms and terms of it. Its counts are nought: the rates come beside it, hidden ones as gaps.
    nought = np.zeros((len(schools), len(shown.terms)))
    return Comparison(
        outcome="shown",
        schools=tuple(shown.schools[i] for i in schools),
        terms=shown.terms,
        count=nought,
        pupils=nought,
        intervention=np.array([shown.intervention[i] for i in schools]),
        reference=shown.before[-1],
        after=tuple(term for term in shown.terms if term not in shown.before),
    )


def _alt(shown: ShownCounts, name: str) -> str:
    gaps = len(shown.schools) * len(shown.terms) - shown.observed
    hidden = f" {plural(shown.hidden, 'number')} of {shown.observed} hidden and not drawn." if shown.hidden else ""
    missing = f" {plural(gaps, 'school-term')} not observed." if gaps else ""
    return (
        f"{name} in {len(shown.schools)} schools over {len(shown.terms)} terms, from {shown.terms[0]} to {shown.terms[-1]}."
        f"{hidden}{missing} The numbers are in the data of the figure."
    )


def _data(shown: ShownCounts, *, identifier: str, caption: str, per: int) -> Table:
    order = sorted(range(len(shown.schools)), key=lambda i: not shown.intervention[i])
    return Table(
        caption=f"{caption}, by school and term",
        columns=(
            Column("School", row_header=True),
            Column("Social worker"),
            *(Column(term, align="right") for term in shown.terms),
        ),
        rows=tuple(
            (
                shown.schools[i],
                "with" if shown.intervention[i] else "without",
                *(_rate_text(shown, i, j, per) for j in range(len(shown.terms))),
            )
            for i in order
        ),
        identifier=f"{identifier}-data",
    )


def _rate_text(shown: ShownCounts, school: int, term: int, per: int) -> str:
    if not shown.pupils[school][term]:
        return NOT_OBSERVED
    return HIDDEN if shown.counts[school][term] is None else f"{_rate(shown, school, term, per):.2f}"
