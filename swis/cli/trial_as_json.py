"""The evaluation of a trial as one JSON object for machines: unrounded, with keys that stay.

Keys below an outcome are the names of the fields of the results in `swis.estimate.trial` and `swis.study.trial`. JSON has no
infinity: an infinite number is the text "Infinity" or "-Infinity". Where there is no number there is null.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from swis.cli.as_json import fields_as_json, fields_or_null, number_as_json
from swis.cli.money_as_json import money_fields
from swis.estimate.trial.attainment import EffectSize
from swis.estimate.trial.attainment_departures import MissingScores, ScoreComplier
from swis.estimate.trial.attainment_effects import ScoreInteraction
from swis.estimate.trial.bayes import SCALES, BayesTrial
from swis.estimate.trial.effects import Interaction
from swis.estimate.trial.missing_outcomes import MissingOutcomes
from swis.estimate.trial.non_compliance import ComplierAverage
from swis.estimate.trial.result import TrialEstimate
from swis.study.trial.evaluation import Option, OutcomeResult, TrialEvaluation

FORMAT = 1
"""Raised when a key changes its meaning or goes away; a new key does not raise it."""


def trial_as_json(evaluation: TrialEvaluation, written: Mapping[str, Path]) -> dict[str, Any]:
    """The whole evaluation and the paths of what was written."""
    trial = evaluation.trial
    return {
        "format": FORMAT,
        "kind": "trial",
        "swis_version": evaluation.swis_version,
        "name": trial.name,
        "title": trial.title,
        "authorities": list(trial.protocol.authorities),
        "plan": trial.plan_status.state,
        "sha256": {"all": trial.hashes.all, **trial.hashes.files},
        "findings": [fields_as_json(finding) | {"rows": list(finding.rows)} for finding in trial.findings],
        "certificate": _certificate(evaluation),
        "redrawn": evaluation.redrawn,
        "flow": plain(asdict(evaluation.flow)),
        "baseline": plain(asdict(evaluation.baseline)["rows"]),
        "outcomes": [_outcome(one) for one in evaluation.outcomes],
        "monitoring": _monitoring(evaluation),
        "cost": fields_or_null(evaluation.cost),
        "money": None if evaluation.money is None else money_fields(evaluation.money),
        "why_no_money": evaluation.money_not or None,
        "lesson": _lesson(evaluation),
        "report": {name: str(path) for name, path in written.items()},
    }


def _lesson(evaluation: TrialEvaluation) -> dict[str, Any] | None:
    """What each belief foretold of the trial, and what it became."""
    lesson = evaluation.lesson
    if lesson is None:
        return None
    return {
        "trial": fields_as_json(lesson.trial),
        "pilots": {study.name: study.hashes.all for study in evaluation.trial.pilots},
        "schools_needed": lesson.needed,
        "foretold": [
            fields_as_json(one.prediction) | {"after": plain(one.after.interval()), "value": fields_or_null(one.value)}
            for one in (lesson.at_their_word, *lesson.honest)
        ],
    }


def plain(value: Any) -> Any:
    """Mappings and sequences of texts and numbers, as JSON has them."""
    if isinstance(value, Mapping):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return number_as_json(value)


def _certificate(evaluation: TrialEvaluation) -> dict[str, Any] | None:
    drawn_by = evaluation.trial.drawn_by
    if drawn_by is None:
        return None
    steps = drawn_by.verification.steps
    return {
        "method": drawn_by.certificate.options.method,
        "holds": drawn_by.verification.holds,
        "steps": [{"name": step.name, "holds": step.holds, "seen": step.seen} for step in steps],
    }


def _outcome(one: OutcomeResult) -> dict[str, Any]:
    return {
        "outcome": one.outcome.code,
        "name": one.outcome.name,
        "kind": one.outcome.kind,
        "primary": one.outcome.primary,
        "plan": one.plan_state,
        "p": number_as_json(one.p),
        "why_not_estimable": one.why_not or None,
        "not_estimable": dict(one.not_estimable),
        "verdict": None
        if one.verdict is None
        else fields_as_json(one.verdict) | {"reasons": list(one.verdict.reasons)},
        "estimate": _estimate(one.estimate),
        "rates": None if one.result is None else fields_as_json(one.result.rates),
        "sessions": fields_or_null(one.sessions),
        "effect_size": fields_or_null(one.effect),
        "randomisation": fields_or_null(one.randomisation),
        "randomisation_interval": None if one.randomisation_interval is None else plain(one.randomisation_interval),
        "bootstrap": None if one.result is None else fields_as_json(one.result.bootstrap),
        "family": None if one.family is None else fields_as_json(one.family) | {"adjusted": one.family.adjusted},
        "estimands": None
        if one.estimands is None
        else fields_as_json(one.estimands)
        | {name: _estimate(getattr(one.estimands, name)) for name in ("participant", "school", "authority")},
        "sensitivity": [_option(option) for option in one.sensitivity],
        "bayes": [_belief(each) for each in one.bayes],
        "follow_ups": _interaction(one.follow_ups),
        "subgroups": [
            {"name": each.subgroup.name, "why_not_estimable": each.why_not or None}
            | {"interaction": _interaction(each.interaction)}
            for each in one.subgroups
        ],
        "per_protocol": _estimate(one.per_protocol),
        "complier": _complier(one.complier),
        "missing": _missing(one.missing),
        "clustering": fields_or_null(one.clustering),
    }


def _estimate(estimate: TrialEstimate | EffectSize | None) -> dict[str, Any] | None:
    """An estimate with its ratio (of scores: g) and interval, and whether it holds its level with so many schools."""
    if estimate is None:
        return None
    if isinstance(estimate, EffectSize):
        return fields_as_json(estimate) | {"holds_its_level": estimate.held.held}
    shown = {name: number_as_json(getattr(estimate, name)) for name in ("ratio", "low", "high", "p")}
    return fields_as_json(estimate) | shown | {"holds_its_level": estimate.held.held}


def _option(option: Option) -> dict[str, Any]:
    return {
        "name": option.name,
        "estimate": _estimate(option.estimate),
        "why_not_estimable": option.why_not or None,
    }


def _belief(bayes: BayesTrial) -> dict[str, Any]:
    """One prior: its scales, the quantiles of the ratio, and the probability that there are fewer events."""
    effect, spread = SCALES[bayes.prior]
    return fields_as_json(bayes) | {
        "prior_deviation_of_log_ratio": effect,
        "prior_scale_of_deviations": spread,
        "ratio": fields_as_json(bayes.ratio),
        "school_deviation": fields_as_json(bayes.school_deviation),
        "authority_deviation": fields_as_json(bayes.authority_deviation),
        "below_one": bayes.below_one,
        "holds_its_level": bayes.held.held,
    }


def _interaction(interaction: Interaction | ScoreInteraction | None) -> dict[str, Any] | None:
    """The groups and how far two of them are apart: by a ratio of ratios, or of scores by a difference."""
    if interaction is None:
        return None
    if isinstance(interaction, ScoreInteraction):
        apart = {"difference": plain(interaction.difference)}
    else:
        apart = {"ratio_of_ratios": plain(interaction.ratio_of_ratios)}
    groups = [fields_as_json(group) for group in interaction.groups]
    return fields_as_json(interaction) | {"groups": groups, **apart, "df": list(interaction.df)}


def _complier(complier: ComplierAverage | ScoreComplier | None) -> dict[str, Any] | None:
    if complier is None:
        return None
    estimate = complier.effect if isinstance(complier, ScoreComplier) else complier.estimate
    return fields_as_json(complier) | {"estimate": _estimate(estimate)}


def _missing(missing: MissingOutcomes | MissingScores | None) -> dict[str, Any] | None:
    if missing is None:
        return None
    return fields_as_json(missing) | {
        "complete_authorities": _estimate(missing.complete_authorities),
        "shifted": [fields_as_json(each) for each in missing.shifted],
    }


def _monitoring(evaluation: TrialEvaluation) -> dict[str, Any] | None:
    looks = evaluation.monitoring
    if looks is None:
        return None
    return fields_as_json(looks) | {
        "boundaries": plain(looks.looks.boundaries.tolist()),
        "information": plain(looks.looks.information.tolist()),
        "conditional_power": fields_or_null(looks.conditional),
    }
