"""The same regression with a column for every school and term, for what needs the whole design: leverages, CR2, Firth.

Meant for the dozens of schools of a pilot, where these corrections matter; thousands of schools neither need nor fit it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from swis.errors import NotEstimable
from swis.estimate.comparison import Array, Comparison

LARGEST = 2_000  # columns; beyond this a dense design is the wrong tool


@dataclass(frozen=True, eq=False)
class DummyDesign:
    """One row for each school-term that has pupils, schools without events left out.

    Columns: a dummy for each school, one for each term but the reference, then the programme effects.
    `school` is the position of the row's school in the comparison, `term` likewise.
    """

    columns: Array
    count: Array
    log_pupils: Array
    school: NDArray[np.intp]
    term: NDArray[np.intp]
    schools: int
    programme_effects: int

    @property
    def programme(self) -> int:
        """The column of the (first) programme effect."""
        return self.columns.shape[1] - self.programme_effects

    def inverse_information(self, expected: Array) -> Array:
        """Inverse information of all effects at these expected counts. Raises NotEstimable where there is none."""
        try:
            inverse: Array = np.linalg.inv(self.columns.T @ (expected[:, None] * self.columns))
        except np.linalg.LinAlgError:
            raise NotEstimable(
                "The table does not tell the effects apart: an arm, a term or a school has nothing to go by."
            ) from None
        return inverse


def dummy_design(
    comparison: Comparison, *, interactions: Array | None = None, schools_without_events: bool = False
) -> DummyDesign:
    """The design of a comparison; `interactions` as for `fit_comparison`.

    Schools without events have no maximum likelihood and are left out, unless the method has a use for them.
    """
    after = comparison.after_mask.astype(float)[:, None]
    patterns = after if interactions is None else interactions
    informative = (~comparison.without_events | schools_without_events) & (comparison.pupils > 0).any(axis=1)
    schools = int(informative.sum())
    if schools + len(comparison.terms) > LARGEST:
        raise NotEstimable(
            f"{comparison.outcome}: {schools} schools are too many for this small-sample correction. "
            "Use the cluster-robust variance of poisson_did, which needs no correction at this size."
        )
    school, term = np.nonzero((comparison.pupils > 0) & informative[:, None])
    position = np.cumsum(informative) - 1
    free_terms = [t for t, name in enumerate(comparison.terms) if name != comparison.reference]
    columns = np.concatenate(
        [
            np.eye(schools)[position[school]],
            np.eye(len(comparison.terms))[term][:, free_terms],
            comparison.intervention[school, None] * patterns[term],
        ],
        axis=1,
    )
    return DummyDesign(
        columns=columns,
        count=comparison.count[school, term],
        log_pupils=np.log(comparison.pupils[school, term]),
        school=school,
        term=term,
        schools=schools,
        programme_effects=patterns.shape[1],
    )
