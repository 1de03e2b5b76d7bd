"""Study folders drawn from counts: any number of schools and terms, so that a test can say only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

TERMS = ("Autumn 2017", "Autumn 2018", "Autumn 2019")
MONTHS = {"Autumn": "09", "Spring": "01", "Summer": "04"}


def write_study(
    folder: Path,
    counts: Mapping[str, Counts],
    *,
    treated: int,
    terms: Sequence[str] = TERMS,
    after: Sequence[str] = TERMS[-1:],
    pupils: int = 400,
    study: str = 'comparison = "matched comparison"',
    schools: Mapping[int, str] | None = None,
    outcome: str = "",
    add: str = "",
    files: Mapping[str, str] | None = None,
) -> Path:
    """A folder with one outcome for each of `counts` (schools, terms); the first `treated` schools have a social worker.

    `schools` adds keys to a school by its place, `outcome` to every outcome, `study` to the head and `add` at the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = len(next(iter(counts.values())))
    names = [f"School{place:02}" for place in range(1, number + 1)]
    before = [term for term in terms if term not in after]
    (folder / "study.toml").write_text(
        "\n".join(
            [
                "format = 1",
                "[study]",
                f'title = "The drawn study {folder.name}"',
                f'authority = "{folder.name.title()}"',
                'launched = "2019-04"',
                study,
                "[terms]",
                f"order = {list(terms)!r}",
                f'reference = "{before[-1]}"',
                f"after = {list(after)!r}",
                "[terms.starts]",
                *(f'"{term}" = "{term.split()[1]}-{MONTHS[term.split()[0]]}"' for term in terms),
                "[schools]",
                *(
                    f'{name} = {{ arm = "{_arm(place, treated)}", phase = "primary"{(schools or {}).get(place, "")} }}'
                    for place, name in enumerate(names)
                ),
                *(
                    f'[[outcome]]\ncode = "{code}"\nname = "Outcome {code}"\nkind = "events"\n{outcome}'
                    for code in counts
                ),
                add,
            ]
        ),
        encoding="utf-8",
    )
    rows = ["outcome,school,arm,term,count,pupils,printed_rate,rate_per_pupils,source"]
    for code, table in counts.items():
        rows += [
            f"{code},{name},{_arm(place, treated)},{term},{table[place, column]},{pupils},,,"
            for place, name in enumerate(names)
            for column, term in enumerate(terms)
            if table[place, column] >= 0
        ]
    (folder / "school_terms.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for name, text in (files or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _arm(place: int, treated: int) -> str:
    return "intervention" if place < treated else "comparison"


def drawn_counts(
    *, schools: int, treated: int, terms: int, mean: float, ratio: float = 1.0, after: int = 1, seed: int = 1
) -> Counts:
    """Poisson counts around `mean`, times `ratio` in the treated schools in the last `after` terms."""
    rates = np.full((schools, terms), float(mean))
    rates[:treated, terms - after :] *= ratio
    return np.random.default_rng(seed).poisson(rates)
