"""The pages of enquiries and of the digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, F, IntegerField, QuerySet, When
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.diary.forms.errors import add_errors
from service.enquiries.actions import digests, enquiries, kept_texts
from service.enquiries.forms import (
    DANGER,
    EVERY,
    AnswerForm,
    AskForm,
    DigestForm,
    EnquiryFilter,
    LateForm,
    ReopenForm,
    WithdrawForm,
)
from service.enquiries.models import DigestChoice, Enquiry, EnquiryStep, Frequency, KeptText, State, Urgency
from service.enquiries.topics import topics_of
from service.enquiries.waiting import LONG, age_in_words, school_days_waited, waiting_longer
from service.pages.pagination import page_of
from service.pages.tables import Cell, Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.practice.kept_forms import handled
from service.practice.tickets import FIELD, issue_ticket, read_ticket

COLUMNS = (
    Column("Enquiry"), Column("School"), Column("State"), Column("Waits"), Column("Answer wanted"), Column("Year group"),
    Column("Asked"),
)  # fmt: skip
COLOURS = {State.WAITING: "orange", State.ANSWERED: "green", State.CLOSED: "grey", State.WITHDRAWN: "grey"}
RANK = Case(*(When(state=state, then=place) for place, state in enumerate(State.values)), output_field=IntegerField())
URGENCY = Case(
    *(When(urgency=urgency, then=place) for place, urgency in enumerate(Urgency.values)), output_field=IntegerField()
)
SINCE_IF_WAITING = Case(When(state=State.WAITING, then=F("waiting_since")))


@needs(Permission.VIEW_ENQUIRIES)
def enquiry_list(request: SignedInRequest) -> HttpResponse:
    """Enquiries of one's schools: those that wait first, by urgency and then the oldest."""
    form = EnquiryFilter(request.GET or None, user=request.user)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    if used := sorted(name for name, value in wanted.items() if value):
        record(Action.SEARCH, by=request.user, details={"what": "enquiries", "filters": used})
    rows = narrow(Enquiry.objects.visible_to(request.user), wanted.get("state", ""))
    if wanted.get("school"):
        rows = rows.filter(school=form.schools[wanted["school"]])
    page = page_of(request, in_order(rows).select_related("school__authority"))
    waiting = [row for row in page.rows if row.state == State.WAITING]
    waited, topics = school_days_waited(waiting), topics_of(page.rows)
    table = Table(
        caption="Enquiries",
        columns=COLUMNS,
        rows=tuple(enquiry_row(row, topics[row.pk], waited.get(row.pk)) for row in page.rows),
        empty="No enquiries.",
    )
    context = {
        "form": form,
        "page": page,
        "table": table,
        "asks": holds(request.user, Permission.RAISE_ENQUIRY),
        "oversees": holds(request.user, Permission.VIEW_TEAM_DASHBOARD),
        "kept": kept_links(KeptText.objects.visible_to(request.user)),
    }
    return render(request, "enquiries/list.html", context)


@needs(Permission.VIEW_TEAM_DASHBOARD)
def enquiry_late(request: SignedInRequest) -> HttpResponse:
    """What has waited longer than so many school days in the schools that one oversees."""
    form = LateForm(request.GET if "days" in request.GET else {"days": LONG})
    days = form.cleaned_data["days"] if form.is_valid() else LONG
    page = page_of(request, waiting_longer(request.user, days=days))
    topics = topics_of(row for row, _ in page.rows)
    table = Table(
        caption=f"Waiting for more than {age_in_words(days) if days else '0 school days'}",
        columns=COLUMNS,
        rows=tuple(enquiry_row(row, topics[row.pk], waited) for row, waited in page.rows),
        empty="None.",
    )
    return render(request, "enquiries/late.html", {"form": form, "page": page, "table": table})


@needs(Permission.RAISE_ENQUIRY)
def enquiry_ask(request: SignedInRequest) -> HttpResponse:
    """Ask. Text that looks like a name gets a hint; sent again as it is, it goes through."""
    kept = KeptText.objects.visible_to(request.user).filter(kind=KeptText.Kind.ASK)
    form = AskForm(request.POST or None, user=request.user, initial=_begun(request, kept, KeptText.Kind.ASK))
    names: list[str] = []
    if form.is_bound and form.is_valid():
        names = form.unread_names(known=[str(school) for school in form.schools.values()])
        if names:
            form = form.told_of(names)
        elif made := attempt(form, lambda: _ask(request, form)):
            messages.success(request, "Enquiry sent")
            handled(request)
            return redirect("enquiry", made.public_id)
    handled(request)
    context = {"form": form, "danger": DANGER, "names": names, "kept": kept_links(kept)}
    return render(request, "enquiries/ask.html", context)


