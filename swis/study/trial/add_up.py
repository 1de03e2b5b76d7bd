"""Adding up the cells of an outcome over terms: counts, and the exposure that they came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from swis.study.trial.protocol import FollowUp, TrialOutcome, TrialProtocol
from swis.study.trial.rows import TrialCell
from swis.study.trial.trial import Trial
from swis.study.trial.units import Units

SESSIONS_IN_YEAR = 380
"""Half days of an English school year; only for the size of schools that returned nothing."""


@dataclass(frozen=True)
class Sum:
    """What an outcome of one unit came to over some terms: the count, its exposure, and in how many terms it was observed."""

    count: float
    exposure: float
    terms: int


def add_up(trial: Trial, units: Units, outcome: TrialOutcome, terms: Sequence[str]) -> dict[str, Sum]:
    """The sum of each unit over the terms in which it was observed; a unit that was never observed is not there."""
    unit_of = units.unit_of_school
    own = [cell for cell in trial.cells if cell.outcome == outcome.code and cell.term in terms and cell.pupils > 0]
    possible = _possible(trial.cells, outcome)
    groups: dict[str, list[TrialCell]] = defaultdict(list)
    for cell in own:
        groups[unit_of[cell.school]].append(cell)
    unit = 1.0 if outcome.kind == "sessions" else float(outcome.unit_of_count)
    found = {}
    for name, cells in groups.items():
        exposure = sum(_exposure(cell, possible, trial.protocol) for cell in cells)
        if exposure > 0:
            found[name] = Sum(sum(cell.count for cell in cells) / unit, exposure, len({cell.term for cell in cells}))
    return found


def _possible(cells: Iterable[TrialCell], outcome: TrialOutcome) -> dict[tuple[str, str], int] | None:
    if outcome.possible is None:
        return None
    return {(cell.label, cell.term): cell.count for cell in cells if cell.outcome == outcome.possible}


def _exposure(cell: TrialCell, possible: Mapping[tuple[str, str], int] | None, protocol: TrialProtocol) -> float:
    if possible is not None:
        return float(possible[cell.label, cell.term])
    return cell.pupils * protocol.terms.years(cell.term)


def expected_exposure(protocol: TrialProtocol, outcome: TrialOutcome, periods: Iterable[FollowUp]) -> dict[str, float]:
    """What one pupil before the draw would have brought to each period: years, or the sessions of a school year."""
    each = float(SESSIONS_IN_YEAR) if outcome.kind == "sessions" else 1.0
    return {period.name: each * sum(protocol.terms.years(term) for term in period.terms) for period in periods}
