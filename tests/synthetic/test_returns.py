"""The readers take what is written: without a finding, or with those that were made."""

from __future__ import annotations

import filecmp
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from swis.errors import OutputError
from swis.ingest.cin_census import read_cin_census
from swis.ingest.finding import Matter, Quality
from swis.ingest.school_roll import read_school_roll
from swis.ingest.schools_register import read_school_links, read_schools_register
from swis.ingest.ssda903 import read_ssda903
from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.folder import CONTENTS, MARK, README, SyntheticFolder
from swis.synthetic.mess import Mess
from swis.synthetic.mess_rates import MessRates
from swis.synthetic.school_census_tables import list_censuses, tabulate_census
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns
from tests.synthetic.conftest import SMALL

# Neither is an error: sex had other codes to 2024, and a child may come into care again.
IN_ORDER = (Matter.RECODED, Matter.BACK_IN_CARE)
Key = tuple[str, str, str, str]


def _readings(folder: Path) -> Iterator[tuple[str, Quality]]:
    """Every file of the folder as the readers take it, with the folder that a finding's file stands in."""
    folder = folder / "returns"
    for path in sorted(folder.glob("cin_census_*.xml")):
        yield "", read_cin_census(path).collect().quality
    for path in sorted(folder.glob("ssda903_*")):
        yield f"{path.name}/" if path.is_dir() else "", read_ssda903(path).collect().quality
    yield "school_census/", read_school_roll(folder / "school_census").collect().quality
    yield "", read_schools_register(folder / "edubasealldata.csv").collect().quality
    yield "", read_school_links(folder / "links_edubasealldata.csv").collect().quality


def _find(folder: Path) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for inside, quality in _readings(folder):
        for finding in quality.findings:
            if finding.matter not in IN_ORDER:
                found[inside + finding.file, finding.table, finding.column, finding.matter.value] += finding.count
    return found


def test_without_mess_the_readers_find_nothing(folder: Path) -> None:
    assert _find(folder) == Counter()
    assert not (folder / "mess.csv").exists()


