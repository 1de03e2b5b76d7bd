"""What an administrator does to accounts, and what not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from service.accounts.actions.people import (
    close_account,
    correct_name,
    forget_ended_sessions,
    reopen_account,
    reset_second_factor,
)
from service.accounts.models import Membership, User
from service.audit.models import Action, Entry
from service.permissions import Role
from tests.service.accounts.people import code_now, give_code, give_password, set_password, set_up_app
from tests.service.conftest import SignedIn
from tests.service.universe import STARTED, TODAY, Universe, draw_membership


def date_boxes(name: str, day: date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def test_a_closed_account_is_signed_out_at_once_and_opened_again(universe: Universe) -> None:
    person = set_password(universe.worker)
    client = Client()
    give_password(client, person)
    close_account(by=universe.administrator, user=person, reason="Left the council.")
    assert client.get(reverse("mfa_index")).headers["Location"].startswith(reverse("account_login"))
    entry = Entry.objects.get(action=Action.CHANGE)
    assert entry.reason == "Left the council." and entry.authority == "801"
    with pytest.raises(ValidationError, match="closed already"):
        close_account(by=universe.administrator, user=person, reason="Again.")
    reopen_account(by=universe.administrator, user=person, reason="Came back.")
    assert give_password(Client(), person).status_code == 302


def test_nobody_closes_the_own_account_or_the_last_administrator(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="your own account"):
        close_account(by=universe.administrator, user=universe.administrator, reason="x")
    chief = User.objects.create_user("chief@example.org", name="Chief")
    draw_membership(chief, Role.ADMINISTRATOR, universe.alder, ends=TODAY)
    with pytest.raises(ValidationError, match="last administrator of Northbrook"):
        close_account(by=chief, user=universe.administrator, reason="x")


def test_who_has_a_role_elsewhere_too_is_not_closed_from_here(universe: Universe) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.cedar)
    for act in (close_account, reset_second_factor):
        with pytest.raises(PermissionDenied, match="outside your authority"):
            act(by=universe.administrator, user=universe.worker, reason="x")
    with pytest.raises(PermissionDenied):
        close_account(by=universe.administrator, user=universe.evaluator, reason="x")


def test_who_left_another_authority_belongs_here_alone(universe: Universe) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.cedar, ends=TODAY - timedelta(days=1))
    correct_name(by=universe.administrator, user=universe.worker, name="Right Name")
    assert User.objects.get(pk=universe.worker.pk).name == "Right Name"


@pytest.mark.parametrize("act", [close_account, reset_second_factor, reopen_account])
def test_other_people_do_nothing_to_an_account(act: Any, universe: Universe) -> None:
    for by in (universe.manager, universe.stranger, universe.governance, universe.elsewhere[Role.ADMINISTRATOR]):
        with pytest.raises(PermissionDenied):
            act(by=by, user=universe.worker, reason="x")


@pytest.mark.parametrize("act", [close_account, reset_second_factor])
def test_a_reason_is_asked_for(act: Any, universe: Universe) -> None:
    with pytest.raises(ValidationError, match="reason"):
        act(by=universe.administrator, user=universe.worker, reason="  ")


def test_a_reset_second_factor_is_set_up_anew_and_told(
    universe: Universe, django_capture_on_commit_callbacks: Any
) -> None:
    person = set_password(universe.worker)
    secret = set_up_app(person)
    client = Client()
    give_password(client, person)
    give_code(client, code_now(secret))
    assert client.get(reverse("own-account")).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(by=universe.administrator, user=person, reason="Lost the phone; called back.")
    assert not Authenticator.objects.exists()
    assert client.get(reverse("own-account")).headers["Location"].startswith(reverse("account_login"))
    assert mail.outbox[-1].to == [person.email]
    entry = Entry.objects.filter(action=Action.CHANGE).first()
    assert entry is not None and entry.details == {"changed": ["second factor"], "removed": ["totp"]}
    again = Client()
    assert give_password(again, person).status_code == 302
    assert again.get(reverse("own-account")).headers["Location"] == reverse("mfa_index")


def test_nobody_resets_the_own_second_factor(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="your own"):
        reset_second_factor(by=universe.administrator, user=universe.administrator, reason="x")


def test_an_address_is_one_account_however_it_is_written(universe: Universe) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User(email=universe.worker.email.upper(), name="Again").save()


def test_machines_of_ended_sessions_are_forgotten(universe: Universe) -> None:
    person = set_password(universe.worker)
    here, gone = Client(), Client()
    for client in (here, gone):
        give_password(client, person)
    gone.session.flush()
    assert forget_ended_sessions() == 1
    assert UserSession.objects.get().session_key == here.session.session_key


def test_too_many_requests_are_told_so_on_a_page_of_ours(universe: Universe) -> None:
    client = Client()
    for _ in range(31):
        response = client.post(reverse("account_login"), {"login": "", "password": ""})
    assert response.status_code == 429 and b"Too many attempts" in response.content


# Pages


def test_the_list_shows_the_people_of_the_own_authority_once(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.ash)
    client = signed_in(universe.administrator)
    with django_assert_max_num_queries(12):
        content = client.get(reverse("account-list")).content.decode()
    assert content.count(f">{universe.worker.name}<") == 1
    assert universe.elsewhere[Role.SOCIAL_WORKER].name not in content
    assert universe.evaluator.name not in content


def test_a_search_finds_by_name_and_state_and_is_in_the_audit(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    found = client.get(reverse("account-list"), {"q": "team.manager@", "state": "open"}).content.decode()
    assert universe.manager.name in found and universe.worker.name not in found
    entry = Entry.objects.get(action=Action.SEARCH)
    assert entry.details == {"in": "accounts", "by": ["q", "state"]}


def test_a_role_elsewhere_is_not_told(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.worker, Role.SOCIAL_WORKER, universe.cedar)
    client = signed_in(universe.administrator)
    for page in (reverse("account-list"), reverse("account", kwargs={"person": universe.worker.public_id})):
        content = client.get(page).content.decode()
        assert "Alder" in content and "Cedar" not in content
    assert "role outside your authority" in content


def test_the_page_of_a_person_says_what_the_person_can_do(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.worker, Role.STEERING, universe.alder, ends=STARTED)
    client = signed_in(universe.administrator)
    content = client.get(reverse("account", kwargs={"person": universe.worker.public_id})).content.decode()
    assert "record a contact" in content and "Ended" in content
    assert "see disclosure-controlled figures" not in content


def test_a_role_is_given_and_ended_on_pages(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    person = universe.worker
    page = reverse("account", kwargs={"person": person.public_id})
    body = {"role": Role.STEERING.value, "place": f"authority {universe.northbrook.public_id}"}
    give = reverse("account-role", kwargs={"person": person.public_id})
    assert client.post(give, body).headers["Location"] == page
    membership = Membership.objects.get(user=person, role=Role.STEERING.value)
    end = reverse("role-end", kwargs={"membership": membership.public_id})
    assert client.post(end, date_boxes("on", TODAY - timedelta(days=9))).status_code == 200
    assert client.post(end, date_boxes("on", TODAY)).headers["Location"] == page
    membership.refresh_from_db()
    assert membership.ends == TODAY


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("account-close", {"reason": "Left."}),
        ("account-second-factor-reset", {"reason": "Lost the phone."}),
        ("account-name", {"name": "Right Name"}),
    ],
)
def test_an_account_is_changed_on_its_page(
    name: str, body: dict[str, str], universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.administrator)
    person = {"person": universe.worker.public_id}
    assert client.post(reverse(name, kwargs=person), {}).status_code == 200
    assert client.post(reverse(name, kwargs=person), body).headers["Location"] == reverse("account", kwargs=person)
    if name == "account-close":
        assert client.post(reverse("account-reopen", kwargs=person), body).status_code == 302
        assert User.objects.get(pk=universe.worker.pk).is_active


def test_it_refuses_an_administrator_a_role_for_himself(universe: Universe, signed_in: SignedIn) -> None:
    person = {"person": universe.administrator.public_id}
    body = {"role": Role.TEAM_MANAGER.value, "place": f"authority {universe.northbrook.public_id}"}
    assert signed_in(universe.administrator).post(reverse("account-role", kwargs=person), body).status_code == 403
