"""Returns come in, and a panel of them is built in the background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.evidence import incoming
from service.evidence.models import Job, JobKind, Panel
from service.evidence.progress import settle_lost
from service.evidence.tasks import build_panel, publish_figures
from service.loading import when_used
from service.permissions import Permission, require
from service.schools.models import Authority
from swis.disclosure.policy import POLICIES
from swis.errors import SwisError

if TYPE_CHECKING:
    from swis.panel import settings
else:
    settings = when_used("swis.panel.settings")

AT_WORK = "A panel of this authority is being built or published already. Wait for it, or cancel it."


def upload_returns(
    *, by: User, authority: Authority, files: Sequence[UploadedFile[Any]], choices: dict[str, Any]
) -> Job:
    """Take in the returns of an authority and queue the building of its panel.

    `choices` are those of `swis panel`: holidays, short_breaks, follow_mergers, first_term, last_term. Nothing of the files
    outlives the job. Raises `ValidationError` for what cannot be used, or while another panel of the authority is at work.
    """
    require(by, Permission.UPLOAD_RETURNS, authority=authority)
    settle_lost()
    _check_choices(authority, choices)
    if not files:
        raise ValidationError({"files": "Select the files of the returns."})
    incoming.check_upload(files)
    job = Job(kind=JobKind.BUILD, authority=authority, choices=choices, asked_by=by)
    try:
        with transaction.atomic():
            job.files = incoming.take_in(files, job.public_id)
            job.save()
            job.task = str(build_panel.enqueue(str(job.public_id)).id)
            job.save(update_fields=["task"])
            record(Action.CREATE, by=by, subject=job, details={"files": len(job.files), "kind": job.kind})
    except IntegrityError:
        incoming.remove(job.public_id)
        raise ValidationError(AT_WORK) from None
    except BaseException:
        incoming.remove(job.public_id)
        raise
    return job


def _check_choices(authority: Authority, choices: dict[str, Any]) -> None:
    try:
        settings.PanelSettings(authority.name, **choices)
    except SwisError as error:
        raise ValidationError(str(error)) from None


def publish(*, by: User, panel: Panel, policy: str) -> Job:
    """Queue the publishing of a panel's figures through disclosure control, held against every earlier release.

    Raises `ValidationError` for a policy that is not known, or while another panel of the authority is at work.
    """
    require(by, Permission.UPLOAD_RETURNS, authority=panel.authority)
    if policy not in POLICIES:
        raise ValidationError({"policy": f"Choose one of {', '.join(POLICIES)}."})
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=JobKind.PUBLISH, authority=panel.authority, panel=panel, choices={"policy": policy}, asked_by=by
            )
            job.task = str(publish_figures.enqueue(str(job.public_id)).id)
            job.save(update_fields=["task"])
            record(Action.CREATE, by=by, subject=job, details={"kind": job.kind, "policy": policy})
    except IntegrityError:
        raise ValidationError(AT_WORK) from None
    return job
