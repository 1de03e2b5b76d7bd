"""Milestones, groups, papers, risks, the menu and claims."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from service.audit.models import Action, Entry
from service.permissions import Role
from service.programmes.actions import claims, governance, menu, milestones, risks
from service.programmes.models import Claim, EarlierMinutes, Meeting, Menu, MenuItem, Milestone, Risk
from tests.service.universe import TODAY, Universe


@pytest.fixture
def milestone(universe: Universe) -> Milestone:
    return milestones.add_milestone(
        by=universe.programme_lead, authority=universe.northbrook, what="Team recruited", due=date(2026, 10, 12)
    )


def test_a_milestone_is_due_late_and_done(universe: Universe, milestone: Milestone) -> None:
    assert [milestone.state_on(day) for day in (date(2026, 10, 12), date(2026, 10, 13))] == ["due", "late"]
    assert (
        milestones.reach_milestone(by=universe.programme_lead, milestone=milestone, on=TODAY).state_on(TODAY) == "done"
    )
    with pytest.raises(ValidationError, match="already"):
        milestones.drop_milestone(by=universe.programme_lead, milestone=milestone, reason="No need")


def test_a_moved_milestone_keeps_the_former_day(universe: Universe, milestone: Milestone) -> None:
    by = universe.programme_lead
    with pytest.raises(ValidationError, match="why it is moved"):
        milestones.move_milestone(by=by, milestone=milestone, due=TODAY, reason="")
    milestones.move_milestone(by=by, milestone=milestone, due=date(2026, 12, 1), reason="Notice periods")
    milestone.refresh_from_db()
    assert milestone.due == date(2026, 12, 1)
    assert milestone.moves.get().was_due == date(2026, 10, 12)


def test_a_milestone_is_not_reached_tomorrow(universe: Universe, milestone: Milestone) -> None:
    with pytest.raises(ValidationError, match="future"):
        milestones.reach_milestone(by=universe.programme_lead, milestone=milestone, on=date(2026, 11, 19))


@pytest.fixture
def meeting(universe: Universe) -> Meeting:
    by = universe.programme_lead
    group = governance.found_group(
        by=by, authority=universe.northbrook, name="Working group", kind="working group", meets="monthly"
    )
    return governance.plan_meeting(by=by, group=group, day=date(2026, 11, 10))


def office_file(*, macros: bool = False) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", "")
        if macros:
            archive.writestr("word/vbaProject.bin", "")
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [("notes.pdf", b"%PDF-1.7"), ("notes.DOCX", office_file()), ("figures.csv", b"a,b\n"), ("../../x.txt", b"Plain")],
)
def test_a_paper_of_an_allowed_kind_is_kept_under_a_name_of_its_own(
    universe: Universe, meeting: Meeting, name: str, data: bytes
) -> None:
    paper = governance.add_paper(by=universe.programme_lead, meeting=meeting, title="P", file_name=name, data=data)
    with paper.file.open("rb") as file:
        assert file.read() == data
    assert paper.file.name.startswith(f"papers/{paper.public_id}")
    assert "/" not in paper.file_name


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("page.html", b"<script>", "one of these kinds"),
        ("notes", b"text", "one of these kinds"),
        ("notes.pdf", b"<html>", "content is not"),
        ("notes.docx", b"PK\x03\x04", "content is not"),
        ("notes.docx", office_file(macros=True), "macros"),
        ("notes.xlsx", office_file(), "content is not"),
        ("notes.txt", b"\xff\x00", "content is not"),
        ("notes.txt", b"", "empty"),
        ("notes.txt", b"x" * 10_000_001, "larger than 10 MB"),
    ],
)
def test_any_other_file_is_refused(universe: Universe, meeting: Meeting, name: str, data: bytes, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        governance.add_paper(by=universe.programme_lead, meeting=meeting, title="P", file_name=name, data=data)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://example.org", "example.org"])
def test_a_link_that_is_not_https_is_refused(universe: Universe, meeting: Meeting, link: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        governance.add_paper(by=universe.programme_lead, meeting=meeting, title="P", link=link)


def test_an_action_stays_open_until_it_has_an_outcome(universe: Universe, meeting: Meeting) -> None:
    by = universe.programme_lead
    action = governance.agree_action(by=by, meeting=meeting, what="Find a room", owner="Head", due=date(2026, 11, 12))
    assert action.state_on(TODAY) == "late"
    with pytest.raises(ValidationError, match="what came of it"):
        governance.close_action(by=by, action=action, outcome="")
    assert governance.close_action(by=by, action=action, outcome="Room 12").state_on(TODAY) == "done"
    with pytest.raises(ValidationError, match="before the meeting"):
        governance.agree_action(by=by, meeting=meeting, what="W", owner="O", due=date(2026, 11, 9))


def test_a_meeting_to_come_is_not_held_yet(universe: Universe, meeting: Meeting) -> None:
    coming = governance.plan_meeting(by=universe.programme_lead, group=meeting.group, day=date(2026, 12, 1))
    with pytest.raises(ValidationError, match="future"):
        governance.minute_meeting(by=universe.programme_lead, meeting=coming, agenda="", notes="", held=True)
    with pytest.raises(ValidationError, match="meets on that day"):
        governance.plan_meeting(by=universe.programme_lead, group=meeting.group, day=meeting.day)


def write(universe: Universe, meeting: Meeting, notes: str, **more: Any) -> Meeting:
    given: dict[str, Any] = {
        "by": universe.programme_lead,
        "meeting": meeting,
        "agenda": "Rooms",
        "notes": notes,
        "held": True,
    }
    return governance.minute_meeting(**given | more)


def test_the_minutes_of_a_held_meeting_change_for_a_reason_and_keep_what_stood_before(
    universe: Universe, meeting: Meeting
) -> None:
    write(universe, meeting, "Each school offers a room.")
    for reason in ("", " ", "x" * 201):
        with pytest.raises(ValidationError, match="Say why"):
            write(universe, meeting, "No room.", reason=reason)
    after = write(universe, meeting, "Two schools offer a room.", reason="Beech withdrew")
    kept = EarlierMinutes.objects.get()
    assert (after.notes, after.held) == ("Two schools offer a room.", True)
    assert (kept.notes, kept.reason, kept.replaced_by) == (
        "Each school offers a room.", "Beech withdrew", universe.programme_lead,
    )  # fmt: skip
    entry = Entry.objects.get(action=Action.SUPERSEDE, subject=str(meeting.public_id))
    assert entry.reason == "Beech withdrew"
    assert "room" not in str(entry.details)


def test_minutes_that_somebody_else_wrote_in_the_meantime_are_not_overwritten(
    universe: Universe, meeting: Meeting
) -> None:
    for more in ({"held": False}, {"held": True}):
        seen = Meeting.objects.get(pk=meeting.pk).version
        write(universe, meeting, f"First, {more}", version_seen=seen, **more)
        with pytest.raises(ValidationError, match="in the meantime"):
            write(universe, meeting, "Second", version_seen=seen, reason="Mine", **more)


def test_minutes_that_were_sent_twice_are_written_once(universe: Universe, meeting: Meeting) -> None:
    for _ in range(2):
        assert write(universe, meeting, "Each school offers a room.", version_seen=1).version == 2
    assert not EarlierMinutes.objects.exists()


def test_a_held_meeting_stays_held(universe: Universe, meeting: Meeting) -> None:
    write(universe, meeting, "Each school offers a room.")
    with pytest.raises(ValidationError, match="stays so"):
        write(universe, meeting, "No room.", held=False, reason="To change it freely")


def test_a_member_leaves_after_joining(universe: Universe, meeting: Meeting) -> None:
    by = universe.programme_lead
    member = governance.add_member(by=by, group=meeting.group, name="A Head", organisation="Alder Academy")
    with pytest.raises(ValidationError, match="joined later"):
        governance.leave_group(by=by, member=member, on=date(2026, 1, 1))
    with pytest.raises(ValidationError, match="sits in the group"):
        governance.add_member(by=by, group=meeting.group, name="A Head", organisation="Alder Academy")
    governance.leave_group(by=by, member=member, on=TODAY)


def raise_risk(universe: Universe, **facts: Any) -> Risk:
    return risks.raise_risk(
        **{
            "by": universe.programme_lead, "authority": universe.northbrook, "kind": "risk", "what": "No rooms",
            "likelihood": 3, "impact": 4, "mitigation": "Ask early", "owner": "Programme lead",
        } | facts
    )  # fmt: skip


def test_a_risk_keeps_how_it_was_judged_before(universe: Universe) -> None:
    risk = raise_risk(universe)
    risks.review_risk(
        by=universe.programme_lead, risk=risk, kind="issue", likelihood=1, impact=5, mitigation="Share", owner="Head"
    )
    risk.refresh_from_db()
    assert risk.score == 25
    assert [(each.kind, each.likelihood, each.impact) for each in risk.reviews.all()] == [
        ("issue", 5, 5),
        ("risk", 3, 4),
    ]
    risks.close_risk(by=universe.programme_lead, risk=risk, reason="Rooms found")
    with pytest.raises(ValidationError, match="closed already"):
        risks.close_risk(by=universe.programme_lead, risk=risk, reason="Again")


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"likelihood": 0}, "1 to 5"),
        ({"impact": 6}, "1 to 5"),
        ({"owner": " "}, "who owns"),
        ({"kind": "worry"}, "risk or"),
    ],
)
def test_a_risk_that_cannot_be_is_refused(universe: Universe, facts: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        raise_risk(universe, **facts)


def test_a_menu_is_seen_once_issued_and_superseded_by_the_next(universe: Universe) -> None:
    by = universe.programme_lead
    first = menu.begin_menu(by=by, authority=universe.northbrook)
    assert not Menu.objects.visible_to(universe.lead).exists()
    assert not MenuItem.objects.visible_to(universe.worker).exists()
    menu.issue_menu(by=by, menu=first)
    assert list(Menu.objects.visible_to(universe.lead)) == [first]
    second = menu.begin_menu(by=by, authority=universe.northbrook)
    menu.remove_item(by=by, item=second.items.first())
    menu.add_item(by=by, menu=second, role="preventative", what="Walk to school", how="Ask in the morning")
    menu.issue_menu(by=by, menu=second)
    first.refresh_from_db()
    assert first.superseded_on == TODAY
    assert first.items.count() == second.items.count()
    with pytest.raises(ValidationError, match="stays as it is"):
        menu.remove_item(by=by, item=second.items.first())
    assert not Menu.objects.visible_to(universe.elsewhere[Role.SAFEGUARDING_LEAD]).exists()


def claim(universe: Universe, **facts: Any) -> Claim:
    return claims.record_claim(
        **{
            "by": universe.programme_lead, "authority": universe.northbrook, "quarter": "2026-27 Q3", "item": "Laptops",
            "category": "ancillary", "amount": Decimal("4200.50"), "basis": "purchase", "useful_life_years": Decimal(4),
        } | facts
    )  # fmt: skip


def test_a_corrected_claim_keeps_the_sum_before(universe: Universe) -> None:
    old = claim(universe)
    new = claims.correct_claim(by=universe.programme_lead, claim=old, reason="Typing error", amount=Decimal("4250.50"))
    old.refresh_from_db()
    assert (old.superseded, old.amount, new.amount) == (True, Decimal("4200.50"), Decimal("4250.50"))
    assert (new.supersedes, new.useful_life_years) == (old, Decimal(4))
    with pytest.raises(ValidationError, match="corrected already"):
        claims.correct_claim(by=universe.programme_lead, claim=old, reason="Again")


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": Decimal(-1)},
        {"amount": Decimal("1.234")},
        {"quarter": "2026 Q5"},
        {"category": "gifts"},
        {"useful_life_years": Decimal(0)},
        {"item": ""},
    ],
)
def test_a_claim_that_cannot_be_is_refused(universe: Universe, facts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        claim(universe, **facts)
    assert not Claim.objects.exists()


def test_an_item_is_claimed_once_a_quarter(universe: Universe) -> None:
    claim(universe)
    with pytest.raises(ValidationError, match="already"):
        claim(universe)
    claim(universe, quarter="2026-27 Q4")


@pytest.mark.parametrize("who", ["own manager", "own steering", "programme lead elsewhere", "safeguarding lead"])
def test_only_the_programme_lead_of_the_authority_manages(universe: Universe, milestone: Milestone, who: str) -> None:
    by = {
        "own manager": universe.manager,
        "own steering": universe.own[Role.STEERING],
        "programme lead elsewhere": universe.elsewhere[Role.PROGRAMME_LEAD],
        "safeguarding lead": universe.lead,
    }[who]
    for act in (
        lambda: milestones.reach_milestone(by=by, milestone=milestone, on=TODAY),
        lambda: raise_risk(universe, by=by),
        lambda: claim(universe, by=by),
        lambda: menu.begin_menu(by=by, authority=universe.northbrook),
        lambda: governance.found_group(
            by=by, authority=universe.northbrook, name="G", kind="working group", meets="weekly"
        ),
    ):
        with pytest.raises(PermissionDenied):
            act()
