"""A study is begun, planned, locked, composed and run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.evidence.composing.arms import refuse_hidden_allocation
from service.evidence.composing.protocol import CHOSEN
from service.evidence.composing.timeline import terms_of
from service.evidence.models import Job, JobKind, Panel, Study, StudyKind
from service.evidence.tasks import run_evaluation
from service.loading import when_used
from service.permissions import Permission, holds, require
from service.programmes.models import Allocation
from service.schools.models import Authority, School

if TYPE_CHECKING:
    from service.evidence import study_work
    from service.evidence.composing import folder
    from swis.panel import study_tables
else:
    study_work = when_used("service.evidence.study_work")
    folder = when_used("service.evidence.composing.folder")
    study_tables = when_used("swis.panel.study_tables")

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Plan:
    """What a person settles of a study. The first outcome is the primary one; terms are named as in the panel."""

    title: str
    launched: str
    outcomes: Sequence[str]
    exposure: str
    starts: str
    reference: str
    after_from: str
    last_term: str
    with_worker: Sequence[School] = ()
    compared: Sequence[School] = ()


def begin_comparison(*, by: User, authority: Authority, plan: Plan) -> Study:
    """Begin a study of schools with a social worker against schools without, over the newest panel of an authority."""
    return _begin(by=by, authorities=[authority], plan=plan, allocation=None)


def begin_trial(*, by: User, allocation: Allocation, plan: Plan) -> Study:
    """Begin the trial of an allocation that is told, over the newest panel of each of its authorities."""
    authorities = authorities_of(allocation)
    if not allocation.is_told:
        raise ValidationError("The allocation is not published. A trial is begun from the day on which it is told.")
    return _begin(by=by, authorities=authorities, plan=plan, allocation=allocation)


def authorities_of(allocation: Allocation) -> list[Authority]:
    """The authorities whose schools were drawn, by name."""
    return list(Authority.objects.filter(nomination_rounds__allocations=allocation).distinct().order_by("name"))


def may_begin_trial(user: User, allocation: Allocation) -> bool:
    """Whether a person composes studies in every authority of a draw that is told."""
    return allocation.is_told and all(
        holds(user, Permission.COMPOSE_STUDY, authority=authority) for authority in authorities_of(allocation)
    )


@transaction.atomic
def _begin(*, by: User, authorities: Sequence[Authority], plan: Plan, allocation: Allocation | None) -> Study:
    for authority in authorities:
        require(by, Permission.COMPOSE_STUDY, authority=authority)
    refuse_hidden_allocation(authorities)
    panels = newest_panels(authorities)
    _check(plan, panels, authorities, is_trial=allocation is not None)
    study = Study(
        kind=StudyKind.COMPARISON if allocation is None else StudyKind.TRIAL, allocation=allocation, begun_by=by
    )
    _settle(study, plan)
    study.authorities.set(authorities)
    study.panels.set(panels)
    details = {"kind": study.kind, "outcomes": list(plan.outcomes)}
    record(Action.CREATE, by=by, subject=study, authority=authorities[0], details=details)
    return study


@transaction.atomic
def change_plan(*, by: User, study: Study, plan: Plan) -> Study:
    """Change the plan of a study that is not locked."""
    study = _lock(by, study, Permission.RUN_EVALUATION)
    if study.is_locked:
        raise ValidationError("The plan is locked. Begin another study, and say in its report why.")
    panels, authorities = list(study.panels.all()), list(study.authorities.all())
    _check(plan, panels, authorities, is_trial=study.is_trial)
    _settle(study, plan)
    record(Action.CHANGE, by=by, subject=study, authority=authorities[0], details={"fields": ["plan"]})
    return study


def _settle(study: Study, plan: Plan) -> None:
    study.title, study.launched, study.exposure = plan.title.strip(), plan.launched, plan.exposure
    study.outcomes = list(dict.fromkeys(plan.outcomes))
    study.starts, study.reference = plan.starts, plan.reference
    study.after_from, study.last_term = plan.after_from, plan.last_term
    study.save()
    if not study.is_trial:
        study.with_worker.set(plan.with_worker)
        study.compared.set(plan.compared)


def newest_panels(authorities: Sequence[Authority]) -> list[Panel]:
    """The newest panel of each authority. Raises `ValidationError` for authorities without one."""
    found = [Panel.objects.filter(authority=authority).select_related("authority").first() for authority in authorities]
    missing = [authority.name for authority, panel in zip(authorities, found, strict=True) if panel is None]
    if missing:
        raise ValidationError(f"There is no panel of {', '.join(missing)} yet. The analyst uploads the returns first.")
    return [panel for panel in found if panel is not None]


def _check(plan: Plan, panels: Sequence[Panel], authorities: Sequence[Authority], *, is_trial: bool) -> None:
    problems: dict[str, str] = {}
    if not plan.title.strip():
        problems["title"] = "Give the study a title."
    if not MONTH.fullmatch(plan.launched):
        problems["launched"] = "Write the month of the launch as 2026-09."
    if plan.exposure not in study_tables.EXPOSURES:
        problems["exposure"] = f"Choose one of {', '.join(study_tables.EXPOSURES)}."
    covered = {code for panel in panels for code in panel.outcomes} & {outcome.code for outcome in CHOSEN}
    unknown = [code for code in plan.outcomes if code not in covered]
    if unknown or not plan.outcomes:
        problems["outcomes"] = f"The panels do not cover {', '.join(unknown)}." if unknown else "Choose an outcome."
    problems |= _check_terms(plan, [term.name for term in terms_of(panels, authorities)])
    if not is_trial:
        problems |= _check_schools(plan, authorities)
    if problems:
        raise ValidationError(problems)


def _check_terms(plan: Plan, names: list[str]) -> dict[str, str]:
    chosen = {
        "starts": plan.starts,
        "reference": plan.reference,
        "after_from": plan.after_from,
        "last_term": plan.last_term,
    }
    unknown = {field: f"There is no term {term!r}." for field, term in chosen.items() if term not in names}
    if unknown:
        return unknown
    place = {field: names.index(term) for field, term in chosen.items()}
    problems = {}
    if place["reference"] >= place["starts"]:
        problems["reference"] = "The reference term must lie before the start."
    if place["after_from"] < place["starts"]:
        problems["after_from"] = "An effect is looked for from the start or later."
    if place["last_term"] < place["after_from"]:
        problems["last_term"] = "The last term must not lie before the first in which an effect is looked for."
    return problems


def _check_schools(plan: Plan, authorities: Sequence[Authority]) -> dict[str, str]:
    both = set(plan.with_worker) & set(plan.compared)
    elsewhere = [school for school in (*plan.with_worker, *plan.compared) if school.authority not in authorities]
    problems = {}
    if not plan.with_worker:
        problems["with_worker"] = "Choose the schools with a social worker."
    if not plan.compared:
        problems["compared"] = "Choose the schools that they are compared with."
    if both:
        problems["compared"] = (
            f"{', '.join(sorted(map(str, both)))}: a school is either with or without a social worker."
        )
    if elsewhere:
        problems["with_worker"] = "Choose schools of the authority."
    return problems


@transaction.atomic
def take_newer_panels(*, by: User, study: Study) -> Study:
    """Put the newest panel of each authority in the place of the study's. The plan stays as it is, locked or not."""
    study = _lock(by, study, Permission.COMPOSE_STUDY)
    authorities = list(study.authorities.all())
    study.panels.set(newest_panels(authorities))
    record(Action.CHANGE, by=by, subject=study, authority=authorities[0], details={"fields": ["panels"]})
    return study


