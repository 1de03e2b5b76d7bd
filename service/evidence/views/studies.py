"""A study: begun, planned, locked, composed, run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.evidence.actions import studies
from service.evidence.forms.studies import PlanForm
from service.evidence.models import Evaluation, Job, Panel, Study
from service.evidence.views.acting import done, done_or_told
from service.evidence.views.landing import state_tag
from service.evidence.views.panels import ZIP
from service.loading import when_used
from service.pages.downloads import attachment
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag, cell_text
from service.permissions import Permission, holds, needs
from service.programmes.models import Allocation
from service.schools.models import Authority, School
from swis.panel.outcomes import outcome_of

if TYPE_CHECKING:
    from service.evidence.composing import suggest
else:
    suggest = when_used("service.evidence.composing.suggest")

Compose, Run = Permission.COMPOSE_STUDY, Permission.RUN_EVALUATION


@needs(Compose)
@require_http_methods(["GET", "POST"])
def begin(request: SignedInRequest, authority: UUID) -> HttpResponse:
    """Begin a study of an authority's schools."""
    row = Authority.objects.fetch_for(request, Compose, public_id=authority)
    return _begin(request, [row], studies.begin_comparison, authority=row)


@needs(Compose)
@require_http_methods(["GET", "POST"])
def begin_trial(request: SignedInRequest, allocation: UUID) -> HttpResponse:
    """Begin the trial of an allocation that is told."""
    row = Allocation.objects.fetch_for(request, public_id=allocation)
    if row.is_told and not studies.may_begin_trial(request.user, row):
        messages.error(request, "Schools of another authority were drawn too. The evaluator begins the trial.")
        return redirect("evidence")
    return _begin(request, studies.authorities_of(row), studies.begin_trial, allocation=row)


def _begin(request: SignedInRequest, authorities: Sequence[Authority], act: Any, **of: Any) -> HttpResponse:
    try:
        panels = studies.newest_panels(authorities)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("evidence")
    schools = None if "allocation" in of else schools_in(request, panels, authorities)
    initial = suggest.suggest_plan(panels, authorities, schools)
    form = PlanForm(request.POST or None, panels=panels, authorities=authorities, schools=schools, initial=initial)
    if form.is_valid():
        study = done(form, act, by=request.user, plan=form.plan, **of)
        if study is not None:
            return redirect("study", study=study.public_id)
    back = reverse("evidence")
    title, submit = ("Begin a study", "Begin study") if schools is not None else ("Begin the trial", "Begin trial")
    context = {"form": form, "title": title, "submit": submit, "cancel": back, "back": back}
    return render(request, "evidence/plan.html", context)


def schools_in(request: SignedInRequest, panels: Sequence[Panel], authorities: Sequence[Authority]) -> Any:
    """The schools of the authorities that the panels know by their number or the number before."""
    labels = [school[0] for panel in panels for school in panel.schools]
    rows = School.objects.visible_to(request.user, Compose).filter(authority__in=authorities)
    return (rows.filter(urn__in=labels) | rows.filter(follows__urn__in=labels)).distinct().order_by("name", "urn")


@needs(Compose)
@require_safe
def study(request: SignedInRequest, study: UUID) -> HttpResponse:
    """The plan of a study, what is done with it next, and what came of running it."""
    row = Study.objects.fetch_for(request, public_id=study)
    context = {
        "study": row,
        "facts": facts_of(row),
        "schools": schools_table(row) if not row.is_trial else None,
        "runs": runs_table(request, row),
        "newer": studies.has_newer_panels(row),
        "may_run": holds(request.user, Run),
        "whole": holds(request.user, Permission.VIEW_PANEL),
    }
    return render(request, "evidence/study.html", context)


def facts_of(row: Study) -> list[Fact]:
    primary, *others = [outcome_of(code).name for code in row.outcomes]
    panels = row.panels.select_related("authority")
    facts = [
        Fact("Kind", row.get_kind_display()),
        Fact("Authorities", ", ".join(map(str, row.authorities.all()))),
        Fact("Panels", "; ".join(f"{panel}, built {cell_text(localdate(panel.built_at))}" for panel in panels)),
        Fact("Launched", row.launched),
        Fact("Primary outcome", primary),
        Fact("Other outcomes", ", ".join(others) or "None"),
        Fact("Pupils below the rates", row.exposure.capitalize()),
        Fact("The programme starts in", row.starts.capitalize()),
        Fact("Reference term", row.reference.capitalize()),
        Fact("Effect looked for", terms_looked_at(row)),
        Fact("Plan", Tag("Locked", "green") if row.is_locked else Tag("Not locked", "grey")),
    ]
    if row.is_locked:
        seen = "counts after the start were there" if row.counts_were_there else "no count after the start was there"
        facts.append(Fact("Locked", f"{cell_text(row.locked_on)}; {seen}"))
    return facts


