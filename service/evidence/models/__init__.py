"""What evidence keeps: jobs, panels and their releases, studies, evaluations and to whom they were released."""

from __future__ import annotations

from service.evidence.models.archives import Archive
from service.evidence.models.jobs import Job, JobKind, JobState
from service.evidence.models.panels import Panel, PanelRelease
from service.evidence.models.studies import Audience, Evaluation, EvaluationRelease, Study, StudyKind

__all__ = [
    "Archive",
    "Audience",
    "Evaluation",
    "EvaluationRelease",
    "Job",
    "JobKind",
    "JobState",
    "Panel",
    "PanelRelease",
    "Study",
    "StudyKind",
]
