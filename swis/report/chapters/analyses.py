"""The analyses of an evaluation, by name and by what could be made of them."""

from __future__ import annotations

from swis.estimate.appraisal import Appraisal
from swis.study.evaluation import OutcomeEvaluation
from swis.study.protocol import Literature
from swis.study.together import Evaluation


def label(one: OutcomeEvaluation) -> str:
    """An analysis by authority and outcome."""
    return f"{one.authority}, {one.outcome.name}"


def appraised(evaluation: Evaluation) -> list[tuple[OutcomeEvaluation, Appraisal]]:
    """The analyses that could be appraised."""
    return [(one, one.appraisal) for one in evaluation.outcomes if one.appraisal is not None]


def literature_of(evaluation: Evaluation) -> list[Literature]:
    """What the studies quote from elsewhere, each once."""
    return list(dict.fromkeys(each for study in evaluation.studies for each in study.study.protocol.literature))
