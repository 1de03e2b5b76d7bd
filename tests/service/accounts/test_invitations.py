"""The one way in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from service.accounts.actions.invitations import accept, invite, resend, withdraw
from service.accounts.models import Invitation, Membership, User
from service.audit.models import Action, Entry
from service.permissions import Permission, Role, holds
from tests.service.accounts.people import give_password, set_password
from tests.service.conftest import SignedIn
from tests.service.universe import STARTED, TODAY, Universe

GOOD = "copper-kettle-orchard"
ADDRESS = "new.person@northbrook.example.org"


def tokens() -> list[str]:
    """The tokens in the letters that were sent."""
    lines = [line for letter in mail.outbox for line in letter.body.splitlines()]
    return [line.rstrip("/").rsplit("/", 1)[-1] for line in lines if "/accounts/invited/" in line]


@pytest.fixture
def invited(universe: Universe, django_capture_on_commit_callbacks: Any) -> Invitation:
    with django_capture_on_commit_callbacks(execute=True):
        person = invite(
            by=universe.administrator, email=ADDRESS, name="New Person", role=Role.ANALYST, authority=universe.northbrook
        )  # fmt: skip
    return person.invitations.get()


def test_an_invitation_makes_a_person_a_role_and_a_letter(invited: Invitation) -> None:
    assert invited.user.email == ADDRESS and not invited.user.has_usable_password()
    assert holds(invited.user, Permission.UPLOAD_RETURNS, authority=invited.membership.authority)
    letter = mail.outbox[0]
    assert letter.to == [ADDRESS] and "25 November 2026" in letter.body
    assert tokens()[0] not in str(Invitation.objects.values().get())


def test_the_link_sets_a_password_once_and_leads_to_the_second_factor(invited: Invitation, client: Client) -> None:
    page = reverse("invitation-accept", kwargs={"token": tokens()[0]})
    assert b"Welcome, New Person" in client.get(page).content
    assert client.post(page, {"password": GOOD, "again": GOOD}).headers["Location"] == reverse("mfa_index")
    assert client.get(reverse("own-account")).headers["Location"] == reverse("mfa_index")
    assert client.get(page).status_code == 410
    assert Client().post(page, {"password": GOOD, "again": GOOD}).status_code == 410
    assert Invitation.objects.get().state == "accepted"
    assert Entry.objects.filter(action=Action.CHANGE, details__through="password").exists()


def test_who_was_signed_in_at_the_browser_is_signed_out(
    invited: Invitation, universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.manager)
    client.post(reverse("invitation-accept", kwargs={"token": tokens()[0]}), {"password": GOOD, "again": GOOD})
    assert client.session["_auth_user_id"] == str(invited.user.pk)
    assert not client.session.get("second_factor")


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [("short", "short", b"too short"), (GOOD, "something else", b"differ"), ("", "", b"Enter password")],
)
def test_a_bad_password_leaves_the_link_good(
    password: str, again: str, said: bytes, invited: Invitation, client: Client
) -> None:
    page = reverse("invitation-accept", kwargs={"token": tokens()[0]})
    assert said in client.post(page, {"password": password, "again": again}).content
    assert Invitation.objects.get().state == "open"


def test_a_link_lasts_seven_days(invited: Invitation) -> None:
    with (
        time_machine.travel(datetime(2026, 11, 25, 10, 1, tzinfo=ZoneInfo("Europe/London"))),
        pytest.raises(ValidationError, match="no longer works"),
    ):
        accept(token=tokens()[0], password=GOOD)
    accept(token=tokens()[0], password=GOOD)


@pytest.mark.parametrize("token", ["", "x", "../..", "a" * 500])
def test_a_token_that_was_never_sent_opens_nothing(token: str, invited: Invitation) -> None:
    with pytest.raises(ValidationError):
        accept(token=token, password=GOOD)


def test_a_link_sent_again_replaces_the_one_before(
    invited: Invitation, universe: Universe, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        resend(by=universe.administrator, invitation=invited)
    first, second = tokens()
    with pytest.raises(ValidationError):
        accept(token=first, password=GOOD)
    assert accept(token=second, password=GOOD) == invited.user


def test_a_withdrawn_invitation_takes_its_role_along(invited: Invitation, universe: Universe) -> None:
    withdraw(by=universe.administrator, invitation=invited)
    with pytest.raises(ValidationError):
        accept(token=tokens()[0], password=GOOD)
    assert not holds(User.objects.get(pk=invited.user.pk), Permission.UPLOAD_RETURNS)
    with pytest.raises(ValidationError, match="withdrawn already"):
        resend(by=universe.administrator, invitation=invited)


@pytest.mark.parametrize("act", [resend, withdraw])
def test_what_was_accepted_meanwhile_is_neither_sent_again_nor_withdrawn(
    act: Any, invited: Invitation, universe: Universe
) -> None:
    accept(token=tokens()[0], password=GOOD)
    assert invited.accepted is None, "as the administrator's page still has it"
    with pytest.raises(ValidationError, match="accepted already"):
        act(by=universe.administrator, invitation=invited)
    kept = Invitation.objects.get()
    assert kept.state == "accepted" and kept.token_hash == invited.token_hash and kept.membership.ends is None


def test_what_was_withdrawn_meanwhile_is_not_opened_again(invited: Invitation, universe: Universe) -> None:
    stale = Invitation.objects.get()
    withdraw(by=universe.administrator, invitation=invited)
    with pytest.raises(ValidationError, match="withdrawn already"):
        resend(by=universe.administrator, invitation=stale)
    assert Invitation.objects.get().state == "withdrawn"


def test_withdrawing_leaves_a_role_that_had_ended_as_it_was(invited: Invitation, universe: Universe) -> None:
    ended = TODAY - timedelta(days=9)
    Membership.objects.filter(pk=invited.membership_id).update(starts=STARTED, ends=ended)
    withdraw(by=universe.administrator, invitation=invited)
    assert Membership.objects.get(pk=invited.membership_id).ends == ended


def test_an_invitation_of_another_authority_that_is_replaced_stands_in_its_audit(
    invited: Invitation, universe: Universe
) -> None:
    invite(
        by=universe.elsewhere[Role.ADMINISTRATOR], email=ADDRESS, name="New Person", role=Role.STEERING,
        authority=universe.southmere,
    )  # fmt: skip
    newer = Invitation.objects.get(membership__authority=universe.southmere)
    entry = Entry.objects.get(action=Action.CHANGE, subject=str(invited.public_id))
    assert entry.authority == "801" and entry.actor == str(universe.elsewhere[Role.ADMINISTRATOR].public_id)
    assert entry.details["changed"] == ["withdrawn"] and entry.details["replaced_by"] == str(newer.public_id)


def test_a_closed_account_is_not_opened_by_its_invitation(invited: Invitation) -> None:
    User.objects.filter(pk=invited.user.pk).update(is_active=False)
    with pytest.raises(ValidationError):
        accept(token=tokens()[0], password=GOOD)


def test_nobody_invites_outside_the_own_scope(universe: Universe) -> None:
    for by, place in (
        (universe.administrator, universe.southmere),
        (universe.administrator, None),
        (universe.manager, universe.northbrook),
        (universe.stranger, universe.northbrook),
    ):
        with pytest.raises(PermissionDenied):
            invite(by=by, email=ADDRESS, name="New", role=Role.ANALYST, authority=place)
    assert not User.objects.filter(email=ADDRESS).exists() and not mail.outbox


def test_an_administrator_elsewhere_neither_resends_nor_withdraws(invited: Invitation, universe: Universe) -> None:
    for act in (resend, withdraw):
        with pytest.raises(PermissionDenied):
            act(by=universe.elsewhere[Role.ADMINISTRATOR], invitation=invited)


@pytest.mark.parametrize(
    ("email", "name", "role"),
    [("no address", "New", Role.ANALYST), (ADDRESS, "  ", Role.ANALYST), (ADDRESS, "New", Role.SOCIAL_WORKER)],
)
def test_what_cannot_be_is_refused(email: str, name: str, role: Role, universe: Universe) -> None:
    with pytest.raises(ValidationError):
        invite(by=universe.administrator, email=email, name=name, role=role, authority=universe.northbrook)


def test_who_has_an_account_gets_the_role_and_no_link(
    universe: Universe, django_capture_on_commit_callbacks: Any
) -> None:
    set_password(universe.manager)
    with django_capture_on_commit_callbacks(execute=True):
        person = invite(
            by=universe.administrator, email=universe.manager.email.upper(), name="Whoever",
            role=Role.STEERING, authority=universe.northbrook,
        )  # fmt: skip
    assert person == universe.manager and person.name != "Whoever"
    assert not tokens() and "further role" in mail.outbox[0].subject


def test_an_invitation_anew_closes_the_one_before(invited: Invitation, universe: Universe) -> None:
    invite(
        by=universe.administrator, email=ADDRESS, name="New Person", role=Role.STEERING, authority=universe.northbrook
    )
    assert sorted(i.state for i in Invitation.objects.all()) == ["open", "withdrawn"]
    assert Membership.objects.filter(user=invited.user, ends=None).count() == 2


def test_a_closed_account_is_not_invited(universe: Universe) -> None:
    User.objects.filter(pk=universe.stranger.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="closed"):
        invite(
            by=universe.administrator, email=universe.stranger.email, name="S",
            role=Role.ANALYST, authority=universe.northbrook,
        )  # fmt: skip


def test_two_open_invitations_of_one_person_cannot_be(invited: Invitation) -> None:
    row = Invitation(
        user=invited.user, membership=invited.membership, token_hash="x", sent=invited.sent, expires=invited.expires
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


# Pages


def test_the_administrator_invites_on_a_page(
    universe: Universe, signed_in: SignedIn, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(universe.administrator)
    body = {
        "email": ADDRESS,
        "name": "New Person",
        "role": Role.SAFEGUARDING_LEAD.value,
        "place": f"school {universe.beech.public_id}",
    }
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("account-invite"), body)
    assert response.headers["Location"] == reverse("invitation-list")
    assert Membership.objects.get(user__email=ADDRESS).school == universe.beech
    assert b"New Person" in client.get(reverse("invitation-list")).content
    assert "http://testserver/accounts/invited/" in mail.outbox[0].body


def test_a_place_outside_cannot_be_chosen(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    for place in (f"school {universe.cedar.public_id}", f"authority {universe.southmere.public_id}", "everywhere"):
        body = {"email": ADDRESS, "name": "New", "role": Role.ANALYST.value, "place": place}
        assert client.post(reverse("account-invite"), body).status_code == 200
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_role_in_the_wrong_kind_of_place_is_said_beside_it(universe: Universe, signed_in: SignedIn) -> None:
    body = {"email": ADDRESS, "name": "New", "role": Role.ANALYST.value, "place": f"school {universe.beech.public_id}"}
    response = signed_in(universe.administrator).post(reverse("account-invite"), body)
    assert response.context["form"].errors["place"]


@pytest.mark.parametrize("name", ["invitation-resend", "invitation-withdraw"])
def test_an_invitation_is_sent_again_or_withdrawn_on_a_page(
    name: str, invited: Invitation, universe: Universe, signed_in: SignedIn
) -> None:
    client = signed_in(universe.administrator)
    url = reverse(name, kwargs={"invitation": invited.public_id})
    assert client.get(url).status_code == 200
    assert client.post(url).headers["Location"] == reverse("invitation-list")
    assert client.post(reverse("invitation-withdraw", kwargs={"invitation": invited.public_id})).status_code == 302


# The command


def test_the_first_administrator_is_invited_from_the_command_line(
    universe: Universe, settings: Any, capsys: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.SWIS_ADDRESS = "https://swis.example.gov.uk"
    with django_capture_on_commit_callbacks(execute=True):
        call_command("invite", "chief@example.org", name="Chief")
    assert "Chief is invited as administrator" in capsys.readouterr().out
    assert "https://swis.example.gov.uk/accounts/invited/" in mail.outbox[0].body
    chief = accept(token=tokens()[0], password=GOOD)
    assert holds(chief, Permission.MANAGE_ACCOUNTS, authority=universe.southmere)
    assert give_password(Client(), chief, GOOD).status_code == 302


@pytest.mark.parametrize(
    ("address", "more"),
    [("no address", {}), ("a@example.org", {"authority": "999"}), ("stranger@example.org", {"name": " "})],
)
def test_the_command_says_what_is_wrong(address: str, more: dict[str, str], universe: Universe, settings: Any) -> None:
    settings.SWIS_ADDRESS = "https://swis.example.gov.uk"
    with pytest.raises(CommandError):
        call_command("invite", address, **{"name": "Chief", **more})


def test_the_command_invites_nobody_with_a_link_that_leads_nowhere(universe: Universe, settings: Any) -> None:
    settings.SWIS_ADDRESS = ""
    with pytest.raises(CommandError, match="Set SWIS_ADDRESS to the address of the service"):
        call_command("invite", "chief@example.org", name="Chief")
    assert not User.objects.filter(email="chief@example.org").exists()
