"""Writing a report: the same document as HTML, accessible PDF and Word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from swis.errors import OutputError
from swis.report.compose import compose_report
from swis.report.document import Document
from swis.report.html import write_html
from swis.report.pdf import write_pdf
from swis.report.word import write_word
from swis.study.together import Evaluation

Progress = Callable[[str, int, int], None]

WRITERS: dict[str, Callable[[Document], bytes]] = {
    "html": lambda document: write_html(document).encode("utf-8"),
    "pdf": write_pdf,
    "docx": write_word,
}
FORMATS = tuple(WRITERS)
NAMES = {"html": "HTML", "pdf": "PDF", "docx": "Word"}


def write_report(
    evaluation: Evaluation, folder: Path, *, formats: Sequence[str] = FORMATS, progress: Progress | None = None
) -> dict[str, Path]:
    """Write report.html, report.pdf and report.docx into a folder, made if need be; the paths by format.

    The same evaluation gives the same bytes. Raises OutputError for a format that is not known, or where the folder cannot
    be written to; nothing is written then.
    """
    check_formats(formats)
    make_folder(folder)
    if progress is not None:
        progress("Figures and text", 0, len(formats) + 1)
    return write_document(compose_report(evaluation), folder, name="report", formats=formats, progress=progress)


def write_document(
    document: Document, folder: Path, *, name: str, formats: Sequence[str] = FORMATS, progress: Progress | None = None
) -> dict[str, Path]:
    """Write NAME.html, NAME.pdf and NAME.docx into a folder, made if need be; the paths by format.

    Raises OutputError for a format that is not known, or where the folder cannot be written to.
    """
    check_formats(formats)
    make_folder(folder)
    written = {}
    for number, kind in enumerate(formats, start=1):
        if progress is not None:
            progress(NAMES[kind], number, len(formats) + 1)
        written[kind] = _write(folder / f"{name}.{kind}", WRITERS[kind](document))
    return written


def check_formats(formats: Sequence[str]) -> None:
    """Raises OutputError for a format that is not known."""
    unknown = [name for name in formats if name not in WRITERS]
    if unknown:
        raise OutputError(f"There is no format {unknown[0]!r}. Choose from: {', '.join(FORMATS)}.")


def make_folder(folder: Path) -> None:
    """Make the folder, or raise OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made a folder: {error.strerror}. Name another with --out.") from None


def _write(path: Path, content: bytes) -> Path:
    # Written beside and then put in place, so that a full disk leaves no half report behind.
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror}. Name another folder with --out.") from None
    return path
