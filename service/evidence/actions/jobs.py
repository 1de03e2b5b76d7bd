"""Looking after background work."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.evidence import incoming
from service.evidence.models import Job, JobKind, JobState
from service.evidence.progress import end, settle_lost
from service.permissions import Permission, require, scope_of

MAY = {
    JobKind.BUILD: Permission.UPLOAD_RETURNS,
    JobKind.PUBLISH: Permission.UPLOAD_RETURNS,
    JobKind.EVALUATE: Permission.RUN_EVALUATION,
}


def cancel(*, by: User, job: Job) -> Job:
    """Stop a job. One that waits ends at once; one that runs ends when it next tells of its progress.

    Raises `ValidationError` when it has ended already.
    """
    permission = MAY[JobKind(job.kind)]
    require(by, permission, authority=job.authority)
    if job.authority is None and not scope_of(by, permission).everywhere:
        raise PermissionDenied(f"You may not {permission.value} here.")
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if not job.is_live:
            raise ValidationError("It has ended already.")
        job.cancel_asked = True
        job.save(update_fields=["cancel_asked"])
        if job.state == JobState.WAITING:
            end(job, JobState.CANCELLED)
        record(Action.CHANGE, by=by, subject=job, details={"fields": ["cancel_asked"]})
    if not Job.objects.live().filter(pk=job.pk).exists():
        incoming.remove(job.public_id)
    job.refresh_from_db()
    return job


def look_after() -> None:
    """End what was given up and remove what nobody needs; done whenever somebody looks at a job that is not ended."""
    settle_lost()
