"""Gathering the pack of a review from the log, as far as its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.timezone import localdate

from service.accounts.models import User
from service.pages.tables import Fact
from service.permissions import Permission, require
from service.reviews.models import Review, ReviewRecord
from service.reviews.packs.contents import Audience, Pack, Part
from service.reviews.packs.follow_up import actions_that_come_back, new_actions
from service.reviews.packs.items import children_who_may_come, matters
from service.reviews.packs.open_children import open_children
from service.reviews.packs.work import enquiries, presence, sessions, work_since
from service.reviews.periods import Period, period_of

HANDLING = {
    Audience.TEAM: "For the social work team. It holds case text: do not hand it to the school.",
    Audience.SCHOOL: "For the school and the social work team. It names no child.",
}


def gather_pack(*, reader: User, review: Review, audience: Audience) -> Pack:
    """The pack of a review for one audience, with what its reader may see.

    The team's holds children by reference, the sources and kinds of work, and notes. The school's holds what the school raised,
    what is shared with it, presence, sessions and its enquiries: no reference, no text of a case, and no count of contacts,
    which a school is told in the released figures alone. Records that are closed to the reader are left out of either.
    Raises `PermissionDenied` for who may not have it.
    """
    need = Permission.VIEW_CONTACTS if audience == Audience.TEAM else Permission.VIEW_REVIEW
    require(reader, need, school=review.school)
    period = period_of(review, today=localdate())
    return Pack(
        title=f"{review.school}: {review}",
        audience=audience,
        handling=HANDLING[audience],
        facts=_facts(review, period),
        parts=tuple(part for part in _parts(reader, review, audience, period) if part is not None),
        stem=stem_of(review, audience),
    )


def stem_of(review: Review, audience: Audience) -> str:
    """The name of the file: kind, school by its number, half-term or day, and audience. Nothing about a child or a person."""
    if review.is_half_termly:
        return f"review-{review.school.urn}-{review.school_year}-half-term-{review.half_term}-{audience}"
    return f"team-around-the-school-{review.school.urn}-{review.day.isoformat()}-{audience}"


def people_in_words(review: Review) -> str:
    """Who is asked or, of a closed review, who came."""
    people = [each for each in review.attendees.all() if each.came is not False]
    return "; ".join(str(each) for each in people)


def _facts(review: Review, period: Period) -> tuple[Fact, ...]:
    facts = [
        Fact("School", f"{review.school} ({review.school.urn})"),
        Fact("Day", review.day),
        Fact("Place", review.place),
        Fact("Chair", review.chair.name),
        Fact("Asked" if review.is_planned else "Came", people_in_words(review)),
        Fact("Looks back on", f"{_day(period.first)} to {_day(period.last)}"),
        Fact("State", review.get_state_display()),
    ]
    return tuple(fact for fact in facts if fact.value)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _parts(reader: User, review: Review, audience: Audience, period: Period) -> Sequence[Part | None]:
    team = audience == Audience.TEAM
    whole = review.is_half_termly
    return (
        actions_that_come_back(reader, review, audience, period),
        open_children(reader, review, period) if team and whole else None,
        children_who_may_come(reader, review, audience, period),
        matters(reader, review, audience),
        work_since(reader, review, period) if team and whole else None,
        presence(reader, review, period) if whole else None,
        sessions(reader, review, period) if whole else None,
        enquiries(reader, review, period),
        new_actions(reader, review, audience),
        _record(review, audience),
    )


def _record(review: Review, audience: Audience) -> Part | None:
    held = ReviewRecord.objects.filter(review=review, superseded_at=None).first()
    if held is None:
        return None
    amended = [f"Version {held.version}, amended on {_day(localdate(held.recorded_at))}."] if held.version > 1 else []
    note = ["For the team alone:", *held.team_note.splitlines()] if audience == Audience.TEAM and held.team_note else []
    return Part("What was agreed", (*amended, *held.agreed.splitlines(), *note))
