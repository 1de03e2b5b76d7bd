"""Panels drawn from a seed: any number of schools and terms, so that a test can say only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from swis.panel.finding import PanelFinding
from swis.panel.outcomes import OUTCOMES
from swis.panel.panel import Panel, SourceFile
from swis.panel.settings import PanelSettings
from swis.terms import Holidays, make_generic_calendar, tabulate_terms

CODES = ("section_17_starts", "section_47_enquiries", "days_in_care")


def draw_panel(
    authority: str = "Lambeth",
    *,
    schools: Sequence[str] = ("100001", "100002", "100003", "100004"),
    years: tuple[int, int] = (2017, 2019),
    half_terms: bool = False,
    year_groups: Sequence[str] = ("7", "8", "9"),
    means: Mapping[str, float] | None = None,
    holidays: Holidays = "next term",
    seed: int = 1,
) -> Panel:
    """Counts around `means` (events of a year group and term; 1 for the three outcomes of the pilots without it)."""
    generator = np.random.default_rng(seed)
    terms = tabulate_terms(make_generic_calendar(*years, half_terms=half_terms), holidays=holidays).drop(
        "days", "whole"
    )
    keys = [(school, term, group) for school in schools for term in terms["term"] for group in year_groups]
    cells = pl.DataFrame(keys, schema=["school", "term", "year_group"], orient="row")
    pupils = generator.integers(40, 120, cells.height)
    counts = {
        code: generator.poisson(mean, cells.height) for code, mean in (means or dict.fromkeys(CODES, 1.0)).items()
    }
    cells = cells.with_columns(
        pl.Series("pupils_on_census_day", pupils),
        pl.Series("mean_pupils", pupils + generator.integers(0, 3, cells.height) / 3),
        *(pl.Series(code, numbers) for code, numbers in counts.items()),
        *(pl.lit(None, pl.Int64).alias(each.code) for each in OUTCOMES if each.code not in counts),
    )
    return Panel(
        PanelSettings(authority, holidays),
        cells,
        draw_schools(authority, schools),
        terms.with_columns(calendar=pl.lit(authority), census_day=pl.col("first_day").dt.offset_by("30d")),
        pl.DataFrame(
            {"outcome": ["section_47_enquiries"], "term": ["autumn 2018"], "reason": ["on no roll"], "count": [3]}
        ),
        pl.DataFrame(
            {
                "outcome": ["section_47_enquiries"],
                "school": [schools[0]],
                "term": [terms["term"][0]],
                "events": [3],
                "children": [3],
                "families": [2],
            }
        ),
        (PanelFinding("note", "drawn", "Drawn, not real", "Nothing.", 2, file="drawn.py", school=schools[0]),),
        (SourceFile('cin "2018".xml', "children in need census", "0" * 64, 20, 19),),
        "0.1.0",
    )


def draw_schools(authority: str, schools: Sequence[str]) -> pl.DataFrame:
    """Secondary schools, one in five with free school meals."""
    return pl.DataFrame(
        {
            "school": list(schools),
            "school_name": [f"School {place}, {authority}" for place in range(len(schools))],
            "phase": ["secondary"] * len(schools),
            "authority": [authority] * len(schools),
            "former_urns": [f"9{place:05}" if place == 1 else "" for place in range(len(schools))],
            "free_school_meals_percent": [20.0 + place / 3 for place in range(len(schools))],
            "oldest_year_group": [11] * len(schools),
            "cluster": [None] * len(schools),
            "role": [None] * len(schools),
        }
    )
