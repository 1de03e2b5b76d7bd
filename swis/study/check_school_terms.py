"""What the school-term table says against itself and against the protocol."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from swis.study.finding import Finding, Severity
from swis.study.protocol import Outcome, Protocol
from swis.study.school_term import SchoolTerm, group_cells, schools_in_printed_order
from swis.tables.school_terms import SCHOOL_TERMS

PUPILS_JUMP = 0.25
"""A roll that changes by more than this between terms that follow one another is worth a look."""


def check_school_terms(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    """Every finding on labels, pupils and counts, outcome by outcome."""
    findings = _check_labels(protocol, cells)
    findings += _check_pupils_between_outcomes(protocol, cells)
    findings += _check_jumps(protocol, cells)
    for outcome in protocol.outcomes:
        own = [cell for cell in cells if cell.outcome == outcome.code]
        findings += _check_arm_labels(protocol, own)
        findings += _check_missing(protocol, outcome, own)
        findings += _check_no_pupils(outcome, own)
        findings += _check_no_events(outcome, own)
        findings += _check_events(outcome, own)
        findings += _check_days(protocol, outcome, own)
    return findings


def _find(
    severity: Severity, code: str, what: str, what_to_do: str, cells: Sequence[SchoolTerm], column: str = ""
) -> Finding:
    def only(names: set[str]) -> str:
        return names.pop() if len(names) == 1 else ""

    return Finding(
        severity,
        code,
        SCHOOL_TERMS.file,
        what,
        what_to_do,
        rows=tuple(sorted(cell.row for cell in cells)),
        column=column,
        outcome=only({cell.outcome for cell in cells}),
        school=only({cell.school for cell in cells}),
        term=only({cell.term for cell in cells}),
    )


def _check_labels(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    findings = []
    for (school,), group in group_cells(cells, lambda c: (c.school,)).items():
        labels = sorted({cell.label for cell in group})
        if len(labels) < 2:
            continue
        same_but_case = len({label.casefold() for label in labels}) == 1
        how = "in two spellings" if same_but_case else "under several labels"
        findings.append(
            _find(
                "note",
                "school_under_several_labels",
                f"{school} is printed {how}: {', '.join(labels)}",
                "They are taken as one school, as study.toml says.",
                group,
                "school",
            )
        )
    present = {cell.school for cell in cells}
    return findings + [
        Finding(
            "warning",
            "school_without_rows",
            SCHOOL_TERMS.file,
            f"{declared.id} ({declared.arm}) is in study.toml but has no rows",
            "It is in no analysis. Add its rows, or say in the report why it is left out.",
            school=declared.id,
        )
        for declared in protocol.schools
        if declared.id not in present
    ]


def _check_arm_labels(protocol: Protocol, own: Sequence[SchoolTerm]) -> list[Finding]:
    findings = []
    for (school,), group in group_cells(own, lambda c: (c.school,)).items():
        arm = protocol.school(school).arm
        cell = group[0]
        says = []
        if any(c.arm_in_label not in (None, arm) for c in group):
            says.append(f"the label {cell.label} says {cell.arm_in_label}")
        if any(c.heading != arm for c in group):
            says.append("the heading says " + " and ".join(sorted({c.heading for c in group})))
        if not says:
            continue
        corrections = [
            c for c in protocol.corrections if c.field == "arm" and (c.outcome, c.school) == (cell.outcome, school)
        ]
        resolved = (
            f"The declared correction of the arm to {arm} resolves it."
            if corrections
            else f"The protocol's arm, {arm}, is used. Declare a [[correction]] of the arm with its reason."
        )
        what = f"{cell.outcome}: {school} is {arm} in study.toml, but {' and '.join(says)}"
        findings.append(_find("warning", "arm_contradicts", what, resolved, group, "school"))
    return findings


def _check_pupils_between_outcomes(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    findings = []
    for (school,), group in group_cells(cells, lambda c: (c.school,)).items():
        by_term = group_cells(group, lambda c: (c.term,))
        differing = {term: same for (term,), same in by_term.items() if len({c.pupils for c in same}) > 1}
        if not differing:
            continue
        said = "; ".join(
            f"{term} {', '.join(f'{c.pupils} ({c.outcome})' for c in differing[term])}"
            for term in protocol.terms.order
            if term in differing
        )
        findings.append(
            _find(
                "warning",
                "pupils_differ_between_outcomes",
                f"{school} has different pupils in the same term: {said}",
                "Rates of the two outcomes have different denominators. Ask the source which pupils are meant.",
                [cell for same in differing.values() for cell in same],
                "pupils",
            )
        )
    return findings


def _check_jumps(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    findings = []
    order = protocol.terms.order
    for (school,), group in group_cells(cells, lambda c: (c.school,)).items():
        of_outcome = group_cells(group, lambda c: (c.outcome,))
        jumps = dict.fromkeys(
            (before, after)
            for own in of_outcome.values()
            for before, after in pairwise(sorted(own, key=lambda c: order.index(c.term)))
            if before.pupils > 0 and abs(after.pupils / before.pupils - 1) > PUPILS_JUMP
        )
        if not jumps:
            continue
        involved = list(dict.fromkeys(cell for pair in jumps for cell in pair))
        said = "; ".join(dict.fromkeys(f"{b.pupils} in {b.term}, {a.pupils} in {a.term}" for b, a in jumps))
        findings.append(
            _find(
                "warning",
                "pupils_jump",
                f"{school}: the roll changes by more than {PUPILS_JUMP:.0%} between terms: {said}"
                + _say_same_pupils(involved, cells),
                "Ask the source whether the pupils are right: the rate ratio depends on them.",
                involved,
                "pupils",
            )
        )
    return findings


def _say_same_pupils(involved: Sequence[SchoolTerm], cells: Sequence[SchoolTerm]) -> str:
    same = dict.fromkeys(
        f". {other.school} has the same {cell.pupils} in {cell.term}"
        for cell in involved
        for other in cells
        if other.school != cell.school and (other.term, other.pupils) == (cell.term, cell.pupils)
    )
    return "".join(same)


def _check_missing(protocol: Protocol, outcome: Outcome, own: Sequence[SchoolTerm]) -> list[Finding]:
    there = {(cell.school, cell.term) for cell in own}
    terms = [term for term in protocol.terms.order if any(cell.term == term for cell in own)]
    missing = [
        f"{school} in {term}"
        for school in schools_in_printed_order(outcome, own)
        for term in terms
        if (school, term) not in there
    ]
    absent = [term for term in protocol.terms.order if term not in terms]
    findings = []
    if missing:
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        said = _school_terms(len(missing), "have", "has")
        what = f"{outcome.code}: {said} no row: {', '.join(missing[:10])}{more}"
        to_do = "They are taken as not observed, not as zero. Add the rows if they were."
        findings.append(_without_rows("school_term_missing", outcome, what, to_do))
    if absent:
        what = f"{outcome.code} has no rows at all in {', '.join(absent)}"
        findings.append(_without_rows("term_without_rows", outcome, what, "The outcome is analysed without them."))
    return findings


def _without_rows(code: str, outcome: Outcome, what: str, what_to_do: str) -> Finding:
    return Finding("warning", code, SCHOOL_TERMS.file, what, what_to_do, outcome=outcome.code)


def _check_no_pupils(outcome: Outcome, own: Sequence[SchoolTerm]) -> list[Finding]:
    empty = [cell for cell in own if cell.pupils == 0]
    if not empty:
        return []
    what = f"{outcome.code}: {_school_terms(len(empty), 'have', 'has')} no pupils"
    return [_find("warning", "no_pupils", what, "They are taken as not observed.", empty, "pupils")]


def _check_no_events(outcome: Outcome, own: Sequence[SchoolTerm]) -> list[Finding]:
    groups = group_cells(own, lambda c: (c.school,))
    silent = {school: group for (school,), group in groups.items() if not any(cell.count for cell in group)}
    if not silent:
        return []
    return [
        _find(
            "note",
            "school_without_events",
            f"{outcome.code}: {len(silent)} of {len(groups)} schools have a count of 0 in every term: "
            f"{', '.join(silent)}",
            "They tell nothing of a rate ratio, and should not count as schools where its uncertainty is reckoned.",
            [cell for group in silent.values() for cell in group],
            "count",
        )
    ]


def _check_events(outcome: Outcome, own: Sequence[SchoolTerm]) -> list[Finding]:
    """More starts or enquiries than pupils could be true of a few families, but is most often a slip of the keyboard."""
    too_many = [cell for cell in own if outcome.kind == "events" and cell.count > cell.pupils > 0]
    if not too_many:
        return []
    what = f"{outcome.code}: {_school_terms(len(too_many), 'count', 'counts')} more than the pupils on the roll"
    to_do = "Look for a digit too many in the count, or one too few in the pupils."
    return [_find("warning", "more_events_than_pupils", what, to_do, too_many, "count")]


def _school_terms(number: int, many: str, one: str) -> str:
    return f"{number} school-term {one}" if number == 1 else f"{number} school-terms {many}"


def _check_days(protocol: Protocol, outcome: Outcome, own: Sequence[SchoolTerm]) -> list[Finding]:
    if outcome.kind != "days":
        return []
    unit = outcome.unit_of_count
    above_zero = [cell for cell in own if cell.count > 0]
    whole = [cell for cell in above_zero if unit > 1 and 0 in (cell.count % unit, cell.count % (unit + 1))]
    said = (
        f"; {len(whole)} of {len(above_zero)} counts above 0 are whole terms of {unit} or {unit + 1}" if whole else ""
    )
    findings = [
        _find(
            "warning",
            "days_not_independent",
            f"{outcome.code} counts days{said}",
            "Days of one child are not independent events: the uncertainty is that of children, not of days.",
            whole or above_zero,
            "count",
        )
    ]
    too_many = [c for c in own if c.term in protocol.terms.days and c.count > c.pupils * protocol.terms.days[c.term]]
    if too_many:
        what = f"{outcome.code}: {len(too_many)} counts are more than all pupils could spend in the term"
        findings.append(_find("warning", "more_days_than_possible", what, "Look into the source.", too_many, "count"))
    return findings
