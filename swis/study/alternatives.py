"""The same effect by choices that could as well have been made: does the finding hang on them?

Tried where the protocol gives the month in which each term starts: without the terms between launch and the last term, in which
the programme was already there; and with terms of the same season alone, so that the time of year cannot speak.
"""

from __future__ import annotations

from dataclasses import dataclass

from swis.errors import NotEstimable
from swis.estimate.comparison import Comparison
from swis.estimate.permutation import Permutation, permutation_test
from swis.estimate.quasi import QuasiPoisson, quasi_poisson
from swis.study.protocol import Protocol


@dataclass(frozen=True)
class Alternative:
    """One other choice: its terms, and what the data then give. `quasi` is None where that has no estimate; `reason` says why."""

    name: str
    terms: tuple[str, ...]
    quasi: QuasiPoisson | None
    permutation: Permutation | None
    reason: str = ""


def alternatives(protocol: Protocol, comparison: Comparison) -> tuple[Alternative, ...]:
    """The other choices of terms that this study allows; none where they would be those of the protocol."""
    choices = {
        "without the terms between launch and the last term": _without_early_programme(protocol, comparison),
        "terms of the same season alone": _same_season(protocol, comparison),
    }
    return tuple(
        _analyse(name, terms, comparison, seed=protocol.analysis.seed)
        for name, terms in choices.items()
        if terms is not None and terms != comparison.terms
    )


def _without_early_programme(protocol: Protocol, comparison: Comparison) -> tuple[str, ...] | None:
    starts = protocol.terms.starts
    if not all(term in starts for term in comparison.terms):
        return None
    return tuple(term for term in comparison.terms if term in comparison.after or starts[term] < protocol.launched)


def _same_season(protocol: Protocol, comparison: Comparison) -> tuple[str, ...] | None:
    starts = protocol.terms.starts
    if not all(term in starts for term in comparison.terms):
        return None
    months = {starts[term][-2:] for term in comparison.after}
    return tuple(term for term in comparison.terms if starts[term][-2:] in months)


def _analyse(name: str, terms: tuple[str, ...], comparison: Comparison, *, seed: int) -> Alternative:
    before = [term for term in terms if term not in comparison.after]
    if not before:
        return Alternative(name, terms, None, None, "no term before the start is left")
    fewer = comparison.keep_terms(terms, reference=before[-1], after=comparison.after)
    try:
        return Alternative(name, terms, quasi_poisson(fewer), permutation_test(fewer, seed=seed))
    except NotEstimable as reason:
        return Alternative(name, terms, None, None, str(reason))
