"""Which letters every format of the report can carry."""

from __future__ import annotations

import re

_BREAKS = re.compile(r"[\t\n\r\u2028\u2029]")
_NOT_PRINTABLE = re.compile(r"[^\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u007f-\u009f\ufdd0-\ufdef]")


def printable(text: str) -> str:
    """The text with every line break and tab as a space, and what no format can carry as a replacement character."""
    return _NOT_PRINTABLE.sub("\ufffd", _BREAKS.sub(" ", text))
