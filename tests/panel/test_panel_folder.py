from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from swis.errors import OutputError, TableError
from swis.panel.description import PANEL_FILE
from swis.panel.folder import QUALITY_PAGE, check_panel_folder, read_panel, write_panel
from swis.panel.panel import Panel
from swis.panel.private_files import write_private
from swis.panel.settings import PanelSettings
from tests.panel.drawn_panels import draw_panel

PAGE = b"<!doctype html><title>Quality</title>"
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


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_its_files_are_closed_to_others(tmp_path: Path) -> None:
    for path in write_panel(draw_panel(), tmp_path / "panel", quality_page=PAGE):
        assert mode(path) == 0o600, path.name
    assert mode(tmp_path / "panel") == 0o700


def test_an_empty_folder_and_one_with_a_panel_are_closed_and_one_with_other_things_is_left(tmp_path: Path) -> None:
    for name in ("empty", "other"):
        (tmp_path / name).mkdir(mode=0o755)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "other" / "notes.txt").write_text("mine")
    for name in ("empty", "other"):
        written = write_panel(draw_panel(), tmp_path / name)
        assert all(mode(path) == 0o600 for path in written)
    assert (mode(tmp_path / "empty"), mode(tmp_path / "other")) == (0o700, 0o755)
    (tmp_path / "empty").chmod(0o755)
    (tmp_path / "empty" / "panel.csv").chmod(0o644)
    write_panel(draw_panel(), tmp_path / "empty")
    assert (mode(tmp_path / "empty"), mode(tmp_path / "empty" / "panel.csv")) == (0o700, 0o600)


def test_a_panel_of_another_authority_is_not_written_over(tmp_path: Path) -> None:
    paths = write_panel(draw_panel("Lambeth"), tmp_path / "panel")
    before = {path.name: path.read_bytes() for path in paths}
    with pytest.raises(OutputError, match="holds the panel of Lambeth, which that of Stockport would be written over"):
        write_panel(draw_panel("Stockport"), tmp_path / "panel")
    with pytest.raises(OutputError, match="that of Lambeth, Stockport would"):
        check_panel_folder(tmp_path / "panel", ("Lambeth", "Stockport"))
    assert {path.name: path.read_bytes() for path in paths} == before
    (tmp_path / "panel" / PANEL_FILE).write_text("[settings]\nname = 1\n")
    with pytest.raises(OutputError, match="does not say whose panel it is"):
        check_panel_folder(tmp_path / "panel", ("Lambeth",))


def test_a_panel_that_was_altered_may_be_built_again_in_its_place(tmp_path: Path) -> None:
    write_panel(draw_panel(), tmp_path)
    (tmp_path / PANEL_FILE).write_text((tmp_path / PANEL_FILE).read_text().replace("format = 1", "format = 0"))
    write_panel(draw_panel(), tmp_path)
    assert_same(read_panel(tmp_path), draw_panel())


def test_the_quality_page_is_that_of_the_panel_beside_it_or_away(tmp_path: Path) -> None:
    write_panel(draw_panel(), tmp_path, quality_page=PAGE)
    assert (tmp_path / QUALITY_PAGE).read_bytes() == PAGE
    read_panel(tmp_path)
    (tmp_path / QUALITY_PAGE).write_bytes(b"the page of another")
    with pytest.raises(TableError, match=r"quality.html: it is not the file that panel.toml was written with"):
        read_panel(tmp_path)
    write_panel(draw_panel(), tmp_path)
    assert not (tmp_path / QUALITY_PAGE).exists()
    write_panel(draw_panel(), tmp_path, quality_page=PAGE)
    (tmp_path / QUALITY_PAGE).unlink()
    read_panel(tmp_path)


@pytest.mark.parametrize("killed_at", range(8))
def test_whatever_write_is_the_last_no_page_stands_beside_another_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_at: int
) -> None:
    write_panel(draw_panel(seed=2), tmp_path, quality_page=b"the page of seed 2")
    writes = iter(range(8))

    def write_until(path: Path, write: Callable[[Path], object]) -> None:
        if next(writes) == killed_at:
            raise KeyboardInterrupt
        write_private(path, write)

    monkeypatch.setattr("swis.panel.folder.write_private", write_until)
    with pytest.raises(KeyboardInterrupt):
        write_panel(draw_panel(), tmp_path, quality_page=PAGE)
    with pytest.raises(TableError, match="is not a panel"):
        read_panel(tmp_path)
    assert not (tmp_path / QUALITY_PAGE).exists() or (tmp_path / QUALITY_PAGE).read_bytes() == PAGE


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


@pytest.mark.parametrize("authority", [" ", ";", "Lambeth;", "Lambeth; ;Stockport"])
def test_settings_without_an_authority_are_refused(authority: str) -> None:
    with pytest.raises(TableError, match="has no authority"):
        PanelSettings(authority)
