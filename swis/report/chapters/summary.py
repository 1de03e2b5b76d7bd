"""One page for somebody who has to decide: what was claimed, what the data can carry, what it cost, what would tell."""

from __future__ import annotations

from decimal import Decimal

from swis.estimate.appraisal import Appraisal
from swis.estimate.calibration import PUBLISHED, VERDICT
from swis.report.chapters.analyses import appraised, literature_of
from swis.report.chapters.outcome import identifier
from swis.report.chapters.plain import TITLES
from swis.report.document import Block, Bullets, Callout, Heading, PageBreak, Paragraph, Ref, Strong, Text
from swis.report.words import change, join, number_word, percent, plural, pounds, span
from swis.study.evaluation import OutcomeEvaluation
from swis.study.protocol import Literature
from swis.study.together import Evaluation

ALMOST_ALL = Decimal("0.9")
NARROW = Decimal("1.5")
"""The upper end of a narrow interval, as a multiple of its lower end."""


def summary_chapter(evaluation: Evaluation) -> list[Block]:
    """The page in plain English."""
    return [
        PageBreak(),
        Heading(1, "In one page", "summary"),
        Paragraph(_what_was_done(evaluation)),
        Callout(_headline(evaluation), (Bullets(tuple(_answer(evaluation))),), "verdict"),
        *_why_firmer(evaluation),
        Heading(2, "What it cost", "summary-costs"),
        Paragraph(_costs(evaluation)),
        Heading(2, "What would tell", "what-would-tell"),
        Bullets(tuple(_what_next(evaluation))),
        Paragraph(
            (
                "The next chapter, ",
                Ref("verdicts"),
                ", has the picture and the figures. Each authority then has a chapter of its own.",
            )
        ),
    ]


def _judged(evaluation: Evaluation, kind: str) -> list[tuple[OutcomeEvaluation, Appraisal]]:
    return [(one, appraisal) for one, appraisal in appraised(evaluation) if appraisal.verdict.kind == kind]


def _claimed(evaluation: Evaluation) -> list[OutcomeEvaluation]:
    return [one for one in evaluation.outcomes if one.outcome.published_claim == "significant"]


def _what_was_done(evaluation: Evaluation) -> str:
    authorities = [each.study.authority for each in evaluation.studies]
    outcomes = list(dict.fromkeys(one.outcome.name.lower() for one in evaluation.outcomes))
    return (
        f"Social Workers in Schools places statutory social workers inside schools. This report looks at {join(authorities)} and "
        f"at {join(outcomes)}. Schools with a social worker were compared with schools without, before and after the start: "
        f"{plural(len(evaluation.outcomes), 'comparison')} in all."
    )


def _headline(evaluation: Evaluation) -> str:
    supported, total = len(_judged(evaluation, "supported")), len(evaluation.outcomes)
    if total == 1:
        only = evaluation.outcomes[0].appraisal
        return "Nothing can be estimated" if only is None else TITLES[only.verdict.kind]
    if supported:
        return f"The data support an effect in {number_word(supported)} of {number_word(total)} comparisons"
    return f"None of the {number_word(total)} comparisons supports an effect"


def _answer(evaluation: Evaluation) -> list[Text]:
    claimed = _claimed(evaluation)
    points: list[Text] = [_supported(one, appraisal) for one, appraisal in _judged(evaluation, "supported")]
    if claimed:
        standing = [one for one in claimed if one.appraisal and one.appraisal.verdict.kind == "supported"]
        points.append(
            f"Effects were claimed in {_comparisons(len(claimed))}: {join([_named(one) for one in claimed])}. "
            f"{'None' if not standing else number_word(len(standing)).capitalize()} of these claims can be upheld."
        )
    points += _cannot_tell(evaluation) + _not_supported(evaluation)
    without = [one for one in evaluation.outcomes if one.appraisal is None]
    if without:
        points.append(
            f"In {_comparisons(len(without))} nothing could be estimated: {join([_named(one) for one in without])}."
        )
    return points + _room(evaluation) + _changed_plans(evaluation)


