"""The first page: what is here for this person, and what comes next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.evidence.models import Evaluation, Job, JobState, Panel, PanelRelease, Study
from service.pages.tables import Column, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.models import Allocation
from service.schools.models import Authority

P = Permission
COLOURS = {
    JobState.WAITING: "grey",
    JobState.RUNNING: "blue",
    JobState.DONE: "green",
    JobState.FAILED: "red",
    JobState.CANCELLED: "grey",
}
FEW = 25  # the newest; older ones are reached from what they belong to


def state_tag(job: Job) -> Tag:
    return Tag(job.get_state_display(), COLOURS[JobState(job.state)])


@needs(P.VIEW_PANEL, P.VIEW_REPORT)
@require_safe
def evidence(request: SignedInRequest) -> HttpResponse:
    """Panels, studies, reports and published figures, as far as the person sees any."""
    user = request.user
    context = {
        "may_upload": holds(user, P.UPLOAD_RETURNS),
        "panels": panels_table(user) if holds(user, P.VIEW_PANEL) else None,
        "jobs": jobs_table(user) if holds(user, P.VIEW_PANEL) else None,
        "studies": studies_table(user) if holds(user, P.COMPOSE_STUDY) else None,
        "begin": begin_links(user) if holds(user, P.COMPOSE_STUDY) else [],
        "reports": reports_table(user),
        "figures": figures_table(user) if holds(user, P.VIEW_PUBLISHED_FIGURES) else None,
    }
    return render(request, "evidence/evidence.html", context)


def panels_table(user: User) -> Table:
    rows = Panel.objects.visible_to(user).select_related("authority")[:FEW]
    return Table(
        "Panels",
        (Column("Panel"), Column("Built"), Column("Schools", numeric=True), Column("Warnings", numeric=True)),
        tuple(
            (
                Link(str(panel), reverse("panel", args=[panel.public_id]), f"built {panel.built_at}"),
                panel.built_at.date(),
                len(panel.schools),
                panel.warnings,
            )
            for panel in rows
        ),
        empty="No panel has been built yet.",
    )


def jobs_table(user: User) -> Table:
    rows = Job.objects.visible_to(user).select_related("authority", "study")[:FEW]
    return Table(
        "Work in the background",
        (Column("What"), Column("Of"), Column("Asked for"), Column("State")),
        tuple(
            (
                Link(
                    job.get_kind_display(), reverse("evidence-job", args=[job.public_id]), f"asked for {job.asked_at}"
                ),
                str(job.study or job.authority),
                job.asked_at,
                state_tag(job),
            )
            for job in rows
        ),
        empty="Nothing has been asked for yet.",
    )


def studies_table(user: User) -> Table:
    rows = Study.objects.visible_to(user)[:FEW]
    return Table(
        "Studies",
        (Column("Study"), Column("Kind"), Column("Plan")),
        tuple(
            (
                Link(study.title, reverse("study", args=[study.public_id])),
                study.get_kind_display(),
                Tag("Locked", "green") if study.is_locked else Tag("Not locked", "grey"),
            )
            for study in rows
        ),
        empty="No study has been begun.",
    )


def begin_links(user: User) -> list[Link]:
    """A study of each authority that has a panel, and the trial of each allocation that is told."""
    authorities = Authority.objects.visible_to(user, P.COMPOSE_STUDY).filter(panels__isnull=False).distinct()
    links = [
        Link(f"Begin a study of {each.name}", reverse("study-begin", args=[each.public_id])) for each in authorities
    ]
    trials = Allocation.objects.visible_to(user).filter(set_aside_on=None).distinct()
    return links + [
        Link(f"Begin the trial drawn on {each.drawn_on}", reverse("trial-begin", args=[each.public_id]))
        for each in trials
        if each.is_told
    ]


def reports_table(user: User) -> Table:
    rows = Evaluation.objects.visible_to(user).select_related("study")[:FEW]
    return Table(
        "Reports",
        (Column("Report"), Column("Run"), Column("Plan")),
        tuple(
            (
                Link(run.study.title, reverse("evaluation", args=[run.public_id]), f"run on {run.run_at}"),
                run.run_at,
                run.plan_state.capitalize(),
            )
            for run in rows
        ),
        empty="No report is here for you to read.",
    )


def figures_table(user: User) -> Table:
    rows = PanelRelease.objects.visible_to(user).select_related("panel__authority")[:FEW]
    return Table(
        "Published figures",
        (Column("Figures"), Column("Published"), Column("Policy")),
        tuple(
            (
                Link(str(each.panel), reverse("panel-figures", args=[each.public_id]), f"published {each.released_at}"),
                each.released_at.date(),
                each.policy.upper(),
            )
            for each in rows
        ),
        empty="Nothing has been published yet.",
    )
