"""The checklist of an authority and of its schools."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from service.permissions import Role
from service.programmes.actions import readiness
from service.programmes.models import SchoolCheck, Side
from tests.service.universe import TODAY, Universe

STARTS = date(2027, 1, 4)


@pytest.fixture
def checks(universe: Universe) -> list[SchoolCheck]:
    readiness.set_up_items(by=universe.programme_lead, authority=universe.northbrook)
    return readiness.begin_checklist(by=universe.programme_lead, school=universe.alder, starts=STARTS)


def of_side(checks: list[SchoolCheck], side: str) -> SchoolCheck:
    return next(SchoolCheck.objects.get(pk=check.pk) for check in checks if check.side == side)


def test_each_line_is_due_so_many_days_before_the_start(checks: list[SchoolCheck]) -> None:
    due = {check.what: check.due for check in checks}
    assert due["A desk of the worker's own or shared"] == date(2026, 12, 21)
    assert due["Introduction in a staff meeting"] == date(2027, 1, 14)


def test_a_line_that_is_added_reaches_a_school_that_has_begun(universe: Universe, checks: list[SchoolCheck]) -> None:
    by = universe.programme_lead
    with pytest.raises(ValidationError, match="nothing to add"):
        readiness.begin_checklist(by=by, school=universe.alder, starts=STARTS)
    readiness.add_item(
        by=by, authority=universe.northbrook, what="Parking space", area="access", side="school", days_before_start=1
    )
    assert [each.what for each in readiness.begin_checklist(by=by, school=universe.alder, starts=STARTS)] == [
        "Parking space"
    ]


def test_a_retired_line_is_not_in_a_checklist_that_begins(universe: Universe, checks: list[SchoolCheck]) -> None:
    readiness.retire_item(by=universe.programme_lead, item=checks[0].item)
    begun = readiness.begin_checklist(by=universe.programme_lead, school=universe.beech, starts=STARTS)
    assert checks[0].what not in {check.what for check in begun}
    with pytest.raises(ValidationError, match="has a checklist already"):
        readiness.set_up_items(by=universe.programme_lead, authority=universe.northbrook)


def test_a_school_settles_its_own_lines_and_not_those_of_the_authority(
    universe: Universe, checks: list[SchoolCheck]
) -> None:
    done = readiness.settle_check(by=universe.lead, check=of_side(checks, Side.SCHOOL), state="done")
    assert (done.settled_on, done.settled_by) == (TODAY, universe.lead)
    with pytest.raises(PermissionDenied):
        readiness.settle_check(by=universe.lead, check=of_side(checks, Side.AUTHORITY), state="done")
    readiness.settle_check(by=universe.manager, check=of_side(checks, Side.AUTHORITY), state="done")


def test_what_is_not_needed_or_opened_again_has_a_reason(universe: Universe, checks: list[SchoolCheck]) -> None:
    check = of_side(checks, Side.SCHOOL)
    with pytest.raises(ValidationError, match="Say why"):
        readiness.settle_check(by=universe.lead, check=check, state="not needed")
    readiness.settle_check(by=universe.lead, check=check, state="done")
    with pytest.raises(ValidationError, match="another state"):
        readiness.settle_check(by=universe.lead, check=check, state="done")
    opened = readiness.settle_check(by=universe.lead, check=check, state="open", remark="The room was given away")
    assert opened.settled_on is None


def test_who_sees_to_it_and_when_can_be_said(universe: Universe, checks: list[SchoolCheck]) -> None:
    check = readiness.assign_check(by=universe.lead, check=of_side(checks, Side.SCHOOL), who="Site manager", due=STARTS)
    assert (check.who, check.due) == ("Site manager", STARTS)


def test_other_schools_people_see_and_settle_nothing(universe: Universe, checks: list[SchoolCheck]) -> None:
    stranger = universe.other_school[Role.SAFEGUARDING_LEAD]
    assert not SchoolCheck.objects.visible_to(stranger).exists()
    with pytest.raises(PermissionDenied):
        readiness.settle_check(by=stranger, check=checks[0], state="done")
    with pytest.raises(PermissionDenied):
        readiness.begin_checklist(by=universe.manager, school=universe.beech, starts=STARTS)
