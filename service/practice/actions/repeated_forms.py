"""A form that was saved before and is sent again: as it was, it is one contact; with any other detail it says another thing."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from service.practice.actions.contact_details import CheckedDetails
from service.practice.models import Contact

SAVED_OTHERWISE = "saved otherwise"  # the code of the refusal, so that a page can give the form a new ticket


def require_same(held: Contact, checked: CheckedDetails, **fields: Any) -> Contact:
    """Give back the contact that the form made; refuse when it would say anything else now."""
    told = fields | checked.fields
    same = all(getattr(held, name) == value for name, value in told.items())
    if not (same and _same_codes(held, checked)):
        raise ValidationError(
            f"This form was saved before, with something else in it. {_way_on(held)}", code=SAVED_OTHERWISE
        )
    return held


def require_same_reason(held: Contact, reason: str) -> None:
    """Refuse when a correction was saved with another reason, or as something else than a correction."""
    if held.supersedes is None or held.supersedes.end_reason != reason:
        raise ValidationError(f"This form was saved before, with another reason. {_way_on(held)}", code=SAVED_OTHERWISE)


def _way_on(held: Contact) -> str:
    if held.supersedes is not None:
        return "Copy what you wrote, open the contact as it stands, and correct that."
    return "Correct what was saved, or save again for a second contact."


def _same_codes(held: Contact, checked: CheckedDetails) -> bool:
    return set(held.topics.all()) == set(checked.topics) and set(held.local_codes.all()) == set(checked.local_codes)
