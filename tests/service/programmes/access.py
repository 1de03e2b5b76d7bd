"""Who may have the pages of this app."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.permissions import Role
from service.programmes.actions import governance, nominations
from service.programmes.models import Placement
from tests.service.access import Access
from tests.service.programmes.drawing import (
    draw_agreement,
    draw_allocation,
    draw_check,
    draw_claim,
    draw_meeting,
    draw_menu,
    draw_milestone,
    draw_placement,
    draw_proposal,
    draw_risk,
    submitted_round,
)
from tests.service.universe import Universe

SW, DSL, TM, PL = Role.SOCIAL_WORKER, Role.SAFEGUARDING_LEAD, Role.TEAM_MANAGER, Role.PROGRAMME_LEAD
EVALUATOR, STEERING = Role.EVALUATOR, Role.STEERING
LEADS = frozenset({PL})
MANAGES = frozenset({TM})
EVALUATES = frozenset({EVALUATOR})
WORK = frozenset({SW, DSL, TM, PL})
PROGRAMME = frozenset({PL, TM, EVALUATOR, STEERING})
NOMINATIONS = frozenset({PL, EVALUATOR})
AGREEMENTS = frozenset({DSL, TM, PL})


def once(draw: Callable[[Universe], Any]) -> Callable[[Universe], Any]:
    """What is drawn, made once for each address that is asked for; tests roll it back before they ask for the next."""
    drawn: list[tuple[Universe, Any]] = []  # one at most: each test has a universe of its own

    def fetch(universe: Universe) -> Any:
        if not drawn or drawn[0][0] is not universe or not is_there(drawn[0][1]):
            drawn[:] = [(universe, draw(universe))]
        return drawn[0][1]

    return fetch


def is_there(drawn: Any) -> bool:
    return type(drawn)._base_manager.filter(public_id=drawn.public_id).exists()


def row(fetch: Callable[[Universe], Any]) -> Callable[[Universe], dict[str, Any]]:
    """The argument of an address, by the public id of a row."""
    return lambda universe: {"public_id": fetch(universe).public_id}


the_round = once(submitted_round)
the_allocation = once(lambda universe: draw_allocation(universe, submitted=the_round(universe)))
the_meeting = once(draw_meeting)
the_check = once(draw_check)
the_agreement = once(draw_agreement)
the_menu = once(draw_menu)


@once
def the_upload(universe: Universe) -> Any:
    by = universe.programme_lead
    the_round(universe)
    begun = nominations.begin_round(by=by, authority=universe.northbrook, name="Spring")
    return nominations.read_upload(by=by, round=begun, file_name="n.csv", data=b"school\nAlder Academy\n")


@once
def the_placement(universe: Universe) -> Any:
    placed = Placement.objects.filter(worker=universe.worker, school=universe.alder).first()
    return placed or draw_placement(universe)


@once
def the_paper(universe: Universe) -> Any:
    met = the_meeting(universe)
    return governance.add_paper(
        by=universe.programme_lead, meeting=met, title="Plan", file_name="plan.txt", data=b"A plan"
    )


@once
def the_earlier_minutes(universe: Universe) -> Any:
    met = the_meeting(universe)
    for notes in ("Each school offers a room.", "Two schools do."):
        given = {"agenda": "", "notes": notes, "held": True, "reason": "Beech withdrew"}
        governance.minute_meeting(by=universe.programme_lead, meeting=met, **given)
    return met.earlier_minutes.first()


@once
def the_member(universe: Universe) -> Any:
    group = the_meeting(universe).group
    return governance.add_member(by=universe.programme_lead, group=group, name="A Head", organisation="Alder Academy")


@once
def the_group_action(universe: Universe) -> Any:
    met = the_meeting(universe)
    return governance.agree_action(
        by=universe.programme_lead, meeting=met, what="Find rooms", owner="Head", due=met.day
    )


round_ = row(the_round)
nomination = row(lambda universe: the_round(universe).nominations.get(school=universe.alder))
upload = row(the_upload)
allocation = row(the_allocation)
placement = row(the_placement)
alder = row(lambda universe: universe.alder)
proposal = row(once(draw_proposal))
check = row(the_check)
item = row(lambda universe: the_check(universe).item)
agreement = row(the_agreement)
text = row(lambda universe: the_agreement(universe).text)
milestone = row(once(draw_milestone))
meeting = row(the_meeting)
group = row(lambda universe: the_meeting(universe).group)
paper = row(the_paper)
risk = row(once(draw_risk))
menu = row(the_menu)
menu_item = row(lambda universe: the_menu(universe).items.first())
claim = row(once(draw_claim))

ACCESS: dict[str, Access] = {
    "programme": Access(WORK | {EVALUATOR, STEERING}),
    "nomination-rounds": Access(NOMINATIONS),
    "nomination-begin": Access(LEADS),
    "nominations-received": Access(EVALUATES, page=False),
    "nomination-round": Access(NOMINATIONS, reach="authority", kwargs=round_),
    "nomination-add": Access(LEADS, reach="authority", kwargs=round_),
    "nomination-submit": Access(LEADS, reach="authority", kwargs=round_),
    "nomination-return": Access(EVALUATES, reach="authority", kwargs=round_),
    "nomination-download": Access(NOMINATIONS, reach="authority", kwargs=round_, page=False),
    "nomination-upload": Access(LEADS, reach="authority", kwargs=round_),
    "nomination-uploaded": Access(LEADS, reach="authority", kwargs=upload),
    "nomination-problems": Access(LEADS, reach="authority", kwargs=upload, page=False),
    "nomination-correct": Access(LEADS, reach="authority", kwargs=nomination),
    "nomination-take-out": Access(LEADS, reach="authority", kwargs=nomination),
    "nomination-withdraw": Access(LEADS, reach="authority", kwargs=nomination),
    "allocation-list": Access(PROGRAMME),
    "commitment-register": Access(EVALUATES),
    "allocation-enter": Access(EVALUATES),
    "allocation": Access(PROGRAMME, reach="authority", kwargs=allocation),
    "allocation-certificate": Access(EVALUATES, reach="authority", kwargs=allocation, page=False),
    "allocation-nominations": Access(EVALUATES, reach="authority", kwargs=allocation, page=False),
    "allocation-publish": Access(EVALUATES, reach="authority", kwargs=allocation),
    "allocation-set-aside": Access(EVALUATES, reach="authority", kwargs=allocation),
    "placement-list": Access(WORK),
    "placement-add": Access(MANAGES),
    "placement-school": Access(WORK, reach="school", kwargs=alder),
    "placement": Access(WORK, reach="school", kwargs=placement),
    "placement-change": Access(MANAGES, reach="authority", kwargs=placement),
    "placement-cover": Access(MANAGES, reach="authority", kwargs=placement),
    "placement-feeder": Access(MANAGES, reach="authority", kwargs=placement),
    "placement-end": Access(MANAGES, reach="authority", kwargs=placement),
    "fit-list": Access(MANAGES),
    "worker-describe": Access(MANAGES),
    "fit-propose": Access(MANAGES),
    "needs-state": Access(AGREEMENTS, reach="school", kwargs=alder),
    "fit-proposal": Access(MANAGES, reach="authority", kwargs=proposal),
    "fit-show": Access(MANAGES, reach="authority", kwargs=proposal),
    "fit-decide": Access(MANAGES, reach="authority", kwargs=proposal),
    "fit-view": Access(frozenset({DSL}), reach="school", kwargs=proposal),
    "readiness-list": Access(WORK | {STEERING}),
    "readiness-start": Access(LEADS),
    "readiness-items": Access(LEADS),
    "readiness-items-set-up": Access(LEADS),
    "readiness-item-add": Access(LEADS),
    "readiness-item-retire": Access(LEADS, reach="authority", kwargs=item),
    "readiness-school": Access(WORK | {STEERING}, reach="school", kwargs=alder),
    "readiness-begin": Access(LEADS, reach="authority", kwargs=alder),
    "readiness-check": Access(WORK, reach="school", kwargs=check),
    "readiness-assign": Access(WORK, reach="school", kwargs=check),
    "agreement-list": Access(AGREEMENTS),
    "agreement-text-write": Access(LEADS),
    "agreement-issue": Access(LEADS),
    "agreement-text": Access(LEADS, reach="authority", kwargs=text),
    "agreement": Access(AGREEMENTS, reach="school", kwargs=agreement),
    "agreement-sign": Access(frozenset({DSL}), reach="school", kwargs=agreement),
    "agreement-countersign": Access(LEADS, reach="authority", kwargs=agreement),
    "milestone-list": Access(PROGRAMME),
    "milestone-add": Access(LEADS),
    "milestone": Access(PROGRAMME, reach="authority", kwargs=milestone),
    "milestone-move": Access(LEADS, reach="authority", kwargs=milestone),
    "milestone-reach": Access(LEADS, reach="authority", kwargs=milestone),
    "milestone-drop": Access(LEADS, reach="authority", kwargs=milestone),
    "group-list": Access(PROGRAMME),
    "group-found": Access(LEADS),
    "group": Access(PROGRAMME, reach="authority", kwargs=group),
    "group-member-add": Access(LEADS, reach="authority", kwargs=group),
    "group-member-leave": Access(LEADS, reach="authority", kwargs=row(the_member)),
    "meeting-plan": Access(LEADS, reach="authority", kwargs=group),
    "meeting": Access(PROGRAMME, reach="authority", kwargs=meeting),
    "minutes-earlier": Access(PROGRAMME, reach="authority", kwargs=row(the_earlier_minutes)),
    "meeting-minute": Access(LEADS, reach="authority", kwargs=meeting),
    "paper-add": Access(LEADS, reach="authority", kwargs=meeting),
    "paper": Access(PROGRAMME, reach="authority", kwargs=paper, page=False),
    "paper-withdraw": Access(LEADS, reach="authority", kwargs=paper),
    "group-action-agree": Access(LEADS, reach="authority", kwargs=meeting),
    "group-action-close": Access(LEADS, reach="authority", kwargs=row(the_group_action)),
    "risk-list": Access(PROGRAMME),
    "risk-raise": Access(LEADS),
    "risk": Access(PROGRAMME, reach="authority", kwargs=risk),
    "risk-review": Access(LEADS, reach="authority", kwargs=risk),
    "risk-close": Access(LEADS, reach="authority", kwargs=risk),
    "menu": Access(WORK),
    "menu-begin": Access(LEADS),
    "menu-version": Access(WORK, reach="authority", kwargs=menu),
    "menu-item-add": Access(LEADS, reach="authority", kwargs=menu),
    "menu-item-remove": Access(LEADS, reach="authority", kwargs=menu_item),
    "menu-issue": Access(LEADS, reach="authority", kwargs=menu),
    "claim-list": Access(NOMINATIONS),
    "claim-record": Access(LEADS),
    "claim-download": Access(NOMINATIONS, page=False),
    "claim-correct": Access(LEADS, reach="authority", kwargs=claim),
}
