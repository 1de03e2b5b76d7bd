"""Draws made with the library, as an evaluator makes them outside the service."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from service.programmes.actions import nominations
from service.programmes.models import Nomination, NominationRound
from service.programmes.nominations_file import write_nominations
from service.schools.models import School
from swis.design.allocation.allocate import allocate
from swis.design.allocation.certificate import certify, write_certificate
from swis.design.allocation.commitment import COMMITMENT_FILE, SEED_FILE, commit, read_commitment, read_seed
from swis.design.allocation.nominations import read_nominations
from swis.design.allocation.plan import AllocationOptions, plan_allocation
from tests.service.universe import Universe

DRAWN_ON = date(2026, 11, 17)


def draw_schools(universe: Universe, number: int) -> list[School]:
    """More secondary schools of Northbrook."""
    return [
        School.objects.create(
            authority=universe.northbrook, urn=f"91{place:04}", name=f"School {place:02}", phase="secondary", pupils=900
        )
        for place in range(number)
    ]


def submitted_round(universe: Universe, *, reserve: int = 0, name: str = "Autumn") -> NominationRound:
    """A submitted round of Alder, Beech and two more schools, with as many in reserve as asked for."""
    by = universe.programme_lead
    begun = nominations.begin_round(by=by, authority=universe.northbrook, name=name)
    schools = [universe.alder, universe.beech, *draw_schools(universe, 2 + reserve)]
    for place, school in enumerate(schools):
        nominations.nominate(
            by=by, round=begun, school=school, pupils=900 + place, referrals=40 + 7 * place, reserve=place > 3
        )
    return nominations.submit_round(by=by, round=begun)


def text_of(*rounds: NominationRound) -> str:
    return write_nominations(Nomination.objects.filter(round__in=rounds).select_related("school", "round__authority"))


def draw_certificate(folder: Path, text: str, *, seed: str = "a seed for a test", committed: bool = False) -> bytes:
    """The certificate of a draw from a text of nominations; under a commitment in the folder when asked for."""
    path = folder / "nominations.csv"
    path.write_text(text, encoding="utf-8", newline="")
    options = AllocationOptions(method="simple")
    commitment = None
    if committed:
        if not (folder / COMMITMENT_FILE).exists():
            commit(folder, options, on=date(2026, 11, 1))
        commitment, seed = read_commitment(folder / COMMITMENT_FILE), read_seed(folder / SEED_FILE)
    allocation = allocate(plan_allocation(read_nominations(path), options), seed=seed)
    return write_certificate(certify(allocation, on=DRAWN_ON, commitment=commitment)).encode()
