"""What each person gets done on the pages of the programme."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from service.audit.models import Action, Entry
from service.permissions import Role
from service.programmes.actions import placements as placing
from service.programmes.models import (
    Agreement,
    Allocation,
    Claim,
    FitProposal,
    Menu,
    Milestone,
    NominationRound,
    Placement,
    Risk,
    SchoolCheck,
    SchoolNeeds,
)
from tests.service.conftest import SignedIn
from tests.service.programmes.drawing import (
    draw_agreement,
    draw_allocation,
    draw_certificate,
    draw_check,
    draw_claim,
    draw_meeting,
    draw_menu,
    draw_milestone,
    draw_placement,
    draw_proposal,
    draw_risk,
    draw_schools,
    submitted_round,
    text_of,
)
from tests.service.universe import TODAY, Universe, draw_membership

CEILING = 22  # queries of a list: sign-in, session and memberships take eight of them


def at(name: str, row: models.Model | None = None) -> str:
    return reverse(name, kwargs={"public_id": row.public_id} if row is not None else {})  # type: ignore[attr-defined]


def day(name: str, value: date) -> dict[str, int]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def send(client: Client, name: str, row: models.Model | None = None, /, **data: Any) -> HttpResponse:
    """Send a form that should be taken."""
    response = client.post(at(name, row), data)
    assert response.status_code == 302, response.content.decode()[-4000:]
    return response


def page(client: Client, name: str, row: models.Model | None = None) -> str:
    response = client.get(at(name, row))
    assert response.status_code == 200
    return response.content.decode()


def test_a_programme_lead_nominates_and_submits(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    send(client, "nomination-begin", name="Autumn")
    begun = NominationRound.objects.get()
    send(
        client, "nomination-add", begun, school=universe.alder.public_id, pupils=1100, referrals=40,
        feeder_primaries=[universe.ash.public_id],
    )  # fmt: skip
    send(client, "nomination-upload", begun, file=SimpleUploadedFile("n.csv", b"school,pupils\nBeech High,900\n"))
    upload = begun.uploads.get()
    assert "Beech High" in page(client, "nomination-uploaded", upload)
    send(client, "nomination-uploaded", upload)
    send(client, "nomination-correct", begun.nominations.get(school=universe.beech), pupils=901)
    shown = page(client, "nomination-round", begun)
    assert "Alder Academy (900001)" in shown and "901" in shown and "Ash Primary" in shown
    send(client, "nomination-submit", begun)
    begun.refresh_from_db()
    assert begun.status == "submitted"


def test_problems_of_a_file_are_shown_and_can_be_downloaded(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    send(client, "nomination-begin", name="Autumn")
    begun = NominationRound.objects.get()
    send(client, "nomination-upload", begun, file=SimpleUploadedFile("n.csv", b"school,pupils\nBeech High,-4\n"))
    upload = begun.uploads.get()
    assert "What to mend" in page(client, "nomination-uploaded", upload)
    problems = client.get(at("nomination-problems", upload)).content.decode("utf-8-sig")
    assert problems.splitlines()[1].startswith("2,pupils,")


def test_the_file_that_is_downloaded_is_the_file_that_is_verified(
    universe: Universe, signed_in: SignedIn, tmp_path: Path
) -> None:
    submitted = submitted_round(universe)
    client = signed_in(universe.own[Role.EVALUATOR])
    file = client.get(reverse("nominations-received")).content
    assert file == client.get(at("nomination-download", submitted)).content == text_of(submitted).encode()
    certificate = draw_certificate(tmp_path, file.decode())
    send(
        client, "allocation-enter", rounds=[submitted.public_id], certificate=SimpleUploadedFile("a.toml", certificate),
        **day("kept_until", date(2027, 7, 21)),
    )  # fmt: skip
    entered = Allocation.objects.get()
    shown = page(client, "allocation", entered)
    assert "every school has the arm that the seed gives it" in shown
    assert "Hidden" in shown
    assert client.get(at("allocation-certificate", entered)).content == certificate
    assert client.get(at("allocation-nominations", entered)).content == file
    assert Entry.objects.filter(action=Action.EXPORT, actor=str(universe.own[Role.EVALUATOR].public_id)).count() == 4
    send(client, "allocation-publish", entered, **day("on", TODAY))
    assert "With a social worker" in page(signed_in(universe.programme_lead), "allocation", entered)


def test_a_certificate_that_does_not_hold_says_so_on_the_page(
    universe: Universe, signed_in: SignedIn, tmp_path: Path
) -> None:
    submitted = submitted_round(universe)
    certificate = draw_certificate(tmp_path, text_of(submitted)).replace(b'"intervention"', b'"comparison"', 1)
    response = signed_in(universe.evaluator).post(
        reverse("allocation-enter"),
        {"rounds": [submitted.public_id], "certificate": SimpleUploadedFile("a.toml", certificate)},
    )
    assert "The certificate does not hold" in response.content.decode()
    assert not Allocation.objects.exists()


def test_a_commitment_is_registered(universe: Universe, signed_in: SignedIn, tmp_path: Path) -> None:
    draw_certificate(tmp_path, text_of(submitted_round(universe)), committed=True)
    file = SimpleUploadedFile("c.toml", (tmp_path / "allocation_commitment.toml").read_bytes())
    client = signed_in(universe.own[Role.EVALUATOR])
    send(client, "commitment-register", authority=universe.northbrook.public_id, file=file)
    assert "Northbrook" in page(client, "allocation-list")


PEOPLE = [role for role in Role if role is not Role.EVALUATOR]
EVERY_TABLE = [
    import_module(f"tests.service.{path.parent.name}.access").ACCESS
    for path in Path("tests/service").glob("*/access.py")
]


@pytest.mark.parametrize("role", PEOPLE)
def test_no_page_changes_when_an_allocation_is_entered_before_it_is_told(
    universe: Universe, signed_in: SignedIn, role: Role
) -> None:
    """The same page everywhere in the service, but for tokens: no count, state, choice or link gives a draw away."""
    submitted, placed = submitted_round(universe), draw_placement(universe)
    client = signed_in(universe.own[role])
    addresses = [
        reverse(name, kwargs=access.kwargs(universe))
        for table in EVERY_TABLE
        for name, access in table.items()
        if role in access.roles and access.reach == "own" and access.method == "get" and access.page
        and not access.public and not name.startswith("audit")  # the audit grows by being read
    ]  # fmt: skip
    addresses += [at("placement-school", universe.alder), at("readiness-school", universe.beech)]
    addresses += [at("nomination-round", submitted), at("placement", placed), at("needs-state", universe.beech)]
    before = {address: _told(client, address) for address in addresses}
    draw_allocation(universe, told=False, submitted=submitted)
    assert {address: _told(client, address) for address in addresses} == before


NEW_EACH_TIME = ("csrfmiddlewaretoken", 'name="ticket"', "give the reference")


def _told(client: Client, address: str) -> str:
    """A page without the lines that differ whenever it is asked for."""
    lines = client.get(address).content.decode().splitlines()
    return "\n".join(line for line in lines if not any(mark in line for mark in NEW_EACH_TIME))


@pytest.mark.parametrize("role", PEOPLE)
def test_an_allocation_that_is_not_told_is_not_found(universe: Universe, signed_in: SignedIn, role: Role) -> None:
    drawn = draw_allocation(universe, told=False)
    for name in ("allocation", "allocation-certificate", "allocation-nominations", "allocation-publish"):
        assert signed_in(universe.own[role]).get(at(name, drawn)).status_code in (403, 404)


def test_a_manager_places_changes_covers_and_ends(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.manager)
    terms = {"mode": "own office", "base": "Room 12", "weekdays": [0, 2], "share_of_time": 60}
    worker = universe.worker.public_id
    send(
        client, "placement-add", worker=worker, school=universe.alder.public_id, **terms,
        **day("starts", date(2026, 9, 7)),
    )  # fmt: skip
    placed = Placement.objects.get()
    assert "Monday and Wednesday" in page(client, "placement", placed)
    other = universe.other_school[Role.SOCIAL_WORKER].public_id
    send(client, "placement-cover", placed, worker=other, **day("starts", TODAY), **day("ends", date(2026, 11, 20)))
    send(
        client, "placement-feeder", placed, school=universe.ash.public_id, mode="regular visits", base="Office",
        weekdays=[3], share_of_time=10,
    )  # fmt: skip
    changed = terms | {"weekdays": [1], "worker": worker, "reason": "Timetable"}
    send(client, "placement-change", placed, **changed, **day("starts", date(2026, 12, 1)))
    following = Placement.objects.get(follows=placed)
    send(client, "placement-end", following, reason="Left", **day("on", date(2026, 12, 18)))
    shown = page(client, "placement-school", universe.alder)
    assert "Tuesday" in shown and "Cover" in shown
    assert "Ash Primary" in page(client, "placement-list")


def test_what_an_action_refuses_stands_in_the_form(universe: Universe, signed_in: SignedIn) -> None:
    draw_placement(universe)
    data = {
        "worker": universe.worker.public_id, "school": universe.beech.public_id, "mode": "shared office", "base": "Room",
        "weekdays": [1], "share_of_time": 50, **day("starts", TODAY),
    }  # fmt: skip
    client = signed_in(universe.manager)
    assert "Say with whom the office is shared" in client.post(reverse("placement-add"), data).content.decode()
    data["shares_with"] = "Head of year"
    assert "40 per cent of the week left" in client.post(reverse("placement-add"), data).content.decode()


def test_a_worker_of_another_authority_is_no_choice(universe: Universe, signed_in: SignedIn) -> None:
    shown = page(signed_in(universe.manager), "placement-add")
    assert str(universe.worker.public_id) in shown
    assert str(universe.elsewhere[Role.SOCIAL_WORKER].public_id) not in shown
    assert str(universe.cedar.public_id) not in shown


def test_a_gap_waits_for_the_manager_and_shows_to_the_school(universe: Universe, signed_in: SignedIn) -> None:
    placed = draw_placement(universe)
    placing.end_placement(by=universe.manager, placement=placed, on=date(2026, 11, 17), reason="Left")
    for person in (universe.manager, universe.lead):
        assert "No social worker is placed" in page(signed_in(person), "programme")
    assert "No social worker is placed" not in page(
        signed_in(universe.other_school[Role.SAFEGUARDING_LEAD]), "programme"
    )


def test_people_decide_who_fits_with_the_view_of_the_school(universe: Universe, signed_in: SignedIn) -> None:
    manager, lead = signed_in(universe.manager), signed_in(universe.lead)
    send(lead, "needs-state", universe.alder, first="SEMH", second="assertiveness", years_qualified=3, remark="")
    assert SchoolNeeds.objects.get(superseded=False).strengths == ["SEMH", "assertiveness"]
    send(
        manager,
        "worker-describe",
        worker=universe.worker.public_id,
        strengths=["SEMH"],
        years_qualified=5,
        share_of_time=100,
    )
    profile = universe.worker.profiles.get()
    send(manager, "fit-propose", schools=[universe.alder.public_id], profiles=[profile.public_id])
    proposal = FitProposal.objects.get()
    assert lead.get(at("fit-view", proposal)).status_code == 404
    assert "Brings what the school asks for: SEMH." in page(manager, "fit-proposal", proposal)
    send(manager, "fit-show", proposal)
    assert "say your view" in page(lead, "programme")
    send(lead, "fit-view", proposal, view="welcome", remark="")
    send(manager, "fit-decide", proposal, decision="accepted", note="The school welcomes her")
    assert "Place the worker" in page(manager, "fit-proposal", proposal)
    assert "The school welcomes her" not in page(lead, "fit-view", proposal)


def test_a_school_makes_ready_and_the_lead_sees_it(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    send(client, "readiness-items-set-up")
    send(client, "readiness-item-add", what="Parking", area="access", side="school", days_before_start=1)
    draw_placement(universe)
    assert "Begin its checklist" in page(client, "readiness-list")
    send(client, "readiness-begin", universe.alder, **day("starts", date(2026, 11, 2)))
    send(client, "readiness-start", school=universe.beech.public_id, **day("starts", date(2027, 1, 4)))
    lead = signed_in(universe.lead)
    check = SchoolCheck.objects.get(what="Parking", school=universe.alder)
    assert "things are not ready" in page(lead, "programme")
    send(lead, "readiness-assign", check, who="Site manager", **day("due", TODAY))
    send(lead, "readiness-check", check, state="done", remark="")
    assert "Site manager" in page(client, "readiness-school", universe.alder)
    send(client, "readiness-item-retire", check.item)
    assert "Parking" not in page(client, "readiness-items")


def test_a_school_is_offered_only_the_lines_that_it_sees_to(universe: Universe, signed_in: SignedIn) -> None:
    draw_check(universe)
    own = SchoolCheck.objects.filter(school=universe.alder, side="school")[0]
    theirs = SchoolCheck.objects.filter(school=universe.alder, side="authority")[0]
    shown = page(signed_in(universe.lead), "readiness-school", universe.alder)
    assert str(own.public_id) in shown
    assert str(theirs.public_id) not in shown


def test_an_agreement_is_written_issued_and_signed_by_both(universe: Universe, signed_in: SignedIn) -> None:
    client, lead = signed_in(universe.programme_lead), signed_in(universe.lead)
    send(client, "agreement-text-write", audience="every school", text="A room and a desk.")
    text = universe.northbrook.agreement_texts.get()
    send(
        client, "agreement-issue", text=text.public_id, schools=[universe.alder.public_id, universe.beech.public_id],
        **day("sign_by", date(2026, 12, 1)),
    )  # fmt: skip
    agreement = Agreement.objects.get(school=universe.alder)
    assert "Sign the agreement" in page(lead, "programme")
    assert "A room and a desk." in page(lead, "agreement-sign", agreement)
    send(lead, "agreement-sign", agreement, name="A Lead", position="Deputy head", agreed="on")
    assert "Waiting for the authority" in page(lead, "agreement", agreement)
    send(client, "agreement-countersign", agreement, name="A Person", position="Programme lead", agreed="on")
    shown = page(client, "agreement-list")
    assert "Signed" in shown and "Waiting for the school and the authority" in shown
    assert "Beech High" not in page(lead, "agreement-list")


def test_a_signature_without_agreeing_is_not_taken(universe: Universe, signed_in: SignedIn) -> None:
    agreement = draw_agreement(universe)
    response = signed_in(universe.lead).post(at("agreement-sign", agreement), {"name": "A", "position": "B"})
    assert response.status_code == 200
    assert not agreement.signatures.exists()


def test_milestones_are_added_moved_reached_and_dropped(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    send(client, "milestone-add", what="Go live", owner="", **day("due", date(2026, 11, 2)))
    live = Milestone.objects.get()
    assert "Late" in page(signed_in(universe.own[Role.STEERING]), "programme")
    send(client, "milestone-move", live, reason="Checks", **day("due", date(2026, 11, 20)))
    assert "2 November 2026" in page(client, "milestone", live)
    send(client, "milestone-reach", live, **day("on", TODAY))
    other = draw_milestone(universe)
    send(client, "milestone-drop", other, reason="Done otherwise")
    assert "Done otherwise" in page(client, "milestone", other)


def test_a_group_meets_reads_papers_and_its_actions_come_back(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    first = draw_meeting(universe)
    group = first.group
    send(client, "group-member-add", group, name="A Head", organisation="Alder", **day("joined_on", TODAY))
    send(client, "group-member-leave", group.members.get(), **day("on", TODAY))
    send(client, "group-action-agree", first, what="Find rooms", owner="Head", **day("due", date(2026, 11, 12)))
    send(client, "meeting-minute", first, agenda="Rooms", notes="Each school offers one.", held="on", version_seen=1)
    send(client, "meeting-plan", group, place="Town hall", agenda="", **day("day", date(2026, 12, 8)))
    second = group.meetings.get(day=date(2026, 12, 8))
    assert "Find rooms" in page(client, "meeting", second).split("Actions of this meeting")[0]
    send(client, "paper-add", second, title="Plan", file=SimpleUploadedFile("plan.pdf", b"%PDF-1.7"), link="")
    send(client, "paper-add", second, title="Site", link="https://www.example.org/plan")
    steering = signed_in(universe.own[Role.STEERING])
    paper = second.papers.get(title="Plan")
    response = steering.get(at("paper", paper))
    assert b"".join(response) == b"%PDF-1.7"  # type: ignore[arg-type]
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/pdf"
    assert Entry.objects.filter(action=Action.READ, subject=str(paper.public_id)).exists()
    send(client, "paper-withdraw", paper, reason="Another version")
    assert steering.get(at("paper", paper)).status_code == 404
    assert steering.get(at("paper", second.papers.get(title="Site"))).status_code == 404
    send(client, "group-action-close", group.actions.get(), outcome="Done")
    assert "Find rooms" not in page(client, "meeting", second)


def test_earlier_minutes_of_a_held_meeting_can_be_read(universe: Universe, signed_in: SignedIn) -> None:
    client, met = signed_in(universe.programme_lead), draw_meeting(universe)
    assert "Why are they changed?" not in page(client, "meeting-minute", met)
    send(client, "meeting-minute", met, agenda="Rooms", notes="Each school offers one.", held="on", version_seen=1)
    assert "Why are they changed?" in page(client, "meeting-minute", met)
    send(client, "meeting-minute", met, agenda="Rooms", notes="Two offer one.", reason="Beech withdrew", version_seen=2)
    steering = signed_in(universe.own[Role.STEERING])
    text = page(steering, "meeting", met)
    assert "Two offer one." in text
    assert "Each school offers one." not in text
    assert "Beech withdrew" in text
    assert "Each school offers one." in page(steering, "minutes-earlier", met.earlier_minutes.get())


def test_a_risk_is_raised_judged_again_and_closed(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    judged = {"kind": "risk", "likelihood": 4, "impact": 4, "mitigation": "Share", "owner": "Lead"}
    send(client, "risk-raise", what="No rooms", **judged)
    risk = Risk.objects.get()
    send(client, "risk-review", risk, **judged | {"impact": 2, "remark": "Rooms found in two"})
    assert "8 of 25" in page(client, "risk-list")
    send(client, "risk-close", risk, reason="All found")
    assert "No rooms" not in page(client, "risk-list")
    assert "No rooms" in client.get(reverse("risk-list"), {"closed": 1}).content.decode()


def test_a_menu_is_drafted_and_read_once_issued(universe: Universe, signed_in: SignedIn) -> None:
    client, lead = signed_in(universe.programme_lead), signed_in(universe.lead)
    send(client, "menu-begin", introduction="Ask early.")
    draft = Menu.objects.get()
    send(client, "menu-item-add", draft, role="preventative", what="Walk to school", how="Ask on Monday")
    send(client, "menu-item-remove", draft.items.order_by("position")[0])
    assert "No menu is issued yet" in page(lead, "menu")
    assert lead.get(at("menu-version", draft)).status_code == 404
    send(client, "menu-issue", draft)
    shown = page(lead, "menu")
    assert "Walk to school" in shown and "Ask early." in shown and "Versions" not in shown


def test_claims_are_recorded_corrected_and_downloaded(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.programme_lead)
    sums = {
        "quarter": "2026-27 Q3", "item": "=Laptops", "category": "ancillary", "amount": "4200.50", "basis": "purchase",
        "useful_life_years": 4, "source": "",
    }  # fmt: skip
    send(client, "claim-record", **sums)
    send(client, "claim-correct", Claim.objects.get(), **sums | {"amount": "4300", "reason": "Typing error"})
    lines = client.get(reverse("claim-download")).content.decode().splitlines()
    assert lines[1:] == ["Northbrook,'=Laptops,ancillary,4300.00,purchase,4.0,2026-27 Q3,"]
    assert "Typing error" in page(client, "claim-list")


def test_a_lead_of_two_authorities_says_which(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.programme_lead, Role.PROGRAMME_LEAD, universe.cedar)
    client = signed_in(universe.programme_lead)
    data = {"what": "Go live", **day("due", TODAY)}
    assert client.post(reverse("milestone-add"), data).status_code == 200
    send(client, "milestone-add", authority=universe.southmere.public_id, **data)
    assert Milestone.objects.get().authority == universe.southmere


@pytest.mark.parametrize(
    ("name", "draw", "who"),
    [
        ("nomination-rounds", submitted_round, "programme_lead"),
        ("allocation-list", draw_allocation, "evaluator"),
        ("placement-list", draw_placement, "manager"),
        ("fit-list", draw_proposal, "manager"),
        ("readiness-list", draw_check, "programme_lead"),
        ("agreement-list", draw_agreement, "programme_lead"),
        ("milestone-list", draw_milestone, "manager"),
        ("group-list", draw_meeting, "manager"),
        ("risk-list", draw_risk, "manager"),
        ("menu", draw_menu, "lead"),
        ("claim-list", draw_claim, "programme_lead"),
    ],
)
def test_a_list_asks_the_database_a_bounded_number_of_times(
    universe: Universe,
    signed_in: SignedIn,
    django_assert_max_num_queries: Callable[[int], Any],
    name: str,
    draw: Callable[[Universe], Any],
    who: str,
) -> None:
    draw(universe)
    client = signed_in(getattr(universe, who))
    with django_assert_max_num_queries(CEILING):
        page(client, name)


@pytest.mark.parametrize("role", [Role.PROGRAMME_LEAD, Role.TEAM_MANAGER, Role.SAFEGUARDING_LEAD, Role.EVALUATOR])
def test_the_way_in_asks_no_more_when_more_waits(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Callable[[int], Any], role: Role
) -> None:
    for draw in (draw_check, draw_agreement, draw_meeting, draw_proposal, draw_menu, draw_placement, submitted_round):
        draw(universe)
    for school in draw_schools_with_gaps(universe):
        assert school.pk
    for _ in range(12):
        draw_milestone(universe)
    client = signed_in(universe.own[role])
    with django_assert_max_num_queries(45):
        page(client, "programme")


def draw_schools_with_gaps(universe: Universe) -> list[Any]:
    schools = draw_schools(universe, 9)[4:]
    for school in schools:
        placed = placing.place_worker(
            by=universe.manager, worker=universe.worker, school=school, mode="regular visits", base="Office",
            weekdays=[4], share_of_time=2, starts=date(2026, 9, 7),
        )  # fmt: skip
        placing.end_placement(by=universe.manager, placement=placed, on=date(2026, 10, 1), reason="Moved")
    return schools


def test_a_set_aside_allocation_says_so(universe: Universe, signed_in: SignedIn) -> None:
    drawn = draw_allocation(universe, told=False)
    client = signed_in(universe.evaluator)
    send(client, "allocation-set-aside", drawn, reason="A rehearsal")
    assert "Set aside" in page(client, "allocation", drawn)
    with pytest.raises(AssertionError):
        send(client, "allocation-publish", drawn, **day("on", TODAY))
    assert Allocation.objects.get().published_on is None


def test_who_comes_second_at_the_same_moment_is_told(universe: Universe, signed_in: SignedIn) -> None:
    def clash(**_: Any) -> None:
        raise IntegrityError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.programmes.views.milestones.milestones.add_milestone", clash)
        response = signed_in(universe.programme_lead).post(
            reverse("milestone-add"), {"what": "Go live", **day("due", TODAY)}
        )
    assert "Somebody did this at the same moment" in response.content.decode()


def test_schools_that_are_left_without_a_proposal_are_named(universe: Universe, signed_in: SignedIn) -> None:
    draw_proposal(universe)
    client = signed_in(universe.manager)
    profile = universe.worker.profiles.get()
    response = client.post(
        reverse("fit-propose"),
        {"schools": [universe.alder.public_id, universe.beech.public_id], "profiles": [profile.public_id]},
        follow=True,
    )
    assert "None for Beech High: There are fewer workers than schools." in response.content.decode()
