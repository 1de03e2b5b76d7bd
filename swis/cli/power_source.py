"""Where `swis power --from` takes its numbers: a study, or a table of schools and terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from swis.cli.studies import read_folders
from swis.design.power.scatter import PanelScatter, measure_panel
from swis.design.power.school_terms import choose_outcome, read_term_panel
from swis.errors import TableError
from swis.study.power import StudyNeeds, panel_before, study_needs
from swis.study.section import PROTOCOL_FILE
from swis.study.study import Study
from swis.tables.read import load_table
from swis.tables.school_terms import SCHOOL_TERMS


@dataclass(frozen=True, eq=False)
class PowerSource:
    """What was measured, from which files, and what was left out. `worthwhile` and `needs` are there for a study."""

    scatter: PanelScatter
    terms: tuple[str, ...]
    left_out: tuple[str, ...]
    hashes: Mapping[str, str]
    worthwhile: float | None = None
    needs: StudyNeeds | None = None


def read_source(path: Path, *, outcome: str | None, terms: str | None, power: float) -> PowerSource:
    """The numbers of a study folder, or of a table. Raises SwisError for what cannot be read or says nothing."""
    if (path / PROTOCOL_FILE).is_file():
        if terms is not None:
            raise TableError(f"{path} is a study: study.toml says which terms lie before the start. Leave --terms out.")
        (study,) = read_folders([path])
        return _of_study(study, _outcome_of(study, outcome), power)
    file = path / SCHOOL_TERMS.file if path.is_dir() else path
    loaded = load_table(SCHOOL_TERMS, file)
    panel = read_term_panel(choose_outcome(loaded.frame, outcome), terms=None if terms is None else _split(terms))
    scatter = measure_panel(panel.count, panel.pupils, stratum=panel.stratum)
    return PowerSource(scatter, panel.terms, scatter.left_out, {file.name: loaded.sha256})


def _outcome_of(study: Study, outcome: str | None) -> str:
    codes = [one.code for one in study.outcomes]
    if outcome is None and len(codes) > 1:
        raise TableError(f"{study.name} has several outcomes: {', '.join(codes)}. Name one with --outcome.")
    return study.outcome(outcome or codes[0]).code


def _of_study(study: Study, code: str, power: float) -> PowerSource:
    panel, _ = panel_before(study, code)
    needs = study_needs(study, code, power=power)
    return PowerSource(
        scatter=needs.scatter,
        terms=panel.terms,
        left_out=needs.left_out,
        hashes=study.hashes.files,
        worthwhile=study.options.worthwhile_rate_ratio,
        needs=needs,
    )


def _split(terms: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in terms.split(",") if name.strip())
    if not names:
        raise TableError('--terms names no term. Write them with commas, as in "Autumn 2017,Autumn 2018".')
    return names