@needs(Permission.VIEW_ENQUIRIES)
def enquiry(request: SignedInRequest, enquiry: UUID) -> HttpResponse:
    """One enquiry with what was answered, and the form to answer it in place."""
    row = _fetch(request, enquiry, Permission.VIEW_ENQUIRIES)
    return _enquiry_page(request, row)


@needs(Permission.ANSWER_ENQUIRY)
def enquiry_answer(request: SignedInRequest, enquiry: UUID) -> HttpResponse:
    """Answer, and record the answer in the contact log when asked to."""
    row = _fetch(request, enquiry, Permission.ANSWER_ENQUIRY)
    if request.method != "POST":
        return redirect("enquiry", row.public_id)
    form = _answer_form(request, row, request.POST)
    names = form.unread_names(known=_staff(request, row)) if form.is_valid() else []
    step = attempt(form, lambda: _answer(request, row, form)) if form.is_valid() and not names else None
    handled(request)
    if names:
        return _enquiry_page(request, row, form=form.told_of(names), names=names)
    if step is None:
        return _enquiry_page(request, row, form=form)
    messages.success(request, "Answer sent, and recorded as a contact" if step.contact_id else "Answer sent")
    return redirect("enquiry", row.public_id)


@needs(Permission.RAISE_ENQUIRY)
def enquiry_reopen(request: SignedInRequest, enquiry: UUID) -> HttpResponse:
    """Ask again, saying what is still open."""
    row = _fetch(request, enquiry, Permission.RAISE_ENQUIRY)
    form = ReopenForm(request.POST or None, initial=_begun_of(request, row, KeptText.Kind.REOPEN))
    words = {"title": "Reopen the enquiry", "submit": "Reopen", "done": "Enquiry reopened"}
    if form.is_bound and form.is_valid() and (names := form.unread_names(known=_staff(request, row))):
        hint = f"Not sent yet. {hint_of(names)} If it names no child and no family, send it as it is."
        back = reverse("enquiry", args=[row.public_id])
        context = {"form": form.told_of(names), "cancel": back, "text": hint, **words, "title": "Not sent yet: reopen"}
        handled(request)
        return render(request, "pages/confirm.html", context)
    return _change(
        request,
        row,
        form,
        lambda: enquiries.reopen(by=request.user, enquiry=row, text=form.cleaned_data["text"]),
        words,
    )


@needs(Permission.RAISE_ENQUIRY)
def enquiry_withdraw(request: SignedInRequest, enquiry: UUID) -> HttpResponse:
    """Withdraw an enquiry that waits."""
    row = _fetch(request, enquiry, Permission.RAISE_ENQUIRY)
    form = WithdrawForm(request.POST or None, initial=_begun_of(request, row, KeptText.Kind.WITHDRAW))
    return _change(
        request,
        row,
        form,
        lambda: enquiries.withdraw(by=request.user, enquiry=row, reason=form.cleaned_data["text"]),
        {"title": "Withdraw the enquiry", "submit": "Withdraw", "done": "Enquiry withdrawn", "warning": True},
    )


@needs(Permission.RAISE_ENQUIRY)
@require_POST
def enquiry_close(request: SignedInRequest, enquiry: UUID) -> HttpResponse:
    """Close an enquiry whose answer is enough."""
    row = _fetch(request, enquiry, Permission.RAISE_ENQUIRY)
    try:
        enquiries.close(by=request.user, enquiry=row)
        messages.success(request, "Enquiry closed")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("enquiry", row.public_id)


@needs(Permission.VIEW_ENQUIRIES)
def kept_text_discard(request: SignedInRequest) -> HttpResponse:
    """Let go of a text of one's own that was kept (`?kept=`), after a question."""
    wanted = request.GET.get("kept", "")
    row = next((row for row in KeptText.objects.visible_to(request.user) if str(row.public_id) == wanted), None)
    if row is None:
        return redirect("enquiry-list")
    if request.method == "POST":
        kept_texts.discard_text(by=request.user, kept=row)
        messages.success(request, "Text discarded")
        return redirect("enquiry-list")
    context = {
        "title": "Discard what you wrote?",
        "text": f"It was kept on {moment_in_words(row.kept_at)} and was not sent. It cannot be brought back.",
        "submit": "Discard",
        "warning": True,
        "cancel": reverse("enquiry-list"),
    }
    return render(request, "pages/confirm.html", context)


