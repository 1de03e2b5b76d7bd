"""Who was nominated, drawn, followed and analysed: the numbers of a CONSORT flow diagram, schools and pupils by arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from swis.study.protocol import Arm


@dataclass(frozen=True)
class FlowCount:
    """Schools at one stage, their pupils before the draw (None where not known of all), and their authorities."""

    schools: int
    pupils: int | None
    authorities: int


@dataclass(frozen=True)
class FlowReason:
    """How many schools left at a stage for one reason, and which."""

    reason: str
    schools: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many schools."""
        return len(self.schools)


@dataclass(frozen=True)
class ArmFlow:
    """One arm from the draw on. `received` counts schools that had a worker, `unknown` those of which that is not known.

    `changed` are schools that closed, merged, were renumbered or withdrew, whether or not they are analysed. `analysed`
    and `not_analysed` are by the code of the outcome; merged schools are analysed as one.
    """

    arm: Arm
    allocated: FlowCount
    received: FlowCount
    not_received: FlowCount
    unknown: FlowCount
    changed: tuple[FlowReason, ...]
    analysed: Mapping[str, FlowCount]
    not_analysed: Mapping[str, tuple[FlowReason, ...]]


@dataclass(frozen=True)
class TrialFlow:
    """The whole flow. What was nominated is None where the folder has no nominations."""

    nominated: FlowCount | None
    excluded: tuple[FlowReason, ...]
    in_reserve: int | None
    replaced: tuple[FlowReason, ...]
    """Schools that withdrew before arms were told, each with the school that stood in."""
    randomised: FlowCount
    intervention: ArmFlow
    comparison: ArmFlow
