"""`panel.toml`: what a panel was made of and how, with the hash of every file beside it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256

from swis.errors import TableError
from swis.panel.panel import SourceFile
from swis.panel.settings import PanelSettings, split_authorities

PANEL_FILE = "panel.toml"
PANEL_FORMAT = 1


@dataclass(frozen=True)
class PanelDescription:
    """The content of panel.toml. `hashes` are SHA-256 by file."""

    version: str
    settings: PanelSettings
    sources: tuple[SourceFile, ...]
    hashes: Mapping[str, str]


def write_description(description: PanelDescription) -> str:
    """The text of panel.toml, sealed with a hash of itself."""
    body = _write_body(description)
    return f"{body}\n[seal]\nsha256 = {_write_value(_hash(body))}\n"


def read_description(data: bytes) -> PanelDescription:
    """What the bytes of a panel.toml say. Raises TableError if they are of another format or were altered."""
    try:
        text = data.decode("utf-8")
        values = tomllib.loads(text)
        if values["format"] != PANEL_FORMAT:
            raise TableError(
                f"{PANEL_FILE} has format {values['format']}; this version reads {PANEL_FORMAT}. Build the panel again "
                "with this version, or update SWIS."
            )
        description = PanelDescription(
            values["version"],
            PanelSettings(**values["settings"]),
            tuple(SourceFile(**each) for each in values.get("source", ())),
            values["files"],
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        raise TableError(_altered("cannot be read")) from None
    if text != write_description(description):
        raise TableError(_altered("is not as it was written"))
    return description


def read_authorities(data: bytes) -> tuple[str, ...] | None:
    """Whose panel it is, also where the panel is of another format or was altered; None where that cannot be told."""
    try:
        return split_authorities(tomllib.loads(data.decode("utf-8"))["settings"]["authority"])
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, KeyError, TypeError, AttributeError):
        return None


def _altered(what: str) -> str:
    return f"{PANEL_FILE} {what}: it was altered. Restore it, or build the panel again; a panel is not mended by hand."


def _write_body(description: PanelDescription) -> str:
    lines = [
        "# What this panel was made of and how. Written by swis; do not edit. Its counts are not for publishing.",
        f"format = {PANEL_FORMAT}",
        f"version = {_write_value(description.version)}",
        "",
        "[settings]",
        *(f"{name} = {_write_value(value)}" for name, value in asdict(description.settings).items()),
        "",
        "[files]",
        *(f"{_write_value(name)} = {_write_value(digest)}" for name, digest in description.hashes.items()),
    ]
    for source in description.sources:
        lines += ["", "[[source]]"]
        lines += [f"{each.name} = {_write_value(getattr(source, each.name))}" for each in fields(SourceFile)]
    return "\n".join(lines) + "\n"


def _write_value(value: object) -> str:
    # JSON and TOML write text, truth and whole numbers alike, but for the delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
