"""Groups, members, meetings, papers and actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.programmes.models import EarlierMinutes, Group, GroupAction, GroupKind, GroupMember, Meeting, Paper
from service.programmes.paper_files import check_file
from service.schools.models import Authority

LONGEST_REASON = 200  # characters
WEB_ADDRESS = URLValidator(schemes=["https"], message="Enter an address that begins with https://.")


@transaction.atomic
def found_group(*, by: User, authority: Authority, name: str, kind: str, meets: str, purpose: str = "") -> Group:
    """Found a working group or a steering group."""
    require(by, Permission.MANAGE_PROGRAMME, authority=authority)
    if kind not in GroupKind.values:
        raise ValidationError({"kind": "Choose the kind of group."})
    if Group.objects.filter(authority=authority, name=name.strip()).exists():
        raise ValidationError({"name": "A group of this name exists already."})
    group = Group.objects.create(
        authority=authority, name=name.strip(), kind=kind, meets=meets.strip(), purpose=purpose.strip()
    )
    record(Action.CREATE, by=by, subject=group)
    return group


@transaction.atomic
def add_member(
    *, by: User, group: Group, name: str, organisation: str, chairs: bool = False, joined_on: date | None = None
) -> GroupMember:
    """Note who sits in a group. It gives nobody an account."""
    require(by, Permission.MANAGE_PROGRAMME, authority=group.authority)
    if group.members.filter(name=name.strip(), left_on=None).exists():
        raise ValidationError({"name": "This person sits in the group already."})
    member = GroupMember.objects.create(
        group=group, name=name.strip(), organisation=organisation.strip(), chairs=chairs,
        joined_on=joined_on or timezone.localdate(),
    )  # fmt: skip
    record(Action.CREATE, by=by, subject=member)
    return member


@transaction.atomic
def leave_group(*, by: User, member: GroupMember, on: date) -> GroupMember:
    """Note that a member left, with the last day."""
    require(by, Permission.MANAGE_PROGRAMME, authority=member.group.authority)
    if member.left_on is not None or on < member.joined_on:
        raise ValidationError({"on": "The member has left already, or joined later."})
    member.left_on = on
    member.save(update_fields=["left_on"])
    record(Action.CHANGE, by=by, subject=member, details={"changed": ["left_on"]})
    return member


@transaction.atomic
def plan_meeting(*, by: User, group: Group, day: date, place: str = "", agenda: str = "") -> Meeting:
    """Plan a meeting of a group; open actions of the group come back in it by themselves."""
    require(by, Permission.MANAGE_PROGRAMME, authority=group.authority)
    if group.meetings.filter(day=day).exists():
        raise ValidationError({"day": "The group meets on that day already."})
    meeting = Meeting.objects.create(group=group, day=day, place=place.strip(), agenda=agenda.strip())
    record(Action.CREATE, by=by, subject=meeting, details={"day": day.isoformat()})
    return meeting


@transaction.atomic
def minute_meeting(
    *,
    by: User,
    meeting: Meeting,
    agenda: str,
    notes: str,
    held: bool,
    reason: str = "",
    version_seen: int | None = None,
) -> Meeting:
    """Write what a meeting is to deal with and what it decided. Nothing about a child belongs here.

    From when it was held, each change takes a reason and keeps what stood before. `version_seen` is the version that the
    person had before them: when somebody else was quicker, the change is refused.
    """
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    require(by, Permission.MANAGE_PROGRAMME, authority=meeting.group.authority)
    facts = {"agenda": agenda.strip(), "notes": notes.strip(), "held": held}
    changed = sorted(name for name, value in facts.items() if getattr(meeting, name) != value)
    if not changed:
        return meeting
    _check_minutes(meeting, held=held, version_seen=version_seen)
    before = _keep_minutes(meeting, by=by, reason=reason.strip()) if meeting.held else None
    for name, value in facts.items():
        setattr(meeting, name, value)
    meeting.version += 1
    meeting.save(update_fields=[*facts, "version"])
    action, why = (Action.SUPERSEDE, before.reason) if before else (Action.CHANGE, "")
    record(action, by=by, subject=meeting, details={"changed": changed, "version": meeting.version}, reason=why)
    return meeting


def _check_minutes(meeting: Meeting, *, held: bool, version_seen: int | None) -> None:
    if version_seen is not None and meeting.version != version_seen:
        raise ValidationError(
            "Somebody wrote these minutes in the meantime. Open the meeting in another tab, then put yours together with them."
        )
    if meeting.held and not held:
        raise ValidationError({"held": "The meeting was held, and stays so."})
    if held and meeting.day > timezone.localdate():
        raise ValidationError({"held": "The meeting lies in the future."})


def _keep_minutes(meeting: Meeting, *, by: User, reason: str) -> EarlierMinutes:
    """Keep the minutes as they stand, before others take their place."""
    if not reason or len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": f"Say why they are changed, in at most {LONGEST_REASON} characters."})
    return EarlierMinutes.objects.create(
        meeting=meeting, version=meeting.version, agenda=meeting.agenda, notes=meeting.notes, reason=reason,
        replaced_by=by,
    )  # fmt: skip


@transaction.atomic
def add_paper(
    *, by: User, meeting: Meeting, title: str, link: str = "", file_name: str = "", data: bytes = b""
) -> Paper:
    """Add a paper: a link, or a file of a kind and size that is allowed (see `check_file`)."""
    require(by, Permission.MANAGE_PROGRAMME, authority=meeting.group.authority)
    if bool(link) == bool(file_name):
        raise ValidationError({"file": "Give a file or a link, and not both."})
    facts: dict[str, Any] = {}
    if link:
        WEB_ADDRESS(link)
    else:
        checked = check_file(file_name, data)
        facts = {"file_name": checked.name, "size": len(data), "sha256": checked.sha256}
    paper = Paper(meeting=meeting, title=title.strip(), link=link, added_by=by, **facts)
    if not link:
        paper.file.save(f"{paper.public_id}.{checked.ending}", ContentFile(data), save=False)
    paper.save(force_insert=True)
    record(Action.CREATE, by=by, subject=paper, details={"size": len(data), "link": bool(link)})
    return paper


@transaction.atomic
def withdraw_paper(*, by: User, paper: Paper, reason: str) -> Paper:
    """Take a paper from view, with the reason; it is kept."""
    require(by, Permission.MANAGE_PROGRAMME, authority=paper.meeting.group.authority)
    if not reason.strip() or paper.withdrawn_because:
        raise ValidationError({"reason": "Say why, unless the paper is withdrawn already."})
    paper.withdrawn_because = reason.strip()
    paper.save(update_fields=["withdrawn_because"])
    record(Action.CHANGE, by=by, subject=paper, details={"changed": ["withdrawn_because"]}, reason=reason.strip())
    return paper


@transaction.atomic
def agree_action(*, by: User, meeting: Meeting, what: str, owner: str, due: date) -> GroupAction:
    """Note something that a meeting asked for, by whom and by when."""
    require(by, Permission.MANAGE_PROGRAMME, authority=meeting.group.authority)
    if not what.strip() or not owner.strip():
        raise ValidationError({"what": "Say what is to be done, and who does it."})
    if due < meeting.day:
        raise ValidationError({"due": "It cannot be due before the meeting."})
    action = GroupAction.objects.create(
        group=meeting.group, raised_at=meeting, what=what.strip(), owner=owner.strip(), due=due
    )
    record(Action.CREATE, by=by, subject=action, details={"due": due.isoformat()})
    return action


@transaction.atomic
def close_action(*, by: User, action: GroupAction, outcome: str) -> GroupAction:
    """Close an action with what came of it, also when it was dropped."""
    action = GroupAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    require(by, Permission.MANAGE_PROGRAMME, authority=action.group.authority)
    if action.closed_on is not None:
        raise ValidationError("The action is closed already.")
    if not outcome.strip():
        raise ValidationError({"outcome": "Say what came of it."})
    action.closed_on, action.outcome = timezone.localdate(), outcome.strip()
    action.save(update_fields=["closed_on", "outcome"])
    record(Action.CHANGE, by=by, subject=action, details={"changed": ["closed_on"]})
    return action
