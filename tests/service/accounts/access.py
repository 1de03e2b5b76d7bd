"""Who may have the pages about accounts."""

from __future__ import annotations

from service.accounts.actions.colleagues import name_colleague
from service.accounts.actions.invitations import hash_of_token, invite
from service.accounts.models import Invitation, Membership, User
from service.permissions import Role
from tests.service.access import EVERYBODY, Access
from tests.service.universe import Universe

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
LEADS = frozenset({Role.SAFEGUARDING_LEAD})


def invited(universe: Universe) -> Invitation:
    """An open invitation to Northbrook."""
    person = User.objects.filter(email="new@example.org").first()
    if person is None:
        person = invite(
            by=universe.administrator, email="new@example.org", name="New", role=Role.ANALYST, authority=universe.northbrook
        )  # fmt: skip
    return person.invitations.get()


def open_token(universe: Universe) -> str:
    """A token whose hash stands in an open invitation."""
    row = invited(universe)
    row.token_hash = hash_of_token("a-token-of-the-test")
    row.save()
    return "a-token-of-the-test"


def person(universe: Universe) -> dict[str, object]:
    return {"person": universe.worker.public_id}


def invitation(universe: Universe) -> dict[str, object]:
    return {"invitation": invited(universe).public_id}


def school(universe: Universe) -> dict[str, object]:
    return {"school": universe.alder.public_id}


def colleague(universe: Universe) -> dict[str, object]:
    """A colleague whom the lead of Alder named, and who has not come yet."""
    named = Membership.objects.filter(named_as="Head of Alder").first() or name_colleague(
        by=universe.lead, school=universe.alder, email="head@alder.example.org", name="Head of Alder"
    )
    return {"membership": named.public_id}


def school_with_colleague(universe: Universe) -> dict[str, object]:
    colleague(universe)
    return school(universe)


ACCESS: dict[str, Access] = {
    "account-list": Access(ADMINISTRATORS),
    "account": Access(ADMINISTRATORS, reach="authority", kwargs=person),
    "account-name": Access(ADMINISTRATORS, reach="authority", kwargs=person),
    "account-role": Access(ADMINISTRATORS, reach="authority", kwargs=person),
    "account-close": Access(ADMINISTRATORS, reach="authority", kwargs=person),
    "account-reopen": Access(ADMINISTRATORS, reach="authority", kwargs=person),
    "account-second-factor-reset": Access(ADMINISTRATORS, reach="authority", kwargs=person),
    "role-end": Access(
        ADMINISTRATORS,
        reach="authority",
        kwargs=lambda universe: {"membership": universe.worker.memberships.get().public_id},
    ),
    "invitation-list": Access(ADMINISTRATORS),
    "account-invite": Access(ADMINISTRATORS),
    "invitation-resend": Access(ADMINISTRATORS, reach="authority", kwargs=invitation),
    "invitation-withdraw": Access(ADMINISTRATORS, reach="authority", kwargs=invitation),
    "colleagues": Access(LEADS),
    "colleagues-of": Access(LEADS, reach="school", kwargs=school_with_colleague),
    "colleague-name": Access(LEADS, reach="school", kwargs=school),
    "colleague-send-again": Access(LEADS, reach="school", kwargs=colleague),
    "colleague-withdraw": Access(LEADS, reach="school", kwargs=colleague),
    "colleague-end": Access(LEADS, reach="school", kwargs=colleague),
    "invitation-accept": Access(EVERYBODY, public=True, kwargs=lambda universe: {"token": open_token(universe)}),
    "own-account": Access(EVERYBODY, signed_in=True),
    "account_change_password": Access(EVERYBODY, signed_in=True),
    "sign-in-refused": Access(EVERYBODY, public=True),
}
