"""The agenda of a review, its closing, amendments, and its pack."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.downloads import attachment
from service.permissions import Permission, needs, require
from service.practice.kept_forms import handled
from service.programmes.views.layout import FormPage, put_errors, url_of
from service.reviews.actions.agenda import put_on_agenda, say_what_next, withdraw_item
from service.reviews.actions.checks import mark_of
from service.reviews.actions.closing import (
    Minutes,
    amend_review,
    close_review,
    closing_permission,
    contact_of,
    draft_mark,
)
from service.reviews.actions.drafts import joined_to_draft, save_draft
from service.reviews.actions.kept import drop_sent
from service.reviews.forms.meeting import (
    SCHOOL_READS,
    TEAM_READS,
    AmendForm,
    CloseForm,
    ItemForm,
    ReasonForm,
    WhatNextForm,
)
from service.reviews.forms.planning import NAMES_NO_CHILD
from service.reviews.models import Review, ReviewItem, ReviewRecord
from service.reviews.packs.contents import Audience
from service.reviews.packs.gathering import gather_pack
from service.reviews.packs.pdf import write_pdf
from service.reviews.packs.word import write_word
from service.reviews.views.hints import said_with_hint
from service.reviews.views.kept import answer_keeping, carry_ticket, is_over, put_into

form_view = require_http_methods(["GET", "HEAD", "POST"])
KINDS = {
    "pdf": (write_pdf, "application/pdf"),
    "docx": (write_word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_item_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found: Review = Review.objects.fetch_for(request, Permission.PREPARE_REVIEW, public_id=public_id)
    form = ItemForm(request.POST or None, user=request.user, review=found)
    return answer_keeping(
        request,
        form,
        lambda data: put_on_agenda(by=request.user, review=found, item=form.item()),
        subject=found,
        page=FormPage("Put something on the agenda", url_of("review", found), submit="Add", text=str(found)),
        said=lambda made: said_with_hint("On the agenda", made.text, school=found.school),
    )


@form_view
@needs(Permission.PLAN_REVIEW)
def review_item_next(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    item: ReviewItem = ReviewItem.objects.fetch_for(request, Permission.PLAN_REVIEW, public_id=public_id)
    record(Action.READ, by=request.user, subject=item, child=item.child)
    school = item.review.school
    who = f"{SCHOOL_READS}." if item.shared else TEAM_READS
    seen = mark_of(item.what_next)
    form = WhatNextForm(request.POST or None, initial={"what_next": item.what_next, "seen": seen})
    told = [item.text, f"{who} {NAMES_NO_CHILD}"]
    if form.is_bound and form.data.get("seen") != seen:
        told.insert(1, f"Written so far: {item.what_next}")
    return answer_keeping(
        request,
        form,
        lambda data: say_what_next(by=request.user, item=item, **data),
        subject=item,
        page=FormPage("What is to follow", url_of("review", item.review), text="\n\n".join(told)),
        said=lambda made: said_with_hint("Saved", made.what_next, school=school),
        sent_again={"seen": seen},
    )


@form_view
@needs(Permission.PREPARE_REVIEW)
def review_item_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    item: ReviewItem = ReviewItem.objects.fetch_for(request, Permission.PREPARE_REVIEW, public_id=public_id)
    record(Action.READ, by=request.user, subject=item, child=item.child)
    return answer_keeping(
        request,
        ReasonForm(request.POST or None),
        lambda data: withdraw_item(by=request.user, item=item, **data),
        subject=item,
        page=FormPage("Take it off the agenda", url_of("review", item.review), submit="Take off", text=item.text),
        said="Taken off the agenda",
    )


@form_view
@needs(Permission.PLAN_REVIEW)
def review_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Close a review that was held. A half-termly one is closed by a manager."""
    found: Review = Review.objects.fetch_for(request, Permission.PLAN_REVIEW, public_id=public_id)
    require(request.user, closing_permission(found), school=found.school)
    if request.method != "POST" and is_over(request, found):
        return redirect(url_of("review", found))
    form = CloseForm(request.POST or None, review=found, details=contact_of(found), user=request.user)
    ticket = carry_ticket(request, form, found)
    if request.method == "POST" and _acted(request, found, form):
        drop_sent(by=request.user, form=ticket.form)
        handled(request)
        return redirect(url_of("review", found))
    handled(request)
    record(Action.READ, by=request.user, subject=found, details={"draft": found.draft_at is not None})
    names = form.data.get("names_read", "") if form.is_bound and form.is_valid() else ""
    context = {"form": form, "review": found, "back": url_of("review", found), "names": names}
    return render(request, "reviews/close.html", context)


