"""The plan of a trial: what has to be settled before outcomes are seen, item by item; and locking it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from swis.errors import ProtocolError
from swis.study.lock import Lock, counts_are_there, write_new_lock
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.protocol import TrialProtocol
from swis.study.trial.read_protocol import read_trial_protocol
from swis.tables.problem import Problem
from swis.tables.school_scores import SCHOOL_SCORES
from swis.tables.text import read_bytes

TRIAL_LOCK_FILE = "trial.lock.toml"


def plan_of_trial(protocol: TrialProtocol) -> dict[str, str]:
    """Every item of the plan with its value as canonical JSON.

    Counted: authorities, launch, certificate, the terms of baseline and follow-ups, each outcome with its kind and whether it
    is primary, subgroups, and the options of the analysis. Not counted: what a plan cannot know (what became of schools,
    how the programme was carried out, which look this is), names, notes, literature, money. Arms are held by the
    certificate, which has a seal of its own.
    """
    terms, options = protocol.terms, protocol.options
    items: dict[str, object] = {
        "trial.authorities": sorted(protocol.authorities),
        "trial.launched": protocol.launched,
        "trial.certificate": protocol.certificate,
        "terms.baseline": sorted(terms.baseline),
    }
    items |= {f"follow_up.{each.name}": sorted(each.terms) for each in terms.follow_ups}
    for outcome in protocol.outcomes:
        items[f"outcome.{outcome.code}"] = {
            "kind": outcome.kind,
            "primary": outcome.primary,
            "possible": outcome.possible,
            "unit_of_count": f"{outcome.unit_of_count.normalize():f}",
        }
    items |= {f"subgroup.{each.name}": each.column for each in protocol.subgroups}
    items |= {
        "analysis.seed": options.seed,
        "analysis.variance": options.variance,
        "analysis.estimand": options.estimand,
        "analysis.covariates": sorted(options.covariates),
        "analysis.draws": options.draws,
        "analysis.worthwhile_rate_ratio": options.worthwhile_rate_ratio,
        "analysis.worthwhile_effect_size": options.worthwhile_effect_size,
        "analysis.multiplicity": options.multiplicity,
        "analysis.main_follow_up": options.main_follow_up,
        "analysis.looks": options.looks,
    }
    return {name: json.dumps(value, sort_keys=True, ensure_ascii=True) for name, value in items.items()}


def lock_trial(folder: Path | str, *, on: date) -> Lock:
    """Write the plan of a trial to trial.lock.toml, with the day, and give it back.

    Counted as the plan: see `plan_of_trial`. The day is taken on trust: commit the file, and the history bears witness. The
    lock records whether counts of follow-up terms, or scores, were already there. Only trial.toml must be there.

    Raises LockError if there is a lock already or it cannot be written, ProtocolError or TableError for what cannot be read.
    """
    folder = Path(folder)
    data = read_bytes(folder / TRIAL_FILE)
    if isinstance(data, Problem):
        raise ProtocolError(str(data))
    protocol = read_trial_protocol(data)
    seen = counts_are_there(folder, protocol.terms.follow_up) or (folder / SCHOOL_SCORES.file).exists()
    return write_new_lock(folder / TRIAL_LOCK_FILE, plan_of_trial(protocol), on=on, seen=seen)