def _changed_plans(evaluation: Evaluation) -> list[Text]:
    """Who changed the plan after it was locked; a result under such a plan is not one that was foretold."""
    return [
        (
            Strong(f"The plan of {each.study.authority} was changed after it was locked. "),
            Ref(identifier(each.study, "plan")),
            " says in what. A result under a changed plan is not one that was foretold.",
        )
        for each in evaluation.studies
        if each.study.plan_status.changes
    ]


def _comparisons(number: int) -> str:
    return f"{number_word(number)} comparison{'' if number == 1 else 's'}"


def _supported(one: OutcomeEvaluation, appraisal: Appraisal) -> Text:
    found, verdict = appraisal.quasi.ratio, appraisal.verdict
    return (
        Strong(f"Supported: {_named(one)}. "),
        f"With a social worker the rate was {change(found)}, compared with what it would have been without; it may have been "
        f"{span(verdict.low, verdict.high)}.",
    )


def _cannot_tell(evaluation: Evaluation) -> list[Text]:
    found = _judged(evaluation, "cannot tell")
    few = sum(not appraisal.permutation.can_reach(0.05) for _, appraisal in found)
    reasons = ["too few schools"] * (few > 0) + ["no earlier terms to judge by"] * (few < len(found))
    if not found:
        return []
    words = f"In {_comparisons(len(found))} no result could have shown an effect, whatever had happened"
    return [f"{words}: {', or '.join(reasons)}."]


def _not_supported(evaluation: Evaluation) -> list[Text]:
    found = [appraisal for _, appraisal in _judged(evaluation, "not supported")]
    drifted = sum(appraisal.permutation.p <= 0.05 and appraisal.quasi.excludes_one for appraisal in found)
    points: list[Text] = []
    if chance := len(found) - drifted:
        points.append(
            f"In {_comparisons(chance)} an effect could have been shown, had it been large enough, and was not: chance among "
            f"schools could explain the difference.{_power(evaluation)}"
        )
    if drifted:
        points.append(
            f"In {_comparisons(drifted)} there is a difference, but the schools were already moving apart before the start."
        )
    return points


def _power(evaluation: Evaluation) -> str:
    """How often a halved rate would have been found where the verdict is "not supported"; nothing without a simulation."""
    found = [
        halved.claimed
        for one, _ in _judged(evaluation, "not supported")
        if one.calibration is not None
        and (halved := one.calibration.find(VERDICT, scatter="overdispersed", true_ratio=0.5)) is not None
        and halved.usable
    ]
    if not found:
        return ""
    shares = " to ".join(dict.fromkeys((percent(min(found)), percent(max(found)))))
    return f" Had the rate been halved, that would have been found in {shares} of simulated tables."


def _room(evaluation: Evaluation) -> list[Text]:
    """What the analyses that support nothing leave open, taken together."""
    open_ended = [a.verdict for _, a in appraised(evaluation) if a.verdict.kind != "supported"]
    below, above = any(one.room_below for one in open_ended), any(one.room_above for one in open_ended)
    if not open_ended:
        return []
    if not (below or above):
        return ["Where no effect is supported, the data rule out one that would be worth having."]
    large = " and for ".join(["large help"] * below + ["large harm"] * above)
    nothing = (
        "This does not" if len(open_ended) == len(evaluation.outcomes) else "Where no effect is supported this does not"
    )
    which = " They do not say which." if below and above else ""
    return [(Strong(f"{nothing} show that the programme does nothing. "), f"The data leave room for {large}.{which}")]


def _named(one: OutcomeEvaluation) -> str:
    return f"{one.outcome.name.lower()} in {one.authority}"


def _why_firmer(evaluation: Evaluation) -> list[Block]:
    """Why claims were made that cannot be upheld; nothing where there are none."""
    fallen = [one for one in _claimed(evaluation) if one.appraisal is None or one.appraisal.verdict.kind != "supported"]
    if not fallen:
        return []
    return [
        Heading(2, "Why the published results looked firmer", "why-firmer"),
        Bullets(tuple(_why(evaluation))),
    ]


