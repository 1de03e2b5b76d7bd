"""The checklist of an authority, and of each school."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import Area, CheckState, ReadinessItem, SchoolCheck, Side
from service.schools.models import Authority, School

# what, area, who sees to it, days before the worker starts
USUAL_ITEMS = (
    ("A desk of the worker's own or shared", Area.SPACE, Side.SCHOOL, 14),
    ("A confidential room for talks with children and parents", Area.SPACE, Side.SCHOOL, 14),
    ("A lockable cupboard", Area.SPACE, Side.SCHOOL, 7),
    ("Recruitment checks shown to the school", Area.ACCESS, Side.AUTHORITY, 14),
    ("Laptop and phone of the authority, with the case system", Area.ACCESS, Side.AUTHORITY, 7),
    ("Wi-Fi that reaches the case system", Area.ACCESS, Side.SCHOOL, 7),
    ("Account in the school's systems, as far as agreed", Area.ACCESS, Side.SCHOOL, 3),
    ("Identity pass and keys", Area.ACCESS, Side.SCHOOL, 1),
    ("Induction days in the school, with its safeguarding policy", Area.INDUCTION, Side.SCHOOL, -5),
    ("Induction days of the team, with what the role is and is not", Area.INDUCTION, Side.AUTHORITY, 0),
    ("First meeting with the designated safeguarding lead", Area.PEOPLE, Side.SCHOOL, 0),
    ("Introduction in a staff meeting", Area.PEOPLE, Side.SCHOOL, -10),
    ("Introduction to pupils and parents", Area.PEOPLE, Side.SCHOOL, -15),
    ("Introduction at the feeder primaries", Area.PEOPLE, Side.AUTHORITY, -20),
)


@transaction.atomic
def set_up_items(*, by: User, authority: Authority) -> list[ReadinessItem]:
    """Begin an authority's checklist with the usual items, to be added to and taken from."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    if ReadinessItem.objects.filter(authority=authority).exists():
        raise ValidationError("The authority has a checklist already. Add to it.")
    return [
        add_item(by=by, authority=authority, what=what, area=area, side=side, days_before_start=days)
        for what, area, side, days in USUAL_ITEMS
    ]


@transaction.atomic
def add_item(
    *, by: User, authority: Authority, what: str, area: str, side: str, days_before_start: int
) -> ReadinessItem:
    """Add a line to an authority's checklist. Schools that have begun theirs get it when they are brought up to date."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    items = ReadinessItem.objects.filter(authority=authority)
    if items.filter(what=what.strip(), retired_on=None).exists():
        raise ValidationError({"what": "The checklist says so already."})
    item = ReadinessItem.objects.create(
        authority=authority, what=what.strip(), area=area, side=side, days_before_start=days_before_start,
        position=items.count() + 1,
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=item)
    return item


@transaction.atomic
def retire_item(*, by: User, item: ReadinessItem) -> ReadinessItem:
    """Take a line off the checklist for schools that begin from now on."""
    require(by, Permission.MANAGE_PROGRAMME, authority=item.authority)
    item.retired_on = timezone.localdate()
    item.save(update_fields=["retired_on"])
    record(Action.CHANGE, by=by, subject=item, details={"changed": ["retired_on"]})
    return item


@transaction.atomic
def begin_checklist(*, by: User, school: School, starts: date) -> list[SchoolCheck]:
    """Begin a school's checklist for a worker who starts on a day, or bring it up to date with lines that were added since."""
    require(by, Permission.MANAGE_PROGRAMME, school=school)
    have = set(SchoolCheck.objects.filter(school=school).values_list("item", flat=True))
    items = ReadinessItem.objects.filter(authority=school.authority, retired_on=None).exclude(pk__in=have)
    checks = [
        SchoolCheck(
            school=school, item=item, area=item.area, what=item.what, side=item.side,
            due=starts - timedelta(days=item.days_before_start),
        )
        for item in items
    ]  # fmt: skip
    if not checks:
        raise ValidationError(
            "There is nothing to add: set up the authority's checklist, or the school has every line of it."
        )
    SchoolCheck.objects.bulk_create(checks)
    record(Action.CREATE, by=by, subject=checks[0], school=school, details={"lines": len(checks)})
    return checks


@transaction.atomic
def assign_check(*, by: User, check: SchoolCheck, who: str, due: date) -> SchoolCheck:
    """Say who sees to a line, and by when."""
    check = _lock(by, check)
    check.who, check.due = who.strip(), due
    check.save(update_fields=["who", "due"])
    record(Action.CHANGE, by=by, subject=check, details={"changed": ["who", "due"], "due": due.isoformat()})
    return check


@transaction.atomic
def settle_check(*, by: User, check: SchoolCheck, state: str, remark: str = "") -> SchoolCheck:
    """Mark a line done, or not needed with a remark why; or open again with a remark why.

    A school's people settle the lines that the school sees to, the authority's people all of them.
    """
    check = _lock(by, check)
    if state not in CheckState.values or state == check.state:
        raise ValidationError({"state": "Choose another state than it has."})
    if state != CheckState.DONE and not remark.strip():
        raise ValidationError({"remark": "Say why."})
    settled = state != CheckState.OPEN
    check.state, check.remark = state, remark.strip()
    check.settled_on, check.settled_by = (timezone.localdate(), by) if settled else (None, None)
    check.save(update_fields=["state", "remark", "settled_on", "settled_by"])
    record(Action.CHANGE, by=by, subject=check, details={"state": state})
    return check


def _lock(by: User, check: SchoolCheck) -> SchoolCheck:
    check = SchoolCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    require(by, Permission.MARK_READINESS, school=check.school)
    if check.side == Side.AUTHORITY:
        require(by, Permission.MARK_READINESS, authority=check.school.authority)
    return check
