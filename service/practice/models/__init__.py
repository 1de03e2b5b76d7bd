"""What practice is recorded in."""

from service.practice.models.children import (
    YEAR_GROUPS,
    BreakGlass,
    CaseIdentifier,
    ChildPlace,
    ChildReference,
    ConflictOfInterest,
    Known,
    RestrictedAccess,
    Restriction,
)
from service.practice.models.codes import AuthorityChoices, Code, LocalLabel
from service.practice.models.contacts import ONLY_WHEN_ACCEPTED, Contact, LedTo, ReferralOutcome, Sharing, State
from service.practice.models.drafts import Draft
from service.practice.models.imports import LogFile, LogImport, Shape
from service.practice.models.involvement import LEVELS, Involvement, InvolvementStep, OtherWork

__all__ = [
    "LEVELS",
    "ONLY_WHEN_ACCEPTED",
    "YEAR_GROUPS",
    "AuthorityChoices",
    "BreakGlass",
    "CaseIdentifier",
    "ChildPlace",
    "ChildReference",
    "Code",
    "ConflictOfInterest",
    "Contact",
    "Draft",
    "Involvement",
    "InvolvementStep",
    "Known",
    "LedTo",
    "LocalLabel",
    "LogFile",
    "LogImport",
    "OtherWork",
    "ReferralOutcome",
    "RestrictedAccess",
    "Restriction",
    "Shape",
    "Sharing",
    "State",
]
