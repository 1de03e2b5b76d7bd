"""The overall chapter: what was claimed, what the data can carry, and why the two differ."""

from __future__ import annotations

from swis.estimate.appraisal import Appraisal
from swis.estimate.calibration import CR1_T, PUBLISHED, VERDICT, OperatingCharacteristic
from swis.report.chapters.bayes import bayes_blocks
from swis.report.document import Block, Bullets, Column, Heading, PageBreak, Paragraph, Ref, Strong, Table
from swis.report.figures.claims import ClaimRow, claims_figure
from swis.report.figures.ratios import Interval
from swis.report.figures.size import SizeRow, size_figure
from swis.report.words import interval, join, p_value, percent, plural, ratio
from swis.study.evaluation import OutcomeEvaluation
from swis.study.protocol import Literature
from swis.study.together import Evaluation, PooledOutcome
from swis.tables.published_estimates import INTERVENTION_BY_TIME

SIZE_METHODS = (PUBLISHED, CR1_T, VERDICT)


def verdicts_chapter(evaluation: Evaluation) -> list[Block]:
    """One picture and one table of all analyses, how the verdict is reached, and what the published method does."""
    return [
        PageBreak(),
        Heading(1, "Claims and verdicts", "verdicts"),
        *_picture(evaluation),
        *_verdict_table(evaluation),
        *_rule(),
        *_size(evaluation),
        *_needed(evaluation),
        *_pooled(evaluation),
        *_literature(evaluation),
        *_family(evaluation),
    ]


def label(one: OutcomeEvaluation) -> str:
    """An analysis by authority and outcome."""
    return f"{one.authority}, {one.outcome.name}"


def appraised(evaluation: Evaluation) -> list[tuple[OutcomeEvaluation, Appraisal]]:
    """The analyses that could be appraised."""
    return [(one, one.appraisal) for one in evaluation.outcomes if one.appraisal is not None]


def literature_of(evaluation: Evaluation) -> list[Literature]:
    """What the studies quote from elsewhere, each once."""
    return list(dict.fromkeys(each for study in evaluation.studies for each in study.study.protocol.literature))


def claim_rows(evaluation: Evaluation) -> list[ClaimRow]:
    """Published claim and verdict of every analysis of which a claim was published."""
    rows = []
    for one, appraisal in appraised(evaluation):
        if one.outcome.published_claim is None:
            continue
        verdict = appraisal.verdict
        rows.append(
            ClaimRow(
                label=label(one),
                published=published_interval(one),
                published_claim=one.outcome.published_claim,
                ours=Interval(appraisal.quasi.ratio, verdict.low, verdict.high),
                verdict=verdict.kind,
                reason=short_reason(appraisal),
            )
        )
    return rows


def published_interval(one: OutcomeEvaluation) -> Interval:
    """The intervention by time as printed; as the published method gives it where nothing was printed."""
    printed = {
        each.part: float(each.printed.value) for each in one.reproduction if each.coefficient == INTERVENTION_BY_TIME
    }
    if "estimate" in printed:
        return Interval(printed["estimate"], printed.get("lower"), printed.get("upper"))
    line = one.published.interaction if one.published else None
    return Interval(None, None, None) if line is None else Interval(line.ratio, line.low, line.high)


def short_reason(appraisal: Appraisal) -> str:
    """The deciding reason in a few words, for a picture or a table."""
    test, verdict = appraisal.permutation, appraisal.verdict
    if verdict.kind == "cannot tell":
        if test.can_reach(0.05):
            return "no earlier terms to judge by"
        return f"only {plural(test.assignments, 'way')} to choose the schools"
    if verdict.kind == "supported":
        return f"p {p_value(test.p)} among {test.assignments:,} choices of schools"
    if test.p > 0.05:
        return f"{percent(test.p)} of other choices of schools differ as much"
    if not appraisal.quasi.excludes_one:
        return "the scatter of the counts allows no effect"
    return "the schools were drifting apart before"


