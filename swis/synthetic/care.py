"""Being looked after: spells, the episodes they are made of, and short breaks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from swis.synthetic.casework import Cases
from swis.synthetic.children import LEAVES_CHILDHOOD
from swis.synthetic.outcomes import ENTRIES
from swis.synthetic.referrals import Population

SHORT_BREAK = "V4"
_STATUSES, _STATUS_SHARES = ("C1", "C2", "V2"), (0.35, 0.4, 0.25)
_PLACEMENTS, _PLACEMENT_SHARES = ("U6", "U4", "U3", "K2", "P1", "H5"), (0.45, 0.2, 0.15, 0.1, 0.06, 0.04)
_PROVIDERS, _PROVIDER_SHARES = ("PR1", "PR4", "PR5"), (0.55, 0.38, 0.07)
_ENDS, _END_SHARES = ("E4A", "E4B", "E13", "E47", "E8"), (0.4, 0.15, 0.15, 0.15, 0.15)
_CHANGES_A_YEAR = 0.6
_DAYS_IN_YEAR = 365.25
_LONGEST_BREAK = 300


@dataclass(frozen=True, eq=False)
class Episodes:
    """Arrays over episodes, by child and day: from `began` to the day before `ended`. `last`: no other follows at once."""

    child: np.ndarray
    began: np.ndarray
    ended: np.ndarray
    new: np.ndarray
    status: np.ndarray
    placement: np.ndarray
    provider: np.ndarray
    last: np.ndarray
    reason_ended: np.ndarray

    @property
    def count(self) -> int:
        """How many episodes there are."""
        return len(self.child)


def make_episodes(population: Population, cases: Cases, *, rng: np.random.Generator) -> Episodes:
    """The episodes of every spell in care, cut where a placement changes, and short breaks of a few others (one episode each)."""
    entered = cases.happened[ENTRIES]
    spells = _Spells(cases.child[entered], cases.care_began[entered], cases.care_ended[entered])
    known = np.isin(np.arange(population.children.count), cases.child)
    in_care = _describe(*_cut_where_placements_change(spells, rng), rng=rng)
    breaks = _draw_short_breaks(population, known, rng)
    short = replace(
        _describe(breaks, np.arange(len(breaks.child)), rng=rng),
        status=np.full(len(breaks.child), SHORT_BREAK),
        placement=np.full(len(breaks.child), _PLACEMENTS[0]),
    )
    joined = {name: np.concatenate([value, getattr(short, name)]) for name, value in vars(in_care).items()}
    order = np.lexsort((joined["began"], joined["child"]))
    return Episodes(**{name: value[order] for name, value in joined.items()})


@dataclass(frozen=True, eq=False)
class _Spells:
    child: np.ndarray
    began: np.ndarray
    ended: np.ndarray


def _cut_where_placements_change(spells: _Spells, rng: np.random.Generator) -> tuple[_Spells, np.ndarray]:
    """The parts of the spells in their order, and which spell each is a part of."""
    lengths = spells.ended - spells.began
    changed = np.repeat(np.arange(len(lengths)), rng.poisson(lengths / _DAYS_IN_YEAR * _CHANGES_A_YEAR))
    cut = spells.began[changed] + 1 + (rng.random(len(changed)) * (lengths - 1)[changed]).astype(np.int64)
    inside = cut < spells.ended[changed]
    cuts = np.unique(np.stack([changed[inside], cut[inside]], axis=1), axis=0)
    spell = np.concatenate([np.arange(len(lengths)), cuts[:, 0]])
    starts = np.concatenate([spells.began, cuts[:, 1]])
    order = np.lexsort((starts, spell))
    spell, starts = spell[order], starts[order]
    last = np.diff(spell, append=-1) != 0
    return _Spells(spells.child[spell], starts, np.where(last, spells.ended[spell], np.roll(starts, -1))), spell


def _describe(parts: _Spells, spell: np.ndarray, *, rng: np.random.Generator) -> Episodes:
    """The parts of spells as episodes; the legal status is that of the spell."""
    n, spells = len(spell), int(spell[-1]) + 1 if len(spell) else 0
    last = np.diff(spell, append=-1) != 0
    return Episodes(
        child=parts.child,
        began=parts.began,
        ended=parts.ended,
        new=np.where(np.diff(spell, prepend=-1) != 0, "S", "P"),
        status=rng.choice(_STATUSES, spells, p=_STATUS_SHARES)[spell],
        placement=rng.choice(_PLACEMENTS, n, p=_PLACEMENT_SHARES),
        provider=rng.choice(_PROVIDERS, n, p=_PROVIDER_SHARES),
        last=last,
        reason_ended=np.where(last, rng.choice(_ENDS, n, p=_END_SHARES), "X1"),
    )


def _draw_short_breaks(population: Population, known: np.ndarray, rng: np.random.Generator) -> _Spells:
    """Agreed series of short breaks, for children who have no case: one that begins in each year for so many children."""
    children, dates = population.children, population.dates
    days = int(dates.last[-1]) - dates.origin
    chance = population.settings.rates.short_breaks * days / _DAYS_IN_YEAR
    child = np.flatnonzero(children.resident & ~known & (rng.random(children.count) < chance))
    began = dates.origin + rng.integers(0, days, len(child))
    ended = began + rng.integers(30, _LONGEST_BREAK, len(child))
    there = (population.came[child] <= began) & (ended <= population.gone[child])
    there &= ended < children.born[child] + LEAVES_CHILDHOOD
    return _Spells(child[there], began[there], ended[there])
