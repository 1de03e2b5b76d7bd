"""Rules, old work and second officers, as the tests of information governance draw them."""

from __future__ import annotations

from datetime import date
from typing import Any

from service.accounts.models import User
from service.permissions import Role
from service.practice.models import ChildReference, Contact
from service.records.actions.retention import set_rule
from service.records.models import Category, RetentionRule, Trigger
from service.records.retention import SUGGESTIONS
from service.schools.models import School
from tests.service.universe import Universe, draw_membership

LONG_AGO = date(2018, 3, 14)
PLANTED = "The-planted-words-of-a-case-7351"


def draw_second(universe: Universe, role: Role = Role.INFORMATION_GOVERNANCE) -> User:
    """Another person with the same role in Northbrook."""
    second = User.objects.create_user(f"second.{role.name.lower()}@own.example.org", name="The second person")
    draw_membership(second, role, universe.alder)
    return second


def draw_rule(universe: Universe, category: Category, **decided: Any) -> RetentionRule:
    suggested = SUGGESTIONS[category]
    decided = {"trigger": suggested.trigger, "years": suggested.years, "reason": "Our schedule of 2026"} | decided
    return set_rule(by=universe.governance, authority=universe.northbrook, category=category, **decided)


def draw_old_contact(by: User, school: School, *, day: date = LONG_AGO, **fields: Any) -> Contact:
    """A contact of a day on which nobody could have recorded one by the actions."""
    told = {
        "raised_by": "safeguarding lead", "kind_of_work": "advice", "role": "statutory",
        "time_band": "5 to 30 minutes", "account": PLANTED,
    }  # fmt: skip
    return Contact.objects.create(
        authority=school.authority, school=school, date=day, worker=by, recorded_by=by, **told | fields
    )


def draw_version(contact: Contact, **fields: Any) -> Contact:
    """A correction of a contact, which supersedes it."""
    Contact._base_manager.filter(pk=contact.pk).update(
        state="superseded", ended_by=contact.recorded_by, ended_at=contact.recorded_at, end_reason="Wrong"
    )
    told = {
        "date": contact.date, "child": contact.child, "entry": contact.entry, "supersedes": contact,
        "version": contact.version + 1,
    }  # fmt: skip
    return draw_old_contact(contact.recorded_by, contact.school, **{"day": told.pop("date")} | told | fields)


def age_child(child: ChildReference) -> ChildReference:
    ChildReference.objects.filter(pk=child.pk).update(created_at="2018-03-01T10:00:00Z")
    return child


LAST_CONTACT, CLOSURE = Trigger.LAST_CONTACT, Trigger.CLOSURE