def _picture(evaluation: Evaluation) -> list[Block]:
    rows = claim_rows(evaluation)
    if not rows:
        return []
    return [
        Paragraph(
            (
                "Each line of ",
                Ref("claims"),
                " is one analysis. The hollow mark is what was published, with its interval. The filled mark is the same "
                "estimate, with the interval that so few schools and the scatter of their counts allow. Where arrows "
                "point both ways the data set no limit at all.",
            )
        ),
        claims_figure(rows, identifier="claims"),
    ]


def _verdict_table(evaluation: Evaluation) -> list[Block]:
    rows = []
    for one in evaluation.outcomes:
        if one.appraisal is None:
            rows.append((label(one), "–", "–", "–", "–", "–", "–", f"not estimable: {one.reason}"))
            continue
        test, verdict = one.appraisal.permutation, one.appraisal.verdict
        rows.append(
            (
                label(one),
                f"{int(one.comparison.intervention.sum())} of {len(one.comparison.schools)}",
                p_value(one.published.interaction.p if one.published else None),
                p_value(test.p),
                f"{test.assignments:,}",
                p_value(test.smallest_p),
                interval(verdict.low, verdict.high),
                verdict.kind,
            )
        )
    return [
        Table(
            caption="The verdict on every analysis",
            columns=(
                Column("Analysis", row_header=True),
                Column("Schools with a social worker"),
                Column("Published p", "right"),
                Column("Randomisation p", "right"),
                Column("Choices", "right"),
                Column("Smallest p possible", "right"),
                Column("Interval"),
                Column("Verdict"),
            ),
            rows=tuple(rows),
            identifier="verdict-table",
            note="Choices: in how many ways the schools with a social worker could have been chosen. Smallest p possible: the "
            "least that so many choices allow. Interval: of the rate ratio, the wider of the randomisation and the "
            "quasi-Poisson interval at each end. A dash: the published method has no p-value because there is no estimate.",
        )
    ]


def _rule() -> list[Block]:
    return [
        Heading(2, "How a verdict is reached", "rule"),
        Paragraph("One rule judges every analysis of every study. It has three answers."),
        Bullets(
            (
                (
                    Strong("Supported: "),
                    "the randomisation test rejects at 5%, and the interval that allows for scatter excludes no effect, and "
                    "the schools did not demonstrably move apart before the start.",
                ),
                (
                    Strong("Cannot tell: "),
                    "no result could have been significant, because there are too few ways to choose the schools, or there "
                    "are no earlier terms to judge a matched comparison by.",
                ),
                (
                    Strong("Not supported: "),
                    "everything else. It does not say that the programme does nothing. The interval says what remains "
                    "possible.",
                ),
            )
        ),
        Paragraph(
            "The randomisation test asks what would have come out had other schools been chosen. It needs no theory of large "
            "samples. It treats schools as exchangeable, which a lottery guarantees and matching only hopes for."
        ),
    ]


def _size(evaluation: Evaluation) -> list[Block]:
    rows, expected, counted = _size_rows(evaluation)
    if not rows:
        return [
            Heading(2, "How often each method would cry wolf", "size"),
            Paragraph(
                "No simulation is stored with these studies. Run swis calibrate on each study folder to see how often each "
                "method declares an effect where there is none."
            ),
        ]
    stale = [label(one) for one in evaluation.outcomes if one.calibration is not None and not one.calibration.current]
    worst = max((row.rate for row in rows if row.method == VERDICT), default=0.0)
    blocks: list[Block] = [
        Heading(2, "How often each method would cry wolf", "size"),
        Paragraph(
            (
                "For each analysis tables were drawn with the same schools, terms and pupils, and with no effect in them, as "
                "scattered as the real counts. ",
                Ref("size-figure"),
                " shows how often each method then declares an effect. A sound method does so in 5% of tables at most. Over "
                f"the {plural(counted, 'analysis', 'analyses')} the published method is expected to make "
                f"{expected:.1f} claims when nothing works. The verdict used here never exceeds {percent(worst)}.",
            )
        ),
        size_figure(rows, identifier="size-figure"),
        *_power_table(evaluation),
    ]
    if stale:
        blocks.append(
            Paragraph(f"The stored simulation is of an earlier table for {join(stale)}. Run swis calibrate again.")
        )
    return blocks


