"""The report of `swis match`: the answer, the choice, who was left without, balance and overlap."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version

import numpy as np

from swis.design.mann_whitney import MannWhitney
from swis.design.school_measures import school_measures
from swis.design.year_group_panel import LeftOut
from swis.report.document import Block, Bullets, Callout, Column, Document, Heading, Paragraph, Ref, Table
from swis.report.figures.balance import balance_figure, overlap_figure
from swis.report.words import p_value, plural, ratio
from swis.study.match import WAYS, OutcomeMatch

_MOST_WEIGHTS_LISTED = 30


def compose_matching(results: Sequence[OutcomeMatch], hashes: Mapping[str, str]) -> Document:
    """The document of one run: a chapter for each outcome. `hashes` are those of the files that were read."""
    blocks = [block for result in results for block in _chapter(result)]
    first = results[0].request
    return Document(
        title="Matching of comparison schools",
        subtitle="Can these schools be matched, and with which?",
        source=f"Made by SWIS {version('swis')} from the tables named in the provenance",
        description="Comparison schools for schools with a social worker: the choice, what it rests on, and what was left out.",
        blocks=tuple(blocks),
        provenance=(
            ("SWIS version", version("swis")),
            *((f"{name} (SHA-256)", digest) for name, digest in sorted(hashes.items())),
            *((f"{each.panel.outcome}: what was matched (SHA-256)", each.panel.sha256) for each in results),
            ("Way of matching", WAYS[first.by]),
            *((f"{each.panel.outcome}: method", each.method) for each in results),
            ("Terms", ", ".join(results[0].panel.terms)),
            ("Seed, draws", f"{first.seed}, {first.draws}"),
        ),
    )


def _chapter(result: OutcomeMatch) -> list[Block]:
    name = _identifier(result)
    panel = result.panel
    schools = (
        f"{plural(panel.treated.size, 'school')} with a social worker, {plural(panel.candidates.size, 'candidate')}"
    )
    return [
        Heading(1, panel.outcome, name),
        Callout(result.answer.sentence, (Bullets(result.answer.reasons),), tone="verdict"),
        Paragraph(f"{schools}, {plural(len(panel.year_groups), 'year group')}, {plural(len(panel.terms), 'term')}."),
        *_choice(result, name),
        *_without(result, name),
        *_check(result, name),
        *_balance(result, name),
        *_missing(result),
    ]


def _identifier(result: OutcomeMatch) -> str:
    return "outcome-" + "-".join(re.findall(r"[a-z0-9]+", result.panel.outcome.lower()))


def _choice(result: OutcomeMatch, name: str) -> list[Block]:
    blocks: list[Block] = [Heading(2, "The choice", f"{name}-choice"), Paragraph(f"Chosen by {result.method}.")]
    if not result.used:
        blocks.append(
            Callout(
                "These matches are not used",
                (
                    Paragraph(
                        f"They are listed as the pilots' rule gives them, but {result.why_not}. Match on level, size and free "
                        "school meals (--by level), or weight all candidates (--by entropy)."
                    ),
                ),
                tone="caution",
            )
        )
    if result.matching is not None and result.matching.matches:
        return [*blocks, _matches(result, name)]
    if result.weights is not None:
        return [*blocks, Paragraph(f"{result.weights!r}."), _weights(result, name)]
    return [*blocks, Paragraph("No school was matched.")]


def _matches(result: OutcomeMatch, name: str) -> Table:
    matches = () if result.matching is None else result.matching.matches
    return Table(
        caption="Comparison schools",
        columns=(
            Column("For", row_header=True),
            Column("Comparison school"),
            Column("Rank", align="right"),
            Column("Score", align="right"),
            Column("Accepted"),
        ),
        rows=tuple(
            (
                match.unit,
                match.school,
                str(match.rank),
                f"{match.score:.3f}",
                "yes" if match.accepted and result.used else f"no: {match.why_not or result.why_not}",
            )
            for match in matches
        ),
        identifier=f"{name}-matches",
        note="Rank 1 is nearest. A score of 0 is identical.",
    )


def _weights(result: OutcomeMatch, name: str) -> Table:
    weights = np.zeros(0) if result.weights is None else result.weights.weights
    order = sorted(np.flatnonzero(weights > 0), key=lambda place: (-weights[place], place))
    rows = [(result.panel.schools[result.panel.candidates[place]], f"{weights[place]:.3f}") for place in order]
    return Table(
        caption="The largest weights",
        columns=(Column("Comparison school", row_header=True), Column("Weight", align="right")),
        rows=tuple(rows[:_MOST_WEIGHTS_LISTED]),
        identifier=f"{name}-weights",
        note=f"{plural(len(rows), 'school')} with a weight; all are in matches.csv.",
    )


def _without(result: OutcomeMatch, name: str) -> list[Block]:
    blocks: list[Block] = [Heading(2, "Left without, left out", f"{name}-without")]
    if result.unmatched:
        what = "Schools with a social worker that leave the analysis of this outcome"
        blocks.append(_left(result.unmatched, what, f"{name}-unmatched"))
    else:
        blocks.append(Paragraph("Every school with a social worker has a comparison."))
    if result.left_out:
        blocks.append(_left(result.left_out, "Left out, or short of matches", f"{name}-left-out"))
    excluded = [i for i, reason in enumerate(result.panel.excluded) if reason and not result.panel.intervention[i]]
    if excluded:
        reasons = tuple(LeftOut(result.panel.schools[i], result.panel.excluded[i]) for i in excluded)
        blocks.append(_left(reasons, "Schools that were kept out as comparisons", f"{name}-excluded"))
    return blocks


def _left(left: Sequence[LeftOut], caption: str, identifier: str) -> Table:
    columns = (Column("What", row_header=True), Column("Why"))
    return Table(caption, columns, tuple((each.what, each.why) for each in left), identifier)


def _check(result: OutcomeMatch, name: str) -> list[Block]:
    checks = result.answer.checks
    if not checks:
        return []
    return [
        Heading(2, "The published check", f"{name}-check"),
        Paragraph(
            (
                "The pilots compared the ranking of a match with that of the year before by a Mann-Whitney test, and took a "
                "p-value of 0.05 or more as a sign that trends persist. ",
                Ref(f"{name}-mann-whitney"),
                " shows it, with the smallest p-value that it could have given.",
            )
        ),
        Table(
            caption="Mann-Whitney check, and the smallest p-value that it could have given",
            columns=(
                Column("For", row_header=True),
                Column("All candidates: p", align="right"),
                Column("Smallest", align="right"),
                Column("Chosen: earlier ranks"),
                Column("p", align="right"),
                Column("Smallest", align="right"),
            ),
            rows=tuple(_check_row(check) for check in checks),
            identifier=f"{name}-mann-whitney",
            note="All candidates: both samples are the ranks 1 to n, so p is 1 whatever the data.",
        ),
    ]


def _check_row(check: MannWhitney) -> tuple[str, ...]:
    earlier = ", ".join(f"{rank:g}" for rank in check.earlier_ranks) or "none"
    return (
        check.unit,
        p_value(check.p_a),
        p_value(check.smallest_p_a),
        f"{earlier} of {check.candidates:,}",
        p_value(check.p_c),
        p_value(check.smallest_p_c),
    )


def _balance(result: OutcomeMatch, name: str) -> list[Block]:
    balance = result.balance
    if balance is None:
        return []
    blocks: list[Block] = [Heading(2, "Balance and overlap", f"{name}-balance-heading")]
    names = school_measures(result.panel).names
    if np.isfinite(balance.largest_before):
        chosen = "the weighted candidates" if result.weights is not None else "the chosen schools"
        blocks.append(balance_figure(balance, identifier=f"{name}-balance", chosen=chosen))
        blocks.append(overlap_figure(balance, names, identifier=f"{name}-overlap"))
    else:
        blocks.append(Paragraph("No measure has any spread between these schools."))
    blocks.append(Paragraph(f"The comparison is worth {balance.effective_number:.1f} equally weighted schools."))
    if result.pre_trend is not None:
        blocks.append(Paragraph(_bound(result)))
    return blocks


def _bound(result: OutcomeMatch) -> str:
    found = result.pre_trend
    if found is None:
        return ""
    words = (
        f"Parallel trends of the matched schools before the start: quasi-likelihood p {p_value(found.quasi_p)}, permutation p "
        f"{p_value(found.permutation_p)}. Schools that were matched on the trend pass such a test easily."
    )
    if found.bound is None:
        return words
    return f"{words} A rate ratio of {ratio(found.bound)} between the last two terms could be there and pass it all the same."


def _missing(result: OutcomeMatch) -> list[Block]:
    if not result.not_estimable:
        return []
    return [Callout("What could not be had", (Bullets(result.not_estimable),), tone="note")]
