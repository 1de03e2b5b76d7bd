"""Who may have the pages of evidence."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from service.evidence.actions.reports import release
from service.evidence.models import Audience
from service.permissions import Role
from service.programmes.actions import allocation
from service.programmes.models import Allocation
from tests.service.access import Access
from tests.service.evidence.drawing import fake_evaluation, fake_panel, fake_release, fake_study
from tests.service.programmes.drawing import draw_certificate, submitted_round, text_of
from tests.service.universe import TODAY, Universe

ANALYSTS = frozenset({Role.ANALYST})
SEE_PANELS = frozenset({Role.ANALYST, Role.EVALUATOR})
COMPOSE = frozenset({Role.EVALUATOR, Role.PROGRAMME_LEAD})
EVALUATORS = frozenset({Role.EVALUATOR})
READ = frozenset({Role.EVALUATOR, Role.STEERING, Role.PROGRAMME_LEAD, Role.ANALYST})


def panel(universe: Universe) -> dict[str, object]:
    return {"panel": fake_panel(universe).public_id}


def job(universe: Universe) -> dict[str, object]:
    return {"job": fake_panel(universe).job.public_id}


def study(universe: Universe) -> dict[str, object]:
    return {"study": fake_study(universe).public_id}


def evaluation(universe: Universe) -> dict[str, object]:
    """A report of Northbrook that everybody there may read."""
    row = fake_evaluation(universe)
    release(by=universe.evaluator, evaluation=row, audiences=list(Audience.values), read_for_small_numbers=True)
    return {"evaluation": row.public_id}


def told(universe: Universe) -> dict[str, object]:
    """An allocation of Northbrook that is published, over a panel."""
    fake_panel(universe)
    row = Allocation.objects.first()
    if row is None:
        submitted = submitted_round(universe)
        with TemporaryDirectory() as name:
            certificate = draw_certificate(Path(name), text_of(submitted))
        row = allocation.enter_allocation(by=universe.evaluator, rounds=[submitted], certificate=certificate)
        allocation.publish(by=universe.evaluator, allocation=row, on=TODAY)
    return {"allocation": row.public_id}


ACCESS: dict[str, Access] = {
    "evidence": Access(READ),
    "evidence-list": Access(READ, kwargs=lambda universe: {"what": "reports"}),
    "returns-upload": Access(ANALYSTS),
    "evidence-job": Access(SEE_PANELS, reach="authority", kwargs=job),
    "evidence-job-cancel": Access(SEE_PANELS, reach="authority", kwargs=job, method="post"),
    "panel": Access(SEE_PANELS, reach="authority", kwargs=panel),
    "panel-quality": Access(SEE_PANELS, reach="authority", kwargs=panel, page=False),
    "panel-download": Access(SEE_PANELS, reach="authority", kwargs=panel, page=False),
    "panel-publish": Access(ANALYSTS, reach="authority", kwargs=panel),
    "panel-figures": Access(
        READ, reach="authority", kwargs=lambda universe: {"release": fake_release(universe).public_id}
    ),
    "panel-figures-download": Access(
        READ, reach="authority", kwargs=lambda universe: {"release": fake_release(universe).public_id}, page=False
    ),
    "study-begin": Access(
        COMPOSE,
        reach="authority",
        kwargs=lambda universe: {"authority": fake_panel(universe).authority.public_id},
    ),
    "trial-begin": Access(COMPOSE, reach="authority", kwargs=told),
    "study": Access(COMPOSE, reach="authority", kwargs=study),
    "study-plan": Access(EVALUATORS, reach="authority", kwargs=study),
    "study-lock": Access(EVALUATORS, reach="authority", kwargs=study),
    "study-newer": Access(COMPOSE, reach="authority", kwargs=study, method="post"),
    "study-folder": Access(COMPOSE, reach="authority", kwargs=study, method="post"),
    "study-run": Access(EVALUATORS, reach="authority", kwargs=study, method="post"),
    "evaluation": Access(READ, reach="authority", kwargs=evaluation),
    "evaluation-report": Access(
        READ, reach="authority", kwargs=lambda universe: evaluation(universe) | {"kind": "html"}, page=False
    ),
    "evaluation-folder": Access(EVALUATORS, reach="authority", kwargs=evaluation, page=False),
    "evaluation-release": Access(EVALUATORS, reach="authority", kwargs=evaluation),
    "evaluation-withdraw": Access(EVALUATORS, reach="authority", kwargs=evaluation),
}
