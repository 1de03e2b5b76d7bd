"""The rows of the programme, one noun a file."""

from service.programmes.models.agreements import Agreement, AgreementText, Audience, Signature
from service.programmes.models.allocation import Allocation, Arm, Commitment, SchoolArm
from service.programmes.models.claims import Basis, Category, Claim
from service.programmes.models.governance import (
    EarlierMinutes,
    Group,
    GroupAction,
    GroupKind,
    GroupMember,
    Meeting,
    Paper,
)
from service.programmes.models.menu import Menu, MenuItem, MenuRole
from service.programmes.models.milestones import Milestone, MilestoneMove
from service.programmes.models.nominations import Nomination, NominationRound, NominationUpload, RoundStatus
from service.programmes.models.placements import (
    WEEKDAYS,
    Decision,
    FitProposal,
    Mode,
    Placement,
    SchoolNeeds,
    SchoolView,
    Strength,
    WorkerProfile,
)
from service.programmes.models.readiness import Area, CheckState, ReadinessItem, SchoolCheck, Side
from service.programmes.models.risks import LEVELS, Risk, RiskKind, RiskReview

__all__ = [
    "LEVELS",
    "WEEKDAYS",
    "Agreement",
    "AgreementText",
    "Allocation",
    "Area",
    "Arm",
    "Audience",
    "Basis",
    "Category",
    "CheckState",
    "Claim",
    "Commitment",
    "Decision",
    "EarlierMinutes",
    "FitProposal",
    "Group",
    "GroupAction",
    "GroupKind",
    "GroupMember",
    "Meeting",
    "Menu",
    "MenuItem",
    "MenuRole",
    "Milestone",
    "MilestoneMove",
    "Mode",
    "Nomination",
    "NominationRound",
    "NominationUpload",
    "Paper",
    "Placement",
    "ReadinessItem",
    "Risk",
    "RiskKind",
    "RiskReview",
    "RoundStatus",
    "SchoolArm",
    "SchoolCheck",
    "SchoolNeeds",
    "SchoolView",
    "Side",
    "Signature",
    "Strength",
    "WorkerProfile",
]
