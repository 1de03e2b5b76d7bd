"""Whether the printed rates follow from the printed counts and pupils."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from swis.study.corrections import correct_count
from swis.study.finding import Finding
from swis.study.protocol import Outcome, Protocol
from swis.study.school_term import SchoolTerm
from swis.tables.school_terms import SCHOOL_TERMS

_OTHER_UNITS = (1, 10, 100, 1_000, 10_000, 100_000)


def check_rates(protocol: Protocol, cells: Sequence[SchoolTerm]) -> list[Finding]:
    """A finding for each printed rate that its count and pupils contradict, and for a unit that none of them fits.

    Compared by the rounding interval of the printed digits: 2.50 stands for 2.495 to 2.505.
    """
    findings: list[Finding] = []
    for outcome in protocol.outcomes:
        rated = [c for c in cells if c.outcome == outcome.code and c.printed_rate is not None and c.pupils > 0]
        for per in sorted({c.rate_per_pupils or outcome.per for c in rated}):
            of_unit = [c for c in rated if (c.rate_per_pupils or outcome.per) == per]
            findings += _check_unit(protocol, outcome, of_unit, per)
    return findings


def _check_unit(protocol: Protocol, outcome: Outcome, cells: list[SchoolTerm], per: int) -> list[Finding]:
    fitting = _fitting_unit(cells, per)
    findings = [] if fitting == per else [_wrong_unit(outcome, cells, per, fitting)]
    for cell in cells:
        corrected = correct_count(cell, protocol.corrections)
        if not _fits(cell, fitting):
            findings.append(_contradiction(cell, corrected, fitting))
        elif corrected.count != cell.count and not _fits(corrected, fitting):
            findings.append(_correction_contradicts(cell, corrected))
    return findings


def _fitting_unit(cells: list[SchoolTerm], per: int) -> int:
    # Zeros fit every unit, so only counts above zero can tell. The printed unit stands unless most contradict it.
    telling = [cell for cell in cells if cell.count > 0]
    fits = {unit: sum(_fits(cell, unit) for cell in telling) for unit in (per, *_OTHER_UNITS)}
    best = max(fits, key=lambda unit: fits[unit])
    return best if 2 * fits[per] < len(telling) <= 2 * fits[best] else per


def _rate(cell: SchoolTerm, per: int) -> Fraction:
    return Fraction(cell.count * per, cell.pupils)


def _fits(cell: SchoolTerm, per: int) -> bool:
    return cell.printed_rate is not None and cell.printed_rate.fits(_rate(cell, per))


def _wrong_unit(outcome: Outcome, cells: list[SchoolTerm], per: int, fitting: int) -> Finding:
    return Finding(
        "note",
        "rate_unit_contradicts",
        SCHOOL_TERMS.file,
        f"{outcome.code}: the rates are printed as per {per} pupils, but follow from counts and pupils only as per "
        f"{fitting}",
        f"Read them as per {fitting}; nothing is estimated from a printed rate.",
        rows=tuple(cell.row for cell in cells),
        column="rate_per_pupils",
        outcome=outcome.code,
    )


def _contradiction(cell: SchoolTerm, corrected: SchoolTerm, per: int) -> Finding:
    rate = cell.printed_rate
    was_cut_off = rate is not None and rate.cuts_off(_rate(cell, per))
    if corrected.count == cell.count:
        what_to_do = "Look into the source; declare a [[correction]] if the table forces one."
    elif _fits(corrected, per):
        what_to_do = f"The declared correction of the count to {corrected.count} resolves it."
    else:
        what_to_do = f"The declared correction of the count to {corrected.count} does not resolve it."
    return _on_cell(
        cell,
        severity="note" if was_cut_off else "warning",
        code="rate_cut_off" if was_cut_off else "rate_contradicts",
        what=f"the printed rate {rate.text if rate else ''} does not follow from {cell.count} among {cell.pupils} "
        f"pupils ({float(_rate(cell, per)):.4f} per {per})" + (": it is cut off, not rounded" if was_cut_off else ""),
        what_to_do=what_to_do,
    )


def _correction_contradicts(cell: SchoolTerm, corrected: SchoolTerm) -> Finding:
    rate = cell.printed_rate
    return _on_cell(
        cell,
        severity="warning",
        code="correction_contradicts_rate",
        what=f"the printed rate {rate.text if rate else ''} agrees with the printed count {cell.count}, not with the "
        f"declared correction to {corrected.count}",
        what_to_do="The correction rests on something else; see its reason, and show results with and without it.",
    )


def _on_cell(cell: SchoolTerm, *, severity: str, code: str, what: str, what_to_do: str) -> Finding:
    return Finding(
        "warning" if severity == "warning" else "note",
        code,
        SCHOOL_TERMS.file,
        f"{cell.outcome}, {cell.school}, {cell.term}: {what}",
        what_to_do,
        rows=(cell.row,),
        column="printed_rate",
        outcome=cell.outcome,
        school=cell.school,
        term=cell.term,
    )