def _size_rows(evaluation: Evaluation) -> tuple[list[SizeRow], float, int]:
    """Rows of the figure, the number of false claims to expect of the published method, and of how many analyses."""
    rows, expected, counted = [], 0.0, 0
    for one in evaluation.outcomes:
        if one.calibration is None:
            continue
        found = [one.calibration.find(method, scatter="overdispersed") for method in SIZE_METHODS]
        known = [each for each in found if each is not None and each.usable]
        rows += [SizeRow(label(one), each.method, each.claimed, each.monte_carlo_error) for each in known]
        claimed = [each.claimed for each in known if each.method == PUBLISHED]
        expected, counted = expected + sum(claimed), counted + len(claimed)
    return rows, expected, counted


def _power_table(evaluation: Evaluation) -> list[Block]:
    rows = []
    for one in evaluation.outcomes:
        if one.calibration is None:
            continue
        size = one.calibration.find(VERDICT, scatter="overdispersed")
        rows.append(
            (
                label(one),
                _claimed(size),
                "–" if size is None or size.covered is None else percent(size.covered),
                *(
                    _claimed(one.calibration.find(VERDICT, scatter="overdispersed", true_ratio=truth, times=times))
                    for truth, times in ((0.5, 1), (0.25, 1), (0.5, 10))
                ),
            )
        )
    return [
        Paragraph(
            (
                "Caution would be cheap if it never spoke. ",
                Ref("power-table"),
                " shows how often the verdict is “supported” when there is something to find.",
            )
        ),
        Table(
            caption="How often the verdict is “supported” in simulated tables",
            columns=(
                Column("Analysis", row_header=True),
                Column("No effect", "right"),
                Column("Interval holds the truth", "right"),
                Column("Rate halved", "right"),
                Column("Rate quartered", "right"),
                Column("Rate halved, ten times the schools", "right"),
            ),
            rows=tuple(rows),
            identifier="power-table",
            note="Counts drawn as scattered as the real ones. 2,000 tables without an effect, 1,000 with one, 300 with ten "
            "times the schools, unless calibration.csv says otherwise. “Interval holds the truth” is for tables without "
            "an effect.",
        ),
    ]


def _claimed(one: OperatingCharacteristic | None) -> str:
    return "–" if one is None or not one.usable else percent(one.claimed)


