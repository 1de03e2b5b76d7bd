"""Which letters every format of the report can carry."""

from __future__ import annotations

import re

_BREAKS = re.compile(r"[\t\n\r\u2028\u2029]")
# Marks that turn the direction of the text after them: a name must not reverse the words beside it.
_DIRECTION = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_PRINTABLE = re.compile(r"[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\ufdd0-\ufdef]")


def printable(text: str) -> str:
    """The text with breaks and tabs as spaces, without marks of direction, and a replacement for what no format can carry."""
    return _NOT_PRINTABLE.sub("\ufffd", _DIRECTION.sub("", _BREAKS.sub(" ", text)))
