"""What simulation says: how often each method would cry wolf, how often it would hear a real effect, what size could tell."""

from __future__ import annotations

from swis.estimate.appraisal import Appraisal
from swis.estimate.calibration import CR1_T, PUBLISHED, VERDICT, OperatingCharacteristic
from swis.report.chapters.analyses import appraised, label
from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.figures.size import SizeRow, size_figure
from swis.report.words import join, percent, plural, ratio
from swis.study.evaluation import OutcomeEvaluation
from swis.study.together import Evaluation

SIZE_METHODS = (PUBLISHED, CR1_T, VERDICT)


def size_blocks(evaluation: Evaluation) -> list[Block]:
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
    without = [label(one) for one in evaluation.outcomes if one.calibration is None]
    blocks: list[Block] = [
        Heading(2, "How often each method would cry wolf", "size"),
        Paragraph(
            (
                "For each analysis tables were drawn with the same schools, terms and pupils, and with no effect in them, as "
                "scattered as the real counts. ",
                Ref("size-figure"),
                " shows how often each method then declares an effect. A sound method does so in 5% of tables at most. Over "
                f"the {plural(counted, 'analysis', 'analyses')} the published method is expected to make "
                f"{expected:.1f} claims when nothing works. The verdict used here is “supported” in at most "
                f"{percent(_worst_size(evaluation))} of the tables of any of them, drawn as scattered as the real ones or less.",
            )
        ),
        size_figure(rows, identifier="size-figure"),
        *_power_table(evaluation),
    ]
    if without:
        blocks.append(Paragraph(f"Not simulated: {join(without)}."))
    if stale:
        blocks.append(
            Paragraph(f"The stored simulation is of an earlier table for {join(stale)}. Run swis calibrate again.")
        )
    return blocks


def _worst_size(evaluation: Evaluation) -> float:
    """The largest share of tables without an effect in which the verdict was "supported", over both kinds of scatter."""
    found = [
        one.calibration.find(VERDICT, scatter=scatter)
        for one in evaluation.outcomes
        if one.calibration is not None
        for scatter in ("poisson", "overdispersed")
    ]
    return max((each.claimed for each in found if each is not None and each.usable), default=0.0)


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


def needed_blocks(evaluation: Evaluation) -> list[Block]:
    rows = [_needed_row(one, appraisal) for one, appraisal in appraised(evaluation)]
    if not rows:
        return []
    worthwhile = {appraisal.detectable.worthwhile for _, appraisal in appraised(evaluation) if appraisal.detectable}
    return [
        Heading(2, "What size of programme could have told", "needed"),
        Paragraph(
            (
                Ref("needed-table"),
                " gives the smallest effects that each comparison would find with 80% power, judged by the scatter of its "
                "counts alone, and how many schools like these, over as many terms, would find a rate ratio of "
                f"{join([f'{each:g}' for each in sorted(worthwhile)])}. The last column checks that by simulation: the share "
                "of simulated programmes of that size in which the verdict is “supported”.",
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
            note="Rate ratios. Two-sided 5%, with the scatter that the counts show and t quantiles. Unreachable: the verdict "
            "could not have found an effect of any size; in brackets what the scatter alone would allow. A dash: not "
            "simulated. Schools of one area share more than this reckons with, and the verdict asks for more than one test "
            "to agree: it finds less than this in a comparison as it is, and a programme should be planned rather larger.",
        ),
    ]


def _needed_row(one: OutcomeEvaluation, appraisal: Appraisal) -> tuple[str, ...]:
    size = appraisal.detectable
    if size is None:
        return label(one), "–", "–", "–", appraisal.not_estimable.get("detectable", "")
    effects = ratio(size.reduction), ratio(size.increase)
    if appraisal.verdict.kind == "cannot tell":
        effects = f"unreachable ({effects[0]})", f"unreachable ({effects[1]})"
    shown = one.calibration and one.calibration.find(
        VERDICT,
        scatter="overdispersed",
        true_ratio=size.worthwhile,
        times=-(-size.schools_needed // len(one.comparison.schools)),
    )
    needed = f"{size.schools_needed:,} ({size.intervention_needed:,} with)"
    return label(one), *effects, needed, _claimed(shown or None)
