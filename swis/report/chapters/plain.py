"""A verdict in plain words: what was said, what the data can carry, what remains possible, and what would tell."""

from __future__ import annotations

from swis.estimate.appraisal import Appraisal
from swis.report.document import Bullets, Callout, Paragraph
from swis.report.words import number_word, percent, plural, ratio, span
from swis.study.evaluation import OutcomeEvaluation

TITLES = {
    "supported": "The data support an effect",
    "not supported": "The data do not support an effect",
    "cannot tell": "The data cannot tell",
}


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
    test = appraisal.permutation
    treated = int(one.comparison.intervention.sum())
    if not test.can_reach(0.05):
        return (
            f"{plural(treated, 'school')} of {len(one.comparison.schools)} had a social worker. There are only "
            f"{plural(test.assignments, 'way')} to choose {number_word(treated)} of them, so that even the most extreme result "
            f"would have come about by chance {_one_in(test.smallest_p_here)}."
        )
    if appraisal.verdict.kind == "supported":
        return f"Only {percent(test.p)} of the ways to choose the schools would have shown so large a difference."
    if test.p > 0.05:
        return (
            f"Had other schools been chosen, {percent(test.p)} of the {test.assignments:,} ways to choose them would have "
            "shown at least as large a difference. Chance alone could explain this one."
        )
    return f"Why not: {'; '.join(appraisal.verdict.reasons)}."


def _one_in(p: float) -> str:
    return f"one time in {round(1 / p)}" if p < 0.75 else "every time"


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
    meaning = (
        "That rules out an effect worth having."
        if verdict.rules_out_worthwhile
        else "That leaves room for real help and for real harm: no effect found is not an effect ruled out."
    )
    return f"{remaining} {meaning}"


def _needed(appraisal: Appraisal) -> str:
    size = appraisal.detectable
    if size is None:
        return ""
    worthwhile = f"a {'fall' if size.worthwhile < 1 else 'rise'} of {abs(1 - size.worthwhile):.0%}"
    return (
        f"A comparison of this size could find only a fall to {ratio(size.reduction)} of the rate, or a rise to "
        f"{ratio(size.increase)} times it. To find {worthwhile} takes about {size.schools_needed:,} schools like these, "
        f"{size.intervention_needed:,} of them with a social worker."
    )
