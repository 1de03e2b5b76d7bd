"""The three pilots' section 47 enquiries, the trial as published, and a roll-out that is made up."""

from __future__ import annotations

import json
from math import log
from typing import Any

from swis.estimate.lesson.belief import NORMAL_95, PilotEvidence
from swis.estimate.lesson.prediction import TrialFinding
from swis.estimate.lesson.roll_out import RollOut
from tests.oracles.load import HERE, with_floats

ORACLE: dict[str, Any] = with_floats(json.loads((HERE / "lesson" / "lesson.json").read_text(encoding="utf-8")))
HONEST = tuple(
    PilotEvidence(name, effect, error)
    for name, effect, error in zip(
        ("Southampton", "Stockport", "Lambeth"),
        ORACLE["input"]["log_ratio"],
        ORACLE["input"]["standard_error"],
        strict=True,
    )
)
PUBLISHED = (
    PilotEvidence("Southampton", log(0.65), log(0.94 / 0.45) / (2 * NORMAL_95)),
    PilotEvidence("Stockport", log(1.35), log(2.99 / 0.61) / (2 * NORMAL_95)),
)
TRIAL = TrialFinding(1.055, 0.955, 1.166, 268, 21, "as published")
ROLL_OUT = RollOut(**ORACLE["input"]["roll_out"])
