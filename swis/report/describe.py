"""The report of `swis describe`: the counts of a study as they may be looked at, and nothing of the programme's effect."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from swis.disclosure.policy import HIDDEN
from swis.report.chapters.outcome import identifier
from swis.report.document import Block, Callout, Column, Document, Heading, Paragraph, Ref, Table
from swis.report.figures.shown_rates import NOT_OBSERVED, shown_rates_figure
from swis.report.words import per_pupils, percent, plural
from swis.study.describe import Description, Leap, OutcomeDescription, Volatility
from swis.study.finding import Finding
from swis.study.study import Study

NO_POLICY = "none"


def compose_description(description: Description) -> Document:
    """The document: how to read it, a chapter for each outcome, and what was found of pupils."""
    study = description.study
    return Document(
        title=f"A first look at the data: {study.authority}",
        subtitle=f"Counts and rates by school and term, before anything is estimated{_keep(description)}",
        source=f"Made by SWIS {version('swis')} from the study folder {study.name}",
        description=f"The outcomes of {study.title} by school and term: zeros, scatter, leaps and gaps. No effect is estimated.",
        blocks=(
            *_how_to_read(description),
            *(block for one in description.outcomes for block in _chapter(study, one)),
            *_pupils(description),
        ),
        provenance=_provenance(description),
    )


def _keep(description: Description) -> str:
    # On the title too: a printed first page may be all that somebody sees.
    return "" if description.policy is not None else ". Not to leave the team: nothing is hidden"


def _how_to_read(description: Description) -> list[Block]:
    study = description.study
    blocks: list[Block] = [
        Heading(1, "How to read this", "how-to-read"),
        _who_may_see(description),
        Callout(
            "Looking is not testing",
            (
                Paragraph(
                    "No effect of the programme is estimated here, and schools with and without a social worker are not "
                    "compared after the start. A difference that strikes the eye is no finding. Zeros, scatter and leaps "
                    "are those of the terms before the start."
                ),
            ),
        ),
    ]
    if study.plan_status.lock is None:
        blocks.append(
            Callout(
                "The plan is not locked",
                (
                    Paragraph(
                        "Whoever has read these pages has seen counts of terms after the start, if the folder has them. Lock "
                        "the plan first (swis lock), or it can no longer be said that it was chosen without knowing them."
                    ),
                ),
                tone="caution",
            )
        )
    return blocks


def _who_may_see(description: Description) -> Callout:
    if description.policy is None:
        words = (
            "Nothing is hidden (--policy none). Small numbers can point to a child. Keep these pages within the team that "
            "holds the cases."
        )
        return Callout("Not to leave the team", (Paragraph(words),), tone="caution")
    words = (
        f"Small numbers are shown as {HIDDEN} (policy {description.policy.name}), and a rate is hidden with its count. Nothing "
        "else here rests on a hidden number: what needs one is worked out from what is shown, or not told. There are no "
        "totals, as a total would give hidden numbers away."
    )
    return Callout("Small numbers are hidden", (Paragraph(words),))


def _chapter(study: Study, one: OutcomeDescription) -> list[Block]:
    key = identifier(study, "look", one.outcome.code)
    shown = one.shown
    schools = f"{plural(sum(shown.intervention), 'school')} with a social worker, {len(shown.schools) - sum(shown.intervention)}"
    return [
        Heading(1, one.outcome.name, key),
        Paragraph(
            (
                f"{schools} without; {plural(len(shown.terms), 'term')}, {len(shown.before)} of them before the start; "
                f"{plural(shown.observed, 'school-term')} observed, {shown.hidden} hidden. ",
                Ref(f"{key}-rates"),
                " draws the rates, ",
                Ref(f"{key}-counts"),
                " has the counts.",
            )
        ),
        *_corrected(one),
        *_days(one),
        shown_rates_figure(shown, identifier=f"{key}-rates", outcome_name=one.outcome.name, per=one.outcome.per),
        _counts(one, f"{key}-counts"),
        Heading(2, "Zeros", f"{key}-zeros"),
        *_zeros(one, f"{key}-floor"),
        Heading(2, "Scatter from term to term", f"{key}-scatter"),
        *_scatter(one, f"{key}-dispersion"),
        Heading(2, "Largest leaps", f"{key}-leaps"),
        *_leaps(one, f"{key}-largest"),
        Heading(2, "Gaps", f"{key}-gaps"),
        *_found(one.findings, f"{key}-findings", "Every school has a row with pupils in every term."),
    ]


def _corrected(one: OutcomeDescription) -> list[Block]:
    if not one.corrections:
        return []
    return [Paragraph(f"{plural(one.corrections, 'declared correction')} of the protocol entered, as in the analyses.")]


def _days(one: OutcomeDescription) -> list[Block]:
    if one.outcome.kind != "days" or one.policy is None:
        return []
    return [
        Paragraph(
            "These are days, and many days can be one child. The policy is about children, so its limit is taken times the days "
            f"that one child can add in a term: up to {one.policy.largest_small:,} days are hidden."
        )
    ]


def _counts(one: OutcomeDescription, key: str) -> Table:
    shown, per = one.shown, one.outcome.per
    rows = []
    for i in sorted(range(len(shown.schools)), key=lambda i: not shown.intervention[i]):
        cells = []
        for count, pupils in zip(shown.counts[i], shown.pupils[i], strict=True):
            told = (
                f"{HIDDEN} / {pupils:,}" if count is None else f"{count:,} / {pupils:,} ({_rate(count, pupils, per)})"
            )
            cells.append(told if pupils else NOT_OBSERVED)
        rows.append((shown.schools[i], "with" if shown.intervention[i] else "without", *cells))
    return Table(
        caption=f"{one.outcome.name} by school and term: count / pupils (rate {per_pupils(per)})",
        columns=(
            Column("School", row_header=True),
            Column("Social worker"),
            *(Column(term, "right") for term in shown.terms),
        ),
        rows=tuple(rows),
        identifier=key,
        note=" ".join(shown.notes),
    )


def _rate(count: int, pupils: int, per: int) -> str:
    return f"{count / pupils * per:.2f}" if pupils else ""


def _zeros(one: OutcomeDescription, key: str) -> list[Block]:
    if one.floor is None:
        return [Paragraph("Not told: the policy hides zeros.")]
    rows = tuple(
        (
            "With a social worker" if each.intervention else "Without",
            f"{each.zeros} of {each.school_terms}" + _share(each.zeros, each.school_terms),
            f"{each.never_above_zero} of {each.schools}" + _share(each.never_above_zero, each.schools),
        )
        for each in one.floor
    )
    columns = (
        Column("Schools", row_header=True),
        Column("School-terms with a count of 0", "right"),
        Column("Schools never above 0", "right"),
    )
    words = (
        "A school at zero cannot fall further, and one that never leaves it says nothing of a rate ratio. Where many are there, "
        "a reduction can hardly be seen."
    )
    return [Paragraph(words), Table(f"{one.outcome.name}: zeros before the start", columns, rows, key)]


def _share(part: int, whole: int) -> str:
    return f" ({percent(part / whole)})" if whole else ""


def _scatter(one: OutcomeDescription, key: str) -> list[Block]:
    found = one.volatility
    if not isinstance(found, Volatility):
        return [Paragraph(f"Not told: {found}.")]
    columns = (Column("Taken for granted", row_header=True), Column("Dispersion before the start", "right"))
    rows = (
        ("Each school keeps its rate", _range(found.stable_low, found.stable_high)),
        ("All schools rise and fall together", _range(found.moving_low, found.moving_high)),
    )
    words = (
        "A dispersion of 1 is what chance alone gives; 4 means that counts move twice as far as chance takes them. If the "
        "second is much lower than the first, schools move together from term to term."
    )
    unit = float(one.outcome.unit_of_count)
    note = f"{unit:g} days or counts are taken as one event. " if unit != 1 else ""
    if found.drawings:
        note += (
            f"Hidden and rounded numbers were drawn {found.drawings} times from what a reader knows that they can be; the "
            "middle 90% of the results is given. The true value may lie outside."
        )
    return [Paragraph(words), Table(f"{one.outcome.name}: scatter", columns, rows, key, note)]


def _range(low: float, high: float) -> str:
    return f"{low:.2f}" if low == high else f"{low:.2f} to {high:.2f}"


def _leaps(one: OutcomeDescription, key: str) -> list[Block]:
    if not one.leaps:
        return [Paragraph("Not told: no school has two numbers above 0 that follow one another and are both shown.")]
    columns = (
        Column("School", row_header=True),
        Column("Social worker"),
        Column("From"),
        Column("To"),
        Column("Standard deviations of chance", "right"),
    )
    rows = tuple(_leap_row(leap, one.outcome.per) for leap in one.leaps)
    note = "Of neighbouring terms before the start that are both shown. 2 is common, 4 is worth a question."
    if one.outcome.kind == "days":
        note += " Days of one child come together, so days leap further than chance by nature."
    return [Table(f"{one.outcome.name}: the largest leaps before the start", columns, rows, key, note)]


def _leap_row(leap: Leap, per: int) -> tuple[str, ...]:
    ends = [
        f"{term}: {count:,} ({_rate(count, pupils, per)})"
        for term, count, pupils in zip(leap.terms, leap.counts, leap.pupils, strict=True)
    ]
    return leap.school, "with" if leap.intervention else "without", *ends, f"{leap.deviations:+.1f}"


def _pupils(description: Description) -> list[Block]:
    return [
        Heading(1, "Pupils", "pupils"),
        *_found(
            description.findings,
            "pupils-findings",
            "No roll changes by more than 25% between terms, and outcomes agree on the pupils of a school.",
        ),
        Paragraph("Only findings on pupils and gaps are here. Others can quote counts; swis check prints them all."),
    ]


def _found(findings: Sequence[Finding], key: str, nothing: str) -> list[Block]:
    if not findings:
        return [Paragraph(nothing)]
    columns = (Column("What was found", row_header=True), Column("What to do"))
    rows = tuple((each.what, each.what_to_do) for each in findings)
    return [Table("What the check of the folder found", columns, rows, key)]


def _provenance(description: Description) -> tuple[tuple[str, str], ...]:
    study = description.study
    rule = NO_POLICY if description.policy is None else f"{description.policy.name}: {description.policy.words}"
    items = [("SWIS version", version("swis")), ("Disclosure policy", rule)]
    if description.policy is not None:
        # Whoever guesses a file with a few hidden counts could try each guess against its hash.
        return (*items, ("Hashes of the inputs", "not given: a guess at a hidden number could be tried against them"))
    return (*items, *((f"{name} (SHA-256)", digest) for name, digest in sorted(study.hashes.files.items())))
