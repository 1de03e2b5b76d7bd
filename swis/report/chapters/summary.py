"""One page for somebody who has to decide: what was claimed, what the data can carry, what it cost, what would tell."""

from __future__ import annotations

from swis.estimate.calibration import PUBLISHED
from swis.report.chapters.verdicts import appraised, literature_of
from swis.report.document import Block, Bullets, Callout, Heading, Paragraph, Ref, Strong, Text
from swis.report.words import change, join, number_word, percent, plural, pounds
from swis.study.evaluation import OutcomeEvaluation
from swis.study.protocol import Literature
from swis.study.together import Evaluation


def summary_chapter(evaluation: Evaluation) -> list[Block]:
    """The page in plain English."""
    return [
        Heading(1, "In one page", "summary"),
        Paragraph(_what_was_done(evaluation)),
        Callout(_headline(evaluation), (Bullets(tuple(_answer(evaluation))),), "verdict"),
        Heading(2, "Why the published results looked firmer", "why-firmer"),
        Bullets(tuple(_why(evaluation))),
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


def _kinds(evaluation: Evaluation, kind: str) -> list[OutcomeEvaluation]:
    return [one for one, appraisal in appraised(evaluation) if appraisal.verdict.kind == kind]


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
    supported, total = len(_kinds(evaluation, "supported")), len(evaluation.outcomes)
    if supported:
        return f"The data support an effect in {number_word(supported)} of {number_word(total)} comparisons"
    return (
        f"None of the {number_word(total)} comparisons supports an effect"
        if total > 1
        else "The data support no effect"
    )


def _answer(evaluation: Evaluation) -> list[Text]:
    cannot, not_supported = _kinds(evaluation, "cannot tell"), _kinds(evaluation, "not supported")
    claimed = _claimed(evaluation)
    points: list[Text] = []
    if claimed:
        standing = [one for one in claimed if one.appraisal and one.appraisal.verdict.kind == "supported"]
        points.append(
            f"Effects were claimed in {number_word(len(claimed))}: {join([_named(one) for one in claimed])}. "
            f"{'None' if not standing else number_word(len(standing)).capitalize()} of these claims can be upheld."
        )
    if cannot:
        points.append(
            f"In {number_word(len(cannot))} of them no result could have shown an effect, whatever had happened: too few schools."
        )
    if not_supported:
        points.append(
            f"In {number_word(len(not_supported))} an effect could have been shown, and was not: chance among schools could "
            "explain the difference."
        )
    points.append(
        (
            Strong("This does not show that the programme does nothing. "),
            "The data leave room for large help and for large harm. They do not say which.",
        )
    )
    return points


def _named(one: OutcomeEvaluation) -> str:
    return f"{one.outcome.name.lower()} in {one.authority}"


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
        points.append(
            f"The arithmetic is not the trouble: {agreeing} of {printed} printed numbers were reproduced to the last digit."
        )
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
    said = [
        f"{pounds(cost.total)} in {name} ({pounds(cost.per_worker)} for each social worker)"
        if cost.per_worker is not None
        else f"{pounds(cost.total)} in {name}"
        for name, cost in known
    ]
    return (
        f"For {known[0][1].period}, in prices of {known[0][1].price_year}: {join(said)}. Almost all of it is pay. Without a "
        "supported effect there is nothing to divide the money by, so no cost per enquiry averted is given."
    )


def _literature(found: Literature) -> str:
    schools = "" if found.schools is None else f" of {found.schools:,} schools"
    contains = found.ci_low.value < 1 < found.ci_high.value
    meaning = "no effect shown, within narrow limits" if contains else "an interval that excludes no effect"
    return (
        f"For comparison, from the literature: {found.what}{schools}, rate ratio {found.rate_ratio.text} "
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
            f"To see a rate that is {worthwhile} takes about {reach} schools over the same number of terms, depending on the "
            "outcome. The rarer the outcome, the more schools."
        )
    points += [_literature(each) for each in literature_of(evaluation)]
    points += [
        "Draw by lot which schools get a social worker. Then a difference cannot come from how they were chosen.",
        "Write down beforehand which outcome decides, in which term, and how it will be analysed, and lock it.",
        "Until then, decide on grounds other than these numbers, and say so.",
    ]
    return points
