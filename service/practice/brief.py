"""Brief contacts: the few words in a corridor that nobody would otherwise record. Each is one press of a button."""

from __future__ import annotations

from dataclasses import dataclass

from service.practice.actions.contact_details import ContactDetails


@dataclass(frozen=True)
class Brief:
    """A brief contact as it is recorded: under five minutes, on the day, in person. The button says what it counts as."""

    key: str
    label: str
    raised_by: str
    kind_of_work: str
    role: str

    @property
    def details(self) -> ContactDetails:
        return {
            "raised_by": self.raised_by,
            "kind_of_work": self.kind_of_work,
            "role": self.role,
            "time_band": "under 5 minutes",
            "mode": "in person",
        }


BRIEFS = (
    Brief("lead-statutory", "Safeguarding lead, about statutory work", "safeguarding lead", "advice", "statutory"),
    Brief("lead-preventative", "Safeguarding lead, preventative", "safeguarding lead", "advice", "preventative"),
    Brief("pastoral", "Pastoral staff, preventative", "pastoral staff", "advice", "preventative"),
    Brief("teacher", "Teacher or tutor, preventative", "teacher", "advice", "preventative"),
    Brief("child", "A child came to talk, preventative", "child", "direct work", "preventative"),
    Brief("parent", "A parent or carer, preventative", "parent", "family work", "preventative"),
)
BY_KEY = {brief.key: brief for brief in BRIEFS}
