"""Caseload against the time for schools. By name, never ranked."""

from __future__ import annotations

from service.pages.figures import Figure, Series
from service.pages.tables import Column, Table
from service.sight.exhibits.exhibit import Exhibit
from service.sight.lens import Lens


def time_shares(lens: Lens) -> Exhibit:
    """What the working time of each worker is promised to, today."""
    figure = Figure(
        title="What the working time is for",
        labels=tuple(load.worker.name for load in lens.loads),
        series=(
            Series("Agreed with schools", tuple(load.school_percent or 0 for load in lens.loads)),
            Series("Court work", tuple(load.court_percent for load in lens.loads)),
            Series("Other work", tuple(load.other_percent for load in lens.loads)),
        ),
        kind="stacked",
        unit="% of the working time, today",
        label_heading="Worker",
        note="In the order of names. What passes 100 is promised twice.",
    )
    return Exhibit.of("working-time", figure)


def cases(lens: Lens) -> Exhibit:
    """Open cases beside the days for schools."""
    columns = (
        Column("Worker"),
        Column("Open children", numeric=True),
        Column("of them carried over", numeric=True),
        Column("Cases elsewhere", numeric=True),
        Column("Statutory cases", numeric=True),
        Column("Days a week for schools", numeric=True, decimals=1),
        Column("Days a week for each case", numeric=True, decimals=2),
    )
    rows = tuple(
        (
            load.worker.name, sum(load.by_level.values()), load.carried_over, load.carried_over_elsewhere,
            load.statutory_cases, None if load.school_percent is None else load.school_percent / 20, load.days_for_each_case,
        )
        for load in lens.loads
    )  # fmt: skip
    note = "Today, in the order of names. Cases elsewhere were held before the placement and have no reference here."
    return Exhibit("caseload", Table("Caseload against time for schools", columns, rows, note=note, empty="No worker."))
