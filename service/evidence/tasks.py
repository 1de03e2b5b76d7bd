"""The tasks that a worker runs. Each may be begun again after its worker was killed: its result is one transaction at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django_tasks import task

from service.audit.models import Action
from service.audit.record import record
from service.evidence import incoming
from service.evidence.archives import keep, read_member
from service.evidence.models import Evaluation, Job, JobState, Panel, PanelRelease
from service.evidence.progress import begin, end, ending, settle_lost, teller
from service.loading import when_used

if TYPE_CHECKING:
    from service.evidence import panel_work, study_work
    from swis.panel import write_published
else:
    panel_work = when_used("service.evidence.panel_work")
    study_work = when_used("service.evidence.study_work")
    write_published = when_used("swis.panel.write_published")


@task()
def build_panel(public_id: str) -> None:
    """Build the panel of an upload. Whatever comes of it, the upload is gone afterwards."""
    settle_lost()
    job = Job.objects.select_related("authority", "asked_by").get(public_id=UUID(public_id))
    try:
        if job.is_live:
            begin(job)
            with ending(job):
                _build(job)
    finally:
        # A worker that is being killed leaves the upload to whoever begins again.
        if not Job.objects.live().filter(pk=job.pk).exists():
            incoming.remove(job.public_id)


def _build(job: Job) -> None:
    folder = incoming.folder_of(job.public_id)
    if not folder.is_dir():
        raise incoming.Refused("The files are no longer here. Upload them again.")
    incoming.unpack_zips(folder)
    authority = job.authority
    if authority is None:
        raise incoming.Refused("The upload belongs to no authority. Upload it again.")
    built = panel_work.build_from_upload(folder, authority, job.choices, teller(job))
    with transaction.atomic():
        panel = Panel.objects.create(
            authority=authority, job=job, archive=keep(built.content), built_by=job.asked_by, **built.facts
        )
        end(job, JobState.DONE)
        record(
            Action.CREATE, by=job.asked_by, subject=panel, details={"files": len(job.files), "warnings": panel.warnings}
        )


@task()
def publish_figures(public_id: str) -> None:
    """Publish the figures of a panel under a policy."""
    settle_lost()
    job = Job.objects.select_related("panel__archive", "panel__authority", "asked_by").get(public_id=UUID(public_id))
    if not job.is_live:
        return
    begin(job)
    with ending(job):
        _publish(job)


def _publish(job: Job) -> None:
    panel = job.panel
    if panel is None:
        raise incoming.Refused("There is no panel to publish.")
    last = PanelRelease.objects.filter(panel__authority=panel.authority).select_related("archive").first()
    earlier = None if last is None else read_member(last.archive, write_published.LEDGER_FILE)
    policy = job.choices["policy"]
    made = panel_work.publish_from_panel(panel.archive, policy=policy, earlier=earlier, tell=teller(job))
    with transaction.atomic():
        release = PanelRelease.objects.create(
            panel=panel, job=job, archive=keep(made.content), policy=policy, released_by=job.asked_by, **made.facts
        )
        end(job, JobState.DONE)
        record(Action.PUBLISH, by=job.asked_by, subject=release, details={"policy": policy})


@task()
def run_evaluation(public_id: str) -> None:
    """Run a study and write its report."""
    settle_lost()
    job = Job.objects.select_related("study", "asked_by").get(public_id=UUID(public_id))
    if not job.is_live:
        return
    begin(job)
    with ending(job):
        _evaluate(job)


def _evaluate(job: Job) -> None:
    study = job.study
    if study is None:
        raise incoming.Refused("There is no study to run.")
    ran = study_work.run_study(study, teller(job))
    with transaction.atomic():
        evaluation = Evaluation.objects.create(
            study=study,
            job=job,
            report=keep(ran.report),
            folder=keep(ran.folder),
            run_by=job.asked_by,
            **ran.facts,
        )
        end(job, JobState.DONE)
        record(Action.RUN, by=job.asked_by, subject=evaluation, details={"outcomes": len(evaluation.verdicts)})
