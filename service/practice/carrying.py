"""What a form of `kept_pages` carries so that its words are not lost: a ticket, and what was kept of it before."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from service.accounts.models import User
from service.practice.actions.drafts import drop_sent
from service.practice.models import Draft
from service.practice.models.drafts import may_keep
from service.practice.tickets import FIELD, Ticket, issue_ticket, read_ticket


class KeptWords:
    """The words of one form on its way: put on the request by `KeepFormsMiddleware`, for the page that shows and answers it."""

    def __init__(self, request: HttpRequest, *, page: str, subject: Any) -> None:
        self.request, self.page, self.subject = request, page, subject

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def carry(self, form: forms.Form) -> None:
        """Put a ticket into a form that is about to be shown and, when asked for (`?draft=`), what was kept of it."""
        if not may_keep(self.user):
            return
        form.fields[FIELD] = forms.CharField(widget=forms.HiddenInput, required=False)
        ticket = self._sent()
        if ticket is None:
            held = self._asked_for()
            ticket = issue_ticket(self.user, self.page, form=held.public_id if held else None, subject=self.subject)
            form.initial = {**(form.initial or {}), **(begun(form, held) if held else {})}
        form.initial = {**(form.initial or {}), FIELD: ticket.text}
        if form.is_bound:
            data = cast(QueryDict, form.data).copy()
            data[FIELD] = ticket.text
            form.data = data

    def done(self, *, sent: bool) -> None:
        """Say that the page has dealt with the form; what was kept of one that was sent is let go."""
        self.request.form_was_handled = True  # type: ignore[attr-defined]
        ticket = self._sent()
        if sent and ticket is not None:
            drop_sent(by=self.user, form=ticket.form)

    def _sent(self) -> Ticket | None:
        """The ticket that came with the form, when it is this person's and for this page."""
        sent = read_ticket(self.request.POST.get(FIELD, ""))
        return sent if sent is not None and (sent.user, sent.kind) == (self.user.public_id, self.page) else None

    def _asked_for(self) -> Draft | None:
        held = own_draft(self.request)
        return held if held is not None and (held.page, held.subject) == (self.page, self.subject) else None


def own_draft(request: HttpRequest) -> Draft | None:
    """The draft of this person that the address names, `?draft=…`; None when there is none."""
    wanted = request.GET.get("draft", "")
    drafts = Draft.objects.visible_to(request.user) if wanted else ()
    return next((each for each in drafts if str(each.public_id) == wanted), None)


def begun(form: forms.Form, draft: Draft) -> dict[str, Any]:
    """How the fields of a form stood when it was sent."""
    data = QueryDict(mutable=True)
    for name, values in draft.content.items():
        data.setlist(name, values)
    return {name: each.widget.value_from_datadict(data, MultiValueDict(), name) for name, each in form.fields.items()}
