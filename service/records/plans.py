"""What goes with what when it is disposed of: the roots of each category, what hangs on them, and links that are cleared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from service.records.models import Category


@dataclass(frozen=True)
class Plan:
    """One table whose rows come due, by its label, with how to get to a school, a day and a child for a legal hold.

    `hanging` names tables with the path from their rows to the root, children before parents; they are deleted first.
    `cleared` names links of other rows to the root, which are emptied. Rows of one `key` are one thing.
    """

    label: str
    key: str = "public_id"
    schools: tuple[str, ...] = ()
    day: str = ""
    children: tuple[str, ...] = ()
    hanging: tuple[tuple[str, str], ...] = ()
    cleared: tuple[tuple[str, str], ...] = ()

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def rows(self) -> models.QuerySet[Any]:
        return self.model._base_manager.all()


CONTACT = Plan(
    "practice.Contact", key="entry", schools=("school",), day="date", children=("child",),
    hanging=(("practice.ReferralOutcome", "contact"),),
    cleared=(("enquiries.EnquiryStep", "contact"), ("diary.SessionRecord", "contact"), ("reviews.Review", "contact")),
)  # fmt: skip
CHILD = Plan(
    "practice.ChildReference",
    schools=("school", "places__school"),
    children=("pk",),
    hanging=(
        ("practice.ChildPlace", "child"),
        ("practice.CaseIdentifier", "child"),
        ("practice.Restriction", "child"),
        ("practice.RestrictedAccess", "child"),
        ("practice.BreakGlass", "child"),
        ("practice.ConflictOfInterest", "child"),
        ("practice.InvolvementStep", "involvement__child"),
        ("practice.Involvement", "child"),
        ("records.LegalHold", "child"),
        ("records.Redaction", "request__child"),
        ("records.ClockPause", "request__child"),
        ("records.SubjectRequest", "child"),
    ),
)
ENQUIRY = Plan(
    "enquiries.Enquiry", schools=("school",), day="asked_at", children=("steps__contact__child",),
    hanging=(("enquiries.KeptText", "enquiry"), ("enquiries.EnquiryStep", "enquiry")),
)  # fmt: skip
SESSION = Plan(
    "diary.Session", schools=("school",), day="starts_at", children=("records__contact__child",),
    hanging=(("diary.SessionRecord", "session"),), cleared=(("diary.Session", "moved_from"),),
)  # fmt: skip
PRESENCE = Plan("diary.PresenceDay", schools=("school",), day="day", cleared=(("diary.PresenceDay", "replaces"),))
ABSENCE = Plan("diary.Absence", schools=("school",), day="first")
REVIEW = Plan(
    "reviews.Review", schools=("school",), day="day",
    children=("items__child", "actions__child", "contact__child"),
    hanging=(
        ("reviews.ActionStep", "action__review"), ("reviews.ReviewAction", "review"), ("reviews.ReviewItem", "review"),
        ("reviews.ReviewRecord", "review"), ("reviews.Attendee", "review"), ("reviews.KeptForm", "review"),
    ),
    cleared=(("reviews.ActionStep", "review"),),
)  # fmt: skip
PROGRAMME = tuple(
    Plan(label)
    for label in (
        "programmes.Signature", "programmes.Agreement", "programmes.AgreementText", "programmes.SchoolCheck",
        "programmes.ReadinessItem", "programmes.Claim", "programmes.GroupAction", "programmes.Paper",
        "programmes.EarlierMinutes", "programmes.Meeting", "programmes.GroupMember", "programmes.Group",
        "programmes.MenuItem", "programmes.Menu",
        "programmes.MilestoneMove", "programmes.Milestone", "programmes.SchoolNeeds", "programmes.FitProposal",
        "programmes.WorkerProfile", "programmes.RiskReview", "programmes.Risk", "programmes.Placement",
        "practice.OtherWork",
    )
)  # fmt: skip
EVIDENCE = (
    Plan(
        "evidence.Study",
        hanging=(("evidence.EvaluationRelease", "evaluation__study"), ("evidence.Evaluation", "study")),
    ),
    Plan("evidence.Panel", hanging=(("evidence.PanelRelease", "panel"),)),
    Plan("evidence.Job"),
    Plan("sight.Release", hanging=(("sight.SchoolRelease", "release"),)),
)
PLANS: dict[Category, tuple[Plan, ...]] = {
    Category.CONTACTS: (CONTACT,),
    Category.CHILDREN: (CHILD,),
    Category.ENQUIRIES: (ENQUIRY,),
    Category.SESSIONS: (SESSION, PRESENCE, ABSENCE),
    Category.REVIEWS: (REVIEW,),
    Category.PROGRAMME: PROGRAMME,
    Category.EVIDENCE: EVIDENCE,
}
# These go in one piece, when the programme is over: if anything was added meanwhile, the list is drawn up anew.
WHOLE = frozenset({Category.PROGRAMME, Category.EVIDENCE})
# The links from evidence to files that are kept in the database and go with the last row that names them.
ARCHIVES = (
    ("evidence.Panel", "archive"),
    ("evidence.PanelRelease", "archive"),
    ("evidence.Evaluation", "report"),
    ("evidence.Evaluation", "folder"),
)

_THE_DRAW = "proves how schools were drawn; counts of schools, nothing about a person but who entered it"
_THE_PLACE = "the authority, its schools and its calendar; nothing about a child"
_ITS_OWN = "tells what was disposed of, under which rule and by whom"
_PEOPLE = "the people who may sign in: closed in Accounts, and named by what is still kept"
_WORDS = "the words of the log; nothing about a person"
NOT_DISPOSED = {
    "audit.Entry": "kept as long as the service, because its chain proves that nothing was taken out",
    "audit.ChainHead": "the end of the audit's chain",
    "schools.Authority": _THE_PLACE,
    "schools.School": _THE_PLACE,
    "schools.SchoolCluster": _THE_PLACE,
    "schools.Term": _THE_PLACE,
    "schools.ClosureDay": _THE_PLACE,
    "accounts.User": _PEOPLE,
    "accounts.Membership": _PEOPLE,
    "accounts.Invitation": _PEOPLE,
    "programmes.NominationRound": _THE_DRAW,
    "programmes.Nomination": _THE_DRAW,
    "programmes.NominationUpload": _THE_DRAW,
    "programmes.Commitment": _THE_DRAW,
    "programmes.Allocation": _THE_DRAW,
    "programmes.SchoolArm": _THE_DRAW,
    "practice.Code": _WORDS,
    "practice.LocalLabel": _WORDS,
    "practice.AuthorityChoices": _WORDS,
    "practice.LogImport": "that a file was imported, so that it is not imported twice; nothing of what it held",
    "practice.LogFile": "cleared by `manage.py tidy` when it was never imported",
    "practice.Draft": "cleared by `manage.py tidy`, and with the contact that it would correct",
    "diary.CalendarFeed": "the key to a person's own calendar, which the person ends",
    "enquiries.DigestChoice": "how a person likes to be written to",
    "records.Export": "that an export was made; the file goes after a day",
    "records.RetentionRule": _ITS_OWN,
    "records.Disposal": _ITS_OWN,
    "records.DisposalItem": _ITS_OWN,
    "records.Tombstone": _ITS_OWN,
    "operations.WorkerBeat": "when a process was last alive",
}
