from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from pyspark.sql import SparkSession

from swis.errors import ReturnError, TableError
from swis.panel.build import build_panel
from swis.panel.coverage import TermOfYear
from swis.panel.duckdb_engine import DuckdbEngine
from swis.panel.settings import PanelSettings
from swis.panel.spark_engine import SparkEngine
from swis.panel.staging import StagedReturns, stage_returns
from tests.ingest.drawn_returns import draw_upn
from tests.panel.drawn import STAGED

SETTINGS = PanelSettings("Fictown")
HEADER = "CHILD,SEX,DOB,UPN\n"
EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,DEC,REC\n"
ON_ROLL = "NativeId,dob,upn,formerupn,entrydate,enrolstatus,ncyearactual,termlysessionspossible\n"
LEAVERS = "pupilnolongeronrolltableid,NativeId,dob,upn,entrydate,leavingdate,ncyearleaving\n"
EXCLUDED = "pupilonrolltableid,NativeId,startdate,sessions,category\n"
REGISTER = (
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),"
    "PhaseOfEducation (code),StatutoryHighAge,PercentageFSM\n"
)


HALVES = (
    ("autumn 1", "2018-09-03", "2018-10-19"),
    ("autumn 2", "2018-10-29", "2018-12-20"),
    ("spring 1", "2019-01-07", "2019-02-15"),
    ("spring 2", "2019-02-25", "2019-04-05"),
    ("summer 1", "2019-04-23", "2019-05-24"),
    ("summer 2", "2019-06-03", "2019-07-23"),
)
TERMS = [(name[:-2], first, HALVES[place + 1][2]) for place, (name, first, _) in enumerate(HALVES) if place % 2 == 0]


def put_terms(folder: Path, *rows: tuple[str, str, str, str]) -> None:
    """A calendar of the year: school (empty for the authority), term, first day, last day."""
    text = "".join(f"Fictown,{school},2018-19,{term},{first},{last}\n" for school, term, first, last in rows)
    put(folder, "term_calendar.csv", "authority,school,academic_year,term,first_day,last_day\n" + text)


@pytest.fixture
def engine() -> Iterator[DuckdbEngine]:
    with closing(DuckdbEngine(spill="never", threads=1)) as made:
        yield made


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def census(*children: tuple[str, str, str], year: str = "2019", day: str = "2019-03-31", serial: str = "1") -> str:
    """A census of children: identifier, number, date of birth. Each has one referral and one plan that goes on."""
    rows = "".join(
        f"<Child><ChildIdentifiers><LAchildID>{child}</LAchildID><UPN>{upn}</UPN><PersonBirthDate>{born}</PersonBirthDate>"
        "</ChildIdentifiers><CINdetails><CINreferralDate>2018-11-05</CINreferralDate><ReferralSource>2A</ReferralSource>"
        "<ChildProtectionPlans><CPPstartDate>2018-12-03</CPPstartDate></ChildProtectionPlans></CINdetails></Child>"
        for child, upn, born in children
    )
    return (
        f"<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year><ReferenceDate>{day}"
        f"</ReferenceDate></CollectionDetails><Source><LEA>909</LEA><SerialNo>{serial}</SerialNo></Source></Header>"
        f"<Children>{rows}</Children></Message>"
    )


def roll(*pupils: str) -> str:
    return ON_ROLL + "".join(f"{pupil}\n" for pupil in pupils)


def rows_of(staged: StagedReturns, name: str, *columns: str) -> list[tuple[object, ...]]:
    return staged.engine.run(staged.engine.table(name).select(*columns)).sort(columns, nulls_last=True).rows()


def found(staged: StagedReturns) -> dict[str, int]:
    return {finding.code: finding.count for finding in staged.findings}


