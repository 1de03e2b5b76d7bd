"""Returns come in, and what becomes of them is watched."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from service.accounts.request import SignedInRequest
from service.evidence.actions import jobs, uploads
from service.evidence.forms.uploads import UploadForm
from service.evidence.incoming import MOST_BYTES, PrivateUploadHandler
from service.evidence.models import Evaluation, Job, JobKind, Panel, PanelRelease
from service.evidence.views.acting import done, done_or_told
from service.evidence.views.landing import state_tag
from service.pages.tables import Fact, Link
from service.permissions import Permission, holds, needs

LOOK_AGAIN = 5
"""Seconds after which the browser asks again while a job runs. Sent as a header: a page of its own accord would not."""


@needs(Permission.UPLOAD_RETURNS)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def upload(request: SignedInRequest) -> HttpResponse:
    """The files are written into the private folder while they come in: the token is checked by the view within."""
    handler = PrivateUploadHandler(request)
    request.upload_handlers = [handler]
    try:
        return _upload(request)
    finally:
        handler.clear()


@csrf_protect
def _upload(request: SignedInRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, by=request.user)
    handler = request.upload_handlers[0]
    if getattr(handler, "too_large", False):
        form.add_error("files", f"Together the files are larger than {MOST_BYTES // 1_000_000_000} GB.")
    if form.is_valid():
        asked = {"authority": form.cleaned_data["authority"], "files": form.cleaned_data["files"]}
        job = done(form, uploads.upload_returns, by=request.user, choices=form.choices, **asked)
        if job is not None:
            return redirect("evidence-job", job=job.public_id)
    return render(request, "evidence/upload.html", {"form": form, "back": reverse("evidence")})


@needs(Permission.VIEW_PANEL)
@require_safe
def job(request: SignedInRequest, job: UUID) -> HttpResponse:
    """How far a job is; when it has ended, what came of it."""
    row = Job.objects.fetch_for(request, Permission.VIEW_PANEL, public_id=job)
    if row.is_live:
        jobs.look_after()
        row.refresh_from_db()
    may_cancel = row.is_live and not row.cancel_asked and holds(request.user, jobs.MAY[JobKind(row.kind)])
    context = {"job": row, "facts": facts_of(row), "result": result_of(row, request), "may_cancel": may_cancel}
    response = render(request, "evidence/job.html", context)
    if row.is_live:
        response["Refresh"] = str(LOOK_AGAIN)
    return response


def facts_of(row: Job) -> list[Fact]:
    facts = [
        Fact("State", state_tag(row)),
        Fact("Of", str(row.study or row.authority)),
        Fact("Asked for", row.asked_at),
        Fact("By", row.asked_by.name),
    ]
    if row.files:
        facts.append(Fact("Files", ", ".join(file["name"] for file in row.files)))
    if row.ended_at:
        facts.append(Fact("Ended", row.ended_at))
    return facts


def result_of(row: Job, request: SignedInRequest) -> Link | None:
    """What came of a job, as far as the person may see it."""
    found = [
        ("panel", "See the panel", Panel.objects.visible_to(request.user).filter(job=row).first()),
        ("panel-figures", "See the figures", PanelRelease.objects.visible_to(request.user).filter(job=row).first()),
        ("evaluation", "See the report", Evaluation.objects.visible_to(request.user).filter(job=row).first()),
    ]
    for name, words, made in found:
        if made is not None:
            return Link(words, reverse(name, args=[made.public_id]))
    return None


@needs(Permission.UPLOAD_RETURNS, Permission.RUN_EVALUATION)
@require_POST
def cancel(request: SignedInRequest, job: UUID) -> HttpResponse:
    row = Job.objects.fetch_for(request, Permission.VIEW_PANEL, public_id=job)
    if done_or_told(request, jobs.cancel, by=request.user, job=row) is not None:
        messages.success(request, "It is being stopped. Nothing of the upload is kept.")
    return redirect("evidence-job", job=row.public_id)
