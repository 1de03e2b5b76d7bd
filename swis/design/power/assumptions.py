"""What is taken to be true of a trial before it is run: rates, sizes, schools, and what schools differ by.

Time is in terms. A school's true rate in a term is the rate, times what is lasting about the school, times what is new in the
term. `k` is the coefficient of variation of these rates over schools in one term, and `autocorrelation` their correlation
between two terms: 1 where schools keep their place. Over T terms a school's mean rate then varies by
k^2 (r + (1 - r) / T), and a baseline of the terms before tells of the lasting part, r k^2, as far as chance leaves it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from swis.design.power.formula import Setting, check_number, harmonic_mean
from swis.errors import NotEstimable

Array = NDArray[np.floating[Any]]
Scatter = Literal["gamma", "lognormal"]
Weighting = Literal["schools", "pupils"]

MOST_SCHOOLS = 10_000  # beyond any programme; a mistyped number should not fill the memory
MOST_TERMS = 300


@dataclass(frozen=True)
class Assumptions:
    """A two-arm trial of schools within authorities, with equal shares in every authority as nearly as numbers allow.

    `rate` is events per pupil and term without the programme. `pupils` is the mean size and `pupils_cv` the coefficient of
    variation of sizes; with `sizes` (one a school, in the order of authorities) both follow from them. `share` is that of schools
    with the programme. `baseline_terms` are observed before the start and used by an analysis that adjusts for them.
    `scatter` is the distribution of what schools differ by.
    Raises NotEstimable for numbers that no trial can have.
    """

    rate: float
    k: float
    schools: int
    authorities: int = 1
    pupils: float = 1000.0
    pupils_cv: float = 0.0
    sizes: tuple[float, ...] | None = None
    terms: float = 3
    baseline_terms: float = 0
    autocorrelation: float = 1.0
    share: float = 0.5
    scatter: Scatter = "gamma"

    def __post_init__(self) -> None:
        if self.sizes is not None:
            sizes = np.asarray(self.sizes, dtype=float)
            harmonic_mean(sizes)
            object.__setattr__(self, "schools", len(self.sizes))
            object.__setattr__(self, "pupils", float(sizes.mean()))
            object.__setattr__(self, "pupils_cv", float(sizes.std() / sizes.mean()))
        check_number("rate", self.rate, above=0)
        check_number("k", self.k, least=0)
        check_number("number of schools", self.schools, least=4)
        check_number("number of authorities", self.authorities, least=1)
        check_number("number of pupils of a school", self.pupils, above=0)
        check_number("coefficient of variation of pupils", self.pupils_cv, least=0)
        check_number("number of terms", self.terms, above=0)
        check_number("number of terms before the start", self.baseline_terms, least=0)
        check_number("autocorrelation", self.autocorrelation, least=0)
        check_number("share of schools with the programme", self.share, above=0, below=1)
        self._check_together()

    def _check_together(self) -> None:
        problems = [
            (self.autocorrelation > 1, "the autocorrelation is at most 1"),
            (self.schools > MOST_SCHOOLS, f"a trial of more than {MOST_SCHOOLS:,} schools is not planned for"),
            (max(self.terms, self.baseline_terms) > MOST_TERMS, f"more than {MOST_TERMS} terms are not planned for"),
            (self.rate > 1, "there is more than one event for every pupil in a term; give the rate per pupil"),
            (
                self.schools < 2 * self.authorities,
                f"{self.schools} schools in {self.authorities} authorities leave one without a school in each arm",
            ),
            (self.scatter not in ("gamma", "lognormal"), "schools differ by a gamma or a lognormal distribution"),
        ]
        wrong = [what for found, what in problems if found]
        if wrong:
            raise NotEstimable(f"This trial cannot be: {'; '.join(wrong)}.")

    @property
    def harmonic_pupils(self) -> float:
        """The harmonic mean of sizes; for drawn sizes that of the distribution they are drawn from."""
        return harmonic_mean(self.sizes) if self.sizes is not None else self.pupils / (1 + self.pupils_cv**2)

    @property
    def k_of_follow_up(self) -> float:
        """The coefficient of variation of schools' mean rates over the terms that are followed."""
        return self._k_over(self.terms)

    @property
    def k_after_baseline(self) -> float:
        """What is left of it once the rates before the start have told what they can; the same where there are none.

        The baseline tells of r k^2 with a reliability of r k^2 / (its own variance over schools, chance included).
        """
        if not self.baseline_terms:
            return self.k_of_follow_up
        chance = 1 / (self.rate * self.harmonic_pupils * self.baseline_terms)
        lasting = self.autocorrelation * self.k**2
        told = lasting**2 / (self._k_over(self.baseline_terms) ** 2 + chance)
        return sqrt(max(self.k_of_follow_up**2 - told, 0.0))

    def _k_over(self, terms: float) -> float:
        r = self.autocorrelation
        return self.k * sqrt(r + (1 - r) / max(terms, 1.0))

    def setting(self, weighting: Weighting = "schools") -> Setting:
        """The same as the formula takes it.

        With `weighting="schools"` every school weighs the same (Hayes and Bennett: harmonic mean of sizes). With "pupils" a
        school weighs as much as it has pupils, as in Poisson regression: events enter by the arithmetic mean, and what schools
        differ by counts (1 + cv^2) times, as large schools stand for more of the sum.
        """
        k = self.k_after_baseline
        by_pupils = weighting == "pupils"
        return Setting(
            rate=self.rate,
            exposure=(self.pupils if by_pupils else self.harmonic_pupils) * self.terms,
            k=k * sqrt(1 + self.pupils_cv**2) if by_pupils else k,
            strata=self.authorities,
            share=self.share,
        )
