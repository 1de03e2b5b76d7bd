"""What a worker carries: open involvement by level, cases from before, court work, and the time agreed with schools."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from service.accounts.models import User
from service.practice.models import LEVELS, Involvement, OtherWork
from service.programmes.models import Placement


@dataclass(frozen=True)
class Caseload:
    """The load of one worker on a day.

    `by_level` counts children with open involvement here; `carried_over` those of them that came with the worker, and
    `carried_over_elsewhere` cases from before that have no reference here. `school_percent` is the share of the working time
    agreed with schools; None where no placement holds.
    """

    worker: User
    by_level: dict[str, int]
    carried_over: int
    carried_over_elsewhere: int
    court_percent: int
    other_percent: int
    school_percent: int | None

    @property
    def open_cases(self) -> int:
        """Every case that the worker holds, here and elsewhere."""
        return sum(self.by_level.values()) + self.carried_over_elsewhere

    @property
    def statutory_cases(self) -> int:
        """Children in need, on a child protection plan, looked after or leaving care, and those under assessment."""
        return sum(self.by_level[level] for level in LEVELS[LEVELS.index("assessment") :])

    @property
    def overcommitted_percent(self) -> int:
        """By how much school time, court work and other work together pass the whole working time; 0 when they do not."""
        return max((self.school_percent or 0) + self.court_percent + self.other_percent - 100, 0)

    @property
    def days_for_each_case(self) -> float | None:
        """School days a week for each open case; None without cases or without a placement."""
        if self.school_percent is None or not self.open_cases:
            return None
        return self.school_percent / 20 / self.open_cases


def caseloads_of(workers: Iterable[User], day: datetime.date) -> list[Caseload]:
    """The caseload of each worker on a day, in the order given. Restricted records are counted like any other.

    Three questions to the database, however many workers. Whoever shows this makes sure that the reader manages the workers,
    or is the worker. The share of a cover counts for who covers; feeder primaries lie within the share of their secondary.
    """
    people = list(workers)
    levels, carried = _open_involvement(people, day)
    stated = {row.worker_id: row for row in _other_work(people, day)}
    shares = _school_shares(people, day)
    return [
        Caseload(
            worker=worker,
            by_level={level: levels[worker.pk, level] for level in LEVELS},
            carried_over=carried[worker.pk],
            carried_over_elsewhere=stated[worker.pk].carried_over_cases if worker.pk in stated else 0,
            court_percent=stated[worker.pk].court_percent if worker.pk in stated else 0,
            other_percent=stated[worker.pk].other_percent if worker.pk in stated else 0,
            school_percent=shares.get(worker.pk),
        )
        for worker in people
    ]


def _open_involvement(workers: list[User], day: datetime.date) -> tuple[Counter[tuple[int, str]], Counter[int]]:
    """Involvement open on a day, by worker and level as they are now known: of the last step for those still open."""
    rows = Involvement.objects.filter(worker__in=workers, opened__lte=day).filter(Q(closed=None) | Q(closed__gt=day))
    levels, carried = Counter[tuple[int, str]](), Counter[int]()
    counted = rows.values("worker", "level").annotate(number=Count("pk"), kept=Count("pk", filter=Q(carried_over=True)))
    for row in counted.order_by():
        levels[row["worker"], row["level"]] += row["number"]
        carried[row["worker"]] += row["kept"]
    return levels, carried


def _other_work(workers: list[User], day: datetime.date) -> Iterable[OtherWork]:
    return OtherWork.objects.filter(worker__in=workers, starts__lte=day).filter(Q(ends=None) | Q(ends__gte=day))


def _school_shares(workers: list[User], day: datetime.date) -> dict[int, int]:
    shares: dict[int, int] = {}
    held = Placement.objects.on(day).filter(worker__in=workers, anchor=None)
    for worker, share in held.values_list("worker", "share_of_time"):
        shares[worker] = shares.get(worker, 0) + share
    return shares