def _acted(request: SignedInRequest, found: Review, form: CloseForm) -> bool:
    """Whether the review was closed or its draft was saved; when not, the form says why."""
    seen = request.POST.get("draft_seen")
    try:
        if request.POST.get("save") == "draft":
            save_draft(by=request.user, review=found, minutes=_typed(request), draft_seen=seen)
            messages.success(request, "Saved for later")
            return True
        if not form.is_valid():
            return False
        if names := form.unread_names():
            form.told_of(names)
            return False
        came, contact = list(form.cleaned_data["came"]), form.contact()
        close_review(by=request.user, review=found, minutes=form.minutes(), came=came, contact=contact, draft_seen=seen)
    except ValidationError as error:
        if getattr(error, "code", "") == "draft":
            _show_both(request, found, form)
        form.is_valid()
        put_errors(form, error)
        return False
    messages.success(request, "Closed")
    return True


def _typed(request: SignedInRequest) -> Minutes:
    return Minutes(request.POST.get("agreed", ""), request.POST.get("team_note", ""))


def _show_both(request: SignedInRequest, found: Review, form: CloseForm) -> None:
    """Put what somebody else wrote in the draft into the form, before what was typed, and let it be sent again."""
    found.refresh_from_db()
    both = joined_to_draft(found, _typed(request))
    put_into(form, agreed=both.agreed, team_note=both.team_note, draft_seen=draft_mark(found))
    form.full_clean()


@form_view
@needs(Permission.PLAN_REVIEW)
def review_amend(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found: Review = Review.objects.fetch_for(request, Permission.PLAN_REVIEW, public_id=public_id)
    require(request.user, closing_permission(found), school=found.school)
    held = ReviewRecord.objects.visible_to(request.user).filter(review=found, superseded_at=None).first()
    if held is None:
        messages.error(request, "Only a closed review is amended.")
        return redirect(url_of("review", found))
    record(Action.READ, by=request.user, subject=held, details={"version": held.version})
    form = AmendForm(
        request.POST or None,
        initial={"agreed": held.agreed, "team_note": held.team_note, "version_seen": held.version},
    )
    told = [str(found)]
    if form.is_bound and form.data.get("version_seen") != str(held.version):
        told += ["As it stands now:", held.agreed, f"For the team alone: {held.team_note or 'nothing'}"]
    return answer_keeping(
        request,
        form,
        lambda data: amend_review(
            by=request.user,
            review=found,
            minutes=form.minutes(),
            reason=data["reason"],
            version_seen=data["version_seen"],
        ),
        subject=found,
        page=FormPage("Amend what was recorded", url_of("review", found), submit="Amend", text="\n\n".join(told)),
        said=lambda made: said_with_hint("Amended", made.agreed, made.team_note, school=found.school),
        sent_again={"version_seen": str(held.version)},
    )


@require_safe
@needs(Permission.VIEW_CONTACTS)
def review_pack_team(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The pack of the team, as a PDF or a Word file."""
    return _pack(request, public_id, kind, Audience.TEAM)


@require_safe
@needs(Permission.VIEW_REVIEW)
def review_pack_school(request: SignedInRequest, public_id: UUID, kind: str) -> HttpResponse:
    """The pack of the school, as a PDF or a Word file."""
    return _pack(request, public_id, kind, Audience.SCHOOL)


def _pack(request: SignedInRequest, public_id: UUID, kind: str, audience: Audience) -> HttpResponse:
    """The pack as a file. The export is in the audit, and that each child was seen of whom it tells by reference."""
    if kind not in KINDS:
        raise Http404("A pack is a PDF or a Word file.")
    need = Permission.VIEW_CONTACTS if audience == Audience.TEAM else Permission.VIEW_REVIEW
    found: Review = Review.objects.fetch_for(request, need, public_id=public_id)
    pack = gather_pack(reader=request.user, review=found, audience=audience)
    write, content_type = KINDS[kind]
    try:
        content = write(pack)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(url_of("review", found))
    told = {"audience": str(audience), "kind": kind, "children": len(pack.children)}
    for child in pack.children:
        record(Action.EXPORT, by=request.user, subject=found, child=child, details={"kind": kind})
    record(Action.EXPORT, by=request.user, subject=found, details=told)
    return attachment(content, content_type=content_type, filename=f"{pack.stem}.{kind}")
