"""From the cells of one outcome to the comparison that the estimators take."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from swis.estimate.comparison import Comparison
from swis.study.corrections import correct_count, printed_arm
from swis.study.protocol import Outcome, Protocol
from swis.study.school_term import SchoolTerm, schools_in_printed_order


def build_comparison(
    protocol: Protocol, cells: Sequence[SchoolTerm], *, outcome: Outcome, corrected: bool, permutation_unit: str
) -> Comparison:
    """The comparison of one outcome: its schools in printed order, its terms in the order of the protocol."""
    own = [cell for cell in cells if cell.outcome == outcome.code]
    if corrected:
        own = [correct_count(cell, protocol.corrections) for cell in own]
    schools = schools_in_printed_order(outcome, own)
    terms = tuple(term for term in protocol.terms.order if any(cell.term == term for cell in own))
    count, pupils = np.zeros((len(schools), len(terms))), np.zeros((len(schools), len(terms)))
    for cell in own:
        place = schools.index(cell.school), terms.index(cell.term)
        count[place], pupils[place] = cell.count, cell.pupils
    arms = [
        protocol.school(school).arm if corrected else printed_arm(protocol, outcome.code, school) for school in schools
    ]
    return Comparison(
        outcome=outcome.code,
        schools=schools,
        terms=terms,
        count=count,
        pupils=pupils,
        intervention=np.array([arm == "intervention" for arm in arms]),
        reference=protocol.terms.reference,
        after=protocol.terms.after,
        cluster=_clusters(protocol, schools) if permutation_unit == "cluster" else None,
        stratum=_strata(protocol, schools),
        unit_of_count=float(outcome.unit_of_count),
    )


def _clusters(protocol: Protocol, schools: Sequence[str]) -> tuple[str, ...]:
    return tuple(protocol.school(school).cluster or school for school in schools)


def _strata(protocol: Protocol, schools: Sequence[str]) -> tuple[str, ...] | None:
    if protocol.analysis.strata == "none":
        return None
    return tuple(str(getattr(protocol.school(school), protocol.analysis.strata)) for school in schools)
