"""Importing a log: the file, its columns, its words, what it would become, and the import."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.downloads import csv_response
from service.pages.pagination import page_of
from service.pages.tables import Column, Link, Table
from service.permissions import Permission, needs
from service.practice.actions.log_imports import counts_of, discard_log, import_log, map_columns, map_words, take_in_log
from service.practice.core_codes import CORE, CodeList
from service.practice.forms.imports import ColumnsForm, ImportForm, LogFileForm, WordsForm
from service.practice.log_checks import LogCheck, check_log, unknown_words
from service.practice.log_files import LARGEST
from service.practice.models import LogFile, LogImport
from service.practice.views.acting import attempt, done, form_page
from service.schools.models import Authority

SHOWN_PROBLEMS = 50
WORDS_FOR_COUNTS = {
    "rows": "Rows in the file",
    "to_import": "Contacts to import",
    "with_problems": "Rows with problems",
    "held_already": "Rows that are held already",
    "empty": "Empty rows",
}


@needs(Permission.IMPORT_LOG)
@require_safe
def import_list(request: SignedInRequest) -> HttpResponse:
    """Files that wait, and imports that were done."""
    waiting = LogFile.objects.visible_to(request.user).defer("rows").select_related("uploaded_by")
    columns = (Column("File"), Column("Uploaded"), Column("By"), Column(""))
    rows = tuple(
        (
            Link(file.name, reverse("import-columns", kwargs={"public_id": file.public_id})),
            file.uploaded_at,
            file.uploaded_by.name,
            Link("Discard", reverse("import-discard", kwargs={"public_id": file.public_id}), file.name),
        )
        for file in waiting[:50]
    )
    page = page_of(
        request, LogImport.objects.visible_to(request.user).select_related("imported_by").order_by("-imported_at")
    )
    done_columns = (
        Column("File"), Column("Imported"), Column("By"), Column("Contacts", numeric=True), Column("Held already", numeric=True),
    )  # fmt: skip
    done_rows = tuple(
        (each.name, each.imported_at, each.imported_by.name, each.contacts_made, each.held_already) for each in page
    )
    context = {
        "waiting": Table("Files that wait", columns, rows, empty="No file waits."),
        "done": Table("Imported", done_columns, done_rows, empty="Nothing was imported."),
        "page": page,
    }
    return render(request, "practice/import_list.html", context)


@needs(Permission.IMPORT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def import_upload(request: SignedInRequest) -> HttpResponse:
    authorities = list(Authority.objects.visible_to(request.user, Permission.IMPORT_LOG))
    choices = [(authority.code, authority.name) for authority in authorities]
    form = LogFileForm(request.POST or None, request.FILES or None, authorities=choices)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        authority = next(each for each in authorities if each.code == form.cleaned_data["authority"])
        content = upload.read(LARGEST + 1)
        shape = form.cleaned_data["shape"]
        file = attempt(
            form,
            lambda: take_in_log(by=request.user, authority=authority, shape=shape, name=upload.name, content=content),
        )
        if file is not None:
            return redirect("import-columns", public_id=file.public_id)
    text = "Nothing is imported yet. You first see which columns were found, and what would be imported."
    return form_page(request, form, title="Import a log", text=text, submit="Upload", back=reverse("import-list"))


@needs(Permission.IMPORT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    file = LogFile.objects.fetch_for(request, public_id=public_id)
    schools = [(school.urn, school.name) for school in file.authority.schools.all()]
    form = ColumnsForm(request.POST or None, file=file, schools=schools)
    if form.is_valid():
        one_school, one_kind = form.cleaned_data["one_school"], form.cleaned_data["one_kind"]
        if done(
            form,
            lambda: map_columns(
                by=request.user, file=file, fields=form.chosen, school=one_school, kind_of_work=one_kind
            ),
        ):
            return redirect("import-words" if unknown_words(file) else "import-check", public_id=public_id)
    text = f"{file.name}: {len(file.rows):,} rows below the headings. Say which column holds what."
    return form_page(request, form, title="Columns of the log", text=text, submit="Go on", back=reverse("import-list"))


@needs(Permission.IMPORT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def import_words(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    file = LogFile.objects.fetch_for(request, public_id=public_id)
    form = WordsForm(request.POST if request.method == "POST" else None, words=unknown_words(file))
    if done(form, lambda: map_words(by=request.user, file=file, codes=form.chosen)):
        return redirect("import-check", public_id=public_id)
    text = "These words of the log have no code yet. Rows whose word you leave open are told as problems."
    back = reverse("import-columns", kwargs={"public_id": public_id})
    return form_page(request, form, title="Words of the log", text=text, submit="Go on", back=back)


@needs(Permission.IMPORT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def import_check(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The dry run: what would be imported, and what stands in the way."""
    file = LogFile.objects.fetch_for(request, public_id=public_id)
    form = ImportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = attempt(form, lambda: import_log(by=request.user, file=file, leave_out=form.cleaned_data["leave_out"]))
        if made is not None:
            messages.success(request, f"{made.contacts_made:,} contacts imported")
            return redirect("import-list")
    check = check_log(file)
    context = {
        "file": file,
        "form": form,
        "counts": _counts(check),
        "by_school": _by_school(check),
        "by_kind": _by_kind(check),
        "problems": problem_table(check, SHOWN_PROBLEMS),
        "number_of_problems": len(check.problems),
        "can_import": bool(check.entries),
    }
    return render(request, "practice/import_check.html", context)


def _counts(check: LogCheck) -> Table:
    rows = tuple((WORDS_FOR_COUNTS[name], number) for name, number in counts_of(check).items())
    return Table("What was found", (Column("What"), Column("Number", numeric=True)), rows)


def _by_school(check: LogCheck) -> Table:
    columns = (Column("School"), Column("Contacts", numeric=True))
    return Table("By school", columns, tuple(check.counts("school").most_common()), empty="None.")


def _by_kind(check: LogCheck) -> Table:
    names = CORE[CodeList.KIND_OF_WORK]
    rows = tuple((names[code], number) for code, number in check.counts("kind_of_work").most_common())
    return Table("By kind of work", (Column("Kind of work"), Column("Contacts", numeric=True)), rows, empty="None.")


def problem_table(check: LogCheck, most: int | None = None) -> Table:
    """Where the problems are and what to do. It holds row numbers and headings, nothing of what stands in the rows."""
    rows = tuple((each.row, each.column, each.what) for each in check.problems[:most])
    return Table("Problems", (Column("Row", numeric=True), Column("Column"), Column("What to do")), rows, empty="None.")


@needs(Permission.IMPORT_LOG)
@require_safe
def import_problems(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    file = LogFile.objects.fetch_for(request, public_id=public_id)
    check = check_log(file)
    record(Action.EXPORT, by=request.user, subject=file, details={"problems": len(check.problems)})
    return csv_response(problem_table(check), "problems.csv")


@needs(Permission.IMPORT_LOG)
@require_http_methods(["GET", "HEAD", "POST"])
def import_discard(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    file = LogFile.objects.fetch_for(request, public_id=public_id)
    if request.method == "POST":
        discard_log(by=request.user, file=file)
        messages.success(request, "File discarded")
        return redirect("import-list")
    context = {
        "title": "Discard this file?",
        "text": "It is deleted with its text. Nothing of it was imported.",
        "submit": "Discard file",
        "warning": True,
        "cancel": reverse("import-list"),
    }
    return render(request, "pages/confirm.html", context)
