"""What waits for a person over the whole service, the most pressing first: the list on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from service.accounts.models import Invitation, User
from service.diary.models import Session
from service.diary.presence import days_of_worker
from service.diary.school_days import open_days_of
from service.enquiries.models import Enquiry, State
from service.enquiries.waiting import LONG, age_in_words, school_days_waited, waiting_longer
from service.permissions import Permission, holds
from service.practice.models import BreakGlass, Contact, Draft, Restriction
from service.practice.referrals import waiting_for as waiting_of_referrals
from service.programmes.models import Placement
from service.programmes.waiting import Waiting
from service.programmes.waiting import waiting_for as waiting_in_the_programme
from service.reviews.due import waiting_for as waiting_in_reviews
from service.schools.models import Authority, School
from service.sight.exhibits.presence import SILENT_AFTER
from service.sight.release_counts import pending_for

LOOK_BACK = timedelta(weeks=2)
TERMS_AHEAD = timedelta(weeks=6)
MOST = 5  # of a kind; the page behind it has them all


def waiting_for(user: User, today: date) -> list[Waiting]:
    """What waits for this person today: late things first, then by day. At most five of a kind, ten of the programme.

    Counted: drafts; enquiries without an answer, for a manager only those that have waited long; answers to read; days in
    school and sessions of the last two weeks that were not entered; restricted records that were opened or whose review is
    due; referrals without an answer for a week; schools with a worker and no entry in the log; half-terms whose figures are
    not released; invitations that ran out; term dates that end within six weeks; and all that waits in reviews and in the
    programme.
    """
    kinds = (
        _drafts, _enquiries_to_answer, _enquiries_late, _answers_to_read, _days_to_enter, _sessions_to_record, _openings,
        _restrictions, waiting_of_referrals, _silent_schools, _releases, _invitations, _terms, waiting_in_the_programme,
        waiting_in_reviews,
    )  # fmt: skip
    found = [each for kind in kinds for each in kind(user, today)]
    return sorted(found, key=lambda each: (not each.late, each.due or date.max, each.what, each.where))


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"1 {one}" if number == 1 else f"{number} {many}"


def _drafts(user: User, today: date) -> Iterator[Waiting]:
    drafts = Draft.objects.visible_to(user).count()
    if drafts:
        yield Waiting(
            counted(drafts, "draft to finish", "drafts to finish"),
            "Drafts",
            None,
            reverse("draft-list"),
            late=False,
        )


def _enquiries_to_answer(user: User, today: date) -> Iterator[Waiting]:
    """Those of a worker's own schools. A manager answers too, but is told only of late ones."""
    if not holds(user, Permission.ANSWER_ENQUIRY) or holds(user, Permission.VIEW_TEAM_DASHBOARD):
        return
    rows = Enquiry.objects.visible_to(user, Permission.ANSWER_ENQUIRY).filter(state=State.WAITING)
    waiting = list(rows.select_related("school__authority").order_by("waiting_since", "pk")[:MOST])
    waited = school_days_waited(waiting)
    for enquiry in waiting:
        yield _enquiry(f"Answer: {enquiry.get_topic_display().lower()}", enquiry, waited[enquiry.pk])


def _enquiries_late(user: User, today: date) -> Iterator[Waiting]:
    if holds(user, Permission.VIEW_TEAM_DASHBOARD):
        for enquiry, waited in waiting_longer(user)[:MOST]:
            yield _enquiry(f"Enquiry without an answer for {age_in_words(waited)}", enquiry, waited)


def _enquiry(what: str, enquiry: Enquiry, waited: int) -> Waiting:
    asked = timezone.localdate(enquiry.waiting_since)
    return Waiting(what, str(enquiry.school), asked, reverse("enquiry", args=[enquiry.public_id]), late=waited > LONG)


def _answers_to_read(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.RAISE_ENQUIRY):
        return
    rows = Enquiry.objects.visible_to(user, Permission.RAISE_ENQUIRY).filter(state=State.ANSWERED, asked_by=user)
    for enquiry in rows.select_related("school").order_by("waiting_since", "pk")[:MOST]:
        what = f"Read the answer: {enquiry.get_topic_display().lower()}"
        yield Waiting(what, str(enquiry.school), None, reverse("enquiry", args=[enquiry.public_id]), late=False)


