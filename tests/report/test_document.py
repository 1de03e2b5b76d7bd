from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.errors import OutputError
from swis.report.document import (
    Bullets,
    Callout,
    Column,
    Heading,
    Link,
    Paragraph,
    Ref,
    Table,
    column_widths,
)
from swis.report.printable import printable
from tests.report.drawn import full_document, small_document, small_figure, small_table


def test_tables_and_figures_are_numbered_in_order_those_in_callouts_too() -> None:
    labels = full_document().labels
    assert labels["called"] == "Table 1"
    assert labels["wide"] == "Table 2"
    assert labels["called-figure"] == "Figure 1"
    assert labels["claims"] == "Figure 2"
    assert labels["claims-data"] == "Data of Figure 2"
    assert labels["provenance-table"] == "Table 4"


def test_a_reference_is_printed_as_what_it_leads_to() -> None:
    document = small_document(Heading(1, "Costs", "costs"), small_table(), Paragraph((Ref("counts"), Ref("costs"))))
    (first, second) = document.runs((Ref("counts"), Ref("costs")))
    assert (first.text, first.target) == ("Table 1", "#counts")
    assert (second.text, second.target) == ("Costs", "#costs")


def test_a_reference_into_nothing_is_refused_wherever_it_stands() -> None:
    lost = ("See ", Ref("nowhere"))
    table = replace(small_table(), note=lost)
    callout = Callout("Note", (Paragraph(lost),))
    for block in (Paragraph(lost), Bullets((lost,)), table, callout):
        with pytest.raises(OutputError, match="nowhere"):
            small_document(block)


def test_headings_may_not_jump_a_level() -> None:
    with pytest.raises(OutputError, match="'Deep' has level 3"):
        small_document(Heading(1, "A", "a"), Heading(3, "Deep", "deep"))
    with pytest.raises(OutputError, match="'First' has level 2"):
        small_document(Heading(2, "First", "first"))
    small_document(Heading(1, "A", "a"), Heading(2, "B", "b"), Heading(3, "C", "c"), Heading(1, "D", "d"))


def test_an_identifier_used_twice_is_refused_also_when_one_stands_in_a_callout() -> None:
    with pytest.raises(OutputError, match="counts"):
        small_document(small_table(), Callout("Again", (small_table(),)))
    with pytest.raises(OutputError, match="picture-data"):
        small_document(small_figure(), small_table("picture-data"))


@pytest.mark.parametrize("name", ["", "Two Words", "a--b", "-a", "a_b", "é", 'a"onclick'])
def test_an_identifier_that_would_break_a_link_is_refused(name: str) -> None:
    with pytest.raises(OutputError, match="small letters"):
        small_table(name)


def test_an_identifier_of_the_writers_own_is_refused() -> None:
    with pytest.raises(OutputError, match="main"):
        small_document(small_table("main"))


def test_a_table_needs_caption_titles_rows_and_rows_of_its_width() -> None:
    table = small_table()
    wrong = [
        ({"caption": " "}, "no caption"),
        ({"columns": (Column("School"), Column(" "))}, "header row"),
        ({"columns": ()}, "header row"),
        ({"rows": ()}, "no rows"),
        ({"rows": (("a", "1"), ("b",))}, "row 2, has 1 cells under 2 columns"),
        ({"columns": (Column("A", row_header=True), Column("B", row_header=True))}, "row headers"),
    ]
    for change, message in wrong:
        with pytest.raises(OutputError, match=message):
            replace(table, **change)  # type: ignore[arg-type]


def test_a_figure_needs_a_caption_and_a_text_alternative() -> None:
    for change, message in (({"alt": " "}, "text alternative"), ({"caption": ""}, "caption")):
        with pytest.raises(OutputError, match=message):
            replace(small_figure(), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", [0, 5])
def test_a_heading_beyond_the_four_levels_is_refused(level: int) -> None:
    with pytest.raises(OutputError, match="level"):
        Heading(level, "A", "a")


def test_empty_lists_callouts_and_titles_are_refused() -> None:
    for build in (
        lambda: Bullets(()),
        lambda: Callout("Title", ()),
        lambda: Callout("", (Paragraph("a"),)),
        lambda: Callout("Title", (Paragraph("a"),), "loud"),  # type: ignore[arg-type]
        lambda: replace(small_document(), title=""),
        lambda: replace(small_document(), description=" "),
        lambda: Heading(1, " ", "a"),
    ):
        with pytest.raises(OutputError):
            build()


@pytest.mark.parametrize("target", ["javascript:alert(1)", "file:///etc/passwd", "example.org", "", "https://a b"])
def test_a_link_that_is_not_a_web_or_mail_address_is_refused(target: str) -> None:
    with pytest.raises(OutputError, match="https"):
        Link("here", target)


def test_the_contents_list_chapters_and_sections_and_the_annex_only_where_there_is_one() -> None:
    document = full_document()
    assert [heading.anchor for heading in document.contents(with_annex=False)] == [
        "plain",
        "numbers",
        "by-school",
        "provenance",
    ]
    assert document.contents(with_annex=True)[-1].anchor == "figure-data"
    assert small_document(small_table()).contents(with_annex=True) == ()


@given(st.text())
def test_printable_text_holds_nothing_that_xml_forbids(text: str) -> None:
    printed = printable(text)
    assert len(printed) == len(text)
    assert all(
        " " <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter >= "\U00010000" for letter in printed
    )


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), min_size=1), st.floats(1, 200))
def test_column_widths_fill_no_more_than_the_room(rows: list[tuple[str, str]], room: float) -> None:
    table = Table("A", (Column("A"), Column("B")), tuple(rows), "a")
    widths = column_widths(table, room=room)
    assert widths is None or (sum(widths) <= room * (1 + 1e-9) and min(widths) > 0)
