"""What a contact tells, checked before it is saved."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Required, TypedDict

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from service.accounts.models import User
from service.pages.typed import without_nul
from service.permissions import ROLES_WITH, Permission
from service.practice.codes import resolve, resolve_many
from service.practice.core_codes import CodeList
from service.practice.models import YEAR_GROUPS, ChildReference, Code, Known, Sharing
from service.schools.models import School

SINGLE_CODES = (
    CodeList.RAISED_BY, CodeList.KIND_OF_WORK, CodeList.ROLE, CodeList.MODE, CodeList.ACTION, CodeList.OUTCOME, CodeList.PATHWAY,
)  # fmt: skip
TEXTS = ("account", "shared_with", "sharing_reason")
LONGEST_ACCOUNT = 10_000
DAY = 24 * 60


class ContactDetails(TypedDict, total=False):
    """What a contact tells beside where and when. Codes are core codes or the authority's own children of them."""

    raised_by: Required[str]
    kind_of_work: Required[str]
    role: Required[str]
    topic: str | Sequence[str]
    time_band: str  # this or minutes
    minutes: int | None
    mode: str
    action: str
    outcome: str
    pathway: str
    year_group: str
    child: ChildReference | None
    known_to_social_care: str
    sharing: str
    shared_with: str
    sharing_reason: str
    account: str


@dataclass
class CheckedDetails:
    """Details that hold together: the fields of a contact, its topics, and the local codes that were chosen."""

    fields: dict[str, Any]
    topics: list[Code] = field(default_factory=list)
    local_codes: list[Code] = field(default_factory=list)
    held_child: ChildReference | None = None


def band_of(minutes: int) -> str:
    """The time band in which a number of minutes lies; half an hour and an hour belong to the band below."""
    if minutes < 5:
        return "under 5 minutes"
    if minutes <= 30:
        return "5 to 30 minutes"
    return "30 to 60 minutes" if minutes <= 60 else "over 60 minutes"


def check_details(
    school: School, details: ContactDetails, *, by: User, held_child: ChildReference | None = None
) -> CheckedDetails:
    """Check what a contact tells. Raises `ValidationError` that names each field which is wrong.

    `held_child` is the child of the contact that is corrected: it stays with the contact when it has moved to another school.
    """
    checked = CheckedDetails(fields={}, held_child=held_child)
    wrong: dict[str, Any] = {}
    for check in (_check_codes, _check_topics, _check_time, _check_child, _check_sharing, _check_account):
        try:
            check(checked, school, details, by)
        except ValidationError as error:
            wrong |= error.message_dict
    if wrong:
        raise ValidationError(wrong)
    return checked


def _check_codes(checked: CheckedDetails, school: School, details: ContactDetails, by: User) -> None:
    for name in SINGLE_CODES:
        value: str = details.get(name.value, "")  # type: ignore[assignment]
        if not value and name in {CodeList.RAISED_BY, CodeList.KIND_OF_WORK, CodeList.ROLE}:
            raise ValidationError({name.value: f"Select “{name.label}”."})
        core, local = resolve(school.authority, name, value) if value else ("", None)
        checked.fields[name.value] = core
        if local is not None:
            checked.local_codes.append(local)


def _check_topics(checked: CheckedDetails, school: School, details: ContactDetails, by: User) -> None:
    topic = details.get("topic", ())
    wanted = [topic] if isinstance(topic, str) else list(topic)
    if wanted := [value for value in wanted if value]:
        checked.topics = resolve_many(school.authority, CodeList.TOPIC, wanted)


def _check_time(checked: CheckedDetails, school: School, details: ContactDetails, by: User) -> None:
    minutes, band = details.get("minutes"), details.get("time_band", "")
    if minutes is None and not band:
        raise ValidationError({"time_band": "Select how long it took, or give the minutes."})
    if minutes is not None and not 0 <= minutes <= DAY:
        raise ValidationError({"minutes": "Minutes must be between 0 and 1,440."})
    checked.fields["minutes"] = minutes
    checked.fields["time_band"] = band_of(minutes) if minutes is not None else resolve_band(school, band)


def resolve_band(school: School, band: str) -> str:
    return resolve(school.authority, CodeList.TIME_BAND, band)[0]


def _check_child(checked: CheckedDetails, school: School, details: ContactDetails, by: User) -> None:
    child = details.get("child")
    year_group, known = details.get("year_group", ""), details.get("known_to_social_care", "")
    if child is not None:
        if child != checked.held_child:
            check_child_is_open_to(by, child, school=school)
        year_group, known = year_group or child.year_group, known or child.known_to_social_care
    if year_group and year_group not in YEAR_GROUPS:
        raise ValidationError({"year_group": "Select a year group from R to 14."})
    if known and known not in Known.values:
        raise ValidationError({"known_to_social_care": "Select yes, no or not asked."})
    checked.fields |= {"child": child, "year_group": year_group, "known_to_social_care": known or Known.NOT_ASKED}


def check_child_is_open_to(by: User, child: ChildReference, *, school: School) -> None:
    """Refuse a child of another authority, or one whose record is closed to the person, in the same words."""
    seen = ChildReference.objects.visible_to(by, Permission.RECORD_CONTACT)
    if child.authority_id != school.authority_id or not seen.filter(pk=child.pk).exists():
        raise ValidationError({"child": "Select a child of your schools."})


def _check_sharing(checked: CheckedDetails, school: School, details: ContactDetails, by: User) -> None:
    sharing = details.get("sharing", "")
    who, why = (
        without_nul(details.get("shared_with", "")).strip(),
        without_nul(details.get("sharing_reason", "")).strip(),
    )
    if sharing and sharing not in Sharing.values:
        raise ValidationError({"sharing": "Select whether information was shared."})
    if sharing and not why:
        raise ValidationError({"sharing_reason": "Say why information was or was not shared."})
    if sharing == Sharing.SHARED and not who:
        raise ValidationError({"shared_with": "Say with whom information was shared, by role."})
    if not sharing and (who or why):
        raise ValidationError({"sharing": "Select whether information was shared."})
    if len(who) > 100:
        raise ValidationError({"shared_with": "Use at most 100 characters."})
    checked.fields |= {"sharing": sharing, "shared_with": who, "sharing_reason": why}


def _check_account(checked: CheckedDetails, school: School, details: ContactDetails, by: User) -> None:
    account = without_nul(details.get("account", "")).strip()
    if len(account) > LONGEST_ACCOUNT:
        raise ValidationError({"account": f"Use at most {LONGEST_ACCOUNT:,} characters."})
    checked.fields["account"] = account


def check_date(worker: User, school: School, date: datetime.date) -> None:
    """Refuse a day in the future, and one on which the worker's role did not cover the school."""
    if date > timezone.localdate():
        raise ValidationError({"date": "The date must be today or earlier."})
    if not covered(worker, school, date):
        raise ValidationError({"date": f"The date must lie in the time in which the worker covered {school}."})


def covered(worker: User, school: School, day: datetime.date) -> bool:
    """Tell whether a person could record contacts for a school on a day, by the memberships of that day."""
    here = Q(school=school) | Q(school=None, authority=school.authority_id) | Q(school=None, authority=None)
    held = worker.memberships.filter(here, role__in=[role.value for role in ROLES_WITH[Permission.RECORD_CONTACT]])
    return held.filter(Q(ends=None) | Q(ends__gte=day), starts__lte=day).exists()
