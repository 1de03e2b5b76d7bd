"""Actions: agreed, coming back, done, dropped."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from service.permissions import Role
from service.practice.models import ChildReference
from service.reviews.actions.follow_up import postpone_action, reopen_action, settle_action
from service.reviews.actions.planning import cancel_review
from service.reviews.models import ActionStep, ReviewAction
from tests.service.reviews.drawing import LAST_HALF_TERM, close, draw_action, draw_open_child, draw_review
from tests.service.universe import TODAY, Universe

pytestmark = pytest.mark.django_db


def test_the_school_reads_what_it_does_itself(universe: Universe) -> None:
    review = draw_review(universe)
    own = draw_action(universe, review)
    named = draw_action(
        universe, review, text="Book the library.", owner=None, owner_name="Head of year 9", shared=True
    )
    agency = draw_action(universe, review, text="Ask for the report.", owner=None, owner_name="Duty officer, police")
    teams = draw_action(universe, review, text="Visit the family.", owner=universe.worker)
    told = draw_action(universe, review, text="Bring the menu.", owner=universe.worker, shared=True)
    assert [each.of_school for each in (own, named, agency, teams, told)] == [True, True, False, False, False]
    assert set(ReviewAction.objects.visible_to(universe.lead)) == {own, named, told}
    assert ReviewAction.objects.visible_to(universe.manager).count() == 5
    assert not ReviewAction.objects.visible_to(universe.programme_lead).exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": " "}, "text"),
        ({"owner": None}, "owner"),
        ({"owner_name": "Somebody"}, "owner"),
        ({"owner": None, "owner_name": "x" * 101}, "owner_name"),
        ({"due": date(2026, 11, 17)}, "due"),
    ],
)
def test_an_action_that_cannot_be_is_refused(universe: Universe, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as told:
        draw_action(universe, **changes)
    assert field in told.value.message_dict


def test_an_owner_of_another_school_is_refused(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="this school or its team"):
        draw_action(universe, owner=universe.elsewhere[Role.SOCIAL_WORKER])


def test_an_action_about_a_restricted_child_is_hidden_from_who_may_not_see_the_child(universe: Universe) -> None:
    child = draw_open_child(universe)
    action = draw_action(universe, owner=universe.worker, child=child)
    ChildReference.objects.filter(pk=child.pk).update(restricted=True)
    assert not ReviewAction.objects.visible_to(universe.worker).exists()
    with pytest.raises(PermissionDenied):
        settle_action(by=universe.worker, action=action, state="done", note="Seen")


def test_the_school_settles_its_own_actions_and_no_others(universe: Universe) -> None:
    review = draw_review(universe)
    own, told = draw_action(universe, review), draw_action(
        universe, review, text="Bring the menu.", owner=universe.worker, shared=True
    )  # fmt: skip
    done = settle_action(by=universe.lead, action=own, state="done", note="Sent on Monday.")
    assert (done.state, done.settled_on) == ("done", TODAY)
    with pytest.raises(PermissionDenied):
        settle_action(by=universe.lead, action=told, state="done", note="Seen")
    with pytest.raises(PermissionDenied):
        settle_action(by=universe.programme_lead, action=told, state="done", note="Seen")


def test_an_action_that_is_sent_again_to_be_shared_does_not_stay_the_teams(universe: Universe) -> None:
    review = draw_review(universe)
    own = draw_action(universe, review, owner=universe.worker)
    assert draw_action(universe, review, owner=universe.worker) == own
    assert draw_action(universe, review, owner=universe.worker, shared=True).shared


def test_an_action_that_is_agreed_again_after_it_was_done_is_another(universe: Universe) -> None:
    review = draw_review(universe)
    done = settle_action(by=universe.lead, action=draw_action(universe, review), state="done", note="Sent on Monday.")
    assert draw_action(universe, review) != done


@pytest.mark.parametrize(
    "changes", [{"state": "open"}, {"note": ""}, {"on": date(2026, 11, 19)}, {"on": date(2026, 11, 1)}]
)
def test_settling_that_cannot_be_is_refused(universe: Universe, changes: dict[str, Any]) -> None:
    action = draw_action(universe)
    with pytest.raises(ValidationError):
        settle_action(**{"by": universe.worker, "action": action, "state": "done", "note": "Sent"} | changes)


def test_each_step_of_an_action_is_kept(universe: Universe) -> None:
    action = draw_action(universe)
    action = postpone_action(by=universe.worker, action=action, due=date(2026, 12, 11), note="Waiting for data.")
    action = settle_action(by=universe.manager, action=action, state="dropped", note="No longer needed.")
    with pytest.raises(ValidationError, match="dropped already"):
        settle_action(by=universe.worker, action=action, state="done", note="Late")
    with pytest.raises(ValidationError, match="Reopen it first"):
        postpone_action(by=universe.worker, action=action, due=date(2026, 12, 14), note="Late")
    action = reopen_action(by=universe.worker, action=action, due=date(2026, 12, 18), note="Needed after all.")
    kinds = list(action.steps.values_list("kind", "due"))
    assert [kind for kind, _ in kinds] == ["postponed", "dropped", "reopened"]
    assert (action.state, action.settled_on, action.due) == ("open", None, date(2026, 12, 18))
    with pytest.raises(ValidationError, match="is open"):
        reopen_action(by=universe.worker, action=action, due=date(2026, 12, 18), note="Again")


@pytest.mark.parametrize("due", [date(2026, 12, 4), date(2026, 11, 1)])
def test_an_action_is_postponed_to_another_day_to_come(universe: Universe, due: date) -> None:
    with pytest.raises(ValidationError, match="another day"):
        postpone_action(by=universe.worker, action=draw_action(universe), due=due, note="Later")


def test_open_actions_come_back_at_the_next_review_and_settled_ones_do_not(universe: Universe) -> None:
    first = draw_review(universe, day=LAST_HALF_TERM)
    stays = draw_action(universe, first)
    goes = draw_action(universe, first, text="Book the library.")
    close(universe, first)
    settle_action(by=universe.lead, action=goes, state="done", note="Booked.")
    second = draw_review(universe)
    fresh = draw_action(universe, second, text="Something new.")
    close(universe, second)
    came_back = ActionStep.objects.filter(kind="came back")
    assert [(step.action, step.review) for step in came_back] == [(stays, second)]
    assert not fresh.steps.exists()


def test_a_review_at_which_actions_were_agreed_is_not_cancelled(universe: Universe) -> None:
    action = draw_action(universe)
    with pytest.raises(ValidationError, match="Close it instead"):
        cancel_review(by=universe.worker, review=action.review, reason="No time")