def test_every_table_is_there_with_its_columns_even_when_only_a_roll_was_given(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    put(tmp_path, "2019_spring_pupilonroll.csv", roll("S1,2010-01-01,,,2015-09-03,C,4,100"))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    for name, columns in STAGED.items():
        table = engine.table(name)
        assert set(columns) <= set(table.columns), name
        assert {column: engine.run(table).schema[column] for column in columns} == dict(columns)
    assert {"no_census", "no_ssda903", "no_register", "no_links"} <= set(found(staged))
    assert staged.coverage.children_in_need == ()


def test_two_censuses_are_read_in_the_order_of_their_years_with_the_end_of_each(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    put(tmp_path, "a.xml", census(("C1", draw_upn(1), "2010-01-01"), year="2020", day="2020-03-31"))
    put(tmp_path, "b.xml", census(("C1", draw_upn(1), "2010-01-01"), ("C2", draw_upn(2), "2011-01-01")))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert rows_of(staged, "children", "source", "row", "child") == [(1, 1, "C1"), (1, 2, "C2"), (2, 1, "C1")]
    assert rows_of(staged, "child_protection_plans", "source", "child", "returned_to") == [
        (1, "C1", date(2019, 3, 31)),
        (1, "C2", date(2019, 3, 31)),
        (2, "C1", date(2020, 3, 31)),
    ]
    assert staged.coverage.children_in_need == ((date(2018, 4, 1), date(2020, 3, 31)),)
    assert staged.authority_code == "909"


@pytest.mark.parametrize(
    ("name", "year", "day", "period", "code"),
    [
        ("c.xml", "2019", "2019-03-31", (date(2018, 4, 1), date(2019, 3, 31)), None),
        ("c.xml", "", "2019-03-31", (date(2018, 4, 1), date(2019, 3, 31)), None),
        ("c.xml", "2019", "", (date(2018, 4, 1), date(2019, 3, 31)), None),
        ("c.xml", "2019", "2018-12-31", (date(2018, 4, 1), date(2018, 12, 31)), "census_before_year_end"),
        ("c.xml", "2019", "2019-07-21", (date(2018, 4, 1), date(2019, 3, 31)), "census_year_contradicts_day"),
        ("c_2018-19.xml", "", "", (date(2018, 4, 1), date(2019, 3, 31)), "census_year_by_name"),
        ("c.xml", "", "soon", None, "census_without_year"),
    ],
)
def test_the_days_that_a_census_covers_follow_from_its_header(
    name: str,
    year: str,
    day: str,
    period: tuple[date, date] | None,
    code: str | None,
    tmp_path: Path,
    engine: DuckdbEngine,
) -> None:
    put(tmp_path, name, census(("C1", draw_upn(1), "2010-01-01"), year=year, day=day))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert staged.coverage.children_in_need == ((period,) if period else ())
    of_census = {each for each in found(staged) if each.startswith("census_")}
    assert of_census == ({code} if code else set())


def test_two_attempts_at_one_year_are_told_and_the_later_comes_last(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(tmp_path, "a.xml", census(("C2", draw_upn(1), "2010-01-01"), serial="2"))
    put(tmp_path, "b.xml", census(("C1", draw_upn(1), "2010-01-01"), serial="1"))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert rows_of(staged, "children", "source", "child") == [(1, "C1"), (2, "C2")]
    assert found(staged)["censuses_of_one_year"] == 1


def test_a_number_of_two_children_of_one_return_is_marked_if_their_births_differ(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    shared, twice, own = draw_upn(1), draw_upn(2), draw_upn(3)
    put(
        tmp_path,
        "2019.xml",
        census(
            ("C1", shared, "2010-01-01"),
            ("C2", shared, "2012-06-01"),
            ("C3", twice, "2010-01-01"),
            ("C4", twice, "2010-01-01"),
            ("C5", own, "2010-01-01"),
            ("C6", "UN3", "2010-01-01"),
        ),
    )
    put(tmp_path, "2020.xml", census(("C1", shared, "2010-01-01"), ("C7", own, "2011-01-01"), year="2020", day=""))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    marked = [row[:2] for row in rows_of(staged, "children", "source", "child", "shared_number") if row[2]]
    assert marked == [(1, "C1"), (1, "C2")]
    assert found(staged)["numbers_shared"] == 2


def test_header_and_episodes_of_each_folder_are_one_return_of_the_year_in_its_name(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    for year in (2019, 2018):
        put(tmp_path, f"ssda903_{year}/header.csv", HEADER + f"L{year},1,01/05/2008,{draw_upn(year)}\n")
        put(tmp_path, f"ssda903_{year}/episodes.csv", EPISODES + f"L{year},03/02/2017,S,C2,N1,U6,,\n")
        put(tmp_path, f"ssda903_{year}/reviews.csv", "CHILD,DOB,REVIEW,REVIEW_CODE\n")
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert rows_of(staged, "episodes", "source", "child", "returned_to") == [
        (1, "L2018", date(2018, 3, 31)),
        (2, "L2019", date(2019, 3, 31)),
    ]
    assert staged.coverage.looked_after == ((date(2017, 4, 1), date(2019, 3, 31)),)
    assert [code for code in ("ssda903_in_part", "file_not_used") if code in found(staged)] == ["file_not_used"]
    names = {source.name: (source.rows_read, source.rows_kept) for source in staged.sources}
    assert names["ssda903_2018/header.csv"] == (1, 1)


def test_a_return_without_a_year_in_its_name_is_of_the_year_of_its_latest_dates(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    put(tmp_path, "episodes.csv", EPISODES + "L1,03/02/2017,S,C2,N1,U6,04/05/2018,E8\nL2,30/03/2019,S,C2,N1,U6,,\n")
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert staged.coverage.looked_after == ((date(2018, 4, 1), date(2019, 3, 31)),)
    told = [str(finding) for finding in staged.findings if finding.code == "ssda903_year"]
    assert len(told) == 1
    assert "by the latest dates in it" in told[0]
    assert found(staged)["ssda903_in_part"] == 1


def ended_in(*years: int, each: int = 6) -> str:
    """Episodes that began in 2012 and ended, some each year, in years to March."""
    return EPISODES + "".join(
        f"L{year}{child},03/02/2012,S,C2,N1,U6,{child + 2:02}/04/{year - 1},E8\n"
        for year in years
        for child in range(each)
    )


@pytest.mark.parametrize(
    ("folder", "text", "period", "code"),
    [
        ("2019", ended_in(2019), (date(2018, 4, 1), date(2019, 3, 31)), None),
        ("2018", ended_in(2019), (date(2018, 4, 1), date(2019, 3, 31)), "ssda903_year_contradicts_dates"),
        ("2020", ended_in(2019), (date(2018, 4, 1), date(2019, 3, 31)), "ssda903_year_contradicts_dates"),
        ("2018", ended_in(2018, 2019, each=3), (date(2017, 4, 1), date(2018, 3, 31)), "ssda903_year_contradicts_dates"),
        ("2019", ended_in(2017, 2018, 2019), (date(2016, 4, 2), date(2019, 3, 31)), "ssda903_of_several_years"),
        ("all", ended_in(2017, 2018, 2019), (date(2016, 4, 2), date(2019, 3, 31)), "ssda903_of_several_years"),
        ("2019", ended_in(2018, 2019, each=2), (date(2018, 4, 1), date(2019, 3, 31)), "ssda903_earlier_endings"),
        ("2019", ended_in(2016, 2019), (date(2018, 4, 1), date(2019, 3, 31)), "ssda903_earlier_endings"),
    ],
)
def test_the_year_of_looked_after_children_by_name_is_held_against_the_dates(
    folder: str, text: str, period: tuple[date, date], code: str | None, tmp_path: Path, engine: DuckdbEngine
) -> None:
    put(tmp_path, f"ssda903_{folder}/episodes.csv", text)
    put(tmp_path, f"ssda903_{folder}/header.csv", HEADER)
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert staged.coverage.looked_after == (period,)
    codes = ("ssda903_year_contradicts_dates", "ssda903_of_several_years", "ssda903_earlier_endings")
    assert [each for each in codes if each in found(staged)] == ([code] if code else [])


def test_rolls_get_their_census_day_and_are_ordered_in_time(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(tmp_path, "2019_spring_pupilonroll.csv", roll(f"S1,2010-01-01,{draw_upn(1)},,2015-09-03,C,4,100"))
    put(tmp_path, "2018_autumn_pupilonroll.csv", roll(f"S1,2010-01-01,{draw_upn(1)},,2015-09-03,C,4,"))
    put(
        tmp_path,
        "2019_spring_pupilnolongeronroll.csv",
        LEAVERS + f"r,S1,2010-01-01,{draw_upn(2)},2015-09-03,2018-11-30,4\n",
    )
    staged = stage_returns([tmp_path], engine, SETTINGS)
    autumn, spring = rows_of(staged, "pupils_on_roll", "source", "census_day", "sessions_possible")
    assert (autumn[1:], spring[1:]) == ((date(2018, 10, 4), None), (date(2019, 1, 17), 100))
    assert isinstance(autumn[0], int) and isinstance(spring[0], int) and autumn[0] < spring[0]
    assert rows_of(staged, "pupils_no_longer_on_roll", "census_day", "left_on") == [
        (date(2019, 1, 17), date(2018, 11, 30))
    ]
    assert staged.coverage.attendance == ((2018, "autumn"),)
    assert "censuses_lacking" not in found(staged)


def test_an_extract_covers_what_its_dates_show_and_says_so(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(
        tmp_path,
        "roll.csv",
        f"URN,UPN,EntryDate,LeavingDate\n100000,{draw_upn(1)},03/09/2012,\n100000,{draw_upn(2)},03/09/2012,20/12/2016\n"
        f"100000,{draw_upn(3)},04/06/2019,\n",
    )
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert staged.coverage.rolls == ((date(2016, 12, 20), date(2019, 6, 4)),)
    assert found(staged)["roll_without_census"] == 1
    assert "roll_without_leavers" not in found(staged)


AUTUMN, SPRING, SUMMER = (2018, "autumn"), (2018, "spring"), (2018, "summer")


@pytest.mark.parametrize(
    ("census", "days", "terms"),
    [
        ("2019_summer", ["2018-11-05"], [AUTUMN]),
        ("2019_summer", [], [AUTUMN]),
        ("2019_summer", ["2019-02-05"], []),
        ("2019_summer", ["2018-11-05", "2019-02-05"], [AUTUMN]),
        ("2019_summer", ["2018-09-10", "2018-11-05", "2019-04-12"], [AUTUMN, SPRING]),
        ("2019_autumn", ["2019-02-05", "2019-06-13"], [SPRING, SUMMER]),
        ("2019_autumn", ["2019-06-13"], [SUMMER]),
        ("2019_autumn", ["2019-02-05"], [SPRING]),
        ("2019_autumn", [], [SPRING, SUMMER]),
        ("2019_autumn", ["2011-02-05"], []),
    ],
)
def test_a_census_covers_the_exclusions_that_are_due_and_that_its_dates_bear_out(
    census: str, days: list[str], terms: list[TermOfYear], tmp_path: Path, engine: DuckdbEngine
) -> None:
    put(tmp_path, f"{census}_termlyexclusions.csv", EXCLUDED + "".join(f"r,S1,{day},4,SUSP\n" for day in days))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert list(staged.coverage.exclusions) == terms
    due = [AUTUMN] if census == "2019_summer" else [SPRING, SUMMER]
    lacking = len(set(due) - set(terms))
    assert found(staged).get("exclusions_lacking", 0) == lacking
    assert [row[:2] for row in rows_of(staged, "exclusions", "collection", "school")] == [
        (census.replace("_", " "), "S1") for _ in days
    ]


def test_an_extract_of_exclusions_covers_the_terms_that_lie_between_its_days(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    days = ("2018-12-03", "2019-02-05", "2019-05-13", "2019-06-13")
    put(tmp_path, "exclusions.csv", EXCLUDED + "".join(f"r,S1,{day},4,SUSP\n" for day in days))
    put(tmp_path, "2018_autumn_pupilonroll.csv", roll("S1,2010-01-01,,,2015-09-03,C,4,"))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert staged.coverage.exclusions == (SPRING,)
    assert staged.coverage.exclusions_by_school == {"S1": (SPRING,)}
    assert found(staged)["exclusions_without_census"] == 1


def test_a_school_ends_with_its_own_last_census_and_is_named(tmp_path: Path, engine: DuckdbEngine) -> None:
    for census, schools in (
        ("2018_autumn", "ABC"),
        ("2019_spring", "AC"),
        ("2019_summer", "AB"),
        ("2019_autumn", "AB"),
    ):
        rows = [f"{school},2010-01-01,,,2015-09-03,C,4,100" for school in schools]
        put(tmp_path, f"{census}_pupilonroll.csv", roll(*rows))
    put(tmp_path, "2019_summer_termlyexclusions.csv", EXCLUDED)
    put(tmp_path, "2019_summer_pupilnolongeronroll.csv", LEAVERS + "r,D,2010-01-01,,2015-09-03,2019-03-01,4\n")
    staged = stage_returns([tmp_path], engine, SETTINGS)
    first, last_of_spring, last = date(2018, 9, 1), date(2019, 4, 30), date(2019, 12, 31)
    covered = {school: staged.coverage.rolls_of(school) for school in "ABCDE"}
    assert covered["A"] == covered["B"] == staged.coverage.rolls
    assert len(covered["A"]) == 1 and first <= covered["A"][0][0] and covered["A"][0][1] <= last
    assert covered["A"][0][0] == covered["C"][0][0] and covered["C"][0][1] <= last_of_spring
    assert covered["D"] == covered["E"] == ()
    assert staged.coverage.attendance_of("A") == ((2017, "summer"), AUTUMN, SPRING, SUMMER)
    assert staged.coverage.attendance_of("B") == ((2017, "summer"), SPRING, SUMMER)
    assert {school: staged.coverage.exclusions_of(school) for school in "ABCD"} == {
        "A": (AUTUMN,), "B": (AUTUMN,), "C": (), "D": (),
    }  # fmt: skip
    told = {finding.code: finding for finding in staged.findings}
    assert told["school_censuses_lacking"].what.endswith(": B")
    assert told["schools_without_later_census"].what.endswith(": C")
    assert told["schools_without_later_census"].count == 1


def test_many_schools_without_a_later_census_are_named_in_part(tmp_path: Path, engine: DuckdbEngine) -> None:
    pupil = "2010-01-01,,,2015-09-03,C,4,"
    put(tmp_path, "2018_autumn_pupilonroll.csv", roll(*(f"S{number:02},{pupil}" for number in range(13))))
    put(tmp_path, "2019_spring_pupilonroll.csv", roll(f"S00,{pupil}"))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    told = next(finding for finding in staged.findings if finding.code == "schools_without_later_census")
    assert (told.count, told.what.endswith("S09, S10 and 2 more")) == (12, True)


def test_censuses_of_two_authorities_are_refused(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(tmp_path, "a.xml", census(("C1", draw_upn(1), "2010-01-01")))
    other = census(("C1", draw_upn(1), "2010-01-01"), year="2020", day="2020-03-31")
    put(tmp_path, "b.xml", other.replace("<LEA>909", "<LEA>908"))
    with pytest.raises(ReturnError, match=r"of 2 authorities: 908 \(b\.xml\), 909 \(a\.xml\)"):
        stage_returns([tmp_path], engine, SETTINGS)


def test_a_census_of_another_authority_than_that_of_the_settings_is_told(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(tmp_path, "a.xml", census(("C1", draw_upn(1), "2010-01-01")))
    put(tmp_path, "edubasealldata.csv", REGISTER + "100000,908,Fictown,1001,A School,Community school,2,11,\n")
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert found(staged)["census_of_another_authority"] == 1
    assert staged.authority_code == "908"


def test_terms_of_the_authority_and_half_terms_of_a_school_are_refused(tmp_path: Path, engine: DuckdbEngine) -> None:
    put_terms(tmp_path, *[("", *term) for term in TERMS], *[("S1", *half) for half in HALVES])
    with pytest.raises(TableError, match=r"term_calendar.csv, column term: 1 schools have other parts.*S1"):
        stage_returns([tmp_path], engine, SETTINGS)


@pytest.mark.parametrize(("parts", "known"), [(TERMS, 2), (HALVES, 4)], ids=["terms", "half-terms"])
def test_who_joined_and_left_in_the_term_of_the_last_census_is_not_known(
    tmp_path: Path, engine: DuckdbEngine, parts: Sequence[tuple[str, str, str]], known: int
) -> None:
    put_terms(tmp_path, *[("", *part) for part in parts])
    stays = "A,2010-01-01,,,2015-09-03,C,4,100"
    comes = "A,2010-02-02,,,2019-04-29,C,4,100"
    for name, rows in (("2018_autumn", [stays]), ("2019_spring", [stays]), ("2019_summer", [stays, comes])):
        put(tmp_path, f"{name}_pupilonroll.csv", roll(*rows))
    panel = build_panel(stage_returns([tmp_path], engine, SETTINGS), SETTINGS)
    moves = panel.cells.group_by("term").agg(pl.col("pupils_joined", "pupils_left").null_count() > 0)
    unknown = {"summer 2019", "summer 1 2019", "summer 2 2019"} & set(panel.term_names)
    assert len(panel.term_names) - len(unknown) == known
    for column in ("pupils_joined", "pupils_left"):
        assert set(moves.filter(column)["term"]) == unknown


def test_an_academy_is_one_school_with_its_name_phase_cluster_and_calendar(
    tmp_path: Path, engine: DuckdbEngine
) -> None:
    put(
        tmp_path,
        "edubasealldata.csv",
        REGISTER
        + "100000,909,Fictown,1001,Old Primary,Community school,2,11,\n"
        + "140000,909,Fictown,2001,New Academy,Academy converter,2,11,20.5\n"
        + "100009,909,Fictown,7001,A Special School,Community special school,0,19,\n",
    )
    put(tmp_path, "links.csv", "URN,LinkURN,LinkType\n140000,100000,Predecessor\n")
    put(tmp_path, "clusters.csv", "cluster,school,role\nNorth,909/1001,feeder\nNorth,999,lead\n")
    terms = "".join(
        f"Fictown,{school},2018-19,{term},{first},{last}\n"
        for school in ("", "909/1001")
        for term, first, last in (
            ("autumn", "2018-09-03", "2018-12-20"),
            ("spring", "2019-01-07", "2019-04-05"),
            ("summer", "2019-04-23", "2019-07-23"),
        )
    )
    put(tmp_path, "term_calendar.csv", "authority,school,academic_year,term,first_day,last_day\n" + terms)
    rows = [f"{school},2010-01-01,,,2015-09-03,C,4," for school in ("100000", "140000", "909/2001", "100009", "XX")]
    put(tmp_path, "2018_autumn_pupilonroll.csv", roll(*rows))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert rows_of(staged, "school_keys", "school_as_returned", "school", "calendar") == [
        ("100000", "140000", "140000"),
        ("100009", "100009", "Fictown"),
        ("140000", "140000", "140000"),
        ("909/2001", "140000", "140000"),
        ("XX", "XX", "Fictown"),
    ]
    academy, special, unknown = (
        staged.schools.filter(pl.col("school") == school).row(0, named=True) for school in ("140000", "100009", "XX")
    )
    assert academy == {
        "school": "140000",
        "school_name": "New Academy",
        "phase": "primary",
        "former_urns": "100000",
        "free_school_meals_percent": 20.5,
        "oldest_year_group": 6,
        "cluster": "North",
        "role": "feeder",
        "calendar": "140000",
        "authority": "Fictown",
    }
    assert (special["phase"], unknown["phase"], unknown["school_name"]) == ("special", "primary", "")
    assert set(staged.calendars) == {"Fictown", "140000"}
    assert found(staged)["cluster_school_not_on_roll"] == 1
    assert (staged.calendar, staged.authority_code) == ("Fictown", "909")


def test_a_calendar_of_other_authorities_is_refused(tmp_path: Path, engine: DuckdbEngine) -> None:
    rows = "".join(
        f"{name},2018-19,{term},{first},{last}\n"
        for name in ("Otherton", "Elsewhere")
        for term, first, last in (
            ("autumn", "2018-09-03", "2018-12-20"),
            ("spring", "2019-01-07", "2019-04-05"),
            ("summer", "2019-04-23", "2019-07-23"),
        )
    )
    put(tmp_path, "term_calendar.csv", "authority,academic_year,term,first_day,last_day\n" + rows)
    with pytest.raises(TableError, match=r"has no term dates of Fictown; it has: Elsewhere, Otherton"):
        stage_returns([tmp_path], engine, SETTINGS)


def test_former_numbers_of_censuses_and_rolls_are_followed_together(tmp_path: Path, engine: DuckdbEngine) -> None:
    first, second, third = (draw_upn(number) for number in (1, 2, 3))
    put(tmp_path, "2018_autumn_pupilonroll.csv", roll(f"S1,2010-01-01,{second},{first},2015-09-03,C,4,"))
    put(tmp_path, "2019_spring_pupilonroll.csv", roll(f"S1,2010-01-01,{third},{second},2015-09-03,C,4,"))
    staged = stage_returns([tmp_path], engine, SETTINGS)
    assert rows_of(staged, "pupil_aliases", "unique_pupil_number", "pupil") == sorted(
        (number, third) for number in (first, second, third)
    )


def test_bytes_are_told_over_all_files_and_never_go_back(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(tmp_path, "c.xml", census(("C1", draw_upn(1), "2010-01-01")))
    put(tmp_path, "903/header.csv", HEADER + "L1,1,01/05/2008,\n" * 2000)
    put(tmp_path, "903/episodes.csv", EPISODES + "L1,03/02/2017,S,C2,N1,U6,,\n")
    put(tmp_path, "2018_autumn_pupilonroll.csv", roll("S1,2010-01-01,,,2015-09-03,C,4,"))
    put(tmp_path, "notes.txt", "not read")
    told: list[tuple[int, int]] = []
    stage_returns([tmp_path], engine, SETTINGS, progress=lambda read, in_all: told.append((read, in_all)))
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.suffix in (".csv", ".xml"))
    assert told[-1] == (size, size)
    assert [read for read, _ in told] == sorted(read for read, _ in told)


def test_what_is_no_return_is_told_and_the_same_file_twice_too(tmp_path: Path, engine: DuckdbEngine) -> None:
    for name in ("a/c.xml", "b/c.xml"):
        put(tmp_path, name, census(("C1", draw_upn(1), "2010-01-01")))
    put(tmp_path, "notes.txt", "not read")
    put(tmp_path, "budget.csv", "month,pounds\n")
    staged = stage_returns([tmp_path], engine, SETTINGS)
    unknown = [(finding.severity, finding.file) for finding in staged.findings if finding.code == "file_not_known"]
    assert sorted(unknown) == [("note", "notes.txt"), ("warning", "budget.csv")]
    assert found(staged)["same_file_twice"] == 1
    assert {source.name for source in staged.sources} == {"a/c.xml", "b/c.xml"}


def test_nothing_that_is_known_is_an_error_that_says_what_is_looked_for(tmp_path: Path, engine: DuckdbEngine) -> None:
    put(tmp_path, "notes.txt", "not read")
    with pytest.raises(ReturnError, match=r"None of 1 files is a return.*SSDA903"):
        stage_returns([tmp_path], engine, SETTINGS)


def test_a_return_that_is_cut_off_stops_the_staging_without_a_childs_value_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "returns"
    whole = census(("C1", draw_upn(1), "2010-01-01"), ("C2", draw_upn(2), "2010-01-01"))
    put(folder, "c.xml", whole[:-60])
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with pytest.raises(ReturnError) as caught, closing(DuckdbEngine(spill="weakly encrypted")) as engine:
        stage_returns([folder], engine, SETTINGS)
    assert draw_upn(1) not in str(caught.value)
    assert list(temporary.iterdir()) == []


def test_nothing_that_is_told_holds_a_childs_value(tmp_path: Path, engine: DuckdbEngine) -> None:
    shared = draw_upn(1)
    put(tmp_path, "c.xml", census(("C1", shared, "2010-01-01"), ("C2", shared, "2011-02-02")))
    put(tmp_path, "families.csv", "child,family\nC1,F77\nC1,F77\n")
    staged = stage_returns([tmp_path], engine, replace(SETTINGS, follow_mergers=True))
    told = f"{staged!r} {staged.findings} {staged.sources} {staged.qualities} {staged.coverage}"
    assert not any(value in told for value in (shared, "C1", "F77", "2011-02-02"))
    assert rows_of(staged, "families", "child", "family") == [("C1", "F77"), ("C1", "F77")]


@pytest.mark.slow
def test_spark_holds_what_duckdb_holds(tmp_path: Path, engine: DuckdbEngine, spark: SparkSession) -> None:
    folder = tmp_path / "returns"
    put(folder, "c.xml", census(("C1", draw_upn(1), "2010-01-01"), ("C2", draw_upn(1), "2011-01-01")))
    put(folder, "2018_autumn_pupilonroll.csv", roll(f"S1,2010-01-01,{draw_upn(1)},{draw_upn(2)},2015-09-03,C,4,"))
    with closing(SparkEngine(spark, staging=tmp_path)) as other:
        of_duckdb, of_spark = (stage_returns([folder], each, SETTINGS) for each in (engine, other))
        assert of_duckdb.findings == of_spark.findings
        for name in ("children", "referrals", "pupils_on_roll", "school_keys", "pupil_aliases", "exclusions"):
            one, two = (each.engine.run(each.engine.table(name)) for each in (of_duckdb, of_spark))
            assert one.schema == two.schema
            assert one.sort(one.columns).equals(two.sort(one.columns)), name
    assert [path.name for path in tmp_path.iterdir()] == ["returns"]
