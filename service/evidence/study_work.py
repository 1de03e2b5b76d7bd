"""What the library does with a study: lock its plan, run it, write its report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import exp, inf
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

from service.evidence.archives import FOR_OTHERS, REPORT, pack_folder
from service.evidence.composing.folder import StudyFolder, compose_folder, lock_file, protocol_file
from service.evidence.editions import edition_for_others, may_be_told
from service.evidence.incoming import Refused
from service.evidence.models import Study
from service.evidence.panel_work import private_folder
from service.evidence.progress import Tell
from swis.errors import SwisError
from swis.report.compose import compose_report
from swis.report.document import Document
from swis.report.trial.compose import compose_trial
from swis.report.words import interval, ratio
from swis.report.write import write_document
from swis.study.evaluation import OutcomeEvaluation
from swis.study.finding import Finding
from swis.study.lock import lock_study
from swis.study.read import read_study
from swis.study.study import Study as ReadStudy
from swis.study.together import evaluate
from swis.study.trial.evaluate import evaluate_trial
from swis.study.trial.evaluation import OutcomeResult
from swis.study.trial.plan import lock_trial
from swis.study.trial.read import read_trial
from swis.study.trial.trial import Trial

NOT_ESTIMABLE = "not estimable"


@dataclass(frozen=True)
class LockedPlan:
    """The protocol as it was locked, the lock, and whether counts of terms after the start were there."""

    protocol: str
    lock: str
    counts_were_there: bool


@dataclass(frozen=True)
class RanStudy:
    """The report and the folder that it was run on, as zips, and what the pages show."""

    report: bytes
    folder: bytes
    facts: dict[str, Any]


def lock_plan(study: Study, *, on: date) -> LockedPlan:
    """Lock the plan of a study by the library, over the folder as it is now. Raises `ValidationError`."""
    composed = compose_folder(study)
    with private_folder() as name:
        folder = Path(name) / "study"
        composed.write(folder)
        try:
            lock = (lock_trial if study.is_trial else lock_study)(folder, on=on)
        except SwisError as error:
            raise ValidationError(str(error)) from None
        return LockedPlan(
            protocol=_plan_alone(composed, study),
            lock=(folder / lock_file(study)).read_text(encoding="utf-8"),
            counts_were_there=lock.counts_after_start_were_there,
        )


def _plan_alone(composed: StudyFolder, study: Study) -> str:
    """The protocol without its money, which is no part of the plan."""
    return composed.files[protocol_file(study)].decode("utf-8").partition("\n[money]\n")[0].rstrip() + "\n"


def check_folder(composed: StudyFolder, study: Study) -> list[Finding]:
    """What `swis check` finds in a composed folder. Raises SwisError for what stops it."""
    with private_folder() as name:
        folder = Path(name) / "study"
        composed.write(folder)
        read: ReadStudy | Trial = read_trial(folder) if study.is_trial else read_study(folder)
        return list(read.findings)


def run_study(study: Study, tell: Tell) -> RanStudy:
    """Compose the folder of a study, run it and write its report. Raises SwisError and `Refused`."""
    tell("Composing the folder", 0, 1)
    try:
        composed = compose_folder(study)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    with private_folder() as name:
        folder, place = Path(name) / "study", Path(name) / REPORT
        composed.write(folder)
        facts = (_run_trial if study.is_trial else _run_comparison)(folder, place, tell)
        return RanStudy(pack_folder(place), composed.packed(), facts)


def _run_comparison(folder: Path, place: Path, tell: Tell) -> dict[str, Any]:
    read = read_study(folder)
    evaluation = evaluate([read], progress=tell)
    _write_editions(compose_report(evaluation), place, tell)
    return {
        "swis_version": evaluation.swis_version,
        "plan_state": read.plan_status.state,
        "verdicts": [_verdict(one) for one in evaluation.outcomes],
        "warnings": _warnings(read.findings),
    }


def _run_trial(folder: Path, place: Path, tell: Tell) -> dict[str, Any]:
    trial = read_trial(folder)
    evaluation = evaluate_trial(trial, progress=tell)
    _write_editions(compose_trial(evaluation), place, tell)
    return {
        "swis_version": evaluation.swis_version,
        "plan_state": trial.plan_status.state,
        "verdicts": [_trial_verdict(one) for one in evaluation.outcomes],
        "warnings": _warnings(trial.findings),
    }


def _write_editions(document: Document, place: Path, tell: Tell) -> None:
    """The report as `swis evaluate` writes it, and the edition for readers outside the evaluation."""
    write_document(document, place, name=REPORT, progress=tell)
    write_document(edition_for_others(document), place, name=FOR_OTHERS, progress=tell)


def _warnings(findings: Iterable[Finding]) -> int:
    return sum(finding.severity == "warning" for finding in findings)


def _unanswered(one: OutcomeEvaluation | OutcomeResult) -> dict[str, Any]:
    names = {"name": one.outcome.name, "primary": one.outcome.primary, "told": may_be_told(one)}
    return names | {"estimate": "", "interval": ""}


def _verdict(one: OutcomeEvaluation) -> dict[str, Any]:
    shown = _unanswered(one)
    if one.appraisal is None:
        return shown | {"verdict": NOT_ESTIMABLE, "why": one.reason}
    verdict, estimate = one.appraisal.verdict, exp(one.appraisal.log_ratio)
    return shown | {
        "estimate": "none that is finite" if estimate in (0, inf) else ratio(estimate),
        "interval": interval(verdict.low, verdict.high),
        "verdict": verdict.kind,
        "why": verdict.reasons[0],
    }


def _trial_verdict(one: OutcomeResult) -> dict[str, Any]:
    shown = _unanswered(one)
    if one.estimate is not None:
        shown |= {"estimate": ratio(one.estimate.ratio), "interval": interval(one.estimate.low, one.estimate.high)}
    if one.verdict is None:
        return shown | {"verdict": NOT_ESTIMABLE, "why": one.why_not}
    return shown | {"verdict": one.verdict.kind, "why": one.verdict.reasons[0]}
