"""Trial folders drawn from a seed: nominations, a real allocation with its certificate, counts with an effect that is planted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from swis.design.allocation.allocate import allocate
from swis.design.allocation.certificate import certify, write_certificate
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import AllocationOptions, plan_allocation

BASELINE = ("autumn 2019", "spring 2020", "summer 2020")
FOLLOW_UP = ("autumn 2020", "spring 2021", "summer 2021")
MONTHS = {"autumn": "09", "spring": "01", "summer": "04"}

ONLY_FOLLOW_UP = f"follow_up = {list(FOLLOW_UP)!r}"


@dataclass
class DrawnTrial:
    """What is drawn; a test changes what matters to it before `write`."""

    seed: int = 1
    authorities: int = 4
    each: int = 6
    ratio: float = 1.0
    """The planted rate ratio of every outcome in the follow-up terms."""
    events: float = 30.0
    """Events a school and term, at the mean size."""
    scatter: float = 0.2
    outcomes: Sequence[str] = ("s47",)
    method: AllocationOptions = field(default_factory=AllocationOptions)
    certificate: bool = True
    reserve: bool = False

    def names(self) -> list[str]:
        return [f"School {i:02}" for i in range(self.authorities * self.each)]

    def authority(self, place: int) -> str:
        return f"Authority {'ABCDEFGHIJ'[place // self.each]}"

    def write(
        self,
        folder: Path,
        *,
        trial: str = "",
        terms: str = ONLY_FOLLOW_UP,
        outcome: str = 'kind = "events"',
        add: str = "",
        schools: Mapping[str, Mapping[str, str]] | None = None,
        drop: Sequence[tuple[str, str]] = (),
    ) -> Path:
        """`schools` changes cells by school and column; `drop` takes rows out, by school and term."""
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(self.seed)
        pupils = rng.integers(500, 1500, len(self.names()))
        meals = rng.uniform(5, 45, len(self.names())).round(1)
        self._write_nominations(folder, pupils, meals)
        arms = self._draw(folder)
        self._write_protocol(folder, trial, terms, outcome, add)
        self._write_schools(folder, arms, pupils, meals, schools or {})
        self._write_counts(folder, rng, arms, pupils, set(drop))
        return folder

    def _write_nominations(self, folder: Path, pupils: np.ndarray, meals: np.ndarray) -> None:
        rows = ["school,authority,phase,pupils,free_school_meals_percent,excluded,reserve"]
        rows += [
            f"{name},{self.authority(place)},secondary,{pupils[place]},{meals[place]},,"
            for place, name in enumerate(self.names())
        ]
        rows.append("Closing School,Authority A,secondary,600,20,about to close,")
        if self.reserve:
            rows.append("Reserve School,Authority A,secondary,900,20,,yes")
        _write(folder / "nominations.csv", rows)

    def _draw(self, folder: Path) -> dict[str, str]:
        plan = plan_allocation(read_nominations(folder / "nominations.csv"), self.method)
        allocation = allocate(plan, seed=f"drawn {self.seed}")
        if self.certificate:
            text = write_certificate(certify(allocation, on=date(2020, 7, 1)))
            (folder / "allocation.toml").write_text(text, encoding="utf-8", newline="\n")
        else:
            (folder / "nominations.csv").unlink()
        return allocation.arms

    def _write_protocol(self, folder: Path, trial: str, terms: str, outcome: str, add: str) -> None:
        authorities = [f"Authority {'ABCDEFGHIJ'[place]}" for place in range(self.authorities)]
        starts = [f'"{term}" = "{term.split()[1]}-{MONTHS[term.split()[0]]}"' for term in (*BASELINE, *FOLLOW_UP)]
        _write(
            folder / "trial.toml",
            [
                "format = 1",
                "[trial]",
                'title = "A drawn trial"',
                f"authorities = {authorities!r}",
                'launched = "2020-09"',
                f'primary = "{self.outcomes[0]}"',
                'certificate = "allocation.toml"' if self.certificate else "",
                trial,
                "[terms]",
                f"order = {[*BASELINE, *FOLLOW_UP]!r}",
                f"baseline = {list(BASELINE)!r}",
                terms,
                "[terms.starts]",
                *starts,
                *(f'[[outcome]]\ncode = "{code}"\nname = "Outcome {code}"\n{outcome}' for code in self.outcomes),
                "[analysis]\ndraws = 999" if "[analysis]" not in add else "",
                add,
            ],
        )

    def _write_schools(
        self,
        folder: Path,
        arms: dict[str, str],
        pupils: np.ndarray,
        meals: np.ndarray,
        changed: Mapping[str, Mapping[str, str]],
    ) -> None:
        columns = ("school", "authority", "phase", "arm", "pupils", "free_school_meals_percent", "received")
        extra = tuple(dict.fromkeys(name for cells in changed.values() for name in cells if name not in columns))
        rows = [",".join((*columns, *extra))]
        for place, name in enumerate(self.names()):
            row = {
                "school": name,
                "authority": self.authority(place),
                "phase": "secondary",
                "arm": arms[name],
                "pupils": str(pupils[place]),
                "free_school_meals_percent": str(meals[place]),
                "received": "yes" if arms[name] == "intervention" else "no",
            }
            row |= changed.get("every", {}) | changed.get(name, {})
            rows.append(",".join(row.get(column, "") for column in (*columns, *extra)))
        _write(folder / "trial_schools.csv", rows)

    def _write_counts(
        self,
        folder: Path,
        rng: np.random.Generator,
        arms: dict[str, str],
        pupils: np.ndarray,
        dropped: set[tuple[str, str]],
    ) -> None:
        rows = ["outcome,school,arm,term,count,pupils"]
        level = rng.gamma(1 / self.scatter**2, self.scatter**2, len(self.names()))
        for code in self.outcomes:
            for place, name in enumerate(self.names()):
                mean = self.events * pupils[place] / 1000 * level[place]
                for term in (*BASELINE, *FOLLOW_UP):
                    effect = self.ratio if term in FOLLOW_UP and arms[name] == "intervention" else 1.0
                    count = rng.poisson(mean * effect)
                    if (name, term) not in dropped:
                        rows.append(f"{code},{name},{arms[name]},{term},{count},{pupils[place]}")
        _write(folder / "school_terms.csv", rows)


def _write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join(line for line in lines if line) + "\n", encoding="utf-8", newline="\n")


def turn_into_scores(folder: Path, code: str, *, effect: float = 0.0, gone: Sequence[str] = ()) -> None:
    """One outcome of a drawn folder as scores, with an effect in points; the schools in `gone` have none."""
    head, tail = (folder / "trial.toml").read_text(encoding="utf-8").split(f'code = "{code}"')
    tail = tail.replace('kind = "events"', 'kind = "scores"', 1)
    (folder / "trial.toml").write_text(f'{head}code = "{code}"{tail}', encoding="utf-8", newline="\n")
    counts = (folder / "school_terms.csv").read_text(encoding="utf-8").splitlines()
    _write(folder / "school_terms.csv", [line for line in counts if not line.startswith(f"{code},")])
    rng = np.random.default_rng(1)
    rows = ["outcome,school,pupils,mean,standard_deviation,baseline_mean"]
    for line in (folder / "trial_schools.csv").read_text(encoding="utf-8").splitlines()[1:]:
        name, arm = line.split(",")[0], line.split(",")[3]
        before = rng.normal(100, 3)
        after = before + rng.normal(0, 1) + effect * (arm == "intervention")
        if name not in gone:
            rows.append(f"{code},{name},150,{after:.3f},12.5,{before:.3f}")
    _write(folder / "school_scores.csv", rows)


def replace_in(folder: Path, file: str, old: str, new: str) -> None:
    """Change a file of a drawn folder; what is replaced must be there."""
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    (folder / file).write_text(text.replace(old, new), encoding="utf-8", newline="\n")
