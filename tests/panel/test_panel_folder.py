from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from swis.errors import OutputError, TableError
from swis.panel.description import PANEL_FILE
from swis.panel.folder import read_panel, write_panel
from swis.panel.panel import Panel
from swis.panel.settings import PanelSettings
from tests.panel.drawn_panels import draw_panel

FRAMES = ("cells", "schools", "terms", "not_placed", "children_and_families")


def assert_same(first: Panel, second: Panel) -> None:
    for name in FRAMES:
        assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    for name in ("settings", "findings", "sources", "version"):
        assert getattr(first, name) == getattr(second, name)


def test_a_panel_comes_back_from_its_folder_as_it_went_in(tmp_path: Path) -> None:
    panel = draw_panel("Bristol, City of")
    write_panel(panel, tmp_path / "panel")
    assert_same(read_panel(tmp_path / "panel"), panel)


def test_the_same_panel_gives_the_same_bytes_and_may_be_written_again(tmp_path: Path) -> None:
    panel = draw_panel()
    first = {path.name: path.read_bytes() for path in write_panel(panel, tmp_path / "panel")}
    write_panel(draw_panel(seed=2), tmp_path / "panel")
    again = {path.name: path.read_bytes() for path in write_panel(panel, tmp_path / "panel")}
    assert first == again
    assert sorted(first) == sorted(path.name for path in (tmp_path / "panel").iterdir())


def test_a_panel_with_nothing_amiss_and_nothing_placed_elsewhere_is_read(tmp_path: Path) -> None:
    panel = draw_panel()
    bare = replace(
        panel,
        not_placed=panel.not_placed.clear(),
        children_and_families=panel.children_and_families.clear(),
        findings=(),
        sources=(),
    )
    write_panel(bare, tmp_path)
    assert_same(read_panel(tmp_path), bare)


def test_means_are_kept_to_six_decimals_and_small_ones_are_not_lost(tmp_path: Path) -> None:
    panel = draw_panel()
    cells = panel.cells.with_columns(mean_pupils=pl.lit(0.0000021), mean_resident_pupils=pl.lit(1 / 3))
    write_panel(replace(panel, cells=cells), tmp_path)
    read = read_panel(tmp_path).cells
    assert read["mean_pupils"].unique().to_list() == [0.000002]
    assert read["mean_resident_pupils"].unique().to_list() == [0.333333]


def test_not_covered_stays_apart_from_zero(tmp_path: Path) -> None:
    panel = draw_panel(means={"section_47_enquiries": 0.0})
    write_panel(panel, tmp_path)
    read = read_panel(tmp_path)
    assert read.outcomes == ("section_47_enquiries",)
    assert read.cells["section_47_enquiries"].sum() == 0
    assert read.cells["referrals"].null_count() == read.cells.height


def test_the_folder_and_its_counts_are_closed_to_others(tmp_path: Path) -> None:
    write_panel(draw_panel(), tmp_path / "panel")
    assert stat.S_IMODE((tmp_path / "panel").stat().st_mode) == 0o700
    for path in write_panel(draw_panel(), tmp_path):
        assert path.name == PANEL_FILE or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_folder_with_files_of_another_kind_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "schools.csv").write_text("mine")
    with pytest.raises(OutputError, match=r"holds schools.csv, but no panel.toml"):
        write_panel(draw_panel(), tmp_path)
    assert (tmp_path / "schools.csv").read_text() == "mine"
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="is not a folder"):
        write_panel(draw_panel(), tmp_path / "file")


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("panel.csv", "100001,autumn 2017,7,", "100001,autumn 2017,7,1", "panel.csv: it is not the file"),
        ("panel.csv", "100001,autumn 2017,7,", "100001,autumn 2017,7,-", "values is less than 0"),
        ("schools.csv", "secondary", "upper", "schools.csv, column phase: 4 of 4 values are none of the codes"),
        ("terms.csv", "2017", "2016", "terms.csv: it is not the file"),
        ("findings.csv", "note,", "warning,", "findings.csv: it is not the file"),
        (PANEL_FILE, "next term", "previous term", "panel.toml is not as it was written"),
        (PANEL_FILE, "next term", "some term", "no rule 'some term'"),
        (PANEL_FILE, "format = 1", "format = 2", "has format 2; this version reads 1"),
        (PANEL_FILE, "[settings]", "[settings", "panel.toml cannot be read"),
        (PANEL_FILE, "holidays", "feasts", "panel.toml cannot be read"),
    ],
)
def test_a_panel_that_was_altered_is_refused(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    write_panel(draw_panel(), tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(TableError) as caught:
        read_panel(tmp_path)
    assert says in str(caught.value)


def test_a_folder_that_lacks_a_file_or_is_no_panel_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"is not a panel. panel.toml: is not there"):
        read_panel(tmp_path)
    write_panel(draw_panel(), tmp_path)
    (tmp_path / "terms.csv").unlink()
    with pytest.raises(TableError, match=r"terms.csv: is not there"):
        read_panel(tmp_path)


def test_a_panel_whose_frames_contradict_each_other_is_refused() -> None:
    panel = draw_panel()
    with pytest.raises(TableError, match=r"panel.csv, column school: not in schools.csv: 100001"):
        replace(panel, schools=panel.schools.filter(pl.col("school") != "100001"))
    with pytest.raises(TableError, match=r"panel.csv, column term: not in terms.csv: autumn 2017"):
        replace(panel, terms=panel.terms.filter(pl.col("term") != "autumn 2017"))
    with pytest.raises(TableError, match=r"the same school, term, year_group more than once: 100001, autumn 2017, 7"):
        replace(panel, cells=pl.concat([panel.cells, panel.cells.head(1)]))
    with pytest.raises(TableError, match="column referrals: a value is less than 0"):
        replace(panel, cells=panel.cells.with_columns(referrals=pl.lit(-1)))
    with pytest.raises(TableError, match=r"has a column section_48 that is no outcome"):
        replace(panel, cells=panel.cells.with_columns(section_48=pl.lit(1)))
    with pytest.raises(TableError, match=r"column year_group: there is no 15"):
        replace(panel, cells=panel.cells.with_columns(pl.col("year_group").replace("7", "15")))
    with pytest.raises(TableError, match=r"schools.csv of the panel lacks the column phase"):
        replace(panel, schools=panel.schools.drop("phase"))


def test_rows_stand_in_the_order_of_schools_terms_and_year_groups_however_they_came() -> None:
    panel = draw_panel(year_groups=("unknown", "10", "9", "R", "N2"))
    shuffled = replace(panel, cells=panel.cells.sample(fraction=1.0, shuffle=True, seed=3))
    assert_frame_equal(shuffled.cells, panel.cells)
    assert panel.cells["year_group"].head(5).to_list() == ["N2", "R", "9", "10", "unknown"]
    assert panel.cells["term"].unique(maintain_order=True).to_list() == list(panel.term_names)


def test_the_repr_tells_what_a_panel_is_and_no_count() -> None:
    expected = "Panel(Lambeth: 4 schools, 9 terms (autumn 2017 to summer 2020), 3 outcomes covered)"
    assert repr(draw_panel()) == expected


def test_settings_without_an_authority_are_refused() -> None:
    with pytest.raises(TableError, match="has no authority"):
        PanelSettings(" ")