@needs(Permission.VIEW_DIARY)
def digest_choice(request: SignedInRequest) -> HttpResponse:
    """How often one wants the e-mail that says how much waits."""
    held = DigestChoice.objects.visible_to(request.user).first()
    form = DigestForm(request.POST or None, initial={"frequency": held.frequency if held else Frequency.DAILY})
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["frequency"]
        if attempt(form, lambda: digests.choose_frequency(by=request.user, frequency=chosen)):
            messages.success(request, "Your choice is saved")
            return redirect("digest-choice")
    return render(request, "enquiries/digest_choice.html", {"form": form})


def attempt(form: Form, act: Callable[[], Any]) -> Any:
    """What the action made; None when it refused, and the form then says why."""
    try:
        return act()
    except ValidationError as error:
        add_errors(form, error)
        return None


def narrow(rows: QuerySet[Enquiry], state: str) -> QuerySet[Enquiry]:
    if state == EVERY:
        return rows
    return rows.filter(state=state) if state else rows.filter(state__in=[State.WAITING, State.ANSWERED])


def in_order(rows: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    """Waiting first, by urgency and then the oldest; the others the newest first."""
    return rows.annotate(rank=RANK, waits=SINCE_IF_WAITING, urgent=URGENCY).order_by(
        "rank", Case(When(state=State.WAITING, then=F("urgent"))), "waits", "-waiting_since", "pk"
    )


def enquiry_row(row: Enquiry, topic: str, waited: int | None) -> tuple[Cell, ...]:
    asked = timezone.localdate(row.asked_at)
    link = Link(
        topic,
        reverse("enquiry", args=[row.public_id]),
        hidden=f"asked on {asked.day} {asked:%B}, {row.school}",
    )
    state = Tag(row.get_state_display(), COLOURS[State(row.state)])
    age = age_in_words(waited) if waited is not None else ""
    return (link, str(row.school), state, age, row.get_urgency_display(), row.get_year_group_display(), asked)


def hint_of(names: list[str]) -> str:
    return f"{', '.join(names)} {'looks like a name' if len(names) == 1 else 'look like names'}."


def _staff(request: SignedInRequest, row: Enquiry) -> list[str]:
    """The names that may stand in a text: of the school, of who asked, and of the writer."""
    return [str(row.school), row.asked_by.name, request.user.name]


def _enquiry_page(
    request: SignedInRequest, row: Enquiry, *, form: AnswerForm | None = None, names: list[str] | None = None
) -> HttpResponse:
    """The enquiry as it stands. Its text is read, so the reading is in the audit."""
    record(Action.READ, by=request.user, subject=row)
    steps = _steps(row)
    answers = holds(request.user, Permission.ANSWER_ENQUIRY, school=row.school)
    asks = holds(request.user, Permission.RAISE_ENQUIRY, school=row.school)
    open_to_answer = answers and row.state in {State.WAITING, State.ANSWERED}
    context = {
        "enquiry": row,
        "topic": topics_of([row])[row.pk],
        "facts": _facts(row),
        "steps": steps,
        "answers": answers,
        "form": form or (_answer_form(request, row) if open_to_answer else None),
        "kept": kept_links(_kept_answers(request, row)) if open_to_answer else [],
        "may_reopen": asks and row.state in {State.ANSWERED, State.CLOSED},
        "may_close": asks and row.state == State.ANSWERED,
        "may_withdraw": asks and row.state == State.WAITING,
        "danger": DANGER,
        "hint": hint_of(names) if names else "",
    }
    return render(request, "enquiries/enquiry.html", context)


def _answer_form(request: SignedInRequest, row: Enquiry, data: Any = None) -> AnswerForm:
    begun = _begun(request, _kept_answers(request, row), KeptText.Kind.ANSWER, subject=row.public_id)
    return AnswerForm(data, enquiry=row, details=enquiries.contact_of(row), steps=len(_steps(row)), initial=begun)


def _kept_answers(request: SignedInRequest, row: Enquiry) -> QuerySet[KeptText]:
    own = KeptText.objects.visible_to(request.user)
    rows: QuerySet[KeptText] = own.filter(enquiry=row, kind=KeptText.Kind.ANSWER)
    return rows


def _ask(request: SignedInRequest, form: AskForm) -> Enquiry:
    ticket = _own_ticket(request)
    made = enquiries.ask(by=request.user, school=form.chosen_school, submission=ticket, **form.details)
    kept_texts.drop_sent(by=request.user, form=ticket)
    return made


def _answer(request: SignedInRequest, row: Enquiry, form: AnswerForm) -> EnquiryStep:
    step = enquiries.answer(
        by=request.user,
        enquiry=row,
        text=form.cleaned_data["answer"],
        contact=form.contact(),
        steps_seen=form.cleaned_data["steps_seen"],
    )
    kept_texts.drop_sent(by=request.user, form=_own_ticket(request))
    return step


def _own_ticket(request: SignedInRequest) -> UUID | None:
    """The id of the form that was sent, when its ticket is this person's."""
    ticket = read_ticket(request.POST.get(FIELD, ""))
    return ticket.form if ticket is not None and ticket.user == request.user.public_id else None


def _begun(
    request: SignedInRequest, kept: QuerySet[KeptText], kind: str, *, subject: UUID | None = None
) -> dict[str, Any]:
    """How a form begins: empty with a new ticket or, when asked for, with what was kept and the ticket of then."""
    wanted = request.GET.get("kept", "")
    held = next((row for row in kept if str(row.public_id) == wanted), None) if wanted else None
    ticket = issue_ticket(request.user, kind, form=held.public_id if held else None, subject=subject)
    return {FIELD: ticket.text, **(held.content if held else {})}


def _begun_of(request: SignedInRequest, row: Enquiry, kind: KeptText.Kind) -> dict[str, Any]:
    """How a form about an enquiry begins."""
    kept = KeptText.objects.visible_to(request.user).filter(enquiry=row, kind=kind)
    return _begun(request, kept, kind, subject=row.public_id)


def kept_links(kept: QuerySet[KeptText]) -> list[dict[str, str]]:
    """What was kept, each with where to go on and where to discard it."""
    return [
        {
            "text": f"{row.get_kind_display()} of {moment_in_words(row.kept_at)}",
            "url": f"{_where(row)}?kept={row.public_id}",
            "discard": f"{reverse('kept-text-discard')}?kept={row.public_id}",
        }
        for row in kept.select_related("enquiry")
    ]


def _where(row: KeptText) -> str:
    pages = {KeptText.Kind.REOPEN: "enquiry-reopen", KeptText.Kind.WITHDRAW: "enquiry-withdraw"}
    if row.enquiry is None:
        return reverse("enquiry-ask")
    return reverse(pages.get(KeptText.Kind(row.kind), "enquiry"), args=[row.enquiry.public_id])


def moment_in_words(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local.day} {local:%B %Y}, {local:%H:%M}"


def _steps(row: Enquiry) -> list[EnquiryStep]:
    return list(row.steps.select_related("by").order_by("pk"))


def _facts(row: Enquiry) -> list[Fact]:
    waited = school_days_waited([row])[row.pk]
    facts = [
        Fact("School", str(row.school)),
        Fact("State", Tag(row.get_state_display(), COLOURS[State(row.state)])),
        Fact("Answer wanted", row.get_urgency_display()),
        Fact("Year group", row.get_year_group_display() or "None, or several"),
        Fact("Asked by", str(row.asked_by)),
        Fact("Asked", timezone.localtime(row.asked_at)),
    ]
    return [*facts, Fact("Waits", age_in_words(waited))] if row.state == State.WAITING else facts


def _change(
    request: SignedInRequest, row: Enquiry, form: Form, act: Callable[[], EnquiryStep], words: dict[str, Any]
) -> HttpResponse:
    """A page with one form that does one thing to an enquiry, and leads back to it."""
    done = attempt(form, act) if form.is_bound and form.is_valid() else None
    handled(request)
    if done:
        kept_texts.drop_sent(by=request.user, form=_own_ticket(request))
        messages.success(request, words["done"])
        return redirect("enquiry", row.public_id)
    back = reverse("enquiry", args=[row.public_id])
    return render(request, "pages/confirm.html", {"form": form, "cancel": back, **words})


def _fetch(request: SignedInRequest, public_id: UUID, permission: Permission) -> Enquiry:
    row: Enquiry = Enquiry.objects.fetch_for(request, permission, public_id=public_id)
    return row
