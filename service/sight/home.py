"""What stands on the home page: what a person does most, what the day holds, and the ways on from there."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from service.accounts.models import User
from service.diary.feeds import days_seen_by, sessions_within
from service.diary.models import Planned
from service.diary.school_days import open_days_of
from service.pages.tables import Cell, Column, Link, Table, Tag
from service.permissions import Permission, Role, holds
from service.programmes.placements import placements_on
from service.schools.models import School

P = Permission
# What stands as a button, the first of them the one that a person does most.
DEEDS: tuple[tuple[str, str, Permission], ...] = (
    ("Record a contact", "contact-record", P.RECORD_CONTACT),
    ("Ask the social worker", "enquiry-ask", P.RAISE_ENQUIRY),
)
# Ways on, in the words of what is done there. Shown when the page is there and the person holds one of the permissions.
DOORS: tuple[tuple[str, str, tuple[Permission, ...]], ...] = (
    ("Enter my days in school", "presence-week", (P.VIEW_OWN_DASHBOARD,)),
    ("See my own mix of work", "own-dashboard", (P.VIEW_OWN_DASHBOARD,)),
    ("See what was done for the school", "school-summary", (P.VIEW_SCHOOL_SUMMARY,)),
    ("See presence, caseload and balance of the role", "team-dashboard", (P.VIEW_TEAM_DASHBOARD,)),
    ("Place and cover workers", "placement-list", (P.MANAGE_PLACEMENTS,)),
    ("Half-termly reviews", "review-list", (P.VIEW_REVIEW,)),
    ("What can be asked for", "menu", (P.RAISE_ENQUIRY,)),
    ("Who uses the service for this school", "colleagues", (P.NAME_COLLEAGUES,)),
    ("Milestones", "milestone-list", (P.VIEW_PROGRAMME,)),
    ("Nominations", "nomination-rounds", (P.VIEW_NOMINATIONS,)),
    ("Allocation", "allocation-list", (P.VIEW_ALLOCATION,)),
    ("Published figures", "published-figures", (P.VIEW_PUBLISHED_FIGURES,)),
    ("Evidence: panels, studies and reports", "evidence", (P.VIEW_PANEL, P.VIEW_REPORT)),
    ("Retention, subject access and exports", "records", (P.MANAGE_RETENTION, P.ANSWER_SUBJECT_ACCESS)),
    ("Audit: who saw and did what", "audit", (P.VIEW_AUDIT,)),
    ("People and their roles", "account-list", (P.MANAGE_ACCOUNTS,)),
    ("Schools and term dates", "school-list", (P.MANAGE_SCHOOLS,)),
    ("Code lists of the contact log", "code-lists", (P.MANAGE_CODES,)),
)
del P

AHEAD = timedelta(days=14)
MOST_ROWS = 12


def deeds_of(user: User) -> list[Link]:
    """The buttons of a person."""
    return [Link(text, reverse(name)) for text, name, permission in DEEDS if holds(user, permission)]


def doors_of(user: User) -> list[Link]:
    """The ways on that are open to a person."""
    found = ((text, address(name)) for text, name, any_of in DOORS if any(holds(user, each) for each in any_of))
    return [Link(text, url) for text, url in found if url]


def address(name: str) -> str:
    """The address of a page by its name; empty where this installation has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def roles_in_words(user: User) -> str:
    """The roles that a person holds today."""
    return ", ".join(role.value for role in user.roles).capitalize()


def day_ahead(user: User, today: date) -> Table | None:
    """What the diary holds: today for a worker, the next two weeks for who waits in a school, today's people for a manager.

    None for a person who sees no diary.
    """
    if not holds(user, Permission.VIEW_DIARY):
        return None
    if holds(user, Permission.VIEW_TEAM_DASHBOARD):
        return people_in_school(user, today)
    if Role.SAFEGUARDING_LEAD in user.roles:
        rows = _diary_rows(user, today, today + AHEAD)
        return Table("When the social worker is in", DIARY, rows[:MOST_ROWS], empty="No day is planned in two weeks.")
    return Table("Today", DIARY, _diary_rows(user, today, today), empty="No school and no session today.")


DIARY = (Column("When"), Column("What"), Column("Where"))


def _diary_rows(user: User, first: date, last: date) -> tuple[tuple[Cell, ...], ...]:
    """Days in school, then sessions, each day in the order of the clock."""
    days = [
        ((day.day, ""), (in_words(day.day), f"In school: {day.worker}", f"{day.school}, {day.placement.base}"))
        for day in days_seen_by(user, first, last)
        if day.planned == Planned.IN_SCHOOL
    ]
    sessions = []
    for session in sessions_within(user, first, last):
        if session.is_cancelled:
            continue
        starts = timezone.localtime(session.starts_at)
        link = Link(str(session), reverse("session", args=[session.public_id]), hidden=f"on {in_words(starts.date())}")
        when = f"{in_words(starts.date())}, {starts:%H:%M}"
        sessions.append(((starts.date(), f"{starts:%H:%M}"), (when, link, f"{session.school}, {session.place}")))
    ordered: list[tuple[tuple[date, str], tuple[Cell, ...]]] = [*days, *sessions]
    return tuple(row for _, row in sorted(ordered, key=lambda each: each[0]))


def in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def people_in_school(user: User, today: date) -> Table:
    """The workers who are agreed for a school that is open today, by the name of the school."""
    seen = School.objects.visible_to(user, Permission.VIEW_TEAM_DASHBOARD).select_related("authority")
    opened = open_days_of(seen, first=today, last=today, without_terms=True)
    agreed = [
        each for each in placements_on(today) if opened.get(each.school_id) and today.weekday() in each.weekdays
    ]  # fmt: skip
    rows = tuple((each.school.name, each.worker.name, each.base) for each in agreed)
    columns = (Column("School"), Column("Worker"), Column("Where"))
    note = "" if len(rows) <= MOST_ROWS else f"{MOST_ROWS} of {len(rows)}. Placements has them all."
    return Table("Agreed for today", columns, rows[:MOST_ROWS], note=note, empty="Nobody is agreed for a school today.")


def waiting_table(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    columns = (Column("What"), Column("Where"), Column("Day"), Column("State"))
    return Table("Waiting for you", columns, rows, empty="Nothing waits for you.")


LATE = Tag("Late", "red")
