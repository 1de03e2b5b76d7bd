"""An evaluation as one JSON object for machines: unrounded, with keys that stay.

Keys below an analysis are the names of the fields of the results in `swis.estimate`. JSON has no infinity: an infinite
number is the text "Infinity" or "-Infinity". Where there is no number there is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from math import exp, isinf, isnan
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from swis.estimate.appraisal import Appraisal
from swis.study.evaluation import OutcomeEvaluation, StudyEvaluation
from swis.study.together import Evaluation, FamilyMember, PooledOutcome

FORMAT = 1
"""Raised when a key changes its meaning or goes away; a new key does not raise it."""

PARTS = (
    "quasi",
    "permutation",
    "cluster_permutation",
    "cr1",
    "cr2",
    "cr3",
    "bootstrap",
    "exact",
    "exact_last_two",
    "firth",
    "pre_trend",
    "detectable",
    "floor",
)
"""The results within an appraisal that are given field by field."""


def evaluation_as_json(evaluation: Evaluation, written: Mapping[str, Path]) -> dict[str, Any]:
    """The whole evaluation and the paths of what was written."""
    family = iter(evaluation.family)
    return {
        "format": FORMAT,
        "swis_version": evaluation.swis_version,
        "studies": [_study(study, [next(family) for _ in study.outcomes]) for study in evaluation.studies],
        "pooled": [_pooled(one) for one in evaluation.pooled],
        "report": {name: str(path) for name, path in written.items()},
    }


def _study(study: StudyEvaluation, family: list[FamilyMember]) -> dict[str, Any]:
    read = study.study
    return {
        "name": read.name,
        "title": read.title,
        "authority": read.authority,
        "plan": read.plan_status.state,
        "sha256": {"all": read.hashes.all, **read.hashes.files},
        "findings": [fields_as_json(finding) | {"rows": list(finding.rows)} for finding in read.findings],
        "analyses": [_analysis(one, member) for one, member in zip(study.outcomes, family, strict=True)],
        "cost": fields_or_null(study.cost),
    }


def _analysis(one: OutcomeEvaluation, member: FamilyMember) -> dict[str, Any]:
    comparison = one.comparison
    return {
        "outcome": one.outcome.code,
        "name": one.outcome.name,
        "schools_with_social_worker": int(comparison.intervention.sum()),
        "schools_without": int((~comparison.intervention).sum()),
        "terms": list(comparison.terms),
        "reference": comparison.reference,
        "after": list(comparison.after),
        "published_claim": one.outcome.published_claim,
        "published_method": _published(one),
        "reproduced": {"of": len(one.reproduction), "agree": sum(number.agrees for number in one.reproduction)},
        "family": fields_as_json(member),
        "why_not_estimable": one.reason or None,
        **_appraisal(one.appraisal),
    }


def _published(one: OutcomeEvaluation) -> dict[str, Any] | None:
    if one.published is None:
        return None
    return fields_as_json(one.published.interaction) | {
        "standard_error": number_as_json(one.published.standard_error),
        "separated": bool(one.published.separation),
        "significant": one.published.significant,
    }


def _appraisal(appraisal: Appraisal | None) -> dict[str, Any]:
    """What better inference says; the same keys, all null, where the outcome cannot be appraised."""
    if appraisal is None:
        names = ("verdict", "rate_ratio", "separated", "permutation_interval", "warnings", "not_estimable", *PARTS)
        return dict.fromkeys(names)
    return {
        "verdict": fields_as_json(appraisal.verdict) | {"reasons": list(appraisal.verdict.reasons)},
        "rate_ratio": number_as_json(exp(appraisal.log_ratio)),
        "separated": bool(appraisal.separation),
        "permutation_interval": [number_as_json(end) for end in appraisal.permutation_interval],
        "warnings": list(appraisal.warnings),
        "not_estimable": dict(appraisal.not_estimable),
        **{part: fields_or_null(getattr(appraisal, part)) for part in PARTS},
    }


def _pooled(one: PooledOutcome) -> dict[str, Any]:
    pooled = one.pooled
    return {
        "outcome": one.outcome,
        "name": one.name,
        "bias_reduced": list(one.bias_reduced),
        "reason": one.reason or None,
        "authorities": None if pooled is None else list(pooled.authorities),
        "random_effects": None if pooled is None else fields_as_json(pooled.random_effects),
        "prediction": None if pooled is None else [number_as_json(end) for end in pooled.prediction],
        "i_squared": None if pooled is None else number_as_json(pooled.i_squared),
        "bayes": [fields_as_json(each) for each in one.bayes],
    }


def fields_or_null(result: Any) -> dict[str, Any] | None:
    """As `fields_as_json`; null where there is no result."""
    return None if result is None else fields_as_json(result)


def fields_as_json(result: Any) -> dict[str, Any]:
    """The fields of a result that are a text, a number, yes or no, or nothing; arrays and nested results are left out."""
    values = {field.name: getattr(result, field.name) for field in fields(result)}
    return {name: number_as_json(value) for name, value in values.items() if _is_plain(value)}


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | bool | np.bool_ | Real | Decimal)


def number_as_json(value: Any) -> Any:
    """A text, number, yes or no, or nothing as JSON has it."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, np.bool_):
        return bool(value)
    number = float(value)
    if isnan(number):
        return None
    return ("Infinity" if number > 0 else "-Infinity") if isinf(number) else number
