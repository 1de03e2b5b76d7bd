"""Enquiries of Alder, made as people make them."""

from __future__ import annotations

from typing import Any

from service.enquiries.actions.enquiries import ask
from service.enquiries.models import Enquiry
from tests.service.universe import Universe


def draw_enquiry(universe: Universe, **changes: Any) -> Enquiry:
    """A question of the safeguarding lead of Alder about attendance in year 9."""
    given: dict[str, Any] = {
        "by": universe.lead,
        "school": universe.alder,
        "topic": "attendance",
        "urgency": "this week",
        "question": "When does an absence become a matter for you?",
        "year_group": "9",
    } | changes
    return ask(**given)
