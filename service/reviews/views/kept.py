"""The forms of reviews: what is written there is kept for its writer when it cannot be sent, and offered again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.tables import Fact, Link
from service.permissions import Permission, needs
from service.practice.kept_forms import handled
from service.practice.tickets import FIELD, Ticket, issue_ticket, read_ticket
from service.programmes.views.layout import FormPage, Section, answer, show_page
from service.reviews.actions.kept import ACTION_PAGES, WORDS, discard_form, drop_sent
from service.reviews.models import KeptForm, Review, ReviewItem, State


def answer_keeping(
    request: SignedInRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    subject: Any,
    page: FormPage,
    said: str | Callable[[Any], str],
    sent_again: dict[str, str] | None = None,
) -> HttpResponse:
    """Answer a form about a row so that nothing typed is lost: the form carries a ticket, and what was kept can be taken up.

    `sent_again` are the values of hidden fields with which the form is shown after it was refused: who has read why may send it
    again.

    Of a review that is closed or cancelled, a form that would change it is not offered in the first place.
    """
    review = subject.review if isinstance(subject, ReviewItem) else subject
    if request.method != "POST" and isinstance(review, Review) and is_over(request, review):
        return redirect(page.back)
    ticket = carry_ticket(request, form, subject)

    def act_and_let_go(data: dict[str, Any]) -> Any:
        data.pop(FIELD)
        try:
            result = act(data)
        except ValidationError:
            put_into(form, **(sent_again or {}))
            raise
        drop_sent(by=request.user, form=ticket.form)
        return result

    response = answer(request, form, act_and_let_go, page=page, said=said)
    handled(request)
    return response


def is_over(request: SignedInRequest, review: Review) -> bool:
    """Whether a form comes too late for a review that is closed or cancelled; says so when it does."""
    if review.is_planned or page_of_form(request) == "review-amend":
        return False
    messages.error(request, f"This review is {review.get_state_display().lower()}.")
    return True


def carry_ticket(request: SignedInRequest, form: forms.Form, subject: Any) -> Ticket:
    """Put a ticket into a form and, when asked for (`?kept=`), what was kept of it. Gives back the ticket that was sent."""
    page = page_of_form(request)
    form.fields[FIELD] = forms.CharField(widget=forms.HiddenInput, required=False)
    sent = read_ticket(request.POST.get(FIELD, ""))
    if sent is not None and (sent.user, sent.kind) == (request.user.public_id, page):
        return sent
    held = _asked_for(request, subject)
    if held is None and request.method != "POST" and _kept_here(request, subject):
        messages.info(
            request, "What you wrote here before was not sent, and was kept for you. Go on with it under Reviews."
        )
    ticket = issue_ticket(request.user, page, form=held.public_id if held else None, subject=subject.public_id)
    form.initial = {**(form.initial or {}), FIELD: ticket.text, **(_begun(form, held) if held else {})}
    return ticket


def page_of_form(request: SignedInRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""


def put_into(form: forms.Form, **values: str) -> None:
    """Let a form that was sent show other values than it was sent with."""
    data = cast(QueryDict, form.data).copy()
    for name, value in values.items():
        data[name] = value
    form.data = data


def kept_links(request: SignedInRequest, review: Review | None = None) -> list[Link]:
    """What the reader wrote and did not send, of one review or of all."""
    rows = KeptForm.objects.visible_to(request.user)
    found = rows.filter(review=review) if review else rows
    return [Link(f"What you wrote on {moment_in_words(each)}", address_of(each)) for each in found]


def address_of(kept: KeptForm, page: str = "review-kept") -> str:
    return f"{reverse(page)}?kept={kept.public_id}"


def moment_in_words(kept: KeptForm) -> str:
    local = timezone.localtime(kept.kept_at)
    return f"{local.day} {local:%B %Y}, {local:%H:%M}"


@require_safe
@needs(Permission.VIEW_REVIEW)
def review_kept(request: SignedInRequest) -> HttpResponse:
    """What one wrote oneself and did not send (`?kept=`), to read, to go on with or to discard."""
    kept = _own(request)
    if kept is None:
        return redirect("review-list")
    record(Action.READ, by=request.user, subject=kept)
    words = {label: "\n\n".join(kept.content.get(name, ())) for name, label in WORDS.items()}
    seen = Review.objects.visible_to(request.user).filter(pk=kept.review_id).first()
    links = [Link("Discard it", address_of(kept, "review-kept-discard"))]
    if seen is not None and _is_open(kept, seen):
        url = reverse(kept.page, kwargs={"public_id": kept.subject})
        links.insert(0, Link("Go on with it", f"{url}?kept={kept.public_id}"))
        text = "Your session ended before this was sent. It was kept for you alone."
    else:
        text = "It cannot be sent any more: the review was closed or cancelled, or is not yours to see. It is kept for you alone."
    facts = [Fact("Review", str(seen or "")), Fact("School", str(seen.school) if seen else ""),
             Fact("Written on", moment_in_words(kept))]  # fmt: skip
    sections = [Section(text=text, facts=facts)]
    sections += [Section(heading=label, text=said) for label, said in words.items() if said.strip()]
    return show_page(request, title=str(kept), back=reverse("review-list"), links=links, sections=sections)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.VIEW_REVIEW)
def review_kept_discard(request: SignedInRequest) -> HttpResponse:
    """Let go of a text of one's own that was kept (`?kept=`), after a question."""
    kept = _own(request)
    if kept is None:
        return redirect("review-list")
    if request.method == "POST":
        discard_form(by=request.user, kept=kept)
        messages.success(request, "Text discarded")
        return redirect("review-list")
    context = {
        "title": "Discard what you wrote?",
        "text": f"It was kept on {moment_in_words(kept)} and was not sent. It cannot be brought back.",
        "submit": "Discard",
        "warning": True,
        "cancel": address_of(kept),
    }
    return render(request, "pages/confirm.html", context)


def _is_open(kept: KeptForm, review: Review) -> bool:
    """Whether what the form would change can still be changed."""
    if kept.page in ACTION_PAGES:
        return True
    return review.state == (State.CLOSED if kept.page == "review-amend" else State.PLANNED)


def _own(request: SignedInRequest) -> KeptForm | None:
    """The kept form of this person that is asked for."""
    wanted = request.GET.get("kept", "")
    rows = KeptForm.objects.visible_to(request.user).select_related("review__school") if wanted else ()
    return next((row for row in rows if str(row.public_id) == wanted), None)


def _kept_here(request: SignedInRequest, subject: Any) -> bool:
    rows = KeptForm.objects.visible_to(request.user).filter(page=page_of_form(request), subject=subject.public_id)
    return bool(rows.exists())


def _asked_for(request: SignedInRequest, subject: Any) -> KeptForm | None:
    held = _own(request)
    here = (page_of_form(request), subject.public_id)
    return held if held is not None and (held.page, held.subject) == here else None


def _begun(form: forms.Form, kept: KeptForm) -> dict[str, Any]:
    """How the form stood when it was sent, field by field."""
    data = QueryDict(mutable=True)
    for name, values in kept.content.items():
        data.setlist(name, values)
    read = {
        name: each.widget.value_from_datadict(data, {}, form.add_prefix(name)) for name, each in form.fields.items()
    }
    return {name: value for name, value in read.items() if name != FIELD and value is not None}
