"""Who was on the roll of which school from when to when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from swis.synthetic.children import YEARS_AT_SCHOOL, Children
from swis.synthetic.schools import PRIMARY_YEARS, Schools
from swis.synthetic.settings import Settings
from swis.synthetic.term_dates import TermDates, day_number, first_day_of_autumn

STILL_THERE = 2**31 - 1
_CHILD = 32


@dataclass(frozen=True, eq=False)
class Stays:
    """Arrays over stays, by child and then by day: a child at a school from `entered` to `left`, both days counted in.

    `left` is STILL_THERE for those who never left. `moved` says that a stay ended during the year and not with the last day of
    primary or secondary school. A school that becomes an academy has two stays for each pupil: `urn` is the school's number then.
    """

    child: np.ndarray
    school: np.ndarray
    urn: np.ndarray
    entered: np.ndarray
    left: np.ndarray
    moved: np.ndarray

    @property
    def count(self) -> int:
        """How many stays there are."""
        return len(self.child)

    def find(self, child: np.ndarray, day: np.ndarray) -> np.ndarray:
        """The place of the stay of each child on each day; -1 where the child was on no roll."""
        keys = (self.child << _CHILD) + self.entered
        place = np.searchsorted(keys, (child << _CHILD) + day, side="right") - 1
        near = np.maximum(place, 0)
        found = (place >= 0) & (self.child[near] == child) & (day <= self.left[near])
        return np.where(found, near, -1)


def make_stays(
    settings: Settings, schools: Schools, children: Children, dates: TermDates, *, rng: np.random.Generator
) -> tuple[Stays, np.ndarray]:
    """Every stay, and for each child the last day in the authority (STILL_THERE for those who do not move away).

    A pupil joins reception, goes up a year every autumn, goes to secondary school after year 6 and leaves after year 11. Pupils
    who move during the year leave on a school day after the census of a term, or with its last day, and begin at the next school
    on the next school day: so that every session and stay is in some census.
    """
    rolls = _Rolls(settings, schools, children, dates, rng)
    for year in range(settings.first_year - 1, settings.first_year + settings.years + 1):
        rolls.begin_year(year)
        rolls.move_during_year(year)
    return rolls.finish()


class _Rolls:
    """The rolls while the years go by."""

    def __init__(
        self, settings: Settings, schools: Schools, children: Children, dates: TermDates, rng: np.random.Generator
    ) -> None:
        self._settings, self._schools, self._children = settings, schools, children
        self._dates, self._rng = dates, rng
        self._first_year = settings.first_year - 1
        self._school = np.full(children.count, -1)
        self._entered = np.zeros(children.count, dtype=np.int64)
        self._gone = np.full(children.count, STILL_THERE)
        self._stays: list[tuple[np.ndarray, ...]] = []
        elsewhere = rng.random(children.count) < settings.rates.not_to_nearest_secondary
        any_secondary = rng.integers(0, int(schools.secondary.sum()), children.count)
        self._secondary = np.where(elsewhere, any_secondary, schools.cluster[children.origin])

    def begin_year(self, year: int) -> None:
        """Goes up a year: those who finish leave with the last day of summer, those who begin come on the first of autumn."""
        group = year - self._children.cohort
        here = (self._children.joins < 0) | (self._children.joins < year)
        here &= (self._gone == STILL_THERE) & ~self._children.never_on_roll
        if year == self._first_year:
            self._begin_where_they_are(group, here)
            return
        last = int(self._dates.last[3 * (year - self._first_year) - 1])
        on_roll = self._school >= 0
        self._close(
            np.flatnonzero(on_roll & ((group == PRIMARY_YEARS) | (group == YEARS_AT_SCHOOL))), last, moved=False
        )
        first = int(self._dates.first[3 * (year - self._first_year)])
        self._open(np.flatnonzero(here & (group == 0)), self._children.origin, first)
        self._open(np.flatnonzero(here & (group == PRIMARY_YEARS)), self._secondary, first)

    def move_during_year(self, year: int) -> None:
        """Those who move leave, and those who come from elsewhere join, on school days after a census."""
        leaves_on, enters_on = self._days_of_moves(year)
        moving = np.flatnonzero(
            (self._school >= 0) & (self._rng.random(len(self._school)) < self._settings.rates.moves)
        )
        old, which = self._school[moving], self._rng.integers(0, len(leaves_on), len(moving))
        within = self._rng.random(len(moving)) < 0.5
        other = self._draw_other_school(old)
        self._close(moving, leaves_on[which], moved=True)
        stays = within & (other != old)
        self._open(moving[stays], _spread(moving[stays], other[stays], len(self._school)), enters_on[which[stays]])
        self._gone[moving[~stays]] = leaves_on[which[~stays]]
        joining = np.flatnonzero(self._children.joins == year)
        day = enters_on[self._rng.integers(0, len(enters_on), len(joining))]
        self._open(joining, self._children.joins_school, day)

    def finish(self) -> tuple[Stays, np.ndarray]:
        """All stays in their order, those of academies cut where the number changed."""
        staying = np.flatnonzero(self._school >= 0)
        self._close(staying, STILL_THERE, moved=False)
        child, school, entered, left, moved = (np.concatenate(parts) for parts in zip(*self._stays, strict=True))
        converted = self._schools.converted[school]
        cut = (converted > entered) & (converted <= left)
        later = Stays(
            child=child[cut],
            school=school[cut],
            urn=self._schools.last_urn[school[cut]],
            entered=converted[cut],
            left=left[cut],
            moved=moved[cut],
        )
        after = (converted > 0) & (entered >= converted)
        urn = np.where(after, self._schools.last_urn[school], self._schools.first_urn[school])
        ended = np.where(cut, converted - 1, left)
        return _in_order(Stays(child, school, urn, entered, ended, moved & ~cut), later), self._gone

    def _begin_where_they_are(self, group: np.ndarray, here: np.ndarray) -> None:
        """The pupils of the first year began reception or secondary school in the autumn of their time."""
        for each in range(YEARS_AT_SCHOOL):
            pupils = np.flatnonzero(here & (group == each))
            began = first_day_of_autumn(self._first_year - each % PRIMARY_YEARS)
            self._open(pupils, self._children.origin if each < PRIMARY_YEARS else self._secondary, day_number(began))

    def _days_of_moves(self, year: int) -> tuple[np.ndarray, np.ndarray]:
        """The days on which a pupil may leave, and for each the next school day of the same academic year."""
        place = 3 * (year - self._first_year)
        days = [
            np.arange(self._dates.census[term] + 1, self._dates.last[term] + (term < place + 2))
            for term in range(place, place + 3)
        ]
        leaves = np.concatenate(days)
        leaves = leaves[self._dates.is_school_day(leaves)]
        enters = self._dates.nth_school_day(self._dates.school_days(np.array(self._dates.origin), leaves))
        return leaves, enters

    def _draw_other_school(self, old: np.ndarray) -> np.ndarray:
        """A school of the same phase, by chance; the same one where there is no other."""
        secondaries = int(self._schools.secondary.sum())
        is_secondary = self._schools.secondary[old]
        low = np.where(is_secondary, 0, secondaries)
        count = np.where(is_secondary, secondaries, self._schools.count - secondaries)
        step = 1 + self._rng.integers(0, np.maximum(count - 1, 1))
        return low + (old - low + step) % count

    def _open(self, pupils: np.ndarray, schools: np.ndarray, day: int | np.ndarray) -> None:
        self._school[pupils] = schools[pupils]
        self._entered[pupils] = day

    def _close(self, pupils: np.ndarray, day: int | np.ndarray, *, moved: bool) -> None:
        left = np.broadcast_to(np.asarray(day, dtype=np.int64), len(pupils))
        self._stays.append((pupils, self._school[pupils], self._entered[pupils], left, np.full(len(pupils), moved)))
        self._school[pupils] = -1


def _spread(places: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    spread = np.full(size, -1)
    spread[places] = values
    return spread


def _in_order(first: Stays, second: Stays) -> Stays:
    names = ("child", "school", "urn", "entered", "left", "moved")
    joined = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in names}
    order = np.lexsort((joined["entered"], joined["child"]))
    return Stays(**{name: values[order] for name, values in joined.items()})
