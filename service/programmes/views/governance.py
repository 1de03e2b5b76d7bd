"""Governance groups, their meetings, papers and actions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from service.accounts.request import SignedInRequest
from service.audit.models import Action
from service.audit.record import record
from service.pages.pagination import page_of
from service.pages.tables import Column, Fact, Link, Table, Tag
from service.permissions import Permission, holds, needs
from service.programmes.actions import governance
from service.programmes.forms.scoped import ReasonForm
from service.programmes.forms.steering import (
    ActionForm,
    GroupForm,
    LeaveForm,
    MeetingForm,
    MemberForm,
    MinutesForm,
    OutcomeForm,
    PaperForm,
)
from service.programmes.models import EarlierMinutes, Group, GroupAction, GroupMember, Meeting, Paper
from service.programmes.paper_files import KINDS, LARGEST
from service.programmes.views.layout import FormPage, Section, answer, link_to, show_page, state_tag, url_of

form_view = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def group_list(request: SignedInRequest) -> HttpResponse:
    page = page_of(request, Group.objects.visible_to(request.user).select_related("authority").order_by("name", "id"))
    rows = tuple(
        (link_to(each.name, "group", each), each.authority.name, each.get_kind_display(), each.meets)
        for each in page.rows
    )
    columns = (Column("Group"), Column("Authority"), Column("Kind"), Column("Meets"))
    links = [Link("Found a group", reverse("group-found"))] if holds(request.user, Permission.MANAGE_PROGRAMME) else []
    table = Table("Groups", columns, rows, empty="No group yet.")
    return show_page(
        request, title="Governance", back=reverse("programme"), links=links, sections=[Section(table=table)], page=page
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def group_found(request: SignedInRequest) -> HttpResponse:
    return answer(
        request,
        GroupForm(request.POST or None, user=request.user),
        lambda data: governance.found_group(by=request.user, **data),
        page=FormPage("Found a group", reverse("group-list")),
        said="Group founded",
        then=lambda group: url_of("group", group),
    )


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def group(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = Group.objects.fetch_for(request, public_id=public_id)
    manages = holds(request.user, Permission.MANAGE_PROGRAMME, authority=found.authority)
    members = found.members.filter(left_on=None)
    page = page_of(request, Meeting.objects.visible_to(request.user).filter(group=found).order_by("-day"))
    meetings = tuple(
        (link_to(f"{each.day.day} {each.day:%B %Y}", "meeting", each), each.place, _held(each)) for each in page.rows
    )
    people = tuple(
        (
            each.name,
            each.organisation,
            "Chair" if each.chairs else "",
            link_to("Left", "group-member-leave", each, hidden=each.name) if manages else None,
        )
        for each in members
    )
    links = [link_to("Plan a meeting", "meeting-plan", found), link_to("Add a member", "group-member-add", found)]
    facts = [Fact("Kind", found.get_kind_display()), Fact("Meets", found.meets), Fact("Purpose", found.purpose)]
    columns = (Column("Name"), Column("From"), Column("Part"), Column(""))
    return show_page(
        request,
        title=found.name,
        back=reverse("group-list"),
        links=links if manages else [],
        sections=[
            Section(facts=facts),
            Section(table=_open_actions(found, manages=manages)),
            Section(table=Table("Members", columns, people, empty="No member yet.")),
            Section(
                table=Table("Meetings", (Column("Day"), Column("Place"), Column("State")), meetings, empty="None yet.")
            ),
        ],
        page=page,
    )


def _held(meeting: Meeting) -> Tag:
    return Tag("Held", "green") if meeting.held else Tag("Planned", "yellow")


def _open_actions(found: Group, *, manages: bool) -> Table:
    """What comes back: the actions of a group that are not closed."""
    return _actions("Actions that are open", found.actions.filter(closed_on=None), manages=manages)


def _actions(caption: str, rows: Any, *, manages: bool) -> Table:
    today = timezone.localdate()
    cells = tuple(
        (
            each.what,
            each.owner,
            each.due,
            state_tag(each.state_on(today)),
            each.outcome,
            link_to("Close", "group-action-close", each, hidden=each.what) if manages and not each.closed_on else None,
        )
        for each in rows
    )
    names = ("Action", "Who", "Due", "State", "What came of it", "")
    return Table(caption, tuple(Column(name) for name in names), cells, empty="None.")


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def group_member_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = Group.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        MemberForm(request.POST or None, initial={"joined_on": timezone.localdate()}),
        lambda data: governance.add_member(by=request.user, group=found, **data),
        page=FormPage(f"Add a member to {found}", url_of("group", found), text="It gives nobody an account."),
        said="Member added",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def group_member_leave(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    member = GroupMember.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        LeaveForm(request.POST or None, initial={"on": timezone.localdate()}),
        lambda data: governance.leave_group(by=request.user, member=member, **data),
        page=FormPage(f"{member} left {member.group}", url_of("group", member.group)),
        said="Kept",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def meeting_plan(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    found = Group.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        MeetingForm(request.POST or None),
        lambda data: governance.plan_meeting(by=request.user, group=found, **data),
        page=FormPage(f"Plan a meeting of {found}", url_of("group", found), "Plan"),
        said="Meeting planned",
        then=lambda planned: url_of("meeting", planned),
    )


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def meeting(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    met = Meeting.objects.fetch_for(request, public_id=public_id)
    manages = holds(request.user, Permission.MANAGE_PROGRAMME, authority=met.group.authority)
    papers = tuple(
        (
            _paper_link(each),
            f"{each.size // 1000 + 1} kB" if each.size else "Link",
            link_to("Withdraw", "paper-withdraw", each, hidden=each.title) if manages else None,
        )
        for each in Paper.objects.visible_to(request.user).filter(meeting=met, withdrawn_because="")
    )
    links = [
        link_to("Write agenda and decisions", "meeting-minute", met),
        link_to("Add a paper", "paper-add", met),
        link_to("Agree an action", "group-action-agree", met),
    ]
    returning = met.group.actions.filter(closed_on=None).exclude(raised_at=met).filter(raised_at__day__lte=met.day)
    raised = GroupAction.objects.visible_to(request.user).filter(raised_at=met)
    return show_page(
        request,
        title=str(met),
        back=url_of("group", met.group),
        links=links if manages else [],
        sections=[
            Section(facts=[Fact("State", _held(met)), Fact("Place", met.place)]),
            Section("Agenda", text=met.agenda or "None yet."),
            Section(table=Table("Papers", (Column("Paper"), Column("Size"), Column("")), papers, empty="No paper.")),
            Section(table=_actions("Actions that come back", returning, manages=manages)),
            Section("Decisions", text=met.notes or "None yet."),
            Section(table=_actions("Actions of this meeting", raised, manages=manages)),
            *_earlier(request, met),
        ],
    )


def _earlier(request: SignedInRequest, met: Meeting) -> list[Section]:
    """The versions of the minutes that others replaced, if there are any."""
    kept = EarlierMinutes.objects.visible_to(request.user).filter(meeting=met).select_related("replaced_by")
    rows = tuple(
        (
            link_to(f"Version {each.version}", "minutes-earlier", each),
            each.replaced_at,
            each.replaced_by.name,
            each.reason,
        )
        for each in kept
    )
    columns = (Column("Version"), Column("Replaced"), Column("By"), Column("Why"))
    return [Section(table=Table("Earlier agenda and decisions", columns, rows))] if rows else []


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def minutes_earlier(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The agenda and decisions of a meeting as they stood before."""
    kept = EarlierMinutes.objects.fetch_for(request, public_id=public_id)
    replaced = [Fact("Replaced", kept.replaced_at), Fact("By", kept.replaced_by.name), Fact("Why", kept.reason)]
    return show_page(
        request,
        title=str(kept),
        back=url_of("meeting", kept.meeting),
        sections=[
            Section(facts=replaced),
            Section("Agenda", text=kept.agenda or "None."),
            Section("Decisions", text=kept.notes or "None."),
        ],
    )


