"""Does the whole chain recover what was planted? Synthetic authorities, matched and estimated in several ways, held against it.

    bench/chain.sh [replicates] [replicates through files]

Every replicate makes an authority with a known rate ratio, chooses comparison schools, and asks whether the intervals hold the
ratio. Most take the counts from the authority; some go through the returns, with and without the errors that real ones have.
Replicate n has the seed SEED + n in every scene. What is done is kept in out/chain/replicates.csv, so that a run that was
broken off goes on; delete the file to begin anew. The sums go to bench/results/chain.csv.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.chain_replicate import DAYS_IN_CARE, ENQUIRIES, Judged, Scene, Way, from_truth, through_files
from bench.chain_sums import STORED, write_sums
from swis.errors import NotEstimable

SEED = 20_260_000
REPLICATES, THROUGH_FILES = 400, 20
DONE = Path("out/chain/replicates.csv")
KEYS = ("via", "scene", "ratio", "way", "outcome", "seed", "reason")
COLUMNS = (*KEYS, *(field.name for field in fields(Judged)))

TRUTH, FILES, MESSY = "truth", "files", "files with errors"
WAYS: tuple[Way, ...] = ("none", "level", "entropy", "trends")
CHANCE, NEED, DRIFT = "drawn by lot", "chosen by need", "drawn by lot, schools drift"


@dataclass(frozen=True)
class Job:
    """One authority and what is done with it."""

    via: str
    scene: Scene
    analyses: tuple[tuple[Way, str], ...]
    seed: int

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells one job from another."""
        return self.via, self.scene.name, f"{self.scene.ratio:g}", str(self.seed)


def list_jobs(replicates: int, through: int) -> list[Job]:
    """Every job, replicate by replicate, so that a run that is broken off has all scenes."""
    enquiries = tuple((way, ENQUIRIES) for way in WAYS)
    days: tuple[tuple[Way, str], ...] = (("none", DAYS_IN_CARE),)
    jobs = []
    for seed in range(SEED, SEED + replicates):
        for ratio in (1.0, 0.6):
            also = days if ratio == 1 else ()
            jobs.append(Job(TRUTH, Scene(CHANCE, "chance", ratio), enquiries + also, seed))
            jobs.append(Job(TRUTH, Scene(NEED, "need", ratio), enquiries + also, seed))
            jobs.append(Job(TRUTH, Scene(DRIFT, "chance", ratio, trend=0.2), enquiries[:1], seed))
        if seed < SEED + through:
            jobs.append(Job(FILES, Scene(CHANCE, "chance", 0.6), enquiries[:1], seed))
            jobs.append(Job(FILES, Scene(NEED, "need", 0.6), enquiries[1:2], seed))
            jobs.append(Job(MESSY, Scene(CHANCE, "chance", 0.6), enquiries[:1], seed))
    return jobs


def run(job: Job) -> list[dict[str, object]]:
    """The rows of one job. What cannot be estimated is a row with its reason."""
    rows = []
    for (way, outcome), judged in zip(job.analyses, _judge(job), strict=True):
        keys = {"via": job.via, "scene": job.scene.name, "ratio": f"{job.scene.ratio:g}", "way": way}
        told = {"reason": judged} if isinstance(judged, str) else asdict(judged)
        rows.append({**keys, "outcome": outcome, "seed": job.seed, **told})
    return rows


def _judge(job: Job) -> list[Judged | str]:
    if job.via == TRUTH:
        return from_truth(job.scene, job.seed, job.analyses)
    judged: list[Judged | str] = []
    for way, _ in job.analyses:
        with TemporaryDirectory() as folder:
            try:
                judged.append(through_files(job.scene, job.seed, way, Path(folder), mess=job.via == MESSY))
            except NotEstimable as reason:
                judged.append(str(reason))
    return judged


def main(replicates: int, through: int) -> None:
    """Run what is not done yet in two processes, then sum up."""
    DONE.parent.mkdir(parents=True, exist_ok=True)
    known = _read_done()
    jobs = [job for job in list_jobs(replicates, through) if job.key not in known]
    begun = time.monotonic()
    with ProcessPoolExecutor(2) as pool, DONE.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        if not known:
            writer.writeheader()
        for number, finished in enumerate(as_completed([pool.submit(run, job) for job in jobs]), start=1):
            writer.writerows(finished.result())
            file.flush()
            if number % 50 == 0 or number == len(jobs):
                print(f"{number:,} of {len(jobs):,} authorities, {time.monotonic() - begun:,.0f} s", flush=True)
    lines = write_sums(DONE, STORED)
    print(f"{lines} lines in {STORED}")


def _read_done() -> set[tuple[str, str, str, str]]:
    if not DONE.exists():
        return set()
    with DONE.open(encoding="utf-8", newline="") as file:
        return {(row["via"], row["scene"], row["ratio"], row["seed"]) for row in csv.DictReader(file)}


if __name__ == "__main__":
    if os.environ.get("POLARS_MAX_THREADS") != "1":
        print(
            "Run bench/chain.sh: with several threads a process, two processes slow one another down.", file=sys.stderr
        )
    numbers = [int(text) for text in sys.argv[1:3]]
    main(*(numbers + [REPLICATES, THROUGH_FILES][len(numbers) :]))
