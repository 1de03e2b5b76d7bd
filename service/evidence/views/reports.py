"""A report: its verdicts, the report itself in three forms, and who may read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.evidence.actions import reports
from service.evidence.archives import FOR_OTHERS, REPORT, read_member
from service.evidence.forms.studies import ReleaseForm, WithdrawForm
from service.evidence.models import Evaluation
from service.evidence.sandbox import sandboxed
from service.evidence.views.acting import done
from service.evidence.views.panels import ZIP
from service.pages.downloads import attachment
from service.pages.tables import Column, Fact, Table, Tag
from service.permissions import Permission, needs

KINDS = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
COLOURS = {"supported": "green", "not supported": "grey", "cannot tell": "yellow"}


@needs(Permission.VIEW_REPORT)
@require_safe
def evaluation(request: SignedInRequest, evaluation: UUID) -> HttpResponse:
    """What came of a run, and to whom it was released."""
    row = Evaluation.objects.fetch_for(request, public_id=evaluation)
    record(Action.READ, by=request.user, subject=row, authority=row.study.authorities.first())
    may_release = runs(request, row)
    context = {
        "evaluation": row,
        "facts": [
            Fact("Run", row.run_at),
            Fact("Plan", row.plan_state.capitalize()),
            Fact("Warnings in reading the folder", row.warnings),
            Fact("Run by", f"swis {row.swis_version}"),
        ],
        "verdicts": verdicts_table(row),
        "releases": releases_table(row) if may_release else None,
        "may_release": may_release,
        "is_released": row.releases.filter(withdrawn_on=None).exists(),
    }
    return render(request, "evidence/evaluation.html", context)


def runs(request: SignedInRequest, row: Evaluation) -> bool:
    """Whether the person is an evaluator of this study."""
    return Evaluation.objects.visible_to(request.user, Permission.RUN_EVALUATION).filter(pk=row.pk).exists()


def verdicts_table(row: Evaluation) -> Table:
    return Table(
        "What the data can carry",
        (Column("Outcome"), Column("Ratio"), Column("95% interval"), Column("Verdict"), Column("Why")),
        tuple(
            (
                f"{one['name']} (primary)" if one["primary"] else one["name"],
                one["estimate"],
                one["interval"],
                Tag(one["verdict"].capitalize(), COLOURS.get(one["verdict"], "grey")),
                one["why"],
            )
            for one in row.verdicts
        ),
        note='"Not supported" and "cannot tell" do not mean that there was no effect.',
    )


def releases_table(row: Evaluation) -> Table:
    return Table(
        "Released to",
        (Column("Audience"), Column("From"), Column("Taken back")),
        tuple((each.get_audience_display(), each.released_on, each.withdrawn_on) for each in row.releases.all()),
        empty="Nobody but evaluators can read this report.",
    )


@needs(Permission.VIEW_REPORT)
@require_safe
def report(request: SignedInRequest, evaluation: UUID, kind: str) -> HttpResponse:
    """The report: HTML in a sandbox, PDF and Word to keep. The evaluator may look at the edition for others, who get no other."""
    row = Evaluation.objects.fetch_for(request, public_id=evaluation)
    name = REPORT if runs(request, row) and "others" not in request.GET else FOR_OTHERS
    content = read_member(row.report, f"{name}.{kind}")
    if content is None or kind not in KINDS:
        raise Http404("The report has no such form.")
    action = Action.READ if kind == "html" else Action.EXPORT
    record(
        action,
        by=request.user,
        subject=row,
        authority=row.study.authorities.first(),
        details={"form": kind, "edition": name},
    )
    if kind == "html":
        return sandboxed(content)
    return attachment(content, content_type=KINDS[kind], filename=f"{name}.{kind}")


@needs(Permission.RUN_EVALUATION)
@require_safe
def folder(request: SignedInRequest, evaluation: UUID) -> HttpResponse:
    """The very folder that was run, so that anybody with the library can run it again."""
    row = Evaluation.objects.fetch_for(request, Permission.RUN_EVALUATION, public_id=evaluation)
    details = {"sha256": row.folder.sha256}
    record(Action.EXPORT, by=request.user, subject=row, authority=row.study.authorities.first(), details=details)
    return attachment(bytes(row.folder.content), content_type=ZIP, filename="study-as-run.zip")


@needs(Permission.RUN_EVALUATION)
@require_http_methods(["GET", "POST"])
def release(request: SignedInRequest, evaluation: UUID) -> HttpResponse:
    row = Evaluation.objects.fetch_for(request, Permission.RUN_EVALUATION, public_id=evaluation)
    back = reverse("evaluation", args=[row.public_id])
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        done(form, reports.release, by=request.user, evaluation=row, **form.cleaned_data)
        if not form.errors:
            messages.success(request, "The report is released.")
            return redirect(back)
    title = "Release the report"
    context = {"form": form, "title": title, "submit": "Release", "cancel": back}
    return render(request, "pages/confirm.html", context)


@needs(Permission.RUN_EVALUATION)
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, evaluation: UUID) -> HttpResponse:
    row = Evaluation.objects.fetch_for(request, Permission.RUN_EVALUATION, public_id=evaluation)
    back = reverse("evaluation", args=[row.public_id])
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        done(form, reports.withdraw, by=request.user, evaluation=row, **form.cleaned_data)
        if not form.errors:
            messages.success(request, "The report is taken back.")
            return redirect(back)
    text = "Nobody but evaluators can read it then. Copies that were downloaded are not taken back."
    context = {
        "form": form,
        "title": "Take the report back?",
        "text": text,
        "submit": "Take back",
        "warning": True,
        "cancel": back,
    }
    return render(request, "pages/confirm.html", context)
