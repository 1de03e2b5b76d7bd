"""The core codes: the same in every authority, stable, never reused. Those of contacts carry over to the activity log table.

An authority puts its own words on them and adds children of them (`LocalLabel`, `Code`); what is counted across authorities is
always the core code. A code that is no longer wanted is hidden, not taken away.
"""

from __future__ import annotations

from typing import Any

from django.db import models


class CodeList(models.TextChoices):
    """What is chosen from a list."""

    RAISED_BY = "raised_by", "Who raised it"
    KIND_OF_WORK = "kind_of_work", "Kind of work"
    ROLE = "role", "Within the role"
    TOPIC = "topic", "Topic"
    TIME_BAND = "time_band", "Time"
    MODE = "mode", "How"
    ACTION = "action", "Action"
    OUTCOME = "outcome", "Outcome"
    PATHWAY = "pathway", "Pathway"
    REFERRAL_OUTCOME = "referral_outcome", "What became of a referral"
    LEVEL = "level", "Level of involvement"
    REASON = "reason", "Why involvement opens or changes"
    CLOSING = "closing", "Why involvement closes"
    RESTRICTION = "restriction", "Why a record is restricted"


CORE: dict[str, dict[str, str]] = {
    CodeList.RAISED_BY: {
        "safeguarding lead": "Safeguarding lead or deputy",
        "head": "Head or senior leader",
        "head of year": "Head of year or house",
        "pastoral staff": "Pastoral or attendance staff",
        "teacher": "Teacher, tutor or assistant",
        "child": "Child",
        "parent": "Parent or carer",
        "social care": "Social worker or another social work team",
        "other professional": "Health, police or another service",
        "other": "Somebody else",
    },
    CodeList.KIND_OF_WORK: {
        "advice": "Discussion or advice to staff",
        "direct work": "Work with a child",
        "family work": "Work with parents or carers",
        "group work": "Group work or drop-in",
        "assessment": "Statutory assessment or enquiry",
        "meeting": "Meeting of professionals",
        "training": "Training for staff",
        "challenge": "Challenge to practice",
        "review": "Half-termly review",
        "other": "Other work",
    },
    CodeList.ROLE: {
        "statutory": "Statutory social work",
        "preventative": "Preventative work",
        "outside": "Outside the role",
    },
    CodeList.TOPIC: {
        "possible referral": "Possible referral",
        "open case": "A child with an open case",
        "attendance": "Attendance",
        "behaviour": "Behaviour",
        "exclusion": "Exclusion or isolation in school",
        "mental health": "Mental health and wellbeing",
        "self-harm": "Self-harm or suicidal thoughts",
        "neglect": "Neglect",
        "physical harm": "Physical harm",
        "emotional harm": "Emotional harm",
        "sexual harm": "Sexual harm",
        "domestic abuse": "Domestic abuse",
        "exploitation": "Exploitation or serious violence",
        "harm between children": "Harm between children or bullying",
        "online safety": "Online safety",
        "missing": "Missing from home or school",
        "substances": "Alcohol or drugs",
        "family relationships": "Family relationships",
        "private law": "Separated parents and the family court",
        "young carer": "Young carer",
        "special needs": "Special educational needs or disability",
        "housing and money": "Housing, money or immigration",
        "other": "Another topic",
    },
    CodeList.TIME_BAND: {
        "under 5 minutes": "Under 5 minutes",
        "5 to 30 minutes": "5 to 30 minutes",
        "30 to 60 minutes": "30 to 60 minutes",
        "over 60 minutes": "Over 60 minutes",
    },
    CodeList.MODE: {
        "in person": "In person",
        "phone": "Phone",
        "video": "Video call",
        "message": "E-mail or message",
        "home visit": "Home visit",
    },
    CodeList.ACTION: {
        "advised": "Gave advice",
        "spoke with child": "Spoke with the child",
        "spoke with family": "Spoke with the family",
        "checked records": "Checked social care records",
        "liaised": "Spoke with another professional",
        "joined meeting": "Joined or arranged a meeting",
        "visited": "Made a visit",
        "referred": "Made or supported a referral",
        "challenged": "Raised a concern about practice",
        "none": "No action needed",
        "other": "Another action",
    },
    CodeList.OUTCOME: {
        "advice given": "Advice given, nothing further needed",
        "signposted": "Signposted to another service",
        "early help": "Early help begun",
        "referral": "Referral to social care",
        "threshold not met": "Threshold not met",
        "continuing": "Work goes on",
    },
    CodeList.PATHWAY: {
        "A": "Pathway A: the school’s response to safeguarding",
        "B": "Pathway B: working with staff and parents",
        "C": "Pathway C: relationships with young people",
    },
    CodeList.REFERRAL_OUTCOME: {
        "accepted": "Accepted",
        "no further action": "No further action",
        "threshold not met": "Threshold not met",
        "no reply": "No reply yet",
    },
    CodeList.LEVEL: {
        "advice": "Advice",
        "preventative": "Preventative work",
        "early help": "Early help",
        "assessment": "Assessment",
        "child in need": "Child in need",
        "child protection": "Child protection",
        "looked after": "Looked after",
        "care leaver": "Care leaver",
    },
    CodeList.REASON: {
        "school asked": "The school asked",
        "family asked": "The child or family asked",
        "referral": "After a referral",
        "allocated": "Allocated by social care",
        "stepped down": "Stepped down from another team",
        "new concern": "New or growing concern",
        "progress": "Progress made",
        "plan changed": "The plan changed",
        "handed over": "Handed over to another worker",
        "other": "Another reason",
    },
    CodeList.CLOSING: {
        "needs met": "Needs met",
        "stepped down": "Stepped down to early help or the school",
        "transferred": "Transferred to another team or authority",
        "left school": "Left the school",
        "declined": "Family declined",
        "opened in error": "Opened in error",
        "other": "Another reason",
    },
    CodeList.RESTRICTION: {
        "own or relative": "Member of staff, or related to one",
        "risk of harm": "Risk of harm if it were seen",
        "court or adoption": "Order of a court, or adoption",
        "public interest": "Case in the public eye",
        "other": "Another reason",
    },
}
# The lists of the log: an authority puts its own words on them. The other lists are the same everywhere.
LOG_LISTS = (
    CodeList.RAISED_BY, CodeList.KIND_OF_WORK, CodeList.ROLE, CodeList.TOPIC, CodeList.TIME_BAND, CodeList.MODE,
    CodeList.ACTION, CodeList.OUTCOME, CodeList.PATHWAY,
)  # fmt: skip
TREES = frozenset(LOG_LISTS) - {CodeList.TIME_BAND, CodeList.PATHWAY}  # those that take children of their codes


def seed_core_codes(code: Any) -> int:
    """Add the core codes that the table lacks, through the model that is given. Gives back how many; none is changed."""
    held = set(code._base_manager.filter(authority=None).values_list("list_name", "code"))
    missing = [
        code(list_name=str(list_name), code=value, name=name, place=place)
        for list_name, codes in CORE.items()
        for place, (value, name) in enumerate(codes.items())
        if (str(list_name), value) not in held
    ]
    code._base_manager.bulk_create(missing)
    return len(missing)
