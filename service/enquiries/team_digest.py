"""What the digest tells who manages a team, beside the enquiries: numbers over the authority, and nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Count

from service.accounts.models import User
from service.diary.presence import days_of_placements
from service.enquiries.lines import Line, in_numbers
from service.permissions import Permission, holds
from service.practice.core_codes import CORE, CodeList
from service.practice.left_drafts import drafts_left_to
from service.practice.models import BreakGlass, Contact, Restriction
from service.programmes.models import Placement
from service.programmes.placements import schools_without_worker
from service.programmes.waiting import ENDING
from service.schools.models import School

LOOK_BACK = timedelta(weeks=2)
WEEK = timedelta(days=7)


def team_lines(user: User, today: date) -> list[Line]:
    """What waits for a manager. Empty for who manages nobody."""
    if not holds(user, Permission.VIEW_TEAM_DASHBOARD):
        return []
    kinds = (_schools_without_worker, _placements_that_end, _days_without_entry, _restricted_records, _left_drafts)
    return [line for kind in kinds for line in kind(user, today)]


def week_of_team(user: User, today: date) -> list[Line]:
    """How much the team recorded in the seven days before, and how it lay within the role: for the weekly letter alone."""
    if not holds(user, Permission.VIEW_TEAM_DASHBOARD):
        return []
    rows = Contact.objects.visible_to(user, Permission.VIEW_TEAM_DASHBOARD)
    rows = rows.filter(date__range=(today - WEEK, today - timedelta(days=1))).order_by()
    counts = dict(rows.values_list("role").annotate(number=Count("pk")))
    if not counts:
        return [Line("In the last seven days no contact was recorded.", "team-dashboard")]
    parts = ", ".join(f"{name.lower()} {counts.get(code, 0)}" for code, name in CORE[CodeList.ROLE].items())
    recorded = in_numbers(sum(counts.values()), "contact was recorded", "contacts were recorded")
    return [Line(f"In the last seven days {recorded}: {parts}.", "team-dashboard")]


def _schools_without_worker(user: User, today: date) -> Iterator[Line]:
    schools = School.objects.visible_to(user, Permission.VIEW_TEAM_DASHBOARD)
    if number := len(schools_without_worker(schools, today)):
        yield Line(in_numbers(number, "school has", "schools have") + " no social worker.", "placement-list")


def _placements_that_end(user: User, today: date) -> Iterator[Line]:
    ending = Placement.objects.visible_to(user, Permission.MANAGE_PLACEMENTS).filter(
        covers=None, anchor=None, followed_by=None, starts__lte=today, ends__range=(today, today + ENDING)
    )
    if number := ending.count():
        yield Line(in_numbers(number, "placement ends", "placements end") + " within six weeks.", "placement-list")


def _days_without_entry(user: User, today: date) -> Iterator[Line]:
    placed = Placement.objects.visible_to(user, Permission.VIEW_TEAM_DASHBOARD)
    days = days_of_placements(placed, first=today - LOOK_BACK, last=today - timedelta(days=1))
    if number := sum(day.is_missing for day in days):
        words = in_numbers(number, "day in school of the team has", "days in school of the team have")
        yield Line(f"{words} no entry.", "presence-schools")


def _restricted_records(user: User, today: date) -> Iterator[Line]:
    opened = BreakGlass.objects.visible_to(user, Permission.REVIEW_BREAK_GLASS).filter(reviewed_at=None)
    if number := opened.exclude(by=user).count():
        words = in_numbers(number, "opening of a restricted record waits", "openings of restricted records wait")
        yield Line(f"{words} for a review.", "opening-list")
    due = Restriction.objects.visible_to(user).filter(lifted_at=None, review_by__lte=today)
    if number := due.count():
        words = in_numbers(number, "restriction of a record is", "restrictions of records are")
        yield Line(f"{words} due for review.", "restriction-list")


def _left_drafts(user: User, today: date) -> Iterator[Line]:
    if number := len(drafts_left_to(user)):
        words = in_numbers(number, "draft was", "drafts were")
        yield Line(f"{words} left by people who no longer cover their school.", "draft-left")
