"""What a study's terms before the start tell of the size that a trial of such schools would need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.design.power.needed import NeededSchools, needed_schools
from swis.design.power.scatter import PanelScatter, measure_panel
from swis.design.power.school_terms import TermPanel
from swis.errors import NotEstimable
from swis.study.protocol import Outcome
from swis.study.study import Study

TERMS_AHEAD = (1, 3, 6)
"""Follow-ups to answer for: one term as in the pilots, a school year, two."""


@dataclass(frozen=True)
class StudyNeeds:
    """What a study's own terms before the start say of the size of a trial that could have told.

    `with_programme` and `schools` are those of the analysis; `needed` has one answer for each follow-up. `left_out` says which
    terms and schools were not used, and why. Days come in lots of `unit_of_count`.
    """

    authority: str
    outcome: Outcome
    schools: int
    with_programme: int
    terms: tuple[str, ...]
    scatter: PanelScatter
    needed: tuple[NeededSchools, ...]
    left_out: tuple[str, ...]

    def __repr__(self) -> str:
        return f"StudyNeeds({self.authority}, {self.outcome.code}: {self.schools} schools; {self.needed[0]!r})"


def panel_before(study: Study, outcome_code: str) -> tuple[TermPanel, tuple[str, ...]]:
    """Counts and pupils of an outcome in the terms before the start, and which terms were left out.

    Left out are the terms after the start and those that begin at or after the launch. Counts of days are in lots of the unit of
    count. Raises ProtocolError for an outcome that is not there, NotEstimable where no term is left.
    """
    comparison = study.comparison(outcome_code)
    starts, launched = study.protocol.terms.starts, study.protocol.launched
    late = [term for term in comparison.terms if term not in comparison.after and starts.get(term, "") >= launched]
    keep = [place for place, term in enumerate(comparison.terms) if term not in comparison.after and term not in late]
    if not keep:
        raise NotEstimable(f"{outcome_code}: the study has no term before the launch in {launched}.")
    panel = TermPanel(
        schools=comparison.schools,
        terms=tuple(comparison.terms[place] for place in keep),
        count=comparison.count[:, keep] / comparison.unit_of_count,
        pupils=comparison.pupils[:, keep],
        stratum=comparison.stratum,
    )
    return panel, tuple(f"{term}: begins at or after the launch in {launched}" for term in late)


def study_needs(study: Study, outcome_code: str, *, power: float = 0.8) -> StudyNeeds:
    """How many schools a trial with equal arms would have needed for the study's worthwhile effect, as a range over k.

    The rate and k are those of all schools of the analysis before the start. Raises NotEstimable where they say nothing.
    """
    panel, late = panel_before(study, outcome_code)
    scatter = measure_panel(panel.count, panel.pupils, stratum=panel.stratum)
    comparison = study.comparison(outcome_code)
    ratio = study.options.worthwhile_rate_ratio
    return StudyNeeds(
        authority=study.authority,
        outcome=study.outcome(outcome_code),
        schools=len(comparison.schools),
        with_programme=int(np.sum(comparison.intervention)),
        terms=panel.terms,
        scatter=scatter,
        needed=tuple(needed_schools(scatter, ratio=ratio, terms=terms, power=power) for terms in TERMS_AHEAD),
        left_out=(*late, *scatter.left_out),
    )
