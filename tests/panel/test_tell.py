"""What is told of a reading: what bears on a number, under which name, and how often."""

from __future__ import annotations

from swis.ingest.finding import Effect, Finding, Matter, Quality
from swis.panel.finding import PanelFinding
from swis.panel.panel import SourceFile
from swis.panel.tell import gather_files, tell_qualities


def quality(*findings: Finding) -> Quality:
    files = tuple(dict.fromkeys(found.file for found in findings))
    return Quality(files, tuple(f"digest of {file}" for file in files), "row", {}, {}, findings, {})


def found(column: str, matter: Matter, effect: Effect, *, table: str = "referrals") -> Finding:
    return Finding("a.csv", table, column, matter, effect, 3, (5, 8, 9))


def test_a_row_without_anything_in_it_bears_on_no_number() -> None:
    told = list(
        tell_qualities(
            [quality(found("", Matter.BLANK, Effect.DROPPED), found("", Matter.RAGGED, Effect.DROPPED))], sources=()
        )
    )
    assert [each.severity for each in told] == ["note", "warning"]


def test_a_value_that_no_panel_is_made_from_bears_on_no_number() -> None:
    told = list(
        tell_qualities(
            [
                quality(
                    found("primary_need", Matter.UNKNOWN_CODE, Effect.NULL),
                    found("referred_on", Matter.UNREADABLE, Effect.NULL),
                    found("free_school_meals_percent", Matter.SYMBOL, Effect.NULL, table="schools"),
                )
            ],
            sources=(),
        )
    )
    assert [each.severity for each in told] == ["note", "warning", "warning"]


def test_a_header_or_a_column_that_may_be_missing_bears_on_no_number() -> None:
    missing = (
        ("software", Matter.HEADER_WITHOUT, "header"),
        ("lives_in", Matter.COLUMN_MISSING, "pupils_on_roll"),
        ("summer_2_sessions_possible", Matter.COLUMN_MISSING, "pupils_on_roll"),
        ("website", Matter.COLUMN_MISSING, "schools"),
        ("unique_pupil_number", Matter.COLUMN_MISSING, "pupils_on_roll"),
        ("ended_on", Matter.COLUMN_MISSING, "episodes"),
    )
    findings = [found(column, matter, Effect.NULL, table=table) for column, matter, table in missing]
    told = tell_qualities([quality(*findings)], sources=())
    assert [each.severity for each in told] == ["note", "note", "note", "note", "warning", "warning"]


def test_a_file_is_named_as_among_the_sources() -> None:
    sources = (SourceFile("ssda903_2019/a.csv", "header", "digest of a.csv", 10, 10),)
    (told,) = tell_qualities([quality(found("referred_on", Matter.UNREADABLE, Effect.NULL))], sources)
    assert told.file == "ssda903_2019/a.csv"


def finding(file: str, what: str, count: int = 1) -> PanelFinding:
    return PanelFinding("note", "blank", what, "Nothing.", count=count, file=file)


def test_what_differs_in_file_and_rows_alone_is_told_once() -> None:
    told = gather_files(
        [
            finding("a.csv", "blank row, row dropped (first at row 3)"),
            finding("", "schools followed"),
            finding("b.csv", "blank row, row dropped (first at row 8, 9)", count=2),
            finding("c.csv", "too many cells (first at row 1)"),
        ]
    )
    assert [(each.file, each.what, each.count) for each in told] == [
        ("a.csv and 1 other file", "blank row, row dropped", 3),
        ("", "schools followed", 1),
        ("c.csv", "too many cells (first at row 1)", 1),
    ]


def test_gathering_loses_no_count() -> None:
    findings = [
        finding(f"{place % 7}.csv", f"what {place % 3} (first at row {place})", count=place) for place in range(40)
    ]
    assert sum(each.count for each in gather_files(findings)) == sum(range(40))
