"""The evaluator decides who reads a report."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.evidence.models import Audience, Evaluation, EvaluationRelease
from service.permissions import Permission, require


@transaction.atomic
def release(*, by: User, evaluation: Evaluation, audiences: Sequence[str], read_for_small_numbers: bool) -> None:
    """Release a report to audiences in the authorities of its study, who get the edition for others.

    That has no count of a single school. Where the rule of disclosure hides the sum of an arm, no report is released. Words and
    the smaller tables of a report pass no control: who releases it says that it was read for small numbers.
    Raises `ValidationError`.
    """
    evaluation = _lock(by, evaluation)
    if not audiences or any(audience not in Audience.values for audience in audiences):
        raise ValidationError({"audiences": "Choose who may read the report."})
    if not read_for_small_numbers:
        raise ValidationError({"read_for_small_numbers": "Read the report for small numbers first."})
    small = [one["name"] for one in evaluation.verdicts if not one["told"]]
    if small:
        raise ValidationError(
            f"Too little was counted in an arm of the study to be told outside the evaluation: {', '.join(small)}. Run it over "
            "more terms or schools, or without this."
        )
    there = set(evaluation.releases.filter(withdrawn_on=None).values_list("audience", flat=True))
    for audience in sorted(set(audiences) - there):
        made = EvaluationRelease.objects.create(
            evaluation=evaluation, audience=audience, released_on=timezone.localdate(), released_by=by
        )
        record(
            Action.PUBLISH, by=by, subject=made, authority=evaluation.study.authorities.first(), details={"audience": audience}
        )  # fmt: skip


@transaction.atomic
def withdraw(*, by: User, evaluation: Evaluation, reason: str) -> None:
    """Take a report back from everybody whom it was released to."""
    evaluation = _lock(by, evaluation)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the report is taken back."})
    for each in evaluation.releases.filter(withdrawn_on=None):
        each.withdrawn_on, each.withdrawn_by, each.withdrawn_because = timezone.localdate(), by, reason.strip()
        each.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_because"])
        authority = evaluation.study.authorities.first()
        record(Action.CHANGE, by=by, subject=each, authority=authority, reason=reason.strip())


def _lock(by: User, evaluation: Evaluation) -> Evaluation:
    """The report, which nobody else releases or takes back meanwhile."""
    evaluation = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
    for authority in evaluation.study.authorities.all():
        require(by, Permission.RUN_EVALUATION, authority=authority)
    return evaluation
