"""The first page: what is here for this person, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from service.accounts.models import User
from service.accounts.request import SignedInRequest
from service.evidence.actions.studies import may_begin_trial
from service.evidence.models import Evaluation, Job, JobState, Panel, PanelRelease, Study
from service.pages.pagination import page_of
from service.pages.tables import Column, Link, Table, Tag, cell_text
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
FEW = 25  # the newest; all are on a page of their own


def state_tag(job: Job) -> Tag:
    return Tag(job.get_state_display(), COLOURS[JobState(job.state)])


@needs(P.VIEW_PANEL, P.VIEW_REPORT)
@require_safe
def evidence(request: SignedInRequest) -> HttpResponse:
    """The newest panels, studies, reports and published figures, as far as the person sees any."""
    user = request.user
    composes = holds(user, P.COMPOSE_STUDY)
    context = {
        "may_upload": holds(user, P.UPLOAD_RETURNS),
        "lists": [newest(user, what) for what, kind in KINDS.items() if kind.is_for(user)],
        "begin": begin_links(user) if composes else [],
    }
    return render(request, "evidence/evidence.html", context)


@needs(P.VIEW_PANEL, P.VIEW_REPORT)
@require_safe
def evidence_list(request: SignedInRequest, what: str) -> HttpResponse:
    """All of one kind that the person sees, in pages."""
    kind = KINDS.get(what)
    if kind is None or not kind.is_for(request.user):
        raise Http404("There is no such list, or it is not yours to see.")
    page = page_of(request, kind.rows(request.user))
    return render(request, "evidence/list.html", {"page": page, "table": kind.table(page.rows)})


@dataclass(frozen=True)
class Kind:
    """Something of which there is a list: who may have it, its rows, the newest first, and how they are shown."""

    permissions: tuple[P, ...]
    rows: Callable[[User], QuerySet[Any]]
    table: Callable[[Sequence[Any]], Table]

    def is_for(self, user: User) -> bool:
        return any(holds(user, permission) for permission in self.permissions)


@dataclass(frozen=True)
class Newest:
    """The first rows of a list, and where all are when there are more."""

    what: str
    table: Table
    all_url: str


def newest(user: User, what: str) -> Newest:
    kind = KINDS[what]
    rows = list(kind.rows(user)[: FEW + 1])
    url = reverse("evidence-list", args=[what]) if len(rows) > FEW else ""
    return Newest(what, kind.table(rows[:FEW]), url)


def panels_table(rows: Sequence[Any]) -> Table:
    return Table(
        "Panels",
        (Column("Panel"), Column("Built"), Column("Schools", numeric=True), Column("Warnings", numeric=True)),
        tuple(
            (
                Link(str(panel), reverse("panel", args=[panel.public_id]), f"built {cell_text(panel.built_at)}"),
                localdate(panel.built_at),
                len(panel.schools),
                panel.warnings,
            )
            for panel in rows
        ),
        empty="No panel has been built yet.",
    )


def jobs_table(rows: Sequence[Any]) -> Table:
    return Table(
        "Work in the background",
        (Column("What"), Column("Of"), Column("Asked for"), Column("State")),
        tuple(
            (
                Link(
                    job.get_kind_display(),
                    reverse("evidence-job", args=[job.public_id]),
                    f"asked for {cell_text(job.asked_at)}",
                ),
                str(job.study or job.authority),
                job.asked_at,
                state_tag(job),
            )
            for job in rows
        ),
        empty="Nothing has been asked for yet.",
    )


def studies_table(rows: Sequence[Any]) -> Table:
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
        Link(f"Begin the trial drawn on {cell_text(each.drawn_on)}", reverse("trial-begin", args=[each.public_id]))
        for each in trials
        if may_begin_trial(user, each)
    ]


def reports_table(rows: Sequence[Any]) -> Table:
    return Table(
        "Reports",
        (Column("Report"), Column("Run"), Column("Plan")),
        tuple(
            (
                Link(run.study.title, reverse("evaluation", args=[run.public_id]), f"run on {cell_text(run.run_at)}"),
                run.run_at,
                run.plan_state.capitalize(),
            )
            for run in rows
        ),
        empty="No report is here for you to read.",
    )


def figures_table(rows: Sequence[Any]) -> Table:
    return Table(
        "Published figures",
        (Column("Figures"), Column("Published"), Column("Policy")),
        tuple(
            (
                Link(
                    str(each.panel),
                    reverse("panel-figures", args=[each.public_id]),
                    f"published {cell_text(each.released_at)}",
                ),
                localdate(each.released_at),
                each.policy.upper(),
            )
            for each in rows
        ),
        empty="Nothing has been published yet.",
    )


KINDS = {
    "reports": Kind(
        (P.VIEW_PANEL, P.VIEW_REPORT),
        lambda user: Evaluation.objects.visible_to(user).select_related("study"),
        reports_table,
    ),
    "studies": Kind((P.COMPOSE_STUDY,), lambda user: Study.objects.visible_to(user), studies_table),
    "panels": Kind(
        (P.VIEW_PANEL,), lambda user: Panel.objects.visible_to(user).select_related("authority"), panels_table
    ),
    "figures": Kind(
        (P.VIEW_PUBLISHED_FIGURES,),
        lambda user: PanelRelease.objects.visible_to(user).select_related("panel__authority"),
        figures_table,
    ),
    "work": Kind(
        (P.VIEW_PANEL,), lambda user: Job.objects.visible_to(user).select_related("authority", "study"), jobs_table
    ),
}