def _needed(evaluation: Evaluation) -> list[Block]:
    rows = []
    for one, appraisal in appraised(evaluation):
        size = appraisal.detectable
        if size is None:
            rows.append((label(one), "–", "–", "–", appraisal.not_estimable.get("detectable", "")))
            continue
        shown = one.calibration and one.calibration.find(
            VERDICT,
            scatter="overdispersed",
            true_ratio=size.worthwhile,
            times=-(-size.schools_needed // len(one.comparison.schools)),
        )
        rows.append(
            (
                label(one),
                ratio(size.reduction),
                ratio(size.increase),
                f"{size.schools_needed:,} ({size.intervention_needed:,} with)",
                _claimed(shown or None),
            )
        )
    if not rows:
        return []
    worthwhile = {appraisal.detectable.worthwhile for _, appraisal in appraised(evaluation) if appraisal.detectable}
    return [
        Heading(2, "What size of programme could have told", "needed"),
        Paragraph(
            (
                Ref("needed-table"),
                " gives the smallest effects that each comparison could find with 80% power, and how many schools like these, "
                f"over as many terms, would find a rate ratio of {join([f'{each:g}' for each in sorted(worthwhile)])}. The "
                "last column checks that by simulation: the share of simulated programmes of that size in which the verdict "
                "is “supported”.",
            )
        ),
        Table(
            caption="Smallest effect that could be found, and schools needed",
            columns=(
                Column("Analysis", row_header=True),
                Column("Reduction to", "right"),
                Column("Increase to", "right"),
                Column("Schools needed", "right"),
                Column("Found in simulation", "right"),
            ),
            rows=tuple(rows),
            identifier="needed-table",
            note="Rate ratios. Two-sided 5%, with the scatter that the counts show and t quantiles. Schools of one area share "
            "more than this reckons with, and the verdict asks for more than one test to agree: a programme should be planned "
            "rather larger.",
        ),
    ]


def _pooled(evaluation: Evaluation) -> list[Block]:
    if not evaluation.pooled:
        return []
    rows, notes = [], []
    for one in evaluation.pooled:
        rows += _pooled_rows(one)
        if one.pooled is not None:
            notes.append(f"{one.name}: {join(one.pooled.authorities)}")
        if one.bias_reduced:
            notes.append(f"{one.name}: the estimate of {join(one.bias_reduced)} is Firth's, because there is no other")
    return [
        Heading(2, "The authorities together", "pooled"),
        Paragraph(
            (
                "Putting authorities together helps only as far as they are alike, and a handful of authorities cannot show "
                "how alike they are. The first line of each outcome in ",
                Ref("pooled-table"),
                " is the one to read.",
            )
        ),
        Table(
            caption="Rate ratios pooled over authorities",
            columns=(
                Column("Outcome", row_header=True),
                Column("Method"),
                Column("Rate ratio", "right"),
                Column("95% interval"),
                Column("Variance between authorities", "right"),
            ),
            rows=tuple(rows),
            identifier="pooled-table",
            note=". ".join([*notes, "Standard errors allow for the scatter of the counts"]) + ".",
        ),
        *bayes_blocks(evaluation),
    ]


def _pooled_rows(one: PooledOutcome) -> list[tuple[str, str, str, str, str]]:
    if one.pooled is None:
        return [(one.name, one.reason, "–", "–", "–")]
    pooled = one.pooled
    lines = (pooled.random_effects, pooled.paule_mandel, pooled.dersimonian_laird, pooled.fixed_effect)
    return [
        (one.name, line.method, ratio(line.ratio), interval(line.low, line.high), f"{line.tau_squared:.2f}")
        for line in lines
    ]


def _literature(evaluation: Evaluation) -> list[Block]:
    found = literature_of(evaluation)
    if not found:
        return []
    names = {one.outcome.code: one.outcome.name for one in evaluation.outcomes}
    rows = tuple(
        (
            each.what,
            names.get(each.outcome, each.outcome),
            "–" if each.schools is None else f"{each.schools:,}",
            f"{each.rate_ratio.text} ({each.ci_low.text} to {each.ci_high.text})",
            each.source,
        )
        for each in found
    )
    columns = (
        Column("Study", row_header=True),
        Column("Outcome"),
        Column("Schools", "right"),
        Column("Rate ratio, 95% interval"),
        Column("Source"),
    )
    note = "Literature: quoted as printed, not computed here, and not part of any verdict."
    return [
        Heading(2, "What was found elsewhere", "literature"),
        Table("Results from the literature", columns, rows, "literature-table", note),
    ]


def _family(evaluation: Evaluation) -> list[Block]:
    if len(evaluation.outcomes) < 2:
        return []
    rows = tuple(
        (
            label(one),
            p_value(member.published_p),
            p_value(member.published_holm),
            p_value(member.published_benjamini_hochberg),
            p_value(member.permutation_p),
            p_value(member.permutation_holm),
        )
        for one, member in zip(evaluation.outcomes, evaluation.family, strict=True)
    )
    return [
        Heading(2, "Many analyses at once", "family"),
        Paragraph(
            f"With {len(rows)} analyses one in twenty tests is not rare. Holm's adjustment keeps the chance of any false claim "
            f"at 5%. {_survivors(evaluation)}"
        ),
        Table(
            caption="P-values one by one and as a family",
            columns=(
                Column("Analysis", row_header=True),
                Column("Published method", "right"),
                Column("Holm", "right"),
                Column("Benjamini and Hochberg", "right"),
                Column("Randomisation test", "right"),
                Column("Holm", "right"),
            ),
            rows=rows,
            identifier="family-table",
            note="An analysis without an estimate has no published p-value and is not in that family.",
        ),
    ]


def _survivors(evaluation: Evaluation) -> str:
    before = [m for m in evaluation.family if m.published_p is not None and m.published_p < 0.05]
    after = [m for m in before if m.published_holm is not None and m.published_holm < 0.05]
    if not before:
        return "By the published method no p-value is below 5% to begin with."
    return (
        f"By the published method {plural(len(before), 'p-value')} {'is' if len(before) == 1 else 'are'} below 5% one by one, "
        f"and {len(after)} as a family."
    )
