"""Counting the flow of a trial: nominated, drawn, received, changed, analysed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from swis.estimate.trial.trial_table import LeftOut
from swis.study.protocol import Arm
from swis.study.trial.flow import ArmFlow, FlowCount, FlowReason, TrialFlow
from swis.study.trial.outcome_data import OutcomeData
from swis.study.trial.rows import TrialSchool
from swis.study.trial.trial import DrawnBy, Trial

CHANGES = {"closed": "closed", "merged": "merged", "new_urn": "was given a new number", "withdrew": "withdrew"}


def build_flow(trial: Trial, data: Sequence[OutcomeData]) -> TrialFlow:
    """The flow of a trial. Schools are those of the draw: a merged one counts once in analysed, and by itself before."""
    drawn_by = trial.drawn_by
    nominated = None if drawn_by is None else drawn_by.nominations.schools
    known = [each.pupils for each in nominated or () if each.pupils is not None]
    return TrialFlow(
        nominated=None
        if nominated is None
        else FlowCount(
            len(nominated),
            sum(known) if len(known) == len(nominated) else None,
            len({each.authority for each in nominated}),
        ),
        excluded=_excluded(drawn_by),
        in_reserve=None if drawn_by is None else len(drawn_by.nominations.reserves),
        replaced=_reasons((f"withdrew before arms were told; {s.school} stood in", s.replaces) for s in trial.schools),
        randomised=_count(trial.schools),
        intervention=_arm_flow(trial, "intervention", data),
        comparison=_arm_flow(trial, "comparison", data),
    )


def _excluded(drawn_by: DrawnBy | None) -> tuple[FlowReason, ...]:
    if drawn_by is None:
        return ()
    return _reasons((each.excluded, each.school) for each in drawn_by.nominations.excluded)


def _reasons(pairs: Iterable[tuple[str, str | None]]) -> tuple[FlowReason, ...]:
    """Schools by reason, in the order in which reasons appear; without a school nothing is counted."""
    groups: dict[str, list[str]] = {}
    for reason, school in pairs:
        if school is not None:
            groups.setdefault(reason, []).append(school)
    return tuple(FlowReason(reason, tuple(names)) for reason, names in groups.items())


def _count(schools: Sequence[TrialSchool]) -> FlowCount:
    return FlowCount(len(schools), sum(each.pupils for each in schools), len({each.authority for each in schools}))


def _arm_flow(trial: Trial, arm: Arm, data: Sequence[OutcomeData]) -> ArmFlow:
    own = [each for each in trial.schools if each.arm == arm]
    had = received_of(trial.schools)
    by_answer = {answer: [each for each in own if had[each.school] is answer] for answer in (True, False, None)}
    names = {each.school for each in own}
    changes = [change for change in trial.protocol.changes if change.school in names]
    return ArmFlow(
        arm=arm,
        allocated=_count(own),
        received=_count(by_answer[True]),
        not_received=_count(by_answer[False]),
        unknown=_count(by_answer[None]),
        changed=_reasons((CHANGES[change.kind], change.school) for change in changes),
        analysed={one.outcome.code: _analysed(trial, one, arm) for one in data},
        not_analysed={one.outcome.code: _not_analysed(one, names) for one in data},
    )


def received_of(schools: Sequence[TrialSchool]) -> Mapping[str, bool | None]:
    """Whether each school had a worker; None: not known.

    Where the column is filled in for any school, an empty cell of a school that was drawn for none means that it had none.
    """
    told = any(each.received is not None for each in schools)
    return {
        each.school: False if told and each.received is None and each.arm == "comparison" else each.received
        for each in schools
    }


def _analysed(trial: Trial, one: OutcomeData, arm: Arm) -> FlowCount:
    """Units in the analysis, in the arm that they are analysed in, with all pupils of the schools that they hold."""
    units = [unit for unit in trial.units.units if unit.name in one.analysed and unit.arm == arm]
    return FlowCount(len(units), sum(unit.pupils for unit in units), len({unit.authority for unit in units}))


def _not_analysed(one: OutcomeData, names: set[str]) -> tuple[FlowReason, ...]:
    left_out: tuple[LeftOut, ...] = one.left_out
    return _reasons((each.reason, each.school) for each in left_out if each.school in names)
