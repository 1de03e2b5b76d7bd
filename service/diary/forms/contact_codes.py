"""The codes with which a session or an answer enters the contact log, as part of another form."""

from __future__ import annotations

from typing import cast

from django import forms

from service.practice.actions.contact_details import ContactDetails
from service.practice.codes import choices_of, labels_of
from service.practice.core_codes import CodeList
from service.schools.models import School

CONTACT_CODES = ("role", "raised_by", "topic", "time_band")


def offer_codes(form: forms.Form, school: School) -> None:
    """Fill the lists of a contact's codes with what the authority of a school offers, and what the form begins with."""
    lists = [CodeList(name).value for name in CONTACT_CODES]
    offered = choices_of(school.authority, *lists)
    held = {name: form.initial.get(name, "") for name in CONTACT_CODES}
    hidden = {name: code for name, code in held.items() if code and code not in dict(offered[name])}
    labels = labels_of(school.authority, *lists) if hidden else {}
    for name in CONTACT_CODES:
        kept = [(hidden[name], labels.get((name, hidden[name]), hidden[name]))] if name in hidden else []
        set_choices(form, name, [*([("", "No topic")] if name == "topic" else []), *offered[name], *kept])


def set_choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """What may be chosen in one field."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


def contact_from(form: forms.Form, details: ContactDetails) -> ContactDetails | None:
    """The details of a contact with the codes that were chosen; None when none is to be recorded."""
    if not form.cleaned_data.get("record"):
        return None
    chosen = {name: form.cleaned_data[name] for name in CONTACT_CODES if form.cleaned_data.get(name) or name == "topic"}
    return cast(ContactDetails, {**details, **chosen})