def terms_looked_at(row: Study) -> str:
    after = row.after_from.capitalize()
    return after if row.after_from == row.last_term else f"{after} to {row.last_term}"


def schools_table(row: Study) -> Table:
    rows: list[tuple[Cell, ...]] = [(str(school), "With a social worker") for school in row.with_worker.all()]
    rows += [(str(school), "Compared") for school in row.compared.all()]
    return Table("Schools", (Column("School"), Column("Part")), tuple(rows))


def runs_table(request: SignedInRequest, row: Study) -> Table:
    reports = {run.job_id: run for run in Evaluation.objects.visible_to(request.user).filter(study=row)}
    jobs = Job.objects.visible_to(request.user).filter(study=row)

    def link(job: Job) -> Link:
        report = reports.get(job.pk)
        name, to = ("evaluation", report.public_id) if report else ("evidence-job", job.public_id)
        return Link(cell_text(job.asked_at), reverse(name, args=[to]))

    return Table(
        "Runs",
        (Column("Asked for"), Column("State")),
        tuple((link(job), state_tag(job)) for job in jobs),
        empty="The study has not been run.",
    )


@needs(Run)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, study: UUID) -> HttpResponse:
    row = Study.objects.fetch_for(request, Run, public_id=study)
    panels, authorities = list(row.panels.select_related("authority")), list(row.authorities.all())
    schools = None if row.is_trial else schools_in(request, panels, authorities)
    form = PlanForm(
        request.POST or None, panels=panels, authorities=authorities, schools=schools, initial=initial_of(row)
    )
    if form.is_valid() and done(form, studies.change_plan, by=request.user, study=row, plan=form.plan) is not None:
        messages.success(request, "The plan is changed.")
        return redirect("study", study=row.public_id)
    back = reverse("study", args=[row.public_id])
    context = {"form": form, "title": "Change the plan", "submit": "Save plan", "cancel": back, "back": back}
    return render(request, "evidence/plan.html", context)


def initial_of(row: Study) -> dict[str, Any]:
    names = ("title", "launched", "exposure", "starts", "reference", "after_from", "last_term")
    return {
        "primary": row.outcomes[0],
        "others": row.outcomes[1:],
        "with_worker": list(row.with_worker.all()),
        "compared": list(row.compared.all()),
        **{name: getattr(row, name) for name in names},
    }


@needs(Run)
@require_http_methods(["GET", "POST"])
def lock(request: SignedInRequest, study: UUID) -> HttpResponse:
    row = Study.objects.fetch_for(request, Run, public_id=study)
    back = reverse("study", args=[row.public_id])
    if request.method == "POST":
        if done_or_told(request, studies.lock, by=request.user, study=row) is not None:
            messages.success(request, "The plan is locked.")
        return redirect(back)
    text = "From then on the plan stays as it is, and every report says whether it was followed. This cannot be taken back."
    context = {"title": "Lock the plan?", "text": text, "submit": "Lock plan", "warning": True, "cancel": back}
    return render(request, "pages/confirm.html", context)


@needs(Compose)
@require_POST
def newer(request: SignedInRequest, study: UUID) -> HttpResponse:
    row = Study.objects.fetch_for(request, public_id=study)
    if done_or_told(request, studies.take_newer_panels, by=request.user, study=row) is not None:
        messages.success(request, "The study is over the newest panels now.")
    return redirect("study", study=row.public_id)


@needs(Compose)
@require_POST
def download(request: SignedInRequest, study: UUID) -> HttpResponse:
    """The folder as a zip; back to the study, with the reason, when it cannot be composed."""
    row = Study.objects.fetch_for(request, public_id=study)
    content = done_or_told(request, studies.download_folder, by=request.user, study=row)
    if content is None:
        return redirect("study", study=row.public_id)
    return attachment(content, content_type=ZIP, filename="study.zip")


@needs(Run)
@require_POST
def run(request: SignedInRequest, study: UUID) -> HttpResponse:
    row = Study.objects.fetch_for(request, Run, public_id=study)
    job = done_or_told(request, studies.run, by=request.user, study=row)
    return redirect("study", study=row.public_id) if job is None else redirect("evidence-job", job=job.public_id)
