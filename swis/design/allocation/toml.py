"""Writing TOML that is read back to the same values, with a seal that shows an edit; and reading it, value by value."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar, get_type_hints

from swis.errors import AllocationError

_SEAL = "seal = "

Record = TypeVar("Record")


def write_sealed(comment: str, values: Mapping[str, Any]) -> str:
    """Plain values first, then tables and lists of tables. The seal is the SHA-256 of all other lines."""
    plain = {name: value for name, value in values.items() if not isinstance(value, dict | list)}
    lines = [f"# {line}" for line in comment.splitlines()]
    lines += [f"{name} = {_write(value)}" for name, value in plain.items()]
    for name, value in values.items():
        for mark, table in _tables(name, value):
            lines += ["", mark, *(f"{key} = {_write(each)}" for key, each in table.items())]
    text = "\n".join(lines) + "\n"
    place = text.index("\n", text.rindex("# ")) + 1 if comment else 0
    return f'{text[:place]}{_SEAL}"{sha256(text.encode()).hexdigest()}"\n{text[place:]}'


def read_toml(file: str, data: bytes) -> dict[str, Any]:
    """The values of a TOML file. Raises AllocationError if it is none."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, a number of thousands of digits
        raise AllocationError(f"{file} is not a TOML file: {error}. Restore it from where it was published.") from None


def read_record(kind: type[Record], values: object) -> Record:
    """A dataclass of plain values from a table of a file. Raises ValueError unless it has every field, each of its very type."""
    hints = get_type_hints(kind)
    if not isinstance(values, dict) or set(values) != set(hints):
        raise ValueError(f"not the fields of {kind.__name__}")
    if not all(type(values[name]) is hint for name, hint in hints.items()):
        raise ValueError(f"a field of {kind.__name__} is of another type")
    return kind(**values)


def _tables(name: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        return [(f"[{name}]", value)]
    return [(f"[[{name}]]", each) for each in value] if isinstance(value, list) else []


def _write(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case date():
            return value.isoformat()
        case _:
            # JSON and TOML quote alike, but for the delete character.
            return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
