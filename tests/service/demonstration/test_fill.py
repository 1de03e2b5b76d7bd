"""Filling in bulk: as many rows as asked for, which the service's own rules would have let in, and refused elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Entry
from service.audit.verify import verify_audit
from service.permissions import Permission, holds
from service.practice.actions.contact_details import covered
from service.practice.models import ChildReference, Contact
from service.schools.models import Authority, School
from tests.service.conftest import SignedIn

SMALL = {"authorities": 2, "schools": 3, "contacts": 50}


@pytest.fixture
def filled(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEMONSTRATION = True
    monkeypatch.setattr("service.demonstration.filling.CHILDREN_OF_A_SCHOOL", 15)
    call_command("fill", **SMALL)


@pytest.mark.usefixtures("filled")
def test_there_is_as_much_as_was_asked_for_and_it_is_seen_by_whom_it_concerns(signed_in: SignedIn) -> None:
    assert (Authority.objects.count(), School.objects.count(), Contact.objects.count()) == (2, 3, 50)
    assert ChildReference.objects.values("reference").distinct().count() == 45
    for contact in Contact.objects.select_related("worker", "school", "child"):
        assert contact.worker is not None
        assert covered(contact.worker, contact.school, contact.date)
        assert contact.date <= timezone.localdate()
        assert contact.topics.count() == 1
        assert contact.child is None or contact.child.school == contact.school
        contact.full_clean()
    worker = User.objects.get(name="Worker 700000")
    assert holds(worker, Permission.RECORD_CONTACT, school=School.objects.get(urn="700000"))
    assert signed_in(worker).get("/practice/contacts/").status_code == 200


@pytest.mark.usefixtures("filled")
def test_the_audit_tells_that_it_was_filled_behind_the_actions() -> None:
    assert verify_audit().holds
    assert Entry.objects.get().details == {"filled": 50, "behind the actions": True}


@pytest.mark.usefixtures("filled")
def test_nothing_is_filled_where_somebody_is() -> None:
    with pytest.raises(CommandError, match="Fill an empty database"):
        call_command("fill", **SMALL)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"authorities": 0}, {"schools": 1}, {"contacts": 0}, {"authorities": 100}])
def test_a_size_that_cannot_be_is_refused(wrong: dict[str, int], settings: Any) -> None:
    settings.DEMONSTRATION = True
    with pytest.raises(CommandError, match="1 to 99 authorities"):
        call_command("fill", **(SMALL | wrong))
    assert not User.objects.exists()


@pytest.mark.django_db
def test_it_is_refused_where_there_is_no_demonstration(settings: Any) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="SWIS_DEMONSTRATION is not set"):
        call_command("fill", **SMALL)
