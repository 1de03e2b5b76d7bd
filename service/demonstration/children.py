"""The children of a school as references, and the involvement with some of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import TYPE_CHECKING

from service.accounts.models import User
from service.practice.actions.children import add_child
from service.practice.actions.involvement import (
    close_involvement,
    hand_over_involvement,
    open_involvement,
    step_involvement,
)
from service.practice.models import LEVELS, ChildReference, Involvement
from service.schools.models import School

if TYPE_CHECKING:
    from service.demonstration.world import World

ABOUT_A_CHILD = {"direct work", "assessment", "meeting", "family work"}
MOST_CHILDREN = 22


@dataclass
class Caseload:
    """The children that the worker of a school has met."""

    children: list[ChildReference] = field(default_factory=list)
    open: dict[int, Involvement] = field(default_factory=dict)  # by child
    away: User | None = None  # who is covered at present

    def child_for(self, chance: Random, *, by: User, school: School, kind: str) -> ChildReference | None:
        """A child for a piece of work, when it is about one: mostly somebody met before."""
        if chance.random() > (0.8 if kind in ABOUT_A_CHILD else 0.15):
            return None
        if self.children and (len(self.children) >= MOST_CHILDREN or chance.random() < 0.75):
            return chance.choice(self.children)
        year = (
            str(chance.randint(1, 6))
            if school.phase == "primary"
            else chance.choice(("7", "7", "8", "9", "10", "11", "11"))
        )
        known = chance.choice(("yes", "no", "no", "not asked"))
        self.children.append(add_child(by=by, school=school, year_group=year, known_to_social_care=known))
        return self.children[-1]

    def take_note(self, world: World, child: ChildReference, worker: User, day: date) -> None:
        """After a contact about a child: open involvement now and then, step it, close it."""
        chance = world.chance
        held = self.open.get(child.pk)
        if held is None:
            if chance.random() < 0.3:
                self.open[child.pk] = open_involvement(
                    by=worker,
                    child=child,
                    worker=worker,
                    level=chance.choice(("advice", "preventative", "preventative", "child in need")),
                    reason=chance.choice(("school asked", "referral", "family asked")),
                    on=world.chronicle.now,
                    carried_over=chance.random() < 0.1,
                )
            return
        if held.worker_id != worker.pk and self.away is None:
            self.open[child.pk] = hand_over_involvement(
                by=worker, involvement=held, worker=worker, on=world.chronicle.now
            )
        elif chance.random() < 0.3:
            self._move(world, child, held, worker)

    def _move(self, world: World, child: ChildReference, held: Involvement, worker: User) -> None:
        chance, on = world.chance, world.chronicle.now
        if chance.random() < 0.35:
            close_involvement(by=worker, involvement=held, reason=chance.choice(("needs met", "stepped down")), on=on)
            del self.open[child.pk]
            return
        place = LEVELS.index(held.level) + chance.choice((-1, 1, 1))
        level = LEVELS[max(0, min(place, LEVELS.index("child protection")))]
        if level != held.level:
            reason = "new concern" if LEVELS.index(level) > LEVELS.index(held.level) else "progress"
            self.open[child.pk] = step_involvement(by=worker, involvement=held, level=level, reason=reason, on=on)

    def close_all(self, manager: User, on: date) -> None:
        """Half of what a worker who leaves had open goes to another team; the rest waits for who follows."""
        for number, (child, held) in enumerate(sorted(self.open.items())):
            if number % 2 == 0:
                close_involvement(by=manager, involvement=held, reason="transferred", on=on)
                del self.open[child]
