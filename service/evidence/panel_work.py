"""What the library does with an upload and a panel. Nothing here writes a row but what comes out at the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import polars as pl
from django.conf import settings

from service.evidence.archives import pack_folder, unpack
from service.evidence.incoming import WORK, Refused
from service.evidence.models import Archive
from service.evidence.progress import Tell
from service.schools.models import Authority
from swis.disclosure.policy import POLICIES
from swis.disclosure.publish import NOTHING_PUBLISHED
from swis.panel.build import build_panel
from swis.panel.combine import combine_panels
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.folder import read_panel, write_panel
from swis.panel.panel import Panel
from swis.panel.publish import publish_panel
from swis.panel.settings import PanelSettings
from swis.panel.staging import stage_returns
from swis.panel.write_published import LEDGER_FILE, read_releases, write_published
from swis.report.html import write_html
from swis.report.panel import compose_quality_page
from swis.terms import Holidays

STEPS = 7  # of a build, as the library tells them


@dataclass(frozen=True)
class BuiltPanel:
    """A panel folder as a zip, and what of it the pages show."""

    content: bytes
    facts: dict[str, Any]


def private_folder() -> TemporaryDirectory[str]:
    """A folder for the length of some work, in the service's own place."""
    return TemporaryDirectory(dir=settings.DATA, prefix=WORK)


def build_from_upload(folder: Path, authority: Authority, choices: dict[str, Any], tell: Tell) -> BuiltPanel:
    """Build the panel of an authority from the files in a folder, as `swis panel` does. Raises SwisError and `Refused`.

    The rows about children are in the memory of this process while it runs and nowhere else: nothing is spilled to disk.
    """
    chosen = PanelSettings(
        authority.name,
        holidays=cast("Holidays", choices["holidays"]),
        short_breaks=choices["short_breaks"],
        follow_mergers=choices["follow_mergers"],
        first_term=choices["first_term"],
        last_term=choices["last_term"],
    )
    steps = iter(range(STEPS))
    engine = DuckdbEngine(spill="never")
    try:
        staged = stage_returns(
            [folder], engine, chosen, progress=lambda done, of: tell("Reading the returns", done, of)
        )
        if staged.authority_code not in ("", authority.code):
            raise Refused(
                f"The returns are of authority {staged.authority_code}; {authority.name} is {authority.code}. Upload its own."
            )
        panel = build_panel(staged, chosen, step=lambda what: tell(what, next(steps, STEPS), STEPS))
    finally:
        engine.close()
    tell("Writing the panel", STEPS, STEPS)
    page = write_html(compose_quality_page(panel)).encode("utf-8")
    with private_folder() as name:
        write_panel(panel, Path(name) / "panel", quality_page=page)
        return BuiltPanel(pack_folder(Path(name) / "panel"), facts_of(panel))


def facts_of(panel: Panel) -> dict[str, Any]:
    """What the pages show of a panel without opening it."""
    terms = panel.terms.group_by("term").agg(
        pl.col("first_day").min(), days=((pl.col("counts_to") - pl.col("counts_from")).dt.total_days() + 1).max()
    )
    of_term = {term: (first, days) for term, first, days in terms.iter_rows()}
    warnings = sum(found.severity == "warning" for found in panel.findings)
    return {
        "swis_version": panel.version,
        "schools": panel.schools.select("school", "school_name", "phase").rows(),
        "terms": [
            {"name": name, "starts": f"{of_term[name][0]:%Y-%m}", "days": of_term[name][1]} for name in panel.term_names
        ],
        "outcomes": list(panel.outcomes),
        "totals": _totals(panel),
        "warnings": warnings,
        "notes": len(panel.findings) - warnings,
    }


def _totals(panel: Panel) -> dict[str, list[int | None]]:
    sums = panel.cells.group_by("term").agg(
        *(pl.when(pl.col(code).is_not_null().any()).then(pl.col(code).sum()).alias(code) for code in panel.outcomes)
    )
    of_term = {row["term"]: row for row in sums.iter_rows(named=True)}
    return {
        code: [None if of_term[term][code] is None else int(of_term[term][code]) for term in panel.term_names]
        for code in panel.outcomes
    }


def open_panel(archive: Archive) -> Panel:
    """The panel of an archive, checked against its own hashes."""
    with private_folder() as name:
        unpack(bytes(archive.content), Path(name))
        return read_panel(Path(name))


def open_panels(archives: list[Archive]) -> Panel:
    """One panel, or several of different authorities put together. Raises TableError if they do not go together."""
    panels = [open_panel(archive) for archive in archives]
    return panels[0] if len(panels) == 1 else combine_panels(panels)


def publish_from_panel(archive: Archive, *, policy: str, earlier: bytes | None, tell: Tell) -> BuiltPanel:
    """What of a panel may be shown, held against the record that the last release of the authority left."""
    with private_folder() as name:
        ledger = NOTHING_PUBLISHED
        if earlier is not None:
            record = Path(name) / LEDGER_FILE
            record.write_bytes(earlier)
            ledger = read_releases(record)
        published = publish_panel(open_panel(archive), POLICIES[policy], ledger=ledger, progress=tell)
        write_published(published, Path(name) / "published")
        shown = {each.outcome.code: each.outcome.name for each in published.outcomes if each.by_school.withheld is None}
        facts = {"outcomes": [[code, words] for code, words in shown.items()], "withheld": len(published.withheld)}
        return BuiltPanel(pack_folder(Path(name) / "published"), facts)
