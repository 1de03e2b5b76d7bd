"""Which bytes a study was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Hashes:
    """The SHA-256 of study.toml and of each input, over the raw bytes of the file as it lies on the disk.

    `all` is one hash of them together: of the lines `name  hash` in the order of the names.
    Raw bytes: a file whose line endings were changed on the way has another hash.
    """

    files: Mapping[str, str]

    @property
    def all(self) -> str:
        """One SHA-256 for protocol and inputs together."""
        lines = "".join(f"{name}  {digest}\n" for name, digest in sorted(self.files.items()))
        return sha256(lines.encode()).hexdigest()
