"""Whether the audit is as it was written."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from service.audit.chain import GENESIS, hash_of
from service.audit.models import ChainHead, Entry


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found. `broken_at` is the first entry that is not as it was written, or is missing."""

    entries: int
    seal: str
    broken_at: int | None = None
    finding: str = ""

    @property
    def holds(self) -> bool:
        return self.broken_at is None

    def __str__(self) -> str:
        if self.holds:
            return f"The audit holds: {self.entries} entries, seal {self.seal}"
        return f"The audit does NOT hold at entry {self.broken_at}: {self.finding}"


def verify_audit(seal: str = "") -> Verification:
    """Walk the whole chain and compare each entry with its hash, the head, and a seal that was kept elsewhere.

    A seal is `sequence:hash`, as an earlier verification printed it. Without one, entries cut off the end together with the head
    cannot be missed: keep the seal of each night outside the database.
    """
    previous, number, sealed = GENESIS, 0, _parse(seal)
    for entry in Entry.objects.order_by("sequence").iterator(chunk_size=2000):
        number += 1
        if entry.sequence != number:
            return _broken(number, previous, "it is missing")
        if entry.previous_hash != previous or not hmac.compare_digest(entry.hash, hash_of(entry, previous=previous)):
            return _broken(number, previous, "it is not as it was written")
        previous = entry.hash
        if sealed and number == sealed[0] and previous != sealed[1]:
            return _broken(number, previous, "it differs from the seal")
    head = ChainHead.objects.filter(id=1).first() or ChainHead()
    if (head.sequence, head.hash) != (number, previous):
        return _broken(number + 1, previous, f"entries up to {head.sequence} were written and are missing")
    if sealed and sealed[0] > number:
        return _broken(number + 1, previous, f"entries up to {sealed[0]} were sealed and are missing")
    return Verification(entries=number, seal=f"{number}:{previous}")


def _broken(number: int, previous: str, finding: str) -> Verification:
    return Verification(entries=number - 1, seal=f"{number - 1}:{previous}", broken_at=number, finding=finding)


def _parse(seal: str) -> tuple[int, str] | None:
    number, _, sealed = seal.partition(":")
    if not seal:
        return None
    if not number.isdigit() or len(sealed) != 64:
        raise ValueError("A seal reads number:hash, as verify_audit prints it.")
    return int(number), sealed
