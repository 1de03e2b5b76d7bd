"""Files that nobody reads without a key of their own: written and read in sealed pieces, so that a long one needs little memory.

Each piece is sealed by AES-GCM under its number, and the last one says that it is the last: a file that was cut, put together
anew or changed is not read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 1 << 20
SEAL = 16  # bytes that a sealed piece is longer


class SealBroken(Exception):
    """A sealed file that is not as it was written, or another key's."""


def new_key() -> bytes:
    return AESGCM.generate_key(bit_length=256)


class SealedWriter(io.RawIOBase):
    """A file to write to, once from its beginning to its end.

    `finish` writes the last piece; `size` and `digest` tell of what was written, before it was sealed.
    """

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        super().__init__()
        self._file, self._box, self._number = file, AESGCM(key), 0
        self._waiting, self._hash, self.size = bytearray(), sha256(), 0

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._hash.update(data)
        self._waiting += data
        self.size += len(data)
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Write the last piece. A file that was not finished is not read."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._box.encrypt(_name(self._number, last=last), piece, None))
        self._number += 1


def read_sealed(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The pieces of a sealed file; closes it at the end. Raises `SealBroken` where it is not as it was written."""
    box, number = AESGCM(key), 0
    with file:
        piece = file.read(PIECE + SEAL)
        while True:
            following = file.read(PIECE + SEAL)
            try:
                yield box.decrypt(_name(number, last=not following), piece, None)
            except InvalidTag:
                raise SealBroken("The file is not as it was written.") from None
            if not following:
                return
            piece, number = following, number + 1


def _name(number: int, *, last: bool) -> bytes:
    """The twelve bytes under which a piece is sealed: never the same twice under one key."""
    return number.to_bytes(11, "big") + bytes([last])
