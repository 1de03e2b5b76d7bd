"""The signed ticket in a form: whose form it is, so that what was typed is kept even when the session has ended.

The page carries it, and only the service can make it. It lets what was typed be kept as a draft of that person; it opens nothing,
and shows nothing to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.core import signing

from service.accounts.models import User

FIELD = "ticket"
SALT = "service.practice.tickets"
VALID = timedelta(days=7)


@dataclass(frozen=True)
class Ticket:
    """Whose form, which form, and what it would correct."""

    user: UUID
    form: UUID
    kind: str
    subject: UUID | None = None

    @property
    def text(self) -> str:
        """As the page carries it."""
        subject = str(self.subject) if self.subject else ""
        return signing.dumps([str(self.user), str(self.form), self.kind, subject], salt=SALT, compress=True)


def issue_ticket(user: User, kind: str, *, form: UUID | None = None, subject: UUID | None = None) -> Ticket:
    """A ticket for a new form, or for the form of a draft."""
    return Ticket(user=user.public_id, form=form or uuid4(), kind=kind, subject=subject)


def read_ticket(text: str) -> Ticket | None:
    """The ticket that a form brought back; None when it is missing, forged or too old."""
    try:
        user, form, kind, subject = signing.loads(text, salt=SALT, max_age=VALID)
        return Ticket(UUID(user), UUID(form), kind, UUID(subject) if subject else None)
    except (signing.BadSignature, ValueError, TypeError):
        return None
