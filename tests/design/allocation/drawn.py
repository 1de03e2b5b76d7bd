"""Nominations for the tests, drawn here and nowhere else."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from swis.design.allocation.nominations import Nominations, read_nominations

HEADING = (
    "school",
    "authority",
    "phase",
    "pupils",
    "referrals",
    "section_47_enquiries",
    "exclusions",
    "persistent_absence_percent",
    "free_school_meals_percent",
    "feeder_primaries",
    "reserve",
    "excluded",
)


def nominations_text(sizes: Sequence[int], *, seed: int = 1, reserves: int = 0, phases: int = 1) -> str:
    """A nominations.csv with that many schools in each authority and phase, and that many reserves in each authority."""
    rng = np.random.default_rng(seed)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(HEADING)
    for authority, size in enumerate(sizes):
        for place in range(size * phases + reserves):
            pupils = int(rng.integers(400, 2000))
            counts = rng.poisson([pupils * 0.03, pupils * 0.01, pupils * 0.05])
            shares = np.round(rng.uniform([5, 3], [30, 60]), 1)
            name = f"School {authority:02d}-{place:02d}"
            reserve = "yes" if place >= size * phases else ""
            phase = ("secondary", "primary")[place % phases]
            writer.writerow([name, f"Authority {authority:02d}", phase, pupils, *counts, *shares, "", reserve, ""])
    return written.getvalue()


def write_nominations(folder: Path, text: str) -> Path:
    """Write the text as nominations.csv into the folder."""
    path = folder / "nominations.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def drawn_nominations(
    folder: Path, sizes: Sequence[int], *, seed: int = 1, reserves: int = 0, phases: int = 1
) -> Nominations:
    """Nominations as read."""
    text = nominations_text(sizes, seed=seed, reserves=reserves, phases=phases)
    return read_nominations(write_nominations(folder, text))