def _why(evaluation: Evaluation) -> list[Text]:
    points: list[Text] = [
        "The published method takes the certainty of large studies and applies it to a handful of schools. It then mistakes the "
        "ups and downs of single schools for the work of the programme."
    ]
    sizes = [
        found.claimed
        for one in evaluation.outcomes
        if one.calibration is not None
        and (found := one.calibration.find(PUBLISHED, scatter="overdispersed")) is not None
        and found.usable
    ]
    if sizes:
        points.append(
            f"In tables simulated without any effect it finds one in {percent(min(sizes))} to {percent(max(sizes))} of cases "
            f"instead of 5%. In {plural(len(sizes), 'comparison')} one should expect {sum(sizes):.1f} such findings when "
            "nothing works."
        )
    wolves, placebos = _placebo_claims(evaluation)
    if wolves:
        points.append(
            f"Run on terms before the launch, when no school had a social worker, it “finds” an effect in {wolves} of {placebos} "
            "trials."
        )
    agreeing = sum(each.agrees for one in evaluation.outcomes for each in one.reproduction)
    printed = sum(len(one.reproduction) for one in evaluation.outcomes)
    if printed:
        trouble = "The arithmetic is not the trouble: " if agreeing >= ALMOST_ALL * printed else ""
        points.append(f"{trouble}{agreeing} of {printed} printed numbers were reproduced to the last digit.")
    return points


def _placebo_claims(evaluation: Evaluation) -> tuple[int, int]:
    lines = [
        placebo.published.interaction
        for one, appraisal in appraised(evaluation)
        for placebo in appraisal.placebos
        if placebo.published is not None and placebo.term not in one.terms_since_launch
    ]
    return sum(line.p is not None and line.p < 0.05 for line in lines), len(lines)


def _costs(evaluation: Evaluation) -> str:
    known = [(each.study.authority, each.cost) for each in evaluation.studies if each.cost is not None]
    if not known:
        return "No costs were reported."
    when = {f"{cost.period}, in prices of {cost.price_year}" for _, cost in known}
    said = [
        f"{pounds(cost.total)} in {name}"
        + (f" ({pounds(cost.per_worker)} for each social worker)" if cost.per_worker is not None else "")
        + (f", for {cost.period}, in prices of {cost.price_year}" if len(when) > 1 else "")
        for name, cost in known
    ]
    words = [f"{join(said)}." if len(when) > 1 else f"For {when.pop()}: {join(said)}."]
    if all(cost.staffing >= ALMOST_ALL * cost.total for _, cost in known):
        words.append("Almost all of it is pay.")
    if not _judged(evaluation, "supported"):
        words.append(
            "Without a supported effect there is nothing to divide the money by, so no cost per outcome averted is given."
        )
    return " ".join(words)


def _literature(found: Literature) -> str:
    schools = "" if found.schools is None else f" ({found.schools:,} schools)"
    contains = found.ci_low.value <= 1 <= found.ci_high.value
    narrow = ", within narrow limits" if found.ci_high.value <= NARROW * found.ci_low.value else ""
    meaning = f"no effect shown{narrow}" if contains else "an interval that excludes no effect"
    return (
        f"For comparison, from the literature: {found.what}{schools}: rate ratio {found.rate_ratio.text} "
        f"({found.ci_low.text} to {found.ci_high.text}): {meaning}."
    )


def _what_next(evaluation: Evaluation) -> list[Text]:
    sizes = [appraisal.detectable for _, appraisal in appraised(evaluation) if appraisal.detectable]
    points: list[Text] = []
    if sizes:
        few, many = min(s.schools_needed for s in sizes), max(s.schools_needed for s in sizes)
        worthwhile = change(sizes[0].worthwhile)
        reach = f"{few:,}" if few == many else f"{few:,} to {many:,}"
        points.append(
            f"To see a rate that is {worthwhile} takes at least {reach} schools over the same number of terms"
            + ("." if few == many else ", depending on the outcome. The rarer the outcome, the more schools.")
        )
    points += [_literature(each) for each in literature_of(evaluation)]
    points += [
        "Draw by lot which schools get a social worker. Then a difference cannot come from how they were chosen.",
        "Write down beforehand which outcome decides, in which term, and how it will be analysed, and lock it.",
        "What is supported holds for these schools and terms. Whether it holds elsewhere takes another comparison to see."
        if _judged(evaluation, "supported")
        else "Until then, decide on grounds other than these numbers, and say so.",
    ]
    return points
