"""The actions of a pack: those that come back, and those that are new."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.timezone import localdate

from service.accounts.models import User
from service.pages.tables import Cell, Column, Table
from service.reviews.actions.follow_up import actions_before
from service.reviews.models import ActionState, Review, ReviewAction, SharedQuerySet
from service.reviews.packs.contents import Audience, Part
from service.reviews.periods import Period


def actions_that_come_back(reader: User, review: Review, audience: Audience, period: Period) -> Part:
    """The actions of earlier meetings that are open, and those settled since the last one; as they now stand."""
    back = coming_back(seen(reader, review, audience), review, period)
    return _part("Actions from before", "Actions that come back", back, audience)


def coming_back(rows: SharedQuerySet, review: Review, period: Period) -> SharedQuerySet:
    """Of some actions, those of earlier meetings that this one has to look at."""
    before = actions_before(review, rows)
    if review.is_planned:
        return before.filter(Q(state=ActionState.OPEN) | Q(settled_on__gte=period.first))
    return before.filter(Q(steps__review=review) | Q(settled_on__range=(period.first, period.last))).distinct()


def new_actions(reader: User, review: Review, audience: Audience) -> Part:
    rows = seen(reader, review, audience).filter(review=review)
    return _part("New actions", "Actions agreed at this meeting", rows, audience)


def seen(reader: User, review: Review, audience: Audience) -> SharedQuerySet:
    """The actions of the school that the reader may see and the audience reads."""
    rows: SharedQuerySet = ReviewAction.objects.visible_to(reader).filter(school=review.school)
    return rows if audience == Audience.TEAM else rows.filter(shared=True)


def _part(heading: str, caption: str, rows: SharedQuerySet, audience: Audience) -> Part:
    team = audience == Audience.TEAM
    columns = [Column("What"), Column("Who"), Column("Due"), Column("State"), Column("Last note")]
    if team:
        columns.insert(1, Column("Child"))
    found = list(rows.select_related("owner", "child").prefetch_related("steps").order_by("due", "id"))
    cells = tuple(_row(each, team=team, today=localdate()) for each in found)
    children = tuple(each.child for each in found if each.child) if team else ()
    return Part(heading, tables=(Table(caption, tuple(columns), cells, empty="None."),), children=children)


def state_in_words(action: ReviewAction, today: date) -> str:
    if action.settled_on:
        return f"{action.get_state_display()}, {action.settled_on.day} {action.settled_on:%B %Y}"
    return "Late" if action.is_late_on(today) else action.get_state_display()


def last_note(action: ReviewAction) -> str:
    """What was last said of an action."""
    return next((step.note for step in reversed(action.steps.all()) if step.note), "")


def _row(action: ReviewAction, *, team: bool, today: date) -> tuple[Cell, ...]:
    child: tuple[Cell, ...] = (action.child.reference if action.child else None,) if team else ()
    state = state_in_words(action, today)
    return (action.text, *child, action.owner_in_words, action.due, state, last_note(action))
