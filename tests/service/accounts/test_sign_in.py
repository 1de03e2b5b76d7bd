"""The door: password, second factor, lock-out, and what the audit keeps of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django_tasks_db.models import DBTaskResult

from service.accounts.models import User
from service.accounts.tasks import send_reset_letter
from service.audit.models import Action, Entry
from tests.service.accounts.people import (
    PASSWORD,
    code_now,
    give_code,
    give_password,
    set_password,
    set_up_app,
    set_up_recovery_codes,
)
from tests.service.conftest import SignedIn
from tests.service.universe import Universe

TEN = datetime(2026, 11, 18, 10, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def person(universe: Universe) -> User:
    return set_password(universe.worker)


def own_account(client: Client) -> int:
    return client.get(reverse("own-account")).status_code


def test_password_and_code_open_the_door(person: User, client: Client) -> None:
    secret = set_up_app(person)
    response = give_password(client, person)
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert own_account(client) == 302
    assert give_code(client, code_now(secret)).status_code == 302
    assert own_account(client) == 200
    entry = Entry.objects.get(action=Action.SIGN_IN)
    assert entry.actor == str(person.public_id) and entry.details["methods"] == ["mfa", "password"]


def test_a_recovery_code_opens_the_door_once(person: User) -> None:
    set_up_app(person)
    code = set_up_recovery_codes(person)[0]
    first, second = Client(), Client()
    for client in (first, second):
        give_password(client, person)
        give_code(client, code)
    assert own_account(first) == 200
    assert own_account(second) == 302


def test_a_wrong_code_is_refused_and_in_the_audit(person: User, client: Client) -> None:
    set_up_app(person)
    give_password(client, person)
    response = give_code(client, "000000")
    assert b"The code is not right" in response.content
    entry = Entry.objects.get(action=Action.SIGN_IN_FAILED)
    assert entry.details["step"] == "second factor" and entry.subject == str(person.public_id)


def test_codes_cannot_be_guessed_for_long(person: User, client: Client) -> None:
    secret = set_up_app(person)
    give_password(client, person)
    for _ in range(5):
        give_code(client, "000000")
    assert b"Too many attempts" in give_code(client, code_now(secret)).content


def test_the_session_has_another_id_after_signing_in(person: User, client: Client) -> None:
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    give_password(client, person)
    assert client.session.session_key != before


def test_a_password_alone_leads_to_setting_up_a_second_factor(person: User, client: Client) -> None:
    give_password(client, person)
    assert client.get(reverse("own-account")).headers["Location"] == reverse("mfa_index")
    assert b"Set up a second factor" in client.get(reverse("mfa_index")).content


@pytest.mark.parametrize("address", ["worker", "nobody@example.org"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(address: str, person: User, client: Client) -> None:
    login = person.email if address == "worker" else address
    response = client.post(reverse("account_login"), {"login": login, "password": "not-the-password"})
    assert b"The address or the password is not right." in response.content
    entry = Entry.objects.get(action=Action.SIGN_IN_FAILED)
    assert entry.details["step"] == "password" and "not-the-password" not in str(entry.__dict__)
    assert entry.subject == (str(person.public_id) if address == "worker" else "")
    assert "nobody@" not in str(entry.__dict__) and len(entry.details["address_hash"]) == 64


def test_an_address_is_locked_after_five_failures(person: User, client: Client) -> None:
    for _ in range(5):
        give_password(client, person, "wrong-and-wrong")
    for _ in range(3):
        response = give_password(client, person)
        assert b"Too many attempts" in response.content
    entry = Entry.objects.get(action=Action.LOCKED_OUT)
    assert entry.subject == str(person.public_id)


def mistake(person: User, place: str) -> None:
    give_password(Client(REMOTE_ADDR=place), person, "wrong-and-wrong")


def test_a_stranger_who_knows_the_address_does_not_keep_its_owner_out(person: User) -> None:
    for _ in range(20):
        mistake(person, "203.0.113.66")
    assert b"Too many attempts" in give_password(Client(REMOTE_ADDR="203.0.113.66"), person).content
    assert give_password(Client(REMOTE_ADDR="198.51.100.7"), person).status_code == 302


def test_guesses_from_many_places_lock_the_address_everywhere(person: User) -> None:
    for number in range(50):
        mistake(person, f"203.0.113.{number}")
    assert b"Too many attempts" in give_password(Client(REMOTE_ADDR="198.51.100.7"), person).content
    assert Entry.objects.filter(action=Action.LOCKED_OUT).count() == 1
    with time_machine.travel(TEN + timedelta(minutes=16)):
        assert give_password(Client(REMOTE_ADDR="198.51.100.7"), person).status_code == 302


def test_signing_in_well_uses_nothing_up(person: User) -> None:
    for number in range(52):
        assert give_password(Client(REMOTE_ADDR=f"203.0.113.{number}"), person).status_code == 302


def test_an_unknown_address_is_locked_just_so(universe: Universe, client: Client) -> None:
    for _ in range(6):
        response = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "x"})
    assert b"Too many attempts" in response.content


def test_a_lock_is_for_one_address_and_for_a_while(person: User, universe: Universe) -> None:
    other = set_password(universe.manager)
    for _ in range(6):
        give_password(Client(), person, "wrong-and-wrong")
    assert give_password(Client(), other).status_code == 302
    with time_machine.travel(TEN + timedelta(minutes=16)):
        assert give_password(Client(), person).status_code == 302


def test_a_closed_account_stays_outside(person: User, client: Client) -> None:
    person.is_active = False
    person.save()
    assert give_password(client, person).headers["Location"] == reverse("account_inactive")
    assert own_account(client) == 302
    assert not Entry.objects.filter(action=Action.SIGN_IN).exists()


def test_somebody_invited_who_has_no_password_yet_cannot_sign_in(universe: Universe, client: Client) -> None:
    user = User.objects.create_user("invited@example.org", name="Invited")
    assert give_password(client, user, "").status_code == 200
    assert give_password(client, user, "anything at all").status_code == 200


def test_signing_out_is_in_the_audit(person: User, client: Client) -> None:
    give_password(client, person)
    assert client.get(reverse("account_logout")).status_code == 200
    client.post(reverse("account_logout"))
    assert own_account(client) == 302
    assert Entry.objects.get(action=Action.SIGN_OUT).details == {"ended_by": "the person"}


def test_who_is_signed_in_comes_back_to_the_page_that_was_asked_for(person: User, client: Client) -> None:
    secret = set_up_app(person)
    client.post(f"{reverse('account_login')}?next=/accounts/own/", {"login": person.email, "password": PASSWORD})
    assert give_code(client, code_now(secret)).headers["Location"] == "/accounts/own/"


def test_nobody_is_sent_to_another_site(person: User, client: Client) -> None:
    secret = set_up_app(person)
    address = f"{reverse('account_login')}?next=https://elsewhere.example.org/"
    client.post(address, {"login": person.email, "password": PASSWORD})
    assert give_code(client, code_now(secret)).headers["Location"] == "/"


# Limits of a session


def test_a_session_ends_after_twenty_idle_minutes(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    with time_machine.travel(TEN + timedelta(minutes=19)):
        assert own_account(client) == 200
    with time_machine.travel(TEN + timedelta(minutes=38)):
        assert own_account(client) == 200
    with time_machine.travel(TEN + timedelta(minutes=60)):
        response = client.get(reverse("own-account"))
    assert response.headers["Location"] == f"{reverse('account_login')}?next=%2Faccounts%2Fown%2F"
    assert Entry.objects.get(action=Action.SIGN_OUT).details["ended_by"] == "nothing was done for 20 minutes"
    assert b"nothing was done for 20 minutes" in client.get(reverse("account_login")).content


def test_a_session_ends_after_twelve_hours_of_work(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.worker)
    for minutes in range(15, 12 * 60, 15):
        with time_machine.travel(TEN + timedelta(minutes=minutes)):
            assert own_account(client) == 200
    with time_machine.travel(TEN + timedelta(hours=12, minutes=1)):
        assert own_account(client) == 302


def test_a_page_writes_the_session_no_more_than_once_a_minute(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: object
) -> None:
    client = signed_in(universe.worker)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        own_account(client)


# Passwords


def test_a_forgotten_password_is_set_anew_and_every_session_ends(
    person: User, client: Client, django_capture_on_commit_callbacks: object
) -> None:
    elsewhere = Client()
    give_password(elsewhere, person)
    for _ in range(6):
        give_password(Client(), person, "wrong-and-wrong")
    client.post(reverse("account_reset_password"), {"email": person.email})
    assert not mail.outbox  # no letter, and so no time, tells from the answer that the address is known
    work_through()
    link = next(line for line in mail.outbox[0].body.splitlines() if "/password/new/" in line)
    assert link.split("/")[-2] not in str(list(DBTaskResult.objects.values()))
    page = client.get(link.removeprefix("http://testserver"), follow=True)
    new = "another-good-password"
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert Entry.objects.get(action=Action.CHANGE).details["through"] == "link by e-mail"
    assert elsewhere.get(reverse("mfa_index")).status_code == 302
    assert give_password(Client(), person, new).status_code == 302
    assert b"no longer works" in Client().get(link.removeprefix("http://testserver")).content


@pytest.mark.parametrize("who", ["unknown", "invited"])
def test_no_reset_letter_for_who_has_no_password(who: str, universe: Universe, client: Client) -> None:
    address = "nobody@example.org" if who == "unknown" else universe.stranger.email
    response = client.post(reverse("account_reset_password"), {"email": address})
    assert response.headers["Location"] == reverse("account_reset_password_done")
    work_through()
    assert not mail.outbox


def test_the_letter_leads_to_the_address_in_the_settings_whatever_host_was_asked(
    person: User, client: Client, settings: Any
) -> None:
    settings.SWIS_ADDRESS = "https://schools.example.gov.uk"
    client.post(reverse("account_reset_password"), {"email": person.email}, headers={"host": "localhost"})
    work_through()
    assert "https://schools.example.gov.uk/accounts/password/new/" in mail.outbox[0].body


def test_the_link_of_a_letter_works_for_a_day(person: User, client: Client) -> None:
    client.post(reverse("account_reset_password"), {"email": person.email})
    work_through()
    link = next(line for line in mail.outbox[0].body.splitlines() if "/password/new/" in line)
    for later, works in ((timedelta(hours=23), True), (timedelta(hours=25), False)):
        with time_machine.travel(TEN + later):
            page = Client().get(link.removeprefix("http://testserver"), follow=True).content
        assert (b"no longer works" in page) != works


def work_through() -> None:
    """What a worker does with the letters that wait."""
    for waiting in DBTaskResult.objects.filter(task_path=send_reset_letter.module_path):
        send_reset_letter.call(*waiting.args_kwargs["args"])


def test_a_weak_password_is_refused(universe: Universe, signed_in: SignedIn) -> None:
    person = set_password(universe.worker)
    client = signed_in(person)
    body = {"oldpassword": PASSWORD, "password1": "password1234", "password2": "password1234"}
    assert client.post(reverse("account_change_password"), body).status_code == 200
    body |= {"password1": "copper-kettle-orchard", "password2": "copper-kettle-orchard"}
    assert client.post(reverse("account_change_password"), body).headers["Location"] == reverse("own-account")
    assert Entry.objects.get(action=Action.CHANGE).details["changed"] == ["password"]


def test_who_signs_in_at_the_council_has_no_password_to_change(universe: Universe, signed_in: SignedIn) -> None:
    response = signed_in(universe.worker).get(reverse("account_change_password"))
    assert response.headers["Location"] == reverse("own-account")


# What is open, and what is not there


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_set_password",
        "account_confirm_login_code",
        "socialaccount_signup",
        "socialaccount_connections",
        "mfa_signup_webauthn",
        "mfa_trust",
    ],
)
def test_what_is_not_needed_of_allauth_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_two_apps_are_not_set_up_for_one_person(universe: Universe, signed_in: SignedIn) -> None:
    set_up_app(universe.worker)
    response = signed_in(universe.worker).get(reverse("mfa_activate_totp"))
    assert response.headers["Location"] == reverse("mfa_deactivate_totp")


def test_the_secret_of_an_app_is_sealed_in_the_database(person: User) -> None:
    secret = set_up_app(person)
    assert secret not in str(Authenticator.objects.get().data)


def test_passwords_are_kept_by_argon2() -> None:
    module = __import__("service.config.settings", fromlist=["PASSWORD_HASHERS"])
    assert module.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert settings.ACCOUNT_ADAPTER == "service.accounts.adapters.AccountAdapter"
