"""A verdict in plain words: what was said, what the data can carry, what remains possible, and what would tell."""

from __future__ import annotations

from swis.estimate.appraisal import Appraisal
from swis.estimate.permutation import Permutation
from swis.report.document import Bullets, Callout, Paragraph
from swis.report.words import number_word, percent, plural, ratio, span
from swis.study.evaluation import OutcomeEvaluation

TITLES = {
    "supported": "The data support an effect",
    "not supported": "The data do not support an effect",
    "cannot tell": "The data cannot tell",
}

ROOM = {
    (True, True): "That leaves room for real help and for real harm: no effect found is not an effect ruled out.",
    (True, False): "That leaves room for a fall that matters, but not for such a rise: a fall is not ruled out.",
    (False, True): "That leaves room for a rise that matters, but not for such a fall: a rise is not ruled out.",
    (False, False): "That rules out an effect worth having.",
}
"""What an interval leaves open, by whether it reaches a worthwhile fall and a worthwhile rise."""


def plain_verdict(one: OutcomeEvaluation) -> Callout:
    """The verdict on one outcome as a box of short sentences."""
    if one.appraisal is None:
        return Callout("Nothing can be estimated", (Paragraph(one.reason),), "caution")
    verdict = one.appraisal.verdict
    sentences = (
        _published(one),
        _deciding(one.appraisal, one),
        _remaining(one.appraisal),
        _needed(one.appraisal),
    )
    return Callout(TITLES[verdict.kind], (Bullets(tuple(each for each in sentences if each)),), "verdict")


def _published(one: OutcomeEvaluation) -> str:
    claim = one.outcome.published_claim
    if claim is None:
        return ""
    kind = one.appraisal.verdict.kind if one.appraisal else "cannot tell"
    if claim == "not significant":
        return (
            "The publication claimed no effect either." if kind != "supported" else "The publication claimed no effect."
        )
    return {
        "supported": "The publication claimed an effect, and the data carry it.",
        "not supported": "The publication claimed an effect. The data do not carry that claim.",
        "cannot tell": "The publication claimed an effect. These data could not have shown one, whatever had happened.",
    }[kind]


def _deciding(appraisal: Appraisal, one: OutcomeEvaluation) -> str:
    test, reasons = appraisal.permutation, appraisal.verdict.reasons
    if not test.can_reach(0.05):
        return _too_few(test, one)
    if appraisal.verdict.kind == "cannot tell":
        return f"{reasons[0][0].upper()}{reasons[0][1:]}."
    if appraisal.verdict.kind == "supported":
        return f"Only {percent(test.p)} of the ways to choose the schools would have shown so large a difference."
    if test.p > 0.05:
        return (
            f"Had other schools been chosen, {percent(test.p)} of the {test.assignments:,} ways to choose them would have "
            "shown at least as large a difference. Chance alone could explain this one."
        )
    return f"Why not: {'; '.join(reasons)}."


def _too_few(test: Permutation, one: OutcomeEvaluation) -> str:
    """Why no result could have been significant: too few choices of schools, or too many of schools without events."""
    treated = int(one.comparison.intervention.sum())
    had = f"{plural(treated, 'school')} of {len(one.comparison.schools)} had a social worker."
    chance = f"even the most extreme result would have come about by chance {_one_in(test.smallest_p_here)}."
    if test.smallest_p <= 0.05:
        return f"{had} Schools in which nothing was counted could change places without a difference, so that {chance}"
    among = f"{number_word(treated)} of them" if test.unit == "school" else "the clusters that got one"
    within = " within their strata" if one.comparison.stratum is not None else ""
    are = "is only one way" if test.assignments == 1 else f"are only {test.assignments:,} ways"
    return f"{had} There {are} to choose {among}{within}, so that {chance}"


def _one_in(p: float) -> str:
    if p >= 0.995:
        return "every time"
    return (
        f"one time in {round(1 / p)}" if p <= 0.5 and abs(1 / p - round(1 / p)) < 0.05 else f"in {percent(p)} of cases"
    )


def _remaining(appraisal: Appraisal) -> str:
    verdict = appraisal.verdict
    remaining = f"After the start the rate may have been {span(verdict.low, verdict.high)}."
    if verdict.low == 0 and verdict.high == float("inf"):
        quasi = appraisal.quasi
        remaining = (
            "Comparing schools sets no limit to the effect. If schools differed by nothing but the scatter of their counts, "
            f"the rate may have been {span(quasi.low, quasi.high)}."
        )
    if verdict.kind == "supported":
        return remaining
    return f"{remaining} {ROOM[verdict.room_below, verdict.room_above]}"


def _needed(appraisal: Appraisal) -> str:
    size = appraisal.detectable
    if size is None:
        return ""
    worthwhile = f"a {'fall' if size.worthwhile < 1 else 'rise'} of {abs(1 - size.worthwhile):.0%}"
    effects = f"a fall to {ratio(size.reduction)} of the rate, or a rise to {ratio(size.increase)} times it"
    found = (
        f"No effect of any size could have been found here. The scatter of the counts alone would let {effects}, be found in "
        f"{percent(size.power)} of cases."
        if appraisal.verdict.kind == "cannot tell"
        else f"Judged by the scatter of the counts alone, a comparison of this size finds {effects}, in "
        f"{percent(size.power)} of cases. The verdict asks for more, and finds it less often."
    )
    return (
        f"{found} To find {worthwhile} takes about {size.schools_needed:,} schools like these, {size.intervention_needed:,} "
        "of them with a social worker."
    )
