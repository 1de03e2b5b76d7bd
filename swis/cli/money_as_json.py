"""The money of a folder as one JSON object for machines: unrounded, with keys that stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from swis.cli.as_json import fields_as_json, fields_or_null
from swis.costs.consequences import CostConsequences
from swis.costs.cost_effect import CostEffect
from swis.costs.money_result import MoneyResult, Weighed
from swis.study.study import Study
from swis.study.trial.trial import Trial

FORMAT = 1
"""Raised when a key changes its meaning or goes away; a new key does not raise it."""


def money_as_json(money: MoneyResult, source: Trial | Study, written: Mapping[str, Path]) -> dict[str, Any]:
    """The money, what it was read from, and the paths of what was written."""
    settings = source.protocol.money if isinstance(source, Trial) else None
    return {
        "format": FORMAT,
        "kind": "money",
        "name": source.name,
        "title": source.title,
        "synthetic_costs": settings is not None and settings.synthetic,
        "sha256": {"all": source.hashes.all, **source.hashes.files},
        **money_fields(money),
        "report": {name: str(path) for name, path in written.items()},
    }


def money_fields(money: MoneyResult) -> dict[str, Any]:
    """What is known of the money, field by field; null where there is nothing to reckon from."""
    needed, budget, even = money.needed, money.budget, money.break_even
    return {
        "outcome": money.outcome,
        "price_year": money.price_year,
        "weighed": None if money.weighed is None else _weighed(money.weighed),
        "needed": None
        if needed is None
        else fields_as_json(needed) | {"worths": list(needed.worths), "averted": list(needed.needed)},
        "break_even": None
        if even is None
        else {"unit_cost": fields_as_json(even.unit_cost), "needed": even.needed, "possible": even.possible},
        "consequences": None if money.consequences is None else _consequences(money.consequences),
        "budget": None
        if budget is None
        else {"rate": budget.rate, "years": [fields_as_json(year) | {"net": year.net} for year in budget.years]},
        "averted": [
            fields_as_json(each) | {end: fields_as_json(getattr(each, end)) for end in ("estimate", "best", "worst")}
            for each in money.averted
        ],
        "published": None
        if money.published is None
        else {"worths": list(money.published.worths), "probabilities": list(money.published.probabilities)},
        "findings": list(money.findings),
    }


def _weighed(weighed: Weighed) -> dict[str, Any]:
    return {
        "difference": _difference(weighed.difference),
        "per_pupils": _difference(weighed.per_pupils),
        "cost_per_outcome": fields_as_json(weighed.ratio) | {"fieller": fields_or_null(weighed.ratio.interval)},
        "net_benefit": [fields_as_json(each) for each in weighed.benefits],
        "perfect_information": [fields_as_json(each) for each in weighed.information],
        "plane": fields_as_json(weighed.drawn_plane),
        "curve": {"worths": list(weighed.curve.worths), "probabilities": list(weighed.curve.probabilities)},
        "drawn_curve": {"probabilities": list(weighed.drawn_curve.probabilities), "seed": weighed.draws.seed},
    }


def _difference(found: CostEffect) -> dict[str, Any]:
    return fields_as_json(found) | {
        "cost_interval": list(found.cost_interval()),
        "effect_interval": list(found.effect_interval()),
        "findings": list(found.findings),
    }


def _consequences(found: CostConsequences) -> dict[str, Any]:
    return {
        "cost": found.cost,
        "payers": [fields_as_json(share) | {"net": share.net} for share in found.payers()],
        "outcomes": [
            fields_as_json(each) | {"saved": each.saved[0] if each.unit_costs else None} for each in found.consequences
        ],
    }