def _paper_link(paper: Paper) -> Link:
    return Link(paper.title, paper.link) if paper.link else link_to(paper.title, "paper", paper)


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def meeting_minute(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    met = Meeting.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        MinutesForm(request.POST or None, meeting=met),
        lambda data: governance.minute_meeting(by=request.user, meeting=met, **{"held": True} | data),
        page=FormPage(f"Agenda and decisions: {met}", url_of("meeting", met)),
        said="Kept",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def paper_add(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    met = Meeting.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)

    def add(data: dict[str, Any]) -> Paper:
        file = data["file"]
        sent = {"file_name": file.name, "data": file.read(LARGEST + 1)} if file else {}
        return governance.add_paper(by=request.user, meeting=met, title=data["title"], link=data["link"], **sent)

    return answer(
        request,
        PaperForm(request.POST or None, request.FILES or None),
        add,
        page=FormPage(f"Add a paper: {met}", url_of("meeting", met), text="Nothing about a child or a family."),
        said="Paper added",
    )


@require_safe
@needs(Permission.VIEW_PROGRAMME)
def paper(request: SignedInRequest, public_id: UUID) -> HttpResponseBase:
    """The file of a paper, as a download. A paper that was withdrawn is served to nobody."""
    kept = Paper.objects.fetch_for(request, public_id=public_id)
    if not kept.file or kept.withdrawn_because:
        raise Http404("There is no such paper, or it was withdrawn.")
    record(Action.READ, by=request.user, subject=kept, details={"size": kept.size})
    ending = kept.file_name.rsplit(".", 1)[-1]
    return FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.file_name, content_type=KINDS[ending])


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def paper_withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    kept = Paper.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: governance.withdraw_paper(by=request.user, paper=kept, **data),
        page=FormPage(f"Withdraw “{kept}”", url_of("meeting", kept.meeting), "Withdraw", warning=True),
        said="Paper withdrawn",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def group_action_agree(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    met = Meeting.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        ActionForm(request.POST or None),
        lambda data: governance.agree_action(by=request.user, meeting=met, **data),
        page=FormPage(f"Agree an action: {met}", url_of("meeting", met)),
        said="Action kept",
    )


@form_view
@needs(Permission.MANAGE_PROGRAMME)
def group_action_close(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    agreed = GroupAction.objects.fetch_for(request, Permission.MANAGE_PROGRAMME, public_id=public_id)
    return answer(
        request,
        OutcomeForm(request.POST or None),
        lambda data: governance.close_action(by=request.user, action=agreed, **data),
        page=FormPage(f"Close “{agreed}”", url_of("group", agreed.group), "Close"),
        said="Action closed",
    )
