"""The analyses taken together: authorities pooled, what was found elsewhere, and many tests at once."""

from __future__ import annotations

from swis.report.chapters.analyses import label, literature_of
from swis.report.chapters.bayes import bayes_blocks
from swis.report.document import Block, Column, Heading, Paragraph, Ref, Table
from swis.report.words import interval, join, p_value, plural, ratio
from swis.study.together import Evaluation, PooledOutcome


def pooled_blocks(evaluation: Evaluation) -> list[Block]:
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


def literature_blocks(evaluation: Evaluation) -> list[Block]:
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


def family_blocks(evaluation: Evaluation) -> list[Block]:
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
