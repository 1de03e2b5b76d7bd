"""Being looked after: spells, the episodes they are made of, and short breaks."""

from __future__ import annotations

from dataclasses import dataclass

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
    child, began, ended = cases.child[entered], cases.care_began[entered], cases.care_ended[entered]
    breaks = _draw_short_breaks(population, np.isin(np.arange(population.children.count), cases.child), rng)
    in_care, short = _cut_into_episodes(child, began, ended, rng), _describe(*breaks, rng=rng, short=True)
    joined = {name: np.concatenate([value, getattr(short, name)]) for name, value in vars(in_care).items()}
    order = np.lexsort((joined["began"], joined["child"]))
    return Episodes(**{name: value[order] for name, value in joined.items()})


def _cut_into_episodes(child: np.ndarray, began: np.ndarray, ended: np.ndarray, rng: np.random.Generator) -> Episodes:
    changes = rng.poisson((ended - began) / _DAYS_IN_YEAR * _CHANGES_A_YEAR)
    spell = np.repeat(np.arange(len(child)), changes)
    cut = began[spell] + 1 + (rng.random(len(spell)) * (ended - began - 1)[spell]).astype(np.int64)
    inside = cut < ended[spell]
    cuts = np.unique(np.stack([spell[inside], cut[inside]], axis=1), axis=0)
    spells = np.concatenate([np.arange(len(child)), cuts[:, 0]])
    starts = np.concatenate([began, cuts[:, 1]])
    order = np.lexsort((starts, spells))
    spells, starts = spells[order], starts[order]
    last = np.diff(spells, append=-1) != 0
    ends = np.where(last, ended[spells], np.roll(starts, -1))
    first = np.diff(spells, prepend=-1) != 0
    return _describe(child[spells], starts, ends, rng=rng, first=first, last=last, spell=spells)


def _describe(
    child: np.ndarray,
    began: np.ndarray,
    ended: np.ndarray,
    *,
    rng: np.random.Generator,
    first: np.ndarray | None = None,
    last: np.ndarray | None = None,
    spell: np.ndarray | None = None,
    short: bool = False,
) -> Episodes:
    n = len(child)
    whole = np.ones(n, dtype=bool)
    first, last = whole if first is None else first, whole if last is None else last
    spell = np.arange(n) if spell is None else spell
    spells = int(spell[-1]) + 1 if n else 0
    return Episodes(
        child=child,
        began=began,
        ended=ended,
        new=np.where(first, "S", "P"),
        status=np.full(n, SHORT_BREAK) if short else rng.choice(_STATUSES, spells, p=_STATUS_SHARES)[spell],
        placement=np.full(n, "U6") if short else rng.choice(_PLACEMENTS, n, p=_PLACEMENT_SHARES),
        provider=rng.choice(_PROVIDERS, n, p=_PROVIDER_SHARES),
        last=last,
        reason_ended=np.where(last, rng.choice(_ENDS, n, p=_END_SHARES), "X1"),
    )


def _draw_short_breaks(
    population: Population, known: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Agreed series of short breaks, for children who have no case: one that begins in each year for so many children."""
    children, dates = population.children, population.dates
    days = int(dates.last[-1]) - dates.origin
    chance = population.settings.rates.short_breaks * days / _DAYS_IN_YEAR
    child = np.flatnonzero(children.resident & ~known & (rng.random(children.count) < chance))
    began = dates.origin + rng.integers(0, days, len(child))
    ended = began + rng.integers(30, _LONGEST_BREAK, len(child))
    there = (population.came[child] <= began) & (ended <= population.gone[child])
    there &= ended < children.born[child] + LEAVES_CHILDHOOD
    return child[there], began[there], ended[there]
