"""The calibration of a study: simulated once by `swis calibrate`, kept in its folder, quoted by its report."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.metadata import version
from math import ceil
from pathlib import Path

from swis.errors import NotEstimable, OutputError
from swis.estimate.calibration import PERMUTATION, PUBLISHED, VERDICT, OperatingCharacteristic, Setting, calibrate
from swis.estimate.comparison import Comparison
from swis.estimate.detectable import detectable_effect
from swis.study.study import Study
from swis.tables.calibration import CALIBRATION

SETTINGS = (
    Setting("poisson", 1.0, 1, 2_000),
    Setting("overdispersed", 1.0, 1, 2_000),
    Setting("overdispersed", 0.5, 1, 1_000),
    Setting("overdispersed", 0.25, 1, 1_000),
)
"""Size under both kinds of scatter, then power against a halving and a quartering, in the study as it is."""

LARGER = (PUBLISHED, PERMUTATION, VERDICT)
LARGER_DRAWS = 300
MOST_SCHOOLS = 10_000
"""A larger programme is not simulated: nobody could run it, and it would take days and all memory."""


@dataclass(frozen=True)
class StoredCalibration:
    """The stored characteristics of one outcome. `current` is False if its table has changed since they were drawn."""

    characteristics: tuple[OperatingCharacteristic, ...]
    current: bool

    def find(
        self, method: str, *, scatter: str, true_ratio: float = 1.0, times: int = 1
    ) -> OperatingCharacteristic | None:
        """The characteristic of one method in one setting, or None."""
        wanted = (method, scatter, true_ratio, times)
        return next((one for one in self.characteristics if _setting_of(one) == wanted), None)


def _setting_of(one: OperatingCharacteristic) -> tuple[str, str, float, int]:
    return one.method, one.scatter, one.true_ratio, one.times_as_many_schools


def table_hash(comparison: Comparison) -> str:
    """One hash of what a simulated table takes from the real one: schools' order and arms, terms, counts, pupils."""
    parts = [
        "|".join(comparison.terms),
        comparison.reference,
        "|".join(comparison.after),
        repr(comparison.intervention.tolist()),
        repr(comparison.count.tolist()),
        repr(comparison.pupils.tolist()),
        repr(comparison.unit_of_count),
    ]
    return sha256("\n".join(parts).encode()).hexdigest()


def calibration_of(study: Study, outcome: str, comparison: Comparison) -> StoredCalibration | None:
    """What calibration.csv holds of one outcome; None if it has nothing."""
    frame = study.tables.get(CALIBRATION.name)
    rows = [] if frame is None else [row for row in frame.to_dicts() if row["outcome"] == outcome]
    if not rows:
        return None
    here = table_hash(comparison)
    return StoredCalibration(
        tuple(_characteristic(row) for row in rows), all(row["table_sha256"] == here for row in rows)
    )


def _characteristic(row: dict[str, object]) -> OperatingCharacteristic:
    def number(name: str) -> float:
        return float("nan") if row[name] is None else float(str(row[name]))

    return OperatingCharacteristic(
        method=str(row["method"]),
        scatter="poisson" if row["scatter"] == "poisson" else "overdispersed",
        true_ratio=number("true_ratio"),
        times_as_many_schools=int(number("times_as_many_schools")),
        draws=int(number("draws")),
        usable=int(number("usable")),
        claimed=number("claimed"),
        covered=None if row["covered"] is None else number("covered"),
    )


def settings_for(comparison: Comparison, *, worthwhile: float, share: float = 1.0) -> Iterator[Setting]:
    """What to simulate for one outcome: its own size, and programmes that are larger.

    The last is the programme that is said to detect a worthwhile effect with 80% power, to see whether it does; not
    beyond MOST_SCHOOLS. `share` scales the number of draws, for a quick look.
    """

    def scaled(setting: Setting) -> Setting:
        return replace(setting, draws=max(20, round(setting.draws * share)))

    yield from (scaled(setting) for setting in SETTINGS)
    for true_ratio in (1.0, 0.5):
        yield scaled(Setting("overdispersed", true_ratio, 10, LARGER_DRAWS, LARGER))
    try:
        needed = detectable_effect(comparison, worthwhile=worthwhile).schools_needed
    except NotEstimable:
        return
    times = ceil(needed / len(comparison.schools))
    if needed <= MOST_SCHOOLS:
        yield scaled(Setting("overdispersed", worthwhile, times, LARGER_DRAWS, LARGER))


def calibrate_study(
    study: Study, *, share: float = 1.0, progress: Callable[[str, int, int], None] | None = None
) -> list[dict[str, object]]:
    """Simulate every outcome of a study; the rows of calibration.csv. The seed is that of the study.

    Not simulated: an outcome whose table leaves no scatter to draw by; the report says of it that nothing can be estimated.
    Raises NotEstimable where that is so of every outcome.
    """
    jobs = [
        (outcome.code, comparison, setting)
        for outcome in study.outcomes
        for comparison in [study.comparison(outcome.code)]
        for setting in settings_for(comparison, worthwhile=study.options.worthwhile_rate_ratio, share=share)
    ]
    rows: list[dict[str, object]] = []
    for number, (code, comparison, setting) in enumerate(jobs):
        if progress is not None:
            what = f"{code}: true ratio {setting.true_ratio:g}, {setting.times_as_many_schools}x schools, {setting.scatter}"
            progress(what, number, len(jobs))
        rows += [
            _row(code, one, study.options.seed, table_hash(comparison))
            for one in _calibrate(study, comparison, setting)
        ]
    if not rows:
        raise NotEstimable(f"{study.name}: no outcome has enough events to simulate tables like it.")
    return rows


def _calibrate(study: Study, comparison: Comparison, setting: Setting) -> tuple[OperatingCharacteristic, ...]:
    try:
        return calibrate(
            comparison,
            setting,
            design=study.protocol.comparison,
            unit=study.options.permutation_unit,
            seed=study.options.seed,
        )
    except NotEstimable:
        return ()


def _row(outcome: str, one: OperatingCharacteristic, seed: int, digest: str) -> dict[str, object]:
    return {
        "outcome": outcome,
        "method": one.method,
        "scatter": one.scatter,
        "true_ratio": f"{one.true_ratio:g}",
        "times_as_many_schools": one.times_as_many_schools,
        "draws": one.draws,
        "usable": one.usable,
        "claimed": f"{one.claimed:.6f}" if one.usable else "",
        "covered": "" if one.covered is None else f"{one.covered:.6f}",
        "seed": seed,
        "table_sha256": digest,
        "swis_version": version("swis"),
    }


def write_calibration(folder: Path, rows: list[dict[str, object]]) -> Path:
    """Write calibration.csv into a study folder, in place of what was there. Raises OutputError if it cannot."""
    path = folder / CALIBRATION.file
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, CALIBRATION.column_names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. See that you may write there.") from None
    return path
