"""Committing to a seed before the nominations are known: its hash is published first, the seed itself afterwards."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from swis.design.allocation.plan import AllocationOptions, options_from
from swis.design.allocation.stream import SCHEME
from swis.design.allocation.toml import read_toml, write_sealed
from swis.errors import AllocationError, OutputError
from swis.tables.problem import Problem
from swis.tables.text import read_bytes

COMMITMENT_FILE = "allocation_commitment.toml"
SEED_FILE = "allocation_seed.toml"
COMMITMENT_FORMAT = 1
_KIND = "swis-commitment-1"
_PUBLIC = """\
A commitment to a draw of schools. Publish it before the nominations are known. Written by swis; do not edit.
The seed that it stands for is shown with the allocation; swis verify checks that it is the one."""
_SECRET = """\
The secret seed of a draw of schools. Show it to nobody before the nominations are closed, and to everybody after.
Keep a copy in a safe place: without it the committed draw cannot be made."""


@dataclass(frozen=True)
class Commitment:
    """What is published before the draw: a hash that covers the seed, the method with every option, and the public event.

    `public_source` names a public event after the nominations whose outcome enters the draw; empty if there is none. The
    day is taken on trust: publish the file where others date it.
    """

    on: date
    swis_version: str
    options: AllocationOptions
    public_source: str
    sha256: str

    def is_opened_by(self, seed: str) -> bool:
        """Whether the seed is the one that was committed to."""
        own = commitment_hash(seed, self.options, self.public_source)
        return secrets.compare_digest(self.sha256.encode(), own.encode())

    def __repr__(self) -> str:
        return f"Commitment({self.on.isoformat()}, {self.options.method}, {self.sha256[:12]})"


def commitment_hash(seed: str, options: AllocationOptions, public_source: str) -> str:
    """The SHA-256 of the lines: kind, scheme, seed, public source, options as canonical JSON."""
    lines = (_KIND, SCHEME, seed, public_source, options.canonical, "")
    return sha256("\n".join(lines).encode()).hexdigest()


def commit(folder: Path | str, options: AllocationOptions, *, on: date, public_source: str = "") -> Commitment:
    """Draw a secret seed of 256 bits, write it to allocation_seed.toml and its commitment to allocation_commitment.toml.

    The seed is in no result and no message. Raises OutputError if either file is there already or cannot be written,
    AllocationError for a public source that is not one line of text.
    """
    folder = Path(folder)
    if not public_source.isprintable() or public_source != public_source.strip():
        raise AllocationError("The public source must be one line of printable text, without spaces at its ends.")
    for name in (COMMITMENT_FILE, SEED_FILE):
        if (folder / name).exists() or (folder / name).is_symlink():
            raise OutputError(
                f"{folder / name} is there already. A second commitment would leave a choice between two draws. "
                "Keep the first, or name another folder with --out."
            )
    seed = secrets.token_hex(32)
    digest = commitment_hash(seed, options, public_source)
    commitment = Commitment(on, version("swis"), options, public_source, digest)
    secret = {"format": COMMITMENT_FORMAT, "seed": seed, "commitment": digest}
    _write_new(folder / SEED_FILE, write_sealed(_SECRET, secret), mode=0o600)
    _write_new(folder / COMMITMENT_FILE, write_commitment(commitment), mode=0o644)
    return commitment


def write_commitment(commitment: Commitment) -> str:
    """The text of allocation_commitment.toml."""
    values = {
        "format": COMMITMENT_FORMAT,
        "scheme": SCHEME,
        "swis_version": commitment.swis_version,
        "committed_on": commitment.on,
        "options": commitment.options.canonical,
        "public_source": commitment.public_source,
        "commitment": commitment.sha256,
    }
    return write_sealed(_PUBLIC, values)


def read_commitment(path: Path | str) -> Commitment:
    """The commitment of a file. Raises AllocationError if it was altered or is none."""
    path = Path(path)
    values, text = _read(path)
    try:
        commitment = Commitment(
            on=values["committed_on"],
            swis_version=values["swis_version"],
            options=options_from(json.loads(values["options"])),
            public_source=values["public_source"],
            sha256=values["commitment"],
        )
        texts = (commitment.swis_version, commitment.public_source, commitment.sha256)
        typed = type(commitment.on) is date and all(isinstance(each, str) for each in texts)
        whole = typed and write_commitment(commitment) == text
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, AllocationError):
        whole = False
    if not whole:
        raise AllocationError(f"{path.name} was altered, or is no commitment. Restore it from where it was published.")
    return commitment


def read_seed(path: Path | str) -> str:
    """The seed of an allocation_seed.toml. Raises AllocationError if it was altered or is none."""
    path = Path(path)
    values, text = _read(path)
    try:
        seed, digest = str(values["seed"]), str(values["commitment"])
        whole = write_sealed(_SECRET, {"format": COMMITMENT_FORMAT, "seed": seed, "commitment": digest})
    except KeyError:
        whole = ""
    if whole != text:
        raise AllocationError(f"{path.name} was altered, or holds no seed. Restore it from where you keep it safe.")
    return seed


def _read(path: Path) -> tuple[dict[str, Any], str]:
    data = read_bytes(path)
    if isinstance(data, Problem):
        raise AllocationError(str(data))
    return read_toml(path.name, data), data.decode("utf-8")


def _write_new(path: Path, text: str, *, mode: int) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder with --out.") from None
