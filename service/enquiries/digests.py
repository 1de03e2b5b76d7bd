"""What the digest tells: how much waits, and where to look. No name, no school, no child, no text."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from service.accounts.models import User
from service.diary.models import Session
from service.diary.presence import days_of_worker
from service.enquiries.lines import Line, in_numbers
from service.enquiries.models import DigestChoice, Enquiry, Frequency, State
from service.enquiries.team_digest import team_lines, week_of_team
from service.enquiries.waiting import LONG, waiting_longer
from service.permissions import Permission, holds
from service.practice.models import Draft
from service.practice.referrals import referrals_without_word

LOOK_BACK = timedelta(weeks=2)
SUBJECT = "Social Workers in Schools: what waits for you"


def people_due(day: date, *, frequency: Frequency) -> list[User]:
    """Who is to have the digest of a day, by their own choice; daily where they made none.

    Counted: active people with a role today that sees a diary. Not counted: who had the digest of this day already.
    """
    chosen = Q(digest_choice__frequency=frequency)
    if frequency == Frequency.DAILY:
        chosen |= Q(digest_choice=None)
    due = User.objects.filter(chosen, is_active=True, memberships__starts__lte=day).exclude(digest_choice__sent_on=day)
    return [user for user in due.distinct().order_by("pk") if holds(user, Permission.VIEW_DIARY)]


def last_sent(user: User) -> date | None:
    """The day of the digest before."""
    return DigestChoice.objects.filter(user=user).values_list("sent_on", flat=True).first()


def lines_for(user: User) -> list[Line]:
    """What waits for a person, by what the person may see now. Empty when nothing does."""
    own = [*_enquiries_to_answer(user), *_answers_to_read(user), *_diary_to_fill(user), *_practice_to_finish(user)]
    return [*own, *team_lines(user, timezone.localdate())]


def lines_of(user: User, *, frequency: Frequency) -> list[Line]:
    """The lines of a letter: what waits and, once a week, how much the team recorded. Empty when nothing waits."""
    lines = lines_for(user)
    if lines and frequency == Frequency.WEEKLY:
        lines += week_of_team(user, timezone.localdate())
    return lines


def letter(lines: list[Line]) -> str:
    """The text of the e-mail."""
    address = settings.SWIS_ADDRESS.rstrip("/")
    parts = [f"{line.text}\n{address}{line.address}" for line in lines]
    stop = f"To have this less often, or not at all:\n{address}{reverse('digest-choice')}"
    return "\n\n".join([*parts, stop]) + "\n"


def _enquiries_to_answer(user: User) -> list[Line]:
    waiting = Enquiry.objects.visible_to(user, Permission.ANSWER_ENQUIRY).filter(state=State.WAITING).count()
    if not waiting:
        return []
    lines = [Line(_wait(waiting, "enquiry waits", "enquiries wait", "for an answer."), "enquiry-list")]
    if holds(user, Permission.VIEW_TEAM_DASHBOARD) and (late := len(waiting_longer(user))):
        lines.append(
            Line(_wait(late, "enquiry has", "enquiries have", f"waited more than {LONG} school days."), "enquiry-late")
        )
    return lines


def _answers_to_read(user: User) -> list[Line]:
    rows = Enquiry.objects.visible_to(user, Permission.RAISE_ENQUIRY)
    answered = rows.filter(state=State.ANSWERED, asked_by=user).count()
    if not answered:
        return []
    return [Line(_wait(answered, "enquiry of yours was", "enquiries of yours were", "answered."), "enquiry-list")]


def _diary_to_fill(user: User) -> list[Line]:
    if not holds(user, Permission.PLAN_DIARY):
        return []
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)
    missing = sum(day.is_missing for day in days_of_worker(user, first=today - LOOK_BACK, last=yesterday, seen_by=user))
    sessions = Session.objects.visible_to(user, Permission.PLAN_DIARY).filter(
        worker=user, cancelled_at=None, records=None, ends_at__range=(timezone.now() - LOOK_BACK, timezone.now())
    )
    lines = []
    if missing:
        lines.append(Line(_wait(missing, "day in school has", "days in school have", "no entry."), "presence-week"))
    if unrecorded := sessions.count():
        lines.append(
            Line(_wait(unrecorded, "session has", "sessions have", "no record of attendance."), "session-list")
        )
    return lines


def _practice_to_finish(user: User) -> list[Line]:
    lines = []
    if drafts := Draft.objects.visible_to(user).count():
        lines.append(
            Line(_wait(drafts, "draft of yours waits", "drafts of yours wait", "to be finished."), "draft-list")
        )
    if silent := referrals_without_word(user, today=timezone.localdate()).count():
        words = _wait(silent, "referral has had", "referrals have had", "no answer for a week.")
        lines.append(Line(words, "contact-list", "?unanswered=on"))
    return lines


def _wait(number: int, one: str, many: str, rest: str) -> str:
    return f"{in_numbers(number, one, many)} {rest}"
