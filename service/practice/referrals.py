"""Referrals of which nobody has heard, so that somebody asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from service.accounts.models import User
from service.permissions import Permission, holds
from service.practice.models import Contact, ReferralOutcome
from service.programmes.waiting import Waiting

# Social care decides within one working day of a referral (Working Together to Safeguard Children, 2023, chapter 3).
WORD_EXPECTED = timedelta(days=7)
LOOK_BACK = timedelta(days=365)
NO_WORD = "no reply"


def without_word(rows: QuerySet[Contact], *, today: date) -> QuerySet[Contact]:
    """The referrals, of the contacts given, that were made a week ago or earlier and are without an answer; the oldest first.

    The last that was heard counts. “No reply” is none, and gives it another week. Those of more than a year ago are left out.
    """
    heard = ReferralOutcome._base_manager.filter(contact__entry=OuterRef("entry")).order_by("-heard_on", "-pk")
    referred = rows.filter(outcome="referral", date__range=(today - LOOK_BACK, today - WORD_EXPECTED))
    told = referred.annotate(
        last_word=Subquery(heard.values("outcome")[:1]), asked=Subquery(heard.values("heard_on")[:1])
    )
    unanswered = Q(last_word=None) | Q(last_word=NO_WORD, asked__lte=today - WORD_EXPECTED)
    return told.filter(unanswered).order_by("date", "id")


def referrals_without_word(user: User, *, today: date) -> QuerySet[Contact]:
    """Those for which this person looks: of a manager's authority, or of one's own work."""
    rows = Contact.objects.visible_to(user, Permission.RECORD_CONTACT)
    if not holds(user, Permission.VIEW_TEAM_DASHBOARD):
        rows = rows.filter(Q(worker=user) | Q(recorded_by=user))
    return without_word(rows, today=today)


def waiting_for(user: Any, today: date) -> Iterator[Waiting]:
    """That referrals wait for an answer, for the home page of who looks after them."""
    number = referrals_without_word(user, today=today).count()
    if number:
        what = "1 referral has no answer" if number == 1 else f"{number} referrals have no answer"
        yield Waiting(what, "Contact log", None, f"{reverse('contact-list')}?unanswered=on", late=False)
