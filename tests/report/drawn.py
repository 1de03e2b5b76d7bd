"""Small documents and figures that the tests of the writers share the drawing of."""

import math

import altair as alt
import numpy as np

from swis.estimate.comparison import Comparison
from swis.report.document import (
    Block,
    Bullets,
    Callout,
    Column,
    Document,
    Emphasis,
    Figure,
    Heading,
    Link,
    PageBreak,
    Paragraph,
    Ref,
    Strong,
    Table,
)
from swis.report.drawing import Drawing, draw
from swis.report.figures.claims import ClaimRow, claims_figure
from swis.report.figures.effect import effect_figure
from swis.report.figures.ratios import Interval, IntervalRow
from swis.report.figures.trend import trend_figure

HOSTILE = '#panic("x") *a* $b$ <c> @d \\ ] & <script>alert(1)</script> {{x}} %s \x00\x0b'
HASH = "sha256 " + "0123456789abcdef" * 4


def small_drawing(words: str = "words") -> Drawing:
    values = alt.InlineData(values=[{"x": 1, "words": words}])
    return draw(alt.Chart(values).mark_text().encode(x="x:Q", text="words:N").properties(width=120, height=40))


def small_table(identifier: str = "counts", rows: int = 2) -> Table:
    return Table(
        caption="Enquiries by school",
        columns=(Column("School", row_header=True), Column("Count", align="right")),
        rows=tuple((f"Primary{row}", str(row)) for row in range(1, rows + 1)),
        identifier=identifier,
    )


def small_figure(identifier: str = "picture") -> Figure:
    return Figure(
        identifier=identifier,
        caption="A picture",
        alt="Enquiries rose from 1 to 2.",
        drawing=small_drawing(),
        data=small_table(f"{identifier}-data"),
    )


def small_document(*blocks: Block) -> Document:
    return Document("A report", "", "", "What the report is about.", blocks)


def wide_table() -> Table:
    terms = [
        f"{season} {year} {what}"
        for year in (2017, 2018, 2019)
        for season in ("Spring", "Autumn")
        for what in ("count", "rate")
    ]
    return Table(
        caption="A table too wide for an upright page",
        columns=(Column("School", row_header=True), *(Column(term, align="right") for term in terms)),
        rows=tuple((f"SOU_Secondary{row}_INT", *("12.34" for _ in terms)) for row in range(1, 41)),
        identifier="wide",
        note=("No cell is suppressed; see ", Ref("claims"), "."),
    )


def pilot_comparison() -> Comparison:
    count = np.array([[4.0, 3, 2], [5, 6, 4], [0, 0, 0]])
    pupils = np.array([[800.0, 810, 805], [700, 0, 690], [300, 300, 300]])
    count[1, 1] = 0
    return Comparison(
        outcome="section_47_enquiries",
        schools=("STO_Primary1_INT", "Sto_Secondary2_COMP", "STO_Primary3_COMP"),
        terms=("Autumn 2017", "Autumn 2018", "Autumn 2019"),
        count=count,
        pupils=pupils,
        intervention=np.array([True, False, False]),
        reference="Autumn 2018",
        after=("Autumn 2019",),
    )


def claim_rows() -> tuple[ClaimRow, ...]:
    cannot, refuted, claimed, modest = "cannot tell", "not supported", "significant", "not significant"
    nothing, everything = Interval(None, None, None), Interval(None, 0.0, math.inf)
    tiny, zero = Interval(1.43e-8, 1.54e-9, 1.33e-7), Interval(0.0, 0.0, 0.553)
    rows = (
        ("A, section 47", Interval(0.65, 0.45, 0.94), claimed, Interval(0.65, 0.14, 2.78), refuted, "Three ways."),
        ("A, section 17", Interval(1.24, 0.85, 1.8), modest, Interval(1.24, 0.7, 2.2), cannot, "Few schools."),
        ("B, section 47", tiny, claimed, zero, refuted, HOSTILE),
        ("C, days in care", nothing, modest, everything, cannot, "Separated."),
    )
    return tuple(ClaimRow(*row) for row in rows)  # type: ignore[arg-type]


def interval_rows() -> tuple[IntervalRow, ...]:
    return (
        IntervalRow("Published", 0.65, 0.45, 0.94, "3 clusters"),
        IntervalRow("Exact conditional", 0.0, 0.0, 0.553),
        IntervalRow("Wild bootstrap", None, None, None, "separated"),
        IntervalRow("CR2", 1.1, 1e-9, math.inf),
    )


def full_document() -> Document:
    """Every kind of block, hostile text everywhere, a wide table, a long hash."""
    return Document(
        title=f"Three pilots {HOSTILE}",
        subtitle=f"What they show {HOSTILE}",
        source="Written by swis from the study folders",
        description=f"An evaluation {HOSTILE}",
        blocks=(*plain_chapter(), PageBreak(), *numbers_chapter()),
        provenance=(("Version", "swis 0.1.0"), ("Protocol", HASH)),
    )


def plain_chapter() -> tuple[Block, ...]:
    references = (" See ", Ref("wide"), " and ", Ref("claims"), " in ", Ref("numbers"))
    bullets = Bullets(("a", ("b ", Strong("c"))))
    return (
        Heading(1, "In plain English", "plain"),
        Paragraph((HOSTILE, Strong(HOSTILE), Emphasis("b"), *references)),
        Callout("The data cannot tell", (Paragraph("Too little."), bullets, small_table("called")), "verdict"),
        Callout("Mind the launch", (Paragraph("It came earlier."), small_figure("called-figure")), "caution"),
        claims_figure(claim_rows(), identifier="claims"),
    )


def numbers_chapter() -> tuple[Block, ...]:
    columns = (Column("Item"), Column("Remark", align="centre"))
    return (
        Heading(1, f"Numbers {HOSTILE}", "numbers"),
        Heading(2, "By school", "by-school"),
        Paragraph(("On ", Link("the page", "https://example.org/?a=1&b=2"), ".")),
        trend_figure(pilot_comparison(), identifier="trend", outcome_name="section 47 enquiries", per=100),
        effect_figure(interval_rows(), identifier="effect", outcome_name="section 47 enquiries"),
        Heading(3, "The wide one", "wide-one"),
        wide_table(),
        Table("A long remark", columns, (("One", HOSTILE * 3), ("Two", HASH)), "remarks"),
        Bullets((HOSTILE,)),
    )
