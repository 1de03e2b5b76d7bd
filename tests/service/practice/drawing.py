"""Children and contacts as the tests of practice draw them: by the actions, or as rows where the action is not the matter."""

from __future__ import annotations

from typing import Any

from service.accounts.models import User
from service.practice.actions.contacts import record_contact
from service.practice.models import ChildReference, Contact
from service.schools.models import School
from tests.service.universe import TODAY

ADVICE: dict[str, Any] = {
    "raised_by": "safeguarding lead",
    "kind_of_work": "advice",
    "role": "statutory",
    "time_band": "5 to 30 minutes",
}


def draw_child(by: User, school: School, *, reference: str = "BKQR-4729", **fields: Any) -> ChildReference:
    return ChildReference.objects.create(
        authority=school.authority, school=school, reference=reference, created_by=by, **{"year_group": "9"} | fields
    )


def draw_contact(by: User, school: School, **details: Any) -> Contact:
    return record_contact(by=by, school=school, date=details.pop("date", TODAY), **ADVICE | details)