def has_newer_panels(study: Study) -> bool:
    """Whether an authority of the study has a panel that was built after the study's."""
    held = set(study.panels.values_list("pk", flat=True))
    return any(panel.pk not in held for panel in newest_panels(list(study.authorities.all())))


@transaction.atomic
def lock(*, by: User, study: Study) -> Study:
    """Lock the plan of a study. The lock says whether counts of terms after the start were there already.

    Raises `ValidationError` while there are newer panels than the study's: they might hold those counts.
    """
    study = _lock(by, study, Permission.RUN_EVALUATION)
    if study.is_locked:
        raise ValidationError("The plan is locked already.")
    if has_newer_panels(study):
        raise ValidationError(
            "There is a newer panel. Take it into the study first, so that the lock tells what was there."
        )
    locked = study_work.lock_plan(study, on=timezone.localdate())
    study.locked_on, study.locked_by = timezone.localdate(), by
    study.protocol, study.lock, study.counts_were_there = locked.protocol, locked.lock, locked.counts_were_there
    study.save(update_fields=["locked_on", "locked_by", "protocol", "lock", "counts_were_there"])
    details = {"counts_were_there": locked.counts_were_there}
    record(Action.CHANGE, by=by, subject=study, authority=study.authorities.first(), details=details)
    return study


def download_folder(*, by: User, study: Study) -> bytes:
    """The folder of a study as a zip; an export, and audited as one.

    Who may not see panels gets it without the counts by school and term and without the activity log: no disclosure control
    has passed them. Raises `ValidationError` with the reason when something is missing.
    """
    authorities = _require(by, study, Permission.COMPOSE_STUDY)
    whole = all(holds(by, Permission.VIEW_PANEL, authority=authority) for authority in authorities)
    composed = folder.compose_folder(study)
    without = () if whole else folder.UNCHECKED
    files = sorted(set(composed.files) - set(without))
    record(Action.EXPORT, by=by, subject=study, authority=authorities[0], details={"files": files})
    return composed.packed(without=without)


def run(*, by: User, study: Study) -> Job:
    """Queue the running of a study. Raises `ValidationError` while it runs already."""
    authorities = _require(by, study, Permission.RUN_EVALUATION)
    refuse_hidden_allocation(authorities)
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=JobKind.EVALUATE, study=study, authority=authorities[0] if len(authorities) == 1 else None, asked_by=by
            )  # fmt: skip
            job.task = str(run_evaluation.enqueue(str(job.public_id)).id)
            job.save(update_fields=["task"])
            record(Action.CREATE, by=by, subject=job, authority=authorities[0], details={"kind": job.kind})
    except IntegrityError:
        raise ValidationError("The study is being run already.") from None
    return job


def _require(by: User, study: Study, permission: Permission) -> list[Authority]:
    authorities = list(study.authorities.all())
    for authority in authorities:
        require(by, permission, authority=authority)
    return authorities


def _lock(by: User, study: Study, permission: Permission) -> Study:
    study = Study.objects.select_for_update(of=("self",)).get(pk=study.pk)
    _require(by, study, permission)
    return study
