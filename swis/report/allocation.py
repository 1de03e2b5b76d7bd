"""The page of an allocation: who is in which arm, whether the arms are alike, and how anybody can check it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from swis.design.allocation.allocate import Allocation
from swis.design.allocation.certificate import Certificate
from swis.design.allocation.measures import value_of
from swis.design.allocation.nominations import NominatedSchool
from swis.design.allocation.plan import METHODS, AllocationOptions, plan_allocation
from swis.design.allocation.redraws import draw_allocations
from swis.report.document import Block, Bullets, Callout, Column, Document, Heading, Paragraph, Ref, Table
from swis.report.figures.arm_balance import ArmDifference, arm_balance_figure
from swis.report.words import percent, plural

SIMPLE_DRAWS = 2_000


def compose_allocation(allocation: Allocation, certificate: Certificate) -> Document:
    """The document of one allocation. The same allocation and certificate give the same document."""
    plan, number = allocation.plan, int(allocation.intervention.sum())
    first, second = plan.options.ratio
    return Document(
        title="Allocation of schools",
        subtitle=f"{plural(number, 'school')} with a social worker, {len(plan.schools) - number:,} without",
        source=f"Drawn with SWIS {certificate.swis_version} on {certificate.drawn_on.isoformat()}",
        description="Which schools were drawn for which arm, how alike the arms are, and how the draw can be checked.",
        blocks=(
            *_arms(allocation),
            *_balance(allocation),
            *_set(allocation),
            *_reserve(allocation, certificate),
            *_excluded(allocation),
            *_how_to_check(certificate),
        ),
        provenance=(
            ("Method", f"{plan.options.method}, {first}:{second}: {METHODS[plan.options.method]}"),
            ("Strata", ", ".join(plan.options.strata)),
            ("Balanced on", ", ".join(plan.covariates) or "nothing"),
            ("Options", plan.options.canonical),
            ("Scheme", certificate.scheme),
            ("Seed", certificate.seed),
            ("Public value", certificate.public_value or "none"),
            ("Commitment (SHA-256)", "none" if certificate.commitment is None else certificate.commitment.sha256),
            ("Nominations, file (SHA-256)", certificate.nominations_sha256),
            ("Nominations, content (SHA-256)", certificate.canonical_sha256),
        ),
    )


def _arms(allocation: Allocation) -> list[Block]:
    plan = allocation.plan
    partner = _partners(allocation)
    columns = [Column("School", row_header=True), Column("Authority"), Column("Arm")]
    rows = [
        [each.school, each.authority, arm] + ([partner.get(each.school, "left over")] if partner else [])
        for each, arm in zip(plan.nominations.drawn, allocation.arms.values(), strict=True)
    ]
    table = Table(
        caption="Schools and arms",
        columns=(*columns, Column("Paired with")) if partner else tuple(columns),
        rows=tuple(tuple(row) for row in rows),
        identifier="schools-and-arms",
    )
    strata = Table(
        caption="Numbers by stratum",
        columns=(
            Column("Stratum", row_header=True),
            Column("Schools", align="right"),
            Column("Intervention", align="right"),
            Column("Comparison", align="right"),
        ),
        rows=tuple(
            (label, str(members.size), str(number), str(members.size - number))
            for label, members, number in zip(plan.strata, plan.members, allocation.numbers, strict=True)
        ),
        identifier="numbers-by-stratum",
    )
    return [Heading(1, "Arms", "arms"), strata, table]


def _partners(allocation: Allocation) -> dict[str, str]:
    plan = allocation.plan
    pairs = () if plan.pairing is None else plan.pairing.pairs
    names = [(plan.schools[one], plan.schools[other]) for one, other in pairs]
    return dict(names) | {other: one for one, other in names}


def _balance(allocation: Allocation) -> list[Block]:
    heading = Heading(1, "Balance", "balance")
    rows = arm_differences(allocation)
    if not any(np.isfinite(row.difference) for row in rows):
        return [heading, Paragraph("No figure is known that differs between the schools: balance cannot be shown.")]
    return [heading, arm_balance_figure(rows, identifier="arm-balance")]


def arm_differences(allocation: Allocation) -> list[ArmDifference]:
    """The balance of every measure, with the range in which 95% of simple draws of the same strata and ratio have it."""
    plan = allocation.plan
    simple = plan_allocation(plan.nominations, AllocationOptions(strata=plan.options.strata, ratio=plan.options.ratio))
    draws = draw_allocations(simple, SIMPLE_DRAWS, seed=1)
    rows = []
    for each in allocation.balance:
        low, high = _by_chance(plan.nominations.drawn, each.measure, draws)
        rows.append(
            ArmDifference(
                measure=each.measure,
                intervention_mean=each.intervention_mean,
                comparison_mean=each.comparison_mean,
                difference=each.standardised_difference,
                chance_low=low,
                chance_high=high,
            )
        )
    return rows


def _by_chance(schools: tuple[NominatedSchool, ...], measure: str, draws: NDArray[np.bool_]) -> tuple[float, float]:
    exact = [value_of(school, measure) for school in schools]
    known = np.array([value is not None for value in exact])
    values = np.array([float(value) for value in exact if value is not None])
    chosen = draws[:, known]
    spread = float(values.std(ddof=1)) if len(set(exact) - {None}) > 1 else np.nan
    sizes = chosen.sum(axis=1)
    both = (sizes > 0) & (sizes < values.size)  # where few schools have the measure, an arm can be without
    chosen, sizes = chosen[both], sizes[both]
    sums = chosen @ values
    differences = (sums / sizes - (values.sum() - sums) / (values.size - sizes)) / spread
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(low), float(high)


def _set(allocation: Allocation) -> list[Block]:
    drawn = allocation.constrained
    if drawn is None:
        return []
    shares, chances = drawn.same_arm[drawn.free], drawn.kept.mean(axis=0)
    looked = (
        f"All {drawn.distinct:,} allocations were looked at"
        if drawn.enumerated
        else f"{drawn.looked_at:,} allocations were drawn ({drawn.distinct:,} different ones)"
    )
    items = (
        f"{looked}; {len(drawn.kept):,} were kept, and one of them drawn.",
        f"Two schools share an arm in {percent(float(shares.min()))} to {percent(float(shares.max()))} of the kept ones.",
        f"{drawn.always_together:,} pairs of schools are always together, {drawn.never_together:,} never.",
        f"The chance of a social worker lies between {percent(float(chances.min()))} and {percent(float(chances.max()))}.",
    )
    blocks: list[Block] = [Heading(1, "The allocations that were drawn from", "constrained-set"), Bullets(items)]
    if drawn.over_constrained:
        blocks.append(
            Callout(
                "The set is narrow",
                (Paragraph(f"{drawn.over_constrained}. Keep a larger share, or balance on fewer measures."),),
                tone="caution",
            )
        )
    return blocks


def _reserve(allocation: Allocation, certificate: Certificate) -> list[Block]:
    blocks: list[Block] = [Heading(1, "If a school withdraws", "replacement"), Paragraph(certificate.replacement)]
    if not allocation.stand_ins:
        return [*blocks, Paragraph("There is no school in reserve.")]
    table = Table(
        caption="Schools in reserve, in the order drawn",
        columns=(Column("Stratum"), Column("Place", align="right"), Column("School", row_header=True)),
        rows=tuple((each.stratum, str(each.place), each.school) for each in allocation.stand_ins),
        identifier="reserve",
    )
    return [*blocks, table]


def _excluded(allocation: Allocation) -> list[Block]:
    excluded = allocation.plan.nominations.excluded
    if not excluded:
        return []
    table = Table(
        caption="Nominated and not drawn",
        columns=(Column("School", row_header=True), Column("Authority"), Column("Why")),
        rows=tuple((each.school, each.authority, each.excluded) for each in excluded),
        identifier="not-drawn",
    )
    return [Heading(1, "Nominated and not drawn", "excluded"), table]


def _how_to_check(certificate: Certificate) -> list[Block]:
    words: list[Block] = [
        Heading(1, "How to check it", "check"),
        Paragraph(
            "Put allocation.toml beside nominations.csv and type: swis verify allocation.toml. It draws again with code of its "
            "own. The draw can also be made again without this program: its scheme is public."
        ),
    ]
    if certificate.commitment is None:
        return [
            *words,
            Callout(
                "No commitment was made",
                (Paragraph("Nothing shows that the seed was chosen before the nominations were known."),),
                tone="caution",
            ),
        ]
    text = (
        f"The seed was committed to on {certificate.commitment.on.isoformat()}. Compare the commitment in ",
        Ref("provenance"),
        " with what was published then.",
    )
    return [*words, Paragraph(text)]
