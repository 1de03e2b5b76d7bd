"""The plan of a study: what has to be settled before outcomes are seen, item by item."""

from __future__ import annotations

import json
from hashlib import sha256

from swis.study.protocol import Protocol


def plan_of(protocol: Protocol) -> dict[str, str]:
    """Every item of the plan with its value as canonical JSON.

    Counted: the kind of comparison, the launch, terms, reference, after, the arm of each school with its cluster and
    stratum, each outcome with its kind, unit and whether it is primary, and the options of the analysis.
    Not counted: names, labels and their order, corrections of typing, what was published, money, notes.
    """
    items: dict[str, object] = {
        "study.comparison": protocol.comparison,
        "study.launched": protocol.launched,
        "terms.order": protocol.terms.order,
        "terms.reference": protocol.terms.reference,
        "terms.after": sorted(protocol.terms.after),
    }
    for school in protocol.schools:
        items[f"schools.{school.id}"] = {
            "arm": school.arm,
            "phase": school.phase,
            "cluster": school.cluster,
            "stratum": school.stratum,
        }
    for outcome in protocol.outcomes:
        items[f"outcome.{outcome.code}"] = {
            "kind": outcome.kind,
            "primary": outcome.primary,
            "schools": None if outcome.schools is None else sorted(outcome.schools),
            "unit_of_count": f"{outcome.unit_of_count.normalize():f}",
        }
    options = protocol.analysis
    items |= {
        "analysis.seed": options.seed,
        "analysis.worthwhile_rate_ratio": options.worthwhile_rate_ratio,
        "analysis.permutation_unit": options.permutation_unit,
        "analysis.strata": options.strata,
    }
    return {name: json.dumps(value, sort_keys=True, ensure_ascii=True) for name, value in items.items()}


def hash_text(text: str) -> str:
    """The SHA-256 of a text in UTF-8."""
    return sha256(text.encode()).hexdigest()


def hash_plan(plan: dict[str, str]) -> str:
    """One hash of a whole plan: of the lines `item value` in the order of the items."""
    return hash_text("".join(f"{name} {value}\n" for name, value in sorted(plan.items())))
