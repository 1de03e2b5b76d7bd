"""What information governance keeps of its own work."""

from service.records.models.disposals import Disposal, DisposalItem, DisposalState, Tombstone
from service.records.models.exports import Export
from service.records.models.retention import Category, LegalHold, RetentionRule, Trigger
from service.records.models.subject_access import ClockPause, Redaction, Requester, RequestState, SubjectRequest

__all__ = [
    "Category",
    "ClockPause",
    "Disposal",
    "DisposalItem",
    "DisposalState",
    "Export",
    "LegalHold",
    "Redaction",
    "RequestState",
    "Requester",
    "RetentionRule",
    "SubjectRequest",
    "Tombstone",
    "Trigger",
]
