from __future__ import annotations

from pathlib import Path

import pytest

from swis.design.allocation.nominations import Nominations, read_nominations
from swis.errors import TableError
from tests.design.allocation.drawn import nominations_text, write_nominations

HEADING = "school,authority,phase,pupils,free_school_meals_percent,feeder_primaries,reserve,excluded\n"
ROWS = (
    "Ash,Fictown,secondary,900,20.50,Fir Primary; Elm Primary,,\n"
    "Birch,Fictown,secondary,800,12,,yes,\n"
    "Cedar,Fictown,secondary,,,,no,about to close\n"
)


def read(folder: Path, text: str) -> Nominations:
    return read_nominations(write_nominations(folder, text))


def test_schools_are_in_the_draw_in_reserve_or_excluded_with_a_reason(tmp_path: Path) -> None:
    nominations = read(tmp_path, HEADING + ROWS)
    assert [each.school for each in nominations.drawn] == ["Ash"]
    assert [each.school for each in nominations.reserves] == ["Birch"]
    assert [(each.school, each.excluded) for each in nominations.excluded] == [("Cedar", "about to close")]
    assert nominations.drawn[0].feeder_primaries == ("Fir Primary", "Elm Primary")
    assert repr(nominations).startswith("Nominations(nominations.csv: 1 in the draw, 1 in reserve, 1 excluded; ")


def test_figures_of_schools_are_not_in_the_repr(tmp_path: Path) -> None:
    assert "900" not in repr(read(tmp_path, HEADING + ROWS).schools)


@pytest.mark.parametrize(
    "other",
    [
        "".join(reversed(ROWS.splitlines(keepends=True))),
        ROWS.replace("20.50", "20.5"),
        ROWS.replace(",900,", ',"0,900",').replace('"0,900"', "+900"),
        ROWS.replace("\n", "\r\n"),
        ROWS.replace(",no,", ",,"),
        ROWS.replace("; ", ";"),
    ],
)
def test_the_canonical_form_does_not_see_how_a_thing_was_written(tmp_path: Path, other: str) -> None:
    first, second = read(tmp_path, HEADING + ROWS), read(tmp_path, HEADING + other)
    assert first.canonical_sha256 == second.canonical_sha256
    assert first.file_sha256 != second.file_sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ash", "Ashe"),
        ("900", "901"),
        ("20.50", "20.51"),
        ("Fir", "Fur"),
        ("yes", ""),
        ("about to", "will"),
        ("secondary", "special"),
    ],
)
def test_the_canonical_form_sees_every_change(tmp_path: Path, old: str, new: str) -> None:
    assert (
        read(tmp_path, HEADING + ROWS).canonical_sha256
        != read(tmp_path, HEADING + ROWS.replace(old, new, 1)).canonical_sha256
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Birch", "Ash", r"the same school more than once: Ash \(rows 2, 3\)"),
        ("Birch", "ash", r"2 names differ only in capitals or spaces: 'Ash', 'ash' \(rows 2, 3\)"),
        ("Birch,Fictown", "Birch,fictown", "column authority: 2 names differ only in capitals"),
        ("20.50", "120.5", r"column free_school_meals_percent: above 100 per cent \(row 2\)"),
        (",900,", ",0,", r"column pupils: 1 of 3 values is not above 0 \(row 2\)"),
        ("Fir Primary", "birch", "a feeder primary is nominated as a school of its own"),
        ("Birch,", '"Bir\nch",', "characters that cannot be printed"),
        ("yes", "perhaps", "neither yes nor no"),
        ("secondary", "grammar", "none of the codes"),
    ],
)
def test_a_bad_row_is_refused_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read(tmp_path, HEADING + ROWS.replace(old, new, 1))


def test_a_feeder_of_two_schools_is_noted(tmp_path: Path) -> None:
    rows = ROWS.replace("800,12,,", "800,12,Fir Primary,")
    assert any("Fir Primary feeds Ash, Birch" in note for note in read(tmp_path, HEADING + rows).notes)


def test_a_reserve_where_no_school_is_drawn_is_noted(tmp_path: Path) -> None:
    rows = ROWS.replace("Birch,Fictown", "Birch,Otherby")
    assert any("Birch is in reserve in Otherby" in note for note in read(tmp_path, HEADING + rows).notes)


def test_an_excluded_school_may_be_a_feeder(tmp_path: Path) -> None:
    assert read(tmp_path, HEADING + ROWS.replace("Fir Primary", "Cedar")).drawn


def test_all_columns_are_read(tmp_path: Path) -> None:
    nominations = read(tmp_path, nominations_text([3], reserves=1))
    assert len(nominations.drawn) == 3
    assert nominations.drawn[0].section_47_enquiries is not None