def _days_to_enter(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.VIEW_OWN_DASHBOARD):
        return
    days = days_of_worker(user, first=today - LOOK_BACK, last=today - timedelta(days=1), seen_by=user)
    missing = [day.day for day in days if day.is_missing]
    if missing:
        what = counted(len(missing), "day in school has no entry", "days in school have no entry")
        url = f"{reverse('presence-week')}?week={missing[0].isoformat()}"
        yield Waiting(what, "Diary", missing[0], url, late=True)


def _sessions_to_record(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.PLAN_DIARY):
        return
    now = timezone.now()
    held = Session.objects.visible_to(user, Permission.PLAN_DIARY).filter(
        worker=user, cancelled_at=None, records=None, ends_at__range=(now - LOOK_BACK, now)
    )
    for session in held.select_related("school").order_by("starts_at")[:MOST]:
        day, url = timezone.localdate(session.starts_at), reverse("session-record", args=[session.public_id])
        yield Waiting(f"Say what came of it: {session}", str(session.school), day, url, late=True)


def _openings(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.REVIEW_BREAK_GLASS):
        return
    opened = BreakGlass.objects.visible_to(user).filter(reviewed_at=None).exclude(by=user).count()
    if opened:
        what = counted(opened, "opening of a restricted record to review", "openings of restricted records to review")
        yield Waiting(what, "Restricted records", None, reverse("opening-list"), late=True)


def _restrictions(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.MANAGE_RESTRICTION):
        return
    due = Restriction.objects.visible_to(user).filter(lifted_at=None, review_by__lte=today).count()
    if due:
        what = counted(due, "restriction of a record to review", "restrictions of records to review")
        yield Waiting(what, "Restricted records", None, reverse("restriction-list"), late=True)


def _silent_schools(user: User, today: date) -> Iterator[Waiting]:
    """Schools with a worker for which the log has had no entry for two weeks, five days of them open at least."""
    if not holds(user, Permission.VIEW_TEAM_DASHBOARD):
        return
    since = today - LOOK_BACK
    placed = Placement.objects.visible_to(user, Permission.VIEW_TEAM_DASHBOARD).on(today).filter(starts__lte=since)
    recent = Contact.objects.visible_to(user, Permission.VIEW_TEAM_DASHBOARD).filter(date__gte=since)
    silent = set(placed.values_list("school", flat=True)) - set(
        recent.order_by().values_list("school", flat=True).distinct()
    )
    schools = list(School.objects.filter(pk__in=silent).select_related("authority"))
    opened = open_days_of(schools, first=since, last=today)
    if number := sum(len(days) > SILENT_AFTER for days in opened.values()):
        what = counted(number, "school has had no entry for two weeks", "schools have had no entry for two weeks")
        yield Waiting(what, "Contact log", None, reverse("team-dashboard"), late=False)


def _releases(user: User, today: date) -> Iterator[Waiting]:
    if holds(user, Permission.RELEASE_FIGURES):
        for authority, half in pending_for(user)[:MOST]:
            yield Waiting(
                f"Release the figures of {half}", authority.name, None, reverse("figures-release"), late=False
            )


def _invitations(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.MANAGE_ACCOUNTS):
        return
    expired = Invitation.objects.visible_to(user).filter(accepted=None, withdrawn=None, expires__lte=timezone.now())
    number = expired.count()
    if number:
        what = counted(number, "invitation was not used in time", "invitations were not used in time")
        yield Waiting(what, "Accounts", None, reverse("account-list"), late=False)


def _terms(user: User, today: date) -> Iterator[Waiting]:
    if not holds(user, Permission.MANAGE_SCHOOLS):
        return
    authorities = Authority.objects.visible_to(user, Permission.MANAGE_SCHOOLS).annotate(until=Max("terms__ends"))
    short = [each for each in authorities if each.until is None or each.until < today + TERMS_AHEAD]
    for authority in short[:MOST]:
        url, late = reverse("term-dates", args=[authority.public_id]), not authority.until or authority.until < today
        yield Waiting("Enter the next term dates", authority.name, authority.until, url, late=late)
