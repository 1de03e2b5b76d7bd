"""Rounds of nominations, their schools, and the file in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.downloads import attachment, csv_response
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import nominations
from service.programmes.forms.nominations import (
    BeginRoundForm,
    FiguresForm,
    NominateForm,
    UploadForm,
    WithdrawForm,
)
from service.programmes.forms.scoped import Confirmation, ReasonForm
from service.programmes.models import Nomination, NominationRound, NominationUpload
from service.programmes.nominations_file import FIGURES, LARGEST, write_nominations
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, url_of

form_view = require_http_methods(["GET", "HEAD", "POST"])
PART_COLOURS = {"in the draw": "green", "in reserve": "blue", "kept out": "grey"}


@require_safe
@needs(Permission.VIEW_NOMINATIONS)
def nomination_rounds(request: SignedInRequest) -> HttpResponse:
    page = page_of(request, NominationRound.objects.visible_to(request.user).select_related("authority"))
    rows = tuple(
        (
            link_to(each.name, "nomination-round", each),
            each.authority.name,
            _status(each),
            each.submitted_on,
        )
        for each in page.rows
    )
    table = Table(
        "Rounds of nominations",
        (Column("Round"), Column("Authority"), Column("Status"), Column("Submitted")),
        rows,
        empty="No round of nominations yet.",
    )
    links = []
    if holds(request.user, Permission.NOMINATE):
        links.append(Link("Begin a round", reverse("nomination-begin")))
    if holds(request.user, Permission.PUBLISH_ALLOCATION):
        links.append(Link("Download all submitted nominations (CSV)", reverse("nominations-received")))
    return show_page(
        request, title="Nominations", back=reverse("programme"), links=links, sections=[Section(table=table)], page=page
    )


@form_view
@needs(Permission.NOMINATE)
def nomination_begin(request: SignedInRequest) -> HttpResponse:
    form = BeginRoundForm(request.POST or None, user=request.user)
    return answer(
        request,
        form,
        lambda data: nominations.begin_round(by=request.user, **data),
        page=FormPage("Begin a round of nominations", reverse("nomination-rounds"), "Begin"),
        said="Round begun",
        then=lambda begun: url_of("nomination-round", begun),
    )


@require_safe
@needs(Permission.VIEW_NOMINATIONS)
def nomination_round(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    round_ = NominationRound.objects.fetch_for(request, public_id=public_id)
    mine = holds(request.user, Permission.NOMINATE, authority=round_.authority)
    record(Action.READ, by=request.user, subject=round_, details={"nominations": True})
    rows = list(round_.nominations.select_related("school", "round").prefetch_related("feeder_primaries"))
    facts = [
        Fact("Authority", round_.authority.name),
        Fact("Status", _status(round_)),
        Fact("Submitted", round_.submitted_on),
    ]
    if round_.returned_because:
        facts.append(Fact("Given back because", round_.returned_because))
    sections = [Section(facts=facts), Section(table=_table(rows, round_, mine=mine))]
    return show_page(
        request,
        title=f"Nominations: {round_.name}",
        back=reverse("nomination-rounds"),
        links=_round_links(request, round_, mine=mine),
        sections=sections,
    )


def _round_links(request: SignedInRequest, round_: NominationRound, *, mine: bool) -> list[Link]:
    links = [link_to("Download nominations.csv", "nomination-download", round_)]
    if mine and round_.is_draft:
        links = [
            link_to("Nominate a school", "nomination-add", round_),
            link_to("Upload a file", "nomination-upload", round_),
            *links,
            link_to("Submit to the evaluator", "nomination-submit", round_),
        ]
    if not round_.is_draft and holds(request.user, Permission.PUBLISH_ALLOCATION, authority=round_.authority):
        links.append(link_to("Give the round back", "nomination-return", round_))
    return links


def _table(rows: Sequence[Nomination], round_: NominationRound, *, mine: bool) -> Table:
    heads = (
        "School",
        "",
        "Pupils",
        "Referrals",
        "Section 47",
        "Exclusions",
        "Absence %",
        "FSM %",
        "Feeders",
        "Remarks",
    )
    columns = [Column(head, numeric=2 <= place <= 7) for place, head in enumerate(heads)]
    columns[1] = Column("Part")
    cells = [
        (
            each.label,
            Tag(each.part.capitalize(), PART_COLOURS[each.part]),
            *(getattr(each, name) for name in FIGURES),
            ", ".join(school.name for school in each.feeder_primaries.all()),
            _remarks(each),
        )
        for each in rows
    ]
    if mine:
        columns += [Column(""), Column("")] if round_.is_draft else [Column("")]
        cells = [(*row, *_row_links(each)) for row, each in zip(cells, rows, strict=True)]
    return Table(
        "Nominated schools",
        tuple(columns),
        tuple(cells),
        note="Figures are of the year before, the same year for every school. Empty: not known.",
        wide=True,
        empty="No school is nominated yet.",
    )


def _row_links(nomination: Nomination) -> tuple[Link | None, ...]:
    if nomination.round.is_draft:
        return (
            link_to("Correct", "nomination-correct", nomination, hidden=nomination.label),
            link_to("Take out", "nomination-take-out", nomination, hidden=nomination.label),
        )
    if nomination.withdrew_on is not None:
        return (None,)
    return (link_to("Note withdrawal", "nomination-withdraw", nomination, hidden=nomination.label),)


def _remarks(nomination: Nomination) -> str:
    if nomination.withdrew_on:
        return f"Withdrew: {nomination.withdrew_because}"
    return nomination.excluded


def _status(round_: NominationRound) -> Tag:
    return Tag("Draft", "yellow") if round_.is_draft else Tag("Submitted", "green")


@form_view
@needs(Permission.NOMINATE)
def nomination_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    round_ = NominationRound.objects.fetch_for(request, Permission.NOMINATE, public_id=public_id)
    form = NominateForm(request.POST or None, user=request.user, round=round_)
    return answer(
        request,
        form,
        lambda data: nominations.nominate(by=request.user, round=round_, **data),
        page=FormPage(
            "Nominate a school",
            url_of("nomination-round", round_),
            "Nominate",
            "Give the figures of the year before, the same year for every school. What is not known stays empty.",
        ),
        said="School nominated",
    )


@form_view
@needs(Permission.NOMINATE)
def nomination_correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    nomination = Nomination.objects.fetch_for(request, Permission.NOMINATE, public_id=public_id)
    names = (*FIGURES, "reserve", "excluded")
    initial = {name: getattr(nomination, name) for name in names}
    initial["feeder_primaries"] = list(nomination.feeder_primaries.all())
    form = FiguresForm(request.POST or None, user=request.user, round=nomination.round, initial=initial)
    return answer(
        request,
        form,
        lambda data: nominations.correct(by=request.user, nomination=nomination, **data),
        page=FormPage(f"Correct {nomination.label}", url_of("nomination-round", nomination.round)),
        said="Nomination corrected",
    )


@form_view
@needs(Permission.NOMINATE)
def nomination_take_out(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    nomination = Nomination.objects.fetch_for(request, Permission.NOMINATE, public_id=public_id)
    back = url_of("nomination-round", nomination.round)
    return answer(
        request,
        Confirmation(request.POST if request.method == "POST" else None),
        lambda data: nominations.take_out(by=request.user, nomination=nomination),
        page=FormPage(
            f"Take {nomination.school} out of the round?",
            back,
            "Take out",
            "A school that was nominated and must not be drawn stays in the round, with the reason. Take out only a mistake.",
            warning=True,
        ),
        said="School taken out",
    )


@form_view
@needs(Permission.NOMINATE)
def nomination_submit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    round_ = NominationRound.objects.fetch_for(request, Permission.NOMINATE, public_id=public_id)
    return answer(
        request,
        Confirmation(request.POST if request.method == "POST" else None),
        lambda data: nominations.submit_round(by=request.user, round=round_),
        page=FormPage(
            "Submit the nominations?",
            url_of("nomination-round", round_),
            "Submit",
            "The evaluator draws from them as they are. They can be changed only when the evaluator gives them back.",
        ),
        said="Nominations submitted",
    )


@form_view
@needs(Permission.PUBLISH_ALLOCATION)
def nomination_return(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    round_ = NominationRound.objects.fetch_for(request, Permission.PUBLISH_ALLOCATION, public_id=public_id)
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: nominations.return_round(by=request.user, round=round_, **data),
        page=FormPage(f"Give {round_.name} back to {round_.authority}", reverse("nomination-rounds"), "Give back"),
        said="Round given back",
    )


@form_view
@needs(Permission.NOMINATE)
def nomination_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    nomination = Nomination.objects.fetch_for(request, Permission.NOMINATE, public_id=public_id)
    form = WithdrawForm(request.POST or None, initial={"on": timezone.localdate()})
    return answer(
        request,
        form,
        lambda data: nominations.withdraw_school(by=request.user, nomination=nomination, **data),
        page=FormPage(
            f"{nomination.school} withdrew",
            url_of("nomination-round", nomination.round),
            text="Before arms are told a school in reserve stands in for it. Afterwards it keeps its arm, and is counted in it.",
        ),
        said="Withdrawal noted",
    )


@require_safe
@needs(Permission.VIEW_NOMINATIONS)
def nomination_download(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    round_ = NominationRound.objects.fetch_for(request, public_id=public_id)
    rows = Nomination.objects.visible_to(request.user).filter(round=round_)
    record(Action.EXPORT, by=request.user, subject=round_, details={"file": "nominations.csv"})
    return _file(rows)


@require_safe
@needs(Permission.PUBLISH_ALLOCATION)
def nominations_received(request: SignedInRequest) -> HttpResponse:
    """Every submitted round from which nothing is drawn yet, as one file to draw from."""
    waiting = NominationRound.objects.visible_to(request.user).filter(status="submitted")
    drawn = waiting.filter(allocations__isnull=False, allocations__set_aside_on=None).values("pk")
    rows = Nomination.objects.visible_to(request.user).filter(round__in=waiting.exclude(pk__in=drawn).values("pk"))
    record(Action.EXPORT, by=request.user, details={"file": "nominations.csv", "schools": rows.count()})
    return _file(rows)


def _file(rows: QuerySet[Nomination]) -> HttpResponse:
    chosen = rows.select_related("school", "round__authority").prefetch_related("feeder_primaries")
    data = write_nominations(chosen).encode()
    return attachment(data, content_type="text/csv; charset=utf-8", filename="nominations.csv")


@form_view
@needs(Permission.NOMINATE)
def nomination_upload(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    round_ = NominationRound.objects.fetch_for(request, Permission.NOMINATE, public_id=public_id)
    form = UploadForm(request.POST or None, request.FILES or None)
    return answer(
        request,
        form,
        lambda data: nominations.read_upload(
            by=request.user, round=round_, file_name=data["file"].name, data=data["file"].read(LARGEST + 1)
        ),
        page=FormPage(
            "Upload nominations",
            url_of("nomination-round", round_),
            "Read the file",
            "Nothing is taken yet: you see first what would be nominated and what is wrong.",
        ),
        said="File read",
        then=lambda upload: url_of("nomination-uploaded", upload),
    )


@form_view
@needs(Permission.NOMINATE)
def nomination_uploaded(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What a file holds, row by row; sent, it is taken."""
    upload = NominationUpload.objects.fetch_for(request, public_id=public_id)
    back = url_of("nomination-round", upload.round)
    if not upload.problems and upload.rows and upload.taken_at is None:
        names = "\n".join(row["school"] for row in upload.rows)
        return answer(
            request,
            Confirmation(request.POST if request.method == "POST" else None),
            lambda data: nominations.take_upload(by=request.user, upload=upload),
            page=FormPage(
                f"Nominate {len(upload.rows)} schools from {upload.file_name}?", back, "Nominate them", names
            ),
            said="Schools nominated",
        )
    facts = [Fact("Rows that could be taken", len(upload.rows)), Fact("Problems", len(upload.problems))]
    text = "" if upload.taken_at is None else "The file was taken."
    links = [link_to("Download the problems (CSV)", "nomination-problems", upload), Link("Back to the round", back)]
    return show_page(
        request,
        title=f"What is wrong with {upload.file_name}",
        back=back,
        sections=[Section(text=text, facts=facts), Section(table=_problems(upload), links=links)],
    )


@require_safe
@needs(Permission.NOMINATE)
def nomination_problems(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    upload = NominationUpload.objects.fetch_for(request, public_id=public_id)
    record(Action.EXPORT, by=request.user, subject=upload, details={"problems": len(upload.problems)})
    return csv_response(_problems(upload), "problems.csv")


def _problems(upload: NominationUpload) -> Table:
    rows = tuple((each["row"], each["column"], each["what"]) for each in upload.problems)
    columns = (Column("Row", numeric=True), Column("Column"), Column("What to mend"))
    return Table("Problems by row", columns, rows, empty="There are none.")
