"""Who may give and end which role where."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from service.accounts.actions.invitations import accept_through_provider, invite
from service.accounts.actions.memberships import end, grant
from service.accounts.models import Membership, User
from service.audit.models import Action, Entry
from service.permissions import SCHOOL_ROLES, Permission, Role, holds
from tests.service.accounts.people import set_password
from tests.service.conftest import SignedIn
from tests.service.universe import STARTED, TODAY, Universe, draw_membership

TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


def the_membership(user: User) -> Membership:
    return Membership.objects.get(user=user)


def test_an_administrator_gives_a_role_in_the_own_authority(universe: Universe) -> None:
    membership = grant(
        by=universe.administrator, user=universe.stranger, role=Role.ANALYST, authority=universe.northbrook
    )
    assert (membership.starts, membership.ends, membership.granted_by) == (TODAY, None, universe.administrator)
    assert holds(universe.stranger, Permission.UPLOAD_RETURNS, authority=universe.northbrook)
    entry = Entry.objects.get(action=Action.CREATE)
    assert entry.details["role"] == "authority analyst" and entry.authority == "801"


def test_a_school_brings_its_authority(universe: Universe) -> None:
    membership = grant(
        by=universe.administrator, user=universe.stranger, role=Role.SAFEGUARDING_LEAD, school=universe.beech
    )
    assert membership.authority == universe.northbrook


def test_an_administrator_of_an_authority_gives_nothing_outside_it(universe: Universe) -> None:
    for place in ({"authority": universe.southmere}, {"authority": None}):
        with pytest.raises(PermissionDenied):
            grant(by=universe.administrator, user=universe.stranger, role=Role.ANALYST, **place)
    with pytest.raises(PermissionDenied):
        grant(by=universe.administrator, user=universe.stranger, role=Role.SOCIAL_WORKER, school=universe.cedar)
    assert not universe.stranger.memberships.exists()


def test_an_administrator_everywhere_gives_a_role_everywhere(universe: Universe) -> None:
    assert grant(by=draw_chief(), user=universe.stranger, role=Role.EVALUATOR).authority is None


def draw_chief() -> User:
    """An administrator of the whole programme."""
    chief = User.objects.create_user("chief@example.org", name="Chief")
    Membership.objects.create(user=chief, role=Role.ADMINISTRATOR, starts=STARTED)
    return chief


def test_an_administrator_of_an_authority_makes_nobody_an_evaluator(universe: Universe) -> None:
    with pytest.raises(PermissionDenied, match="whole programme"):
        grant(by=universe.administrator, user=universe.stranger, role=Role.EVALUATOR, authority=universe.northbrook)
    with pytest.raises(PermissionDenied, match="whole programme"):
        invite(
            by=universe.administrator, email="own@example.org", name="Own", role=Role.EVALUATOR,
            authority=universe.northbrook,
        )  # fmt: skip
    grant(by=draw_chief(), user=universe.stranger, role=Role.EVALUATOR, authority=universe.northbrook)


@pytest.mark.parametrize("role", [Role.PROGRAMME_LEAD, Role.TEAM_MANAGER, Role.SOCIAL_WORKER, Role.SAFEGUARDING_LEAD])
def test_who_nominates_or_works_in_schools_is_no_evaluator(role: Role, universe: Universe) -> None:
    chief = draw_chief()
    with pytest.raises(ValidationError, match="An evaluator works for no authority"):
        grant(by=chief, user=universe.own[role], role=Role.EVALUATOR)
    place = {"school": universe.beech} if role in SCHOOL_ROLES else {"authority": universe.northbrook}
    with pytest.raises(ValidationError, match="An evaluator works for no authority"):
        grant(by=chief, user=universe.evaluator, role=role, **place)


def test_a_role_to_come_keeps_the_evaluator_away_and_one_that_ended_does_not(universe: Universe) -> None:
    chief = draw_chief()
    draw_membership(universe.stranger, Role.PROGRAMME_LEAD, universe.alder, ends=YESTERDAY)
    grant(by=chief, user=universe.stranger, role=Role.EVALUATOR, ends=TOMORROW)
    later = TOMORROW + timedelta(days=1)
    with pytest.raises(ValidationError, match="evaluator"):
        grant(
            by=chief, user=universe.stranger, role=Role.PROGRAMME_LEAD, authority=universe.northbrook, starts=TOMORROW
        )
    grant(by=chief, user=universe.stranger, role=Role.PROGRAMME_LEAD, authority=universe.northbrook, starts=later)
    with pytest.raises(ValidationError, match="programme lead"):
        grant(by=chief, user=universe.stranger, role=Role.EVALUATOR)


def test_the_form_offers_the_evaluator_to_an_administrator_of_the_programme_alone(
    universe: Universe, signed_in: SignedIn
) -> None:
    page = reverse("account-invite")
    assert b'value="evaluator"' not in signed_in(universe.administrator).get(page).content
    assert b'value="evaluator"' in signed_in(draw_chief()).get(page).content


def test_nobody_gives_a_role_to_herself(universe: Universe) -> None:
    with pytest.raises(PermissionDenied, match="yourself"):
        grant(
            by=universe.administrator,
            user=universe.administrator,
            role=Role.TEAM_MANAGER,
            authority=universe.northbrook,
        )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_who_does_not_manage_accounts_gives_no_role_in_an_authority(role: Role, universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        grant(by=universe.own[role], user=universe.stranger, role=Role.STEERING, authority=universe.northbrook)


def test_a_team_manager_places_a_worker_in_the_own_authority_only(universe: Universe) -> None:
    grant(by=universe.manager, user=universe.stranger, role=Role.SOCIAL_WORKER, school=universe.beech)
    with pytest.raises(PermissionDenied):
        grant(by=universe.manager, user=universe.stranger, role=Role.SOCIAL_WORKER, school=universe.cedar)
    with pytest.raises(PermissionDenied):
        grant(by=universe.manager, user=universe.stranger, role=Role.SAFEGUARDING_LEAD, school=universe.beech)


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.SOCIAL_WORKER, "northbrook"), (Role.ANALYST, "alder"), (Role.SAFEGUARDING_LEAD, "everywhere")],
)
def test_a_role_in_the_wrong_kind_of_place_is_refused(role: Role, place: str, universe: Universe) -> None:
    where = {"school": universe.alder} if place == "alder" else {"authority": getattr(universe, place, None)}
    with pytest.raises(ValidationError):
        grant(by=universe.administrator, user=universe.stranger, role=role, **where)


def test_a_school_of_another_authority_is_refused(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="another authority"):
        grant(
            by=universe.administrator,
            user=universe.stranger,
            role=Role.SOCIAL_WORKER,
            authority=universe.northbrook,
            school=universe.cedar,
        )


@pytest.mark.parametrize(("starts", "ends"), [(TODAY, YESTERDAY), (date(2020, 1, 1), None)])
def test_days_that_cannot_be_are_refused(starts: date, ends: date | None, universe: Universe) -> None:
    with pytest.raises(ValidationError):
        grant(
            by=universe.administrator,
            user=universe.stranger,
            role=Role.ANALYST,
            authority=universe.northbrook,
            starts=starts,
            ends=ends,
        )


def test_a_role_ends_with_its_last_day(universe: Universe) -> None:
    end(by=universe.administrator, membership=the_membership(universe.analyst))
    assert holds(User.objects.get(pk=universe.analyst.pk), Permission.UPLOAD_RETURNS)
    assert the_membership(universe.analyst).ends == TODAY
    entry = Entry.objects.get(action=Action.CHANGE)
    assert entry.details["changed"] == ["ends"]


def test_yesterday_closes_a_role_at_once(universe: Universe) -> None:
    end(by=universe.administrator, membership=the_membership(universe.analyst), on=YESTERDAY)
    assert not holds(User.objects.get(pk=universe.analyst.pk), Permission.UPLOAD_RETURNS)


def test_a_role_to_come_is_taken_back_before_it_begins(universe: Universe) -> None:
    membership = grant(
        by=universe.manager,
        user=universe.stranger,
        role=Role.SOCIAL_WORKER,
        school=universe.beech,
        starts=TOMORROW,
    )
    end(by=universe.manager, membership=membership)
    assert not universe.stranger.memberships.filter(starts__lte=TOMORROW).exclude(ends__lt=TOMORROW).exists()
    with pytest.raises(ValidationError, match="ended already"):
        end(by=universe.manager, membership=membership)


@pytest.mark.parametrize("on", [TODAY - timedelta(days=2), TODAY - timedelta(days=60)])
def test_the_past_is_not_rewritten(on: date, universe: Universe) -> None:
    with pytest.raises(ValidationError, match="before yesterday"):
        end(by=universe.administrator, membership=the_membership(universe.analyst), on=on)


def test_a_role_is_not_made_longer_by_ending_it(universe: Universe) -> None:
    membership = draw_membership(universe.stranger, Role.ANALYST, universe.alder, ends=TOMORROW)
    with pytest.raises(ValidationError, match="not made longer"):
        end(by=universe.administrator, membership=membership, on=TOMORROW + timedelta(days=1))


def test_a_team_manager_ends_no_other_role_than_that_of_a_worker(universe: Universe) -> None:
    end(by=universe.manager, membership=the_membership(universe.worker))
    with pytest.raises(PermissionDenied):
        end(by=universe.manager, membership=the_membership(universe.lead))


def test_an_administrator_elsewhere_ends_nothing_here(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        end(by=universe.elsewhere[Role.ADMINISTRATOR], membership=the_membership(universe.analyst))


def test_the_last_administrator_stays(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="last administrator of Northbrook"):
        end(by=universe.administrator, membership=the_membership(universe.administrator))


def test_an_administrator_leaves_when_another_stays(universe: Universe) -> None:
    set_password(universe.stranger)
    grant(by=universe.administrator, user=universe.stranger, role=Role.ADMINISTRATOR, authority=universe.northbrook)
    end(by=universe.administrator, membership=the_membership(universe.administrator))


def test_an_administrator_who_never_came_does_not_count(universe: Universe) -> None:
    place = {"role": Role.ADMINISTRATOR, "authority": universe.northbrook}
    newcomer = invite(by=universe.administrator, email="new@example.org", name="New", **place)
    with pytest.raises(ValidationError, match="last administrator of Northbrook who has signed in"):
        end(by=universe.administrator, membership=the_membership(universe.administrator))
    accept_through_provider(user=newcomer)
    end(by=universe.administrator, membership=the_membership(universe.administrator))


def test_an_administrator_who_leaves_or_is_closed_does_not_count(universe: Universe) -> None:
    set_password(universe.stranger)
    draw_membership(universe.stranger, Role.ADMINISTRATOR, universe.alder, ends=TOMORROW)
    closed = set_password(User.objects.create_user("closed@example.org", name="Closed"))
    draw_membership(closed, Role.ADMINISTRATOR, universe.alder)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="last administrator"):
        end(by=universe.administrator, membership=the_membership(universe.administrator))
