"""What the demonstration has made so far, and who is where."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from service.accounts.models import User
from service.demonstration.cast import Company, Names
from service.demonstration.chronicle import Chronicle
from service.demonstration.school_years import Span
from service.programmes.models import (
    Arm,
    Placement,
    SchoolArm,
)
from service.schools.models import School
from swis.design.allocation.commitment import Commitment


@dataclass
class World:
    """What the demonstration has made so far."""

    span: Span
    seed: int
    chance: Random
    names: Names
    chronicle: Chronicle
    companies: list[Company] = field(default_factory=list)
    placements: dict[int, Placement] = field(default_factory=dict)  # the one that holds, by school
    workers: dict[int, User] = field(default_factory=dict)  # who is in a school now
    evaluator: User | None = None
    commitment: Commitment | None = None

    @property
    def draw_seed(self) -> str:
        return f"demonstration {self.seed}"


def drawn_schools(company: Company, arm: Arm) -> list[School]:
    told = {each.school_id for each in SchoolArm.objects.live().filter(arm=arm)}
    return [school for school in company.schools if school.pk in told]
