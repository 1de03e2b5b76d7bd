from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

PROTOCOL = """\
format = 1

[study]
title = "A drawn study"
authority = "Nowhere"
launched = "2019-04"
comparison = "matched comparison"

[terms]
order = ["Autumn 2017", "Autumn 2018", "Autumn 2019"]
reference = "Autumn 2018"
after = ["Autumn 2019"]

[terms.starts]
"Autumn 2017" = "2017-09"
"Autumn 2018" = "2018-09"
"Autumn 2019" = "2019-09"

[schools]
Elm = { arm = "intervention", phase = "primary", printed_as = ["Elm_INT"] }
Oak = { arm = "intervention", phase = "primary", printed_as = ["Oak_INT"] }
Ash = { arm = "comparison", phase = "primary", printed_as = ["Ash_COMP"] }
Fir = { arm = "comparison", phase = "primary", printed_as = ["Fir_COMP"] }

[[outcome]]
code = "s47"
name = "Section 47 enquiries"
kind = "events"
primary = true

[programme]
schools = 2
workers = 2
"""

SCHOOL_TERMS = """\
outcome,school,arm,term,count,pupils,printed_rate,rate_per_pupils,source
s47,Elm_INT,intervention,Autumn 2017,4,200,2.00,100,drawn
s47,Elm_INT,intervention,Autumn 2018,5,200,2.50,100,drawn
s47,Elm_INT,intervention,Autumn 2019,3,210,1.43,100,drawn
s47,Oak_INT,intervention,Autumn 2017,2,300,0.67,100,drawn
s47,Oak_INT,intervention,Autumn 2018,6,300,2.00,100,drawn
s47,Oak_INT,intervention,Autumn 2019,1,310,0.32,100,drawn
s47,Ash_COMP,control,Autumn 2017,3,150,2.00,100,drawn
s47,Ash_COMP,control,Autumn 2018,3,160,1.88,100,drawn
s47,Ash_COMP,control,Autumn 2019,4,170,2.35,100,drawn
s47,Fir_COMP,control,Autumn 2017,1,250,0.40,100,drawn
s47,Fir_COMP,control,Autumn 2018,2,250,0.80,100,drawn
s47,Fir_COMP,control,Autumn 2019,2,260,0.77,100,drawn
"""

MONEY = """
[money]
price_year = 2019
period = "autumn term 2019"
months = 4
"""

CORRECTION = """
[[correction]]
outcome = "s47"
school = "Elm"
term = "Autumn 2017"
field = "count"
printed = 4
corrected = 5
kind = "inferred"
reason = "drawn"
"""

DrawStudy = Callable[..., Path]


def replace_all(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, f"the drawn study does not hold {old!r}"
        text = text.replace(old, new)
    return text


@pytest.fixture
def draw_study(tmp_path: Path) -> DrawStudy:
    """Writes a small study without findings but the missing lock; each test breaks one thing by naming old and new."""

    def draw(
        *,
        protocol: Mapping[str, str] | None = None,
        terms: Mapping[str, str] | None = None,
        add: str = "",
        files: Mapping[str, str] | None = None,
    ) -> Path:
        folder = tmp_path / "drawn"
        folder.mkdir(exist_ok=True)
        (folder / "study.toml").write_text(replace_all(PROTOCOL, protocol or {}) + add, encoding="utf-8")
        (folder / "school_terms.csv").write_text(replace_all(SCHOOL_TERMS, terms or {}), encoding="utf-8")
        for name, text in (files or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return draw
