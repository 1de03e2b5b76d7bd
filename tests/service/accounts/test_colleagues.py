"""A safeguarding lead names who else may use the service for the school."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from service.accounts.actions import colleagues, invitations, memberships, people
from service.accounts.actions.colleagues import (
    MOST_AWAITED,
    AskAdministrator,
    end,
    name_colleague,
    send_again,
    withdraw,
)
from service.accounts.models import Invitation, Membership, User
from service.audit.models import Action, Entry
from service.permissions import ROLES_WITH, Permission, Role, forget_memberships, holds
from service.practice.people import people_with
from service.schools.models import School
from tests.service.accounts.people import set_password
from tests.service.conftest import SignedIn
from tests.service.universe import STARTED, TODAY, Universe, draw_membership

ADDRESS = "head@alder.example.org"
GOOD = "copper-kettle-orchard"


def name(
    universe: Universe, *, email: str = ADDRESS, by: User | None = None, school: School | None = None
) -> Membership:
    return name_colleague(by=by or universe.lead, school=school or universe.alder, email=email, name="Head of Alder")


def come(membership: Membership) -> Membership:
    """The colleague signs in, now."""
    User.objects.filter(pk=membership.user_id).update(last_login=timezone.now())
    return Membership.objects.get(pk=membership.pk)


def links() -> list[str]:
    lines = [line for letter in mail.outbox for line in str(letter.body).splitlines()]
    return [line[line.index("/accounts/invited/") :] for line in lines if "/accounts/invited/" in line]


def page(client: Client, universe: Universe) -> str:
    response = client.get(reverse("colleagues-of", args=[universe.alder.public_id]))
    assert response.status_code == 200
    return unescape(response.content.decode())


def posted(client: Client, universe: Universe, **body: str) -> Any:
    address = reverse("colleague-name", args=[universe.alder.public_id])
    return client.post(address, {"name": "Head of Alder", "email": ADDRESS, **body})


def test_a_lead_names_a_colleague_who_comes_by_the_link(
    universe: Universe, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        named = name(universe)
    assert (named.role, named.school, named.authority) == (Role.SAFEGUARDING_LEAD, universe.alder, universe.northbrook)
    assert (named.granted_by, named.starts, named.ends) == (universe.lead, TODAY, None)
    assert not named.has_come
    client.post(links()[0], {"password": GOOD, "again": GOOD})
    assert Membership.objects.get(pk=named.pk).has_come
    assert holds(named.user, Permission.RAISE_ENQUIRY, school=universe.alder)
    assert not holds(named.user, Permission.RAISE_ENQUIRY, school=universe.beech)


def test_the_managers_are_told_of_a_colleague(universe: Universe, django_capture_on_commit_callbacks: Any) -> None:
    set_password(universe.manager)
    with django_capture_on_commit_callbacks(execute=True):
        name(universe)
    told = next(letter for letter in mail.outbox if letter.to == [universe.manager.email])
    assert ADDRESS in told.body and universe.lead.name in told.body


def test_naming_and_all_that_follows_is_in_the_audit(universe: Universe) -> None:
    named = name(universe)
    send_again(by=universe.lead, membership=named)
    withdraw(by=universe.lead, membership=named)
    told = Entry.objects.filter(subject=str(named.public_id)).order_by("sequence")
    assert [(entry.action, entry.details.get("changed")) for entry in told] == [
        (Action.CREATE, None), (Action.CHANGE, ["letter"]), (Action.CHANGE, ["ends"])
    ]  # fmt: skip
    assert {(entry.actor, entry.school, entry.authority) for entry in told} == {
        (str(universe.lead.public_id), "900001", "801")
    }
    assert Entry.objects.filter(subject_kind="accounts.invitation", details__changed=["withdrawn"]).count() == 2


def test_only_a_safeguarding_lead_names_colleagues() -> None:
    assert ROLES_WITH[Permission.NAME_COLLEAGUES] == {Role.SAFEGUARDING_LEAD}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SAFEGUARDING_LEAD}))
def test_nobody_else_names_colleagues(role: Role, universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        name(universe, by=universe.own[role])
    assert not User.objects.filter(email=ADDRESS).exists()


def test_a_lead_names_for_no_other_school(universe: Universe) -> None:
    for school in (universe.ash, universe.beech, universe.cedar):
        with pytest.raises(PermissionDenied):
            name(universe, school=school)


def test_a_lead_gives_no_role_by_the_actions_of_administrators(universe: Universe) -> None:
    named = name(universe)
    with pytest.raises(PermissionDenied):
        invitations.invite(
            by=universe.lead, email="x@example.org", name="X", role=Role.SAFEGUARDING_LEAD, school=universe.alder
        )
    with pytest.raises(PermissionDenied):
        memberships.grant(by=universe.lead, user=named.user, role=Role.SOCIAL_WORKER, school=universe.alder)
    for act in (invitations.resend, invitations.withdraw):
        with pytest.raises(PermissionDenied):
            act(by=universe.lead, invitation=Invitation.objects.get())


def test_a_lead_whose_role_has_ended_does_nothing_any_more_and_the_named_stay(universe: Universe) -> None:
    named = name(universe)
    universe.lead.memberships.update(ends=TODAY - timedelta(days=1))
    forget_memberships(universe.lead)
    for act in (send_again, withdraw, end):
        with pytest.raises(PermissionDenied):
            act(by=universe.lead, membership=named)
    with pytest.raises(PermissionDenied):
        name(universe, email="other@alder.example.org")
    assert holds(named.user, Permission.RAISE_ENQUIRY, school=universe.alder)
    assert named in Membership.objects.visible_to(universe.administrator)
    memberships.end(by=universe.administrator, membership=named)


@pytest.mark.parametrize("act", [send_again, withdraw, end])
def test_a_lead_changes_only_what_they_gave(act: Any, universe: Universe) -> None:
    named = name(universe)
    deputy = User.objects.create_user("second@example.org", name="Second")
    second = draw_membership(deputy, Role.SAFEGUARDING_LEAD, universe.alder)
    with pytest.raises(PermissionDenied):
        act(by=second.user, membership=named)
    for role in (universe.lead.memberships.get(), universe.worker.memberships.get(), second):
        with pytest.raises(PermissionDenied):
            act(by=universe.lead, membership=role)
    with pytest.raises(PermissionDenied):
        act(by=named.user, membership=named)


def test_the_letter_is_sent_again_and_the_link_before_stops(
    universe: Universe, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send_again(by=universe.lead, membership=name(universe))
    first, second = links()
    assert client.get(first).status_code == 410 and client.get(second).status_code == 200


def test_a_withdrawn_name_takes_role_and_link_along(
    universe: Universe, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        named = withdraw(by=universe.lead, membership=name(universe))
    assert client.get(links()[0]).status_code == 410
    assert not holds(User.objects.get(pk=named.user_id), Permission.RAISE_ENQUIRY)
    for act in (send_again, withdraw, end):
        with pytest.raises(ValidationError, match="ended already"):
            act(by=universe.lead, membership=named)
    assert name(universe).pk != named.pk


def test_a_withdrawn_name_leaves_the_link_of_who_has_a_role_elsewhere(
    universe: Universe, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    name(universe, by=universe.elsewhere[Role.SAFEGUARDING_LEAD], school=universe.cedar)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw(by=universe.lead, membership=name(universe))
    assert client.get(links()[0]).status_code == 200


def test_who_has_come_is_neither_written_to_again_nor_withdrawn_but_ended(universe: Universe) -> None:
    named = come(name(universe))
    for act in (send_again, withdraw):
        with pytest.raises(ValidationError, match="has come already"):
            act(by=universe.lead, membership=named)
    assert end(by=universe.lead, membership=named, on=TODAY + timedelta(days=9)).ends == TODAY + timedelta(days=9)
    end(by=universe.lead, membership=named, on=TODAY - timedelta(days=1))
    assert not holds(User.objects.get(pk=named.user_id), Permission.RAISE_ENQUIRY)
    entry = Entry.objects.filter(subject=str(named.public_id)).latest("sequence")
    assert entry.details["after"] == "2026-11-17" and entry.actor == str(universe.lead.public_id)


def test_nobody_is_named_twice(universe: Universe) -> None:
    name(universe)
    for email in (ADDRESS.upper(), universe.lead.email):
        with pytest.raises(ValidationError, match="already"):
            name(universe, email=email)


def test_at_most_ten_who_have_not_come(universe: Universe) -> None:
    for number in range(MOST_AWAITED):
        named = name(universe, email=f"{number}@alder.example.org")
    name(universe, by=universe.other_school[Role.SAFEGUARDING_LEAD], school=universe.beech)
    with pytest.raises(ValidationError, match="Withdraw one"):
        name(universe)
    come(named)
    name(universe)


@pytest.mark.parametrize(("email", "called"), [("no address", "Head"), ("", "Head"), (ADDRESS, "  ")])
def test_what_cannot_be_named_is_refused(email: str, called: str, universe: Universe) -> None:
    with pytest.raises(ValidationError):
        name_colleague(by=universe.lead, school=universe.alder, email=email, name=called)
    assert not Membership.objects.filter(named_at__isnull=False).exists()


def test_a_colleague_in_no_other_role_is_kept_by_the_database(universe: Universe) -> None:
    named = name(universe)
    for wrong in ({"named_as": ""}, {"named_at": None}, {"role": Role.SOCIAL_WORKER}, {"granted_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=named.pk).update(**wrong)


# Whether there is an account elsewhere


@pytest.fixture
def known(universe: Universe) -> User:
    """An analyst of another authority who has come, and signed in an hour ago."""
    person = set_password(universe.elsewhere[Role.ANALYST])
    person.last_login = timezone.now() - timedelta(hours=1)
    person.save()
    return person


def seen_after(client: Client, universe: Universe, email: str, *, step: str = "") -> str:
    """All that a lead gets to see of naming an address, with what must differ made alike."""
    answer = posted(client, universe, email=email)
    text = answer.headers.get("Location", "") + page(client, universe)
    named = Membership.objects.get(named_at__isnull=False, ends=None)
    if step:
        address = reverse(step, args=[named.public_id])
        text += client.get(address).content.decode()
        text += client.post(address).headers.get("Location", "") + page(client, universe)
    alike = text.replace(email, "ADDRESS").replace(str(named.public_id), "ID")
    return "\n".join(line for line in alike.splitlines() if "csrf" not in line)


@pytest.mark.parametrize("step", ["", "colleague-send-again", "colleague-withdraw", "colleague-end"])
def test_an_address_with_an_account_elsewhere_looks_like_one_without(
    step: str, universe: Universe, known: User, signed_in: SignedIn
) -> None:
    client, texts = signed_in(universe.lead), []
    for email in (known.email, ADDRESS):
        with transaction.atomic():
            texts.append(seen_after(client, universe, email, step=step))
            transaction.set_rollback(True)
    assert texts[0] == texts[1]
    assert known.name not in texts[0] and "Head of Alder" in texts[0]


def test_who_was_invited_elsewhere_and_did_not_come_looks_the_same(universe: Universe, signed_in: SignedIn) -> None:
    invitations.invite(
        by=universe.elsewhere[Role.ADMINISTRATOR], email="waiting@example.org", name="Secret Name",
        role=Role.ANALYST, authority=universe.southmere,
    )  # fmt: skip
    client, texts = signed_in(universe.lead), []
    for email in ("waiting@example.org", ADDRESS):
        with transaction.atomic():
            texts.append(seen_after(client, universe, email, step="colleague-withdraw"))
            transaction.set_rollback(True)
    assert texts[0] == texts[1]


def test_who_has_an_account_gets_the_role_for_this_school_and_no_link(
    universe: Universe, known: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        named = name(universe, email=known.email)
    assert named.user == known and User.objects.get(pk=known.pk).name == known.name != named.known_as
    assert not links() and "further role" in mail.outbox[-1].subject
    assert [m.school for m in known.memberships.filter(role=Role.SAFEGUARDING_LEAD)] == [universe.alder]
    assert not named.has_come and come(named).has_come


def test_no_form_offers_a_named_colleague_before_they_have_come(universe: Universe, known: User) -> None:
    named = name(universe, email=known.email)
    assert known not in people_with(Permission.VIEW_REVIEW, school=universe.alder)
    come(named)
    assert known in people_with(Permission.VIEW_REVIEW, school=universe.alder)


def test_a_closed_account_and_an_evaluator_are_refused_alike_and_in_the_audit(
    universe: Universe, known: User, signed_in: SignedIn
) -> None:
    User.objects.filter(pk=known.pk).update(is_active=False)
    client = signed_in(universe.lead)
    for email in (known.email, universe.evaluator.email):
        text = unescape(posted(client, universe, email=email).content.decode())
        assert "This address cannot be named here. Ask the administrator" in text
        assert "closed" not in text and "evaluator" not in text.replace(email, "").lower()
        with pytest.raises(AskAdministrator):
            name(universe, email=email)
    told = Entry.objects.filter(action=Action.DENIED, details__refused="colleague")
    assert [entry.school for entry in told] == ["900001", "900001"] and email not in str(told.values())
    assert not Membership.objects.filter(named_at__isnull=False).exists()


def test_being_named_leaves_an_account_with_its_administrator_until_the_person_has_come(
    universe: Universe, known: User
) -> None:
    there = universe.elsewhere[Role.ADMINISTRATOR]
    named = name(universe, email=known.email)
    assert people.manages_whole_person(there, known)
    assert not people.manages_whole_person(universe.administrator, known)
    newcomer = name(universe).user
    assert people.manages_whole_person(universe.administrator, newcomer)
    come(named)
    assert not people.manages_whole_person(there, known)


# Pages


def test_the_page_tells_who_uses_the_service_for_the_school_and_who_named_them(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        name(universe, email=f"{number}@alder.example.org")
    client = signed_in(universe.lead)
    with django_assert_max_num_queries(12):
        text = page(client, universe)
    assert universe.lead.email in text and "An administrator" in text
    assert "Head of Alder" in text and "Not yet come" in text and "18 November 2026" in text
    assert universe.worker.email not in text and universe.other_school[Role.SAFEGUARDING_LEAD].email not in text
    assert text.count(">Withdraw<") == text.count(">Send again<") == 5 and ">End<" not in text
    come(Membership.objects.filter(named_at__isnull=False)[0])
    assert page(client, universe).count(">Send again<") == 4


def test_last_days_are_shown_when_there_are_any(universe: Universe, signed_in: SignedIn) -> None:
    named, client = come(name(universe)), signed_in(universe.lead)
    assert "Last day" not in page(client, universe)
    end(by=universe.lead, membership=named, on=TODAY + timedelta(days=2))
    text = page(client, universe)
    assert "Last day" in text and "20 November 2026" in text and "Open" in text


def test_a_lead_names_a_colleague_on_a_page_and_ends_the_role(
    universe: Universe, signed_in: SignedIn, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(universe.lead)
    assert reverse("colleagues") in client.get(reverse("home")).content.decode()
    assert client.get(reverse("colleagues"), follow=True).request["PATH_INFO"].endswith(f"{universe.alder.public_id}/")
    with django_capture_on_commit_callbacks(execute=True):
        posted(client, universe)
    assert mail.outbox[0].to == [ADDRESS]
    assert f"A letter is on its way to {ADDRESS}." in page(client, universe)
    named = come(Membership.objects.get(named_as="Head of Alder"))
    day = {"on_day": "17", "on_month": "11", "on_year": "2026"}
    client.post(reverse("colleague-end", args=[named.public_id]), day)
    assert ADDRESS not in page(client, universe).replace("The last day of Head of Alder is set.", "")


def test_a_lead_of_two_schools_chooses_one(universe: Universe, signed_in: SignedIn) -> None:
    draw_membership(universe.lead, Role.SAFEGUARDING_LEAD, universe.ash, starts=STARTED)
    text = signed_in(universe.lead).get(reverse("colleagues")).content.decode()
    assert "Alder Academy" in text and "Ash Primary" in text and "Beech High" not in text


def test_what_is_added_to_the_form_changes_neither_role_nor_place(universe: Universe, signed_in: SignedIn) -> None:
    posted(
        signed_in(universe.lead), universe, role=Role.ADMINISTRATOR.value, place="everywhere", authority="802",
        school=str(universe.beech.public_id), starts="2020-01-01", granted_by="1", named_as="x", membership="1",
    )  # fmt: skip
    held = Membership.objects.get(user__email=ADDRESS)
    assert (held.role, held.school, held.starts) == (Role.SAFEGUARDING_LEAD, universe.alder, TODAY)
    assert held.granted_by == universe.lead and held.named_as == "Head of Alder"


def test_a_form_sent_to_another_school_names_nobody(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.lead)
    for school in (universe.ash.public_id, universe.beech.public_id, universe.cedar.public_id, uuid4()):
        body = {"name": "Head", "email": ADDRESS}
        assert client.post(reverse("colleague-name", args=[school]), body).status_code == 404
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("step", ["colleague-send-again", "colleague-withdraw", "colleague-end"])
def test_a_form_sent_about_the_role_of_another_changes_nothing(
    step: str, universe: Universe, signed_in: SignedIn
) -> None:
    there = name(universe, by=universe.other_school[Role.SAFEGUARDING_LEAD], school=universe.beech)
    before = list(Membership.objects.order_by("pk").values())
    client = signed_in(universe.lead)
    here = (universe.lead, universe.worker)
    elsewhere = (universe.manager, universe.other_school[Role.SAFEGUARDING_LEAD], universe.elsewhere[Role.ANALYST])
    for role in (there, *(person.memberships.get() for person in elsewhere)):
        assert client.post(reverse(step, args=[role.public_id])).status_code == 404
    for person in here:
        assert client.post(reverse(step, args=[person.memberships.get().public_id])).status_code == 403
    assert Entry.objects.filter(action=Action.DENIED, actor=str(universe.lead.public_id)).count() == 6
    assert list(Membership.objects.order_by("pk").values()) == before


def test_an_administrator_ends_what_a_lead_gave(universe: Universe, signed_in: SignedIn) -> None:
    named = name(universe)
    client = signed_in(universe.administrator)
    assert ADDRESS in client.get(reverse("account-list")).content.decode()
    day = {"on_day": "17", "on_month": "11", "on_year": "2026"}
    client.post(reverse("role-end", args=[named.public_id]), day)
    assert not Membership.objects.filter(colleagues.colleagues_today(), pk=named.pk).exists()