def test_with_mess_the_readers_find_what_was_made_file_by_file(messy_folder: Path) -> None:
    mess = pl.read_csv(messy_folder / "mess.csv", infer_schema=False)
    made: Counter[Key] = Counter()
    for row in mess.iter_rows(named=True):
        if row["finding"]:
            made[row["file"], row["table"] or "", row["column"] or "", row["finding"]] += int(row["times"])
    assert _find(messy_folder) == made
    assert {matter for *_, matter in made} == {
        matter.value
        for matter in (
            Matter.UPN_WRONG_LETTER, Matter.UPN_MALFORMED, Matter.TIDIED, Matter.SHARED_UPN, Matter.DUPLICATE,
            Matter.UNKNOWN_CODE, Matter.IN_THE_FUTURE, Matter.UNREADABLE, Matter.OVERLAP, Matter.GAP,
            Matter.REASON_WITHOUT_END, Matter.AT_SEVERAL_SCHOOLS, Matter.MORE_MISSED_THAN_POSSIBLE, Matter.BLANK,
            Matter.RAGGED, Matter.SYMBOL, Matter.NOT_UTF_8,
        )
    }  # fmt: skip
    unseen = set(mess.filter(pl.col("finding").is_null() | (pl.col("finding") == ""))["error"])
    assert unseen == {
        "UN5 in place of the number", "new number, while social care has the former", "no number", "stay never closed",
        "date written otherwise", "date and yes-or-no written otherwise", "byte order mark", "row twice",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_mess_is_as_common_as_is_said_and_all_of_it_found(authority: Authority, tmp_path: Path, seed: int) -> None:
    rates = MessRates(wrong_letters=0.05, rows_twice=0.0, on_two_rolls=0.02, episodes_with_gap=0.2, blank_rows=0.01)
    mess = Mess(rates, seed=seed)
    write_returns(authority, tmp_path, mess=mess)
    made = mess.tabulate()
    assert _find(tmp_path).total() == made.filter(pl.col("finding") != "")["times"].sum()
    assert made.filter(pl.col("error").is_in(["row twice", "child twice"])).height == 0
    rolls = made.filter(pl.col("table") == "pupils_on_roll", pl.col("error") == "wrong check letter")
    pupils = pl.read_csv(tmp_path / "truth" / "school_terms.csv").filter(pl.col("outcome") == "pupils")["count"].sum()
    assert rolls["times"].sum() / pupils == pytest.approx(0.05 * rolls.height / len(SMALL.terms), rel=0.1)


def test_the_xml_form_of_the_return_of_looked_after_children_holds_the_same(
    authority: Authority, folder: Path, tmp_path: Path
) -> None:
    write_returns(authority, tmp_path, xml=True)
    for path in sorted((folder / "returns").glob("ssda903_*")):
        from_csv = read_ssda903(path).collect()
        from_xml = read_ssda903(tmp_path / "returns" / f"{path.name}.xml").collect()
        for name, frame in from_csv.tables.items():
            order = ["child", "started_on"] if name == "episodes" else ["child"]
            assert frame.drop("row").sort(order).equals(from_xml.tables[name].drop("row").sort(order))
    assert _find(tmp_path) == Counter()


@pytest.mark.parametrize("mess", [False, True])
def test_the_smallest_authority_can_be_written_and_read(tmp_path: Path, mess: bool) -> None:
    smallest = synthesise_authority(Settings(schools=2, pupils=10, years=1), seed=1)
    spoil = Mess(seed=1) if mess else None
    write_returns(smallest, tmp_path, mess=spoil)
    made = spoil.tabulate().filter(pl.col("finding") != "")["times"].sum() if spoil else 0
    assert _find(tmp_path).total() == made


def test_an_episode_that_goes_on_beyond_31_march_stands_in_both_returns(folder: Path) -> None:
    earlier, later = (
        read_ssda903(folder / "returns" / f"ssda903_{year}").collect().tables["episodes"] for year in (2023, 2024)
    )
    both = earlier.filter(pl.col("ended_on").is_null()).join(later, on=["child", "started_on"])
    assert both.height == earlier["ended_on"].null_count() > 0


def test_a_case_that_goes_on_beyond_31_march_stands_in_both_returns(folder: Path) -> None:
    earlier, later = (
        read_cin_census(folder / "returns" / f"cin_census_{year}.xml").collect().tables for year in (2023, 2024)
    )
    still_open = earlier["referrals"].filter(pl.col("closed_on").is_null(), ~pl.col("no_further_action"))
    assert still_open.join(later["referrals"], on=["child", "referred_on"]).height == still_open.height > 0


def test_sex_has_the_codes_of_the_year(folder: Path) -> None:
    assert "<GenderCurrent>1<" in (folder / "returns" / "cin_census_2024.xml").read_text()
    assert "<Sex>M<" in (folder / "returns" / "cin_census_2025.xml").read_text()
    assert ",2," in (folder / "returns" / "ssda903_2024" / "header.csv").read_text()
    assert ",F," in (folder / "returns" / "ssda903_2025" / "header.csv").read_text()


def test_the_same_seed_gives_the_same_bytes_in_another_process(messy_folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.synthetic.conftest import SMALL;"
        "from swis.synthetic.authority import synthesise_authority; from swis.synthetic.mess import Mess;"
        "from swis.synthetic.write_returns import write_returns;"
        "write_returns(synthesise_authority(SMALL, seed=11), Path(sys.argv[1]), mess=Mess(seed=11))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=environment, timeout=120)
    assert _same(messy_folder, tmp_path)


def test_another_seed_gives_other_returns(folder: Path, tmp_path: Path) -> None:
    write_returns(synthesise_authority(SMALL, seed=12), tmp_path)
    assert not _same(folder, tmp_path)


def _same(first: Path, second: Path) -> bool:
    names = [sorted(path.relative_to(each) for path in each.rglob("*") if path.is_file()) for each in (first, second)]
    return names[0] == names[1] and all(filecmp.cmp(first / name, second / name, shallow=False) for name in names[0])


def test_every_folder_says_that_it_is_synthetic(folder: Path) -> None:
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    assert len(folders) == 7
    assert all((each / README).read_text() == f"{MARK}\n" for each in folders)


def test_an_earlier_output_is_replaced_and_nothing_of_it_left(tmp_path: Path) -> None:
    first = SyntheticFolder(tmp_path)
    first.write("old/table.csv", b"a\n")
    second = SyntheticFolder(tmp_path)
    second.write("new.csv", b"b\n")
    assert sorted(path.name for path in tmp_path.rglob("*")) == [README, CONTENTS, "new.csv"]


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda out: (out / "notes.txt").write_text("mine"), "is not empty, and swis synthesise did not write"),
        (lambda out: (out / README).write_text("mine"), "is not empty, and swis synthesise did not write"),
        (
            lambda out: (SyntheticFolder(out), (out / "mine.csv").write_text("x")),
            "holds mine.csv, which swis synthesise did not",
        ),
    ],
)
def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path, prepare: object, says: str) -> None:
    prepare(tmp_path)  # type: ignore[operator]
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(OutputError, match=says):
        SyntheticFolder(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_list_that_leads_out_of_the_folder_takes_nothing_away(tmp_path: Path) -> None:
    mine, out = tmp_path / "mine.csv", tmp_path / "out"
    mine.write_text("x")
    SyntheticFolder(out)
    (out / CONTENTS).write_text(f"{README}\n../mine.csv\n")
    SyntheticFolder(out)
    assert mine.read_text() == "x"


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        SyntheticFolder(tmp_path / "taken")
    with pytest.raises(OutputError, match="cannot be used"):
        SyntheticFolder(tmp_path / "taken" / "below")


@pytest.mark.parametrize(("first_year", "censuses"), [(2016, 8), (2017, 7), (2019, 7)])
def test_exclusions_come_two_terms_after_and_from_autumn_2019_one_term_after_as_well(
    first_year: int, censuses: int
) -> None:
    authority = synthesise_authority(Settings(schools=10, pupils=200, years=2, first_year=first_year), seed=3)
    dates, planned = authority.population.dates, list_censuses(authority)
    assert len(planned) == censuses
    returned: set[tuple[str, str]] = set()
    for census in planned:
        tables = tabulate_census(authority, census)
        rows = tables["termlyexclusions"]
        days = rows["started_on"].str.to_date().to_physical().to_numpy()
        both = dates.terms[census].academic_year >= 2019
        assert set(dates.place_of(days)) == ({census - 2, census - 1} if both else {census - 2})
        named = pl.concat(
            [tables[name].select("pupil_record", "school") for name in ("pupilonroll", "pupilnolongeronroll")]
        )
        assert rows.join(named, on=["pupil_record", "school"], how="anti").is_empty()
        assert named["pupil_record"].is_unique().all()
        returned.update(rows.select("school", "started_on").iter_rows())
    exclusions, urns = authority.exclusions, authority.population.stays.urn
    term = dates.place_of(exclusions.day)
    inside = (term >= 3) & (term < len(dates.terms) - 3)
    began = pl.Series(exclusions.day[inside].astype("int32")).cast(pl.Date).dt.to_string("%Y-%m-%d")
    assert set(zip(map(str, urns[exclusions.stay[inside]]), began, strict=True)) <= returned
