"""Which schools of a study had a social worker: as the evaluator named them, or as the published allocation drew them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from service.evidence.models import Study
from service.programmes.models import Allocation, Arm, Nomination, Placement, SchoolArm
from service.schools.models import Authority, Phase, School

DAYS_OF_A_MONTH = 30.4375


@dataclass(frozen=True)
class StudySchool:
    """A school of a study with its label in the folder: of a trial that of the draw, else the number in the panel."""

    school: School
    label: str
    arm: str
    stratum: str = ""
    replaces: str = ""
    nomination: Nomination | None = None

    @property
    def phase(self) -> str:
        phase = str(self.school.phase)
        return "special" if phase == Phase.ALTERNATIVE_PROVISION else phase


def refuse_hidden_allocation(authorities: Iterable[Authority]) -> None:
    """Raises `ValidationError` while an allocation of these authorities is entered and not told: no arm leaves before."""
    waiting = Allocation.objects.filter(rounds__authority__in=list(authorities), set_aside_on=None).filter(
        Q(published_on=None) | Q(published_on__gt=timezone.localdate())
    )
    if waiting.exists():
        raise ValidationError("An allocation of these schools is not published yet. No study is composed before.")


def schools_of_study(study: Study) -> list[StudySchool]:
    """The schools of a study by name, each with its part. Raises `ValidationError` if the allocation is not told."""
    refuse_hidden_allocation(study.authorities.all())
    return _drawn(study.allocation) if study.allocation is not None else _named(study)


def _named(study: Study) -> list[StudySchool]:
    with_worker = [(school, "intervention") for school in study.with_worker.select_related("authority")]
    compared = [(school, "comparison") for school in study.compared.select_related("authority")]
    return [StudySchool(school, school.urn, arm) for school, arm in sorted(with_worker + compared, key=_by_name)]


def _by_name(pair: tuple[School, str]) -> tuple[str, str]:
    return pair[0].name, pair[0].urn


def _drawn(allocation: Allocation) -> list[StudySchool]:
    if not allocation.is_told:
        raise ValidationError("The allocation is not published. A trial is composed from the day on which it is told.")
    nominations = {
        each.school_id: each
        for each in Nomination.objects.filter(round__allocations=allocation).select_related("round__authority")
    }
    arms = SchoolArm.objects.filter(allocation=allocation, arm__in=(Arm.INTERVENTION, Arm.COMPARISON))
    return [
        StudySchool(
            school=each.school,
            label=nominations[each.school_id].label,
            arm=each.arm,
            stratum=each.stratum,
            replaces=nominations[each.stands_in_for.school_id].label if each.stands_in_for else "",
            nomination=nominations[each.school_id],
        )
        for each in arms.select_related("school__authority", "stands_in_for").order_by("school__name", "school__urn")
    ]


def months_with_worker(school: School, *, until: date) -> float | None:
    """Months in which a social worker was placed at a school, up to a day; None if none ever was. Overlaps count once."""
    held = [
        (each.starts, min(each.ends or until, until))
        for each in Placement.objects.within_days(date.min, until).filter(school=school).order_by("starts")
    ]
    if not held:
        return None
    days, free = 0, held[0][0]
    for begins, ends in held:
        begins = max(begins, free)
        days += max(0, (ends - begins).days + 1)
        free = max(free, date.fromordinal(ends.toordinal() + 1))
    return days / DAYS_OF_A_MONTH
