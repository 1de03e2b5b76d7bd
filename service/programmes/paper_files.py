"""Which files may be papers: few kinds, known by their content, of a bounded size."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath

from django.core.exceptions import ValidationError

LARGEST = 10_000_000  # bytes
OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
INSIDE = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: its name as shown, its ending, and the hash of its content."""

    name: str
    ending: str
    sha256: str


def check_file(name: str, data: bytes) -> CheckedFile:
    """The file if it may be a paper. Raises `ValidationError` for its kind, content, macros or size."""
    plain = re.sub(r"[^\w .()-]+", "_", PurePath(name.replace("\\", "/")).name).strip()
    ending = PurePath(plain).suffix.removeprefix(".").lower()
    if ending not in KINDS:
        raise ValidationError({"file": f"Choose a file of one of these kinds: {', '.join(KINDS)}."})
    if not data or len(data) > LARGEST:
        raise ValidationError({"file": "The file is empty or larger than 10 MB."})
    if not _is(ending, data):
        raise ValidationError({"file": f"The content is not that of a .{ending} file, or the file holds macros."})
    stem = PurePath(plain).stem[:90] or "paper"
    return CheckedFile(f"{stem}.{ending}", ending, sha256(data).hexdigest())


def _is(ending: str, data: bytes) -> bool:
    if ending == "pdf":
        return data.startswith(b"%PDF-")
    if ending in INSIDE:
        return _is_office(ending, data)
    try:
        return "\0" not in data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False


def _is_office(ending: str, data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return False
    with_macros = any(name.lower().endswith("vbaproject.bin") for name in names)
    return "[Content_Types].xml" in names and any(name.startswith(INSIDE[ending]) for name in names) and not with_macros
