"""Staging the returns of children's social care: the children in need census and the SSDA903, each year by year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path

from swis.ingest.cin_census import read_cin_census
from swis.ingest.recognise import Recognised, ReturnKind
from swis.ingest.ssda903 import read_ssda903
from swis.panel.coverage import DaysSeen, Period, year_of, year_to_march
from swis.panel.intake import Intake

_FEWEST_ENDINGS = 5
_SHARE_OF_ENDINGS = 4
"""A year before that of a return is in it as a whole if a quarter as many episodes ended in it; fewer were told late."""
_YEARS = re.compile(r"(?<!\d)(20\d{2})(?:[-_/ ]?(20\d{2}|\d{2}))?(?!\d)", re.ASCII)


def stage_cin_censuses(intake: Intake, files: Sequence[Recognised]) -> tuple[Period, ...]:
    """Reads the censuses in the order of their years, and gives the period of each."""
    dated = [(_find_period(intake, file), file) for file in files]
    dated.sort(key=lambda each: (each[0] or (date.min, date.min), _attempt(each[1].header), str(each[1].path)))
    for source, (period, file) in enumerate(dated, start=1):
        reading = read_cin_census(file.path, progress=intake.progress)
        returned_to = period[1] if period else None
        for batch in reading:
            for name, frame in batch.items():
                intake.stage.add(name, frame, source=source, returned_to=returned_to)
            intake.former_numbers.add(batch["children"], returned=returned_to.toordinal() if returned_to else 0)
        intake.end_reading(reading, [(file.path, ReturnKind.CIN_CENSUS)])
    periods = [period for period, _ in dated if period]
    again = len(periods) - len({end for _, end in periods})
    if again:
        intake.warn(
            "censuses_of_one_year",
            "several children in need censuses are of one year",
            "Each event is counted once, and the later attempt decides. Leave the earlier one out.",
            count=again,
        )
    return tuple(periods)


def _attempt(header: Mapping[str, str]) -> tuple[str, str]:
    return header.get("serial_number", ""), header.get("written_at", "")


def _find_period(intake: Intake, file: Recognised) -> Period | None:
    """From 1 April to the day of the return, or to 31 March if that is earlier."""
    returned_on = _read_day(file.header.get("returned_on", ""))
    year = _read_year(file.header.get("year", ""))
    if year is None and returned_on is None:
        year = find_year(file.path.name)
        if year is not None:
            intake.warn(
                "census_year_by_name",
                f"the header says no year; by its name the year is that to 31 March {year}",
                "See that it is right.",
                path=file.path,
            )
    if year is None:
        year = year_of(returned_on) if returned_on else None
    if year is None:
        intake.warn(
            "census_without_year",
            "neither the header nor the name says which year the census is of",
            "It covers nothing: its events are counted as outside. Write the year into its name, such as cin_2019.xml.",
            path=file.path,
        )
        return None
    start, end = year_to_march(year)
    if returned_on is None or returned_on == end:
        return start, end
    if start < returned_on < end:
        intake.note(
            "census_before_year_end",
            f"the census ends on {returned_on.isoformat()}, before the end of its year",
            "It covers the days to then.",
            path=file.path,
        )
        return start, returned_on
    intake.warn(
        "census_year_contradicts_day",
        f"the year of the header ({year}) and the day of the return ({returned_on.isoformat()}) do not fit together",
        "The year was taken. See that it is right.",
        path=file.path,
    )
    return start, end


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _read_year(text: str) -> int | None:
    return int(text) if re.fullmatch(r"20\d{2}", text, re.ASCII) else None


def find_year(name: str) -> int | None:
    """The year in which a return ends, by a name such as ssda903_2018, cin-2018-19 (2019) or 201819 (2019)."""
    for found in _YEARS.finditer(name):
        first, second = int(found[1]), found[2]
        if second is None:
            return first
        if int(second) % 100 == (first + 1) % 100:
            return first + 1
    return None


@dataclass(frozen=True)
class _Ssda903:
    """One return: its XML file, or its header and its episodes."""

    files: tuple[Recognised, ...]
    period: Period

    @property
    def path(self) -> Path:
        return self.files[-1].path


def stage_ssda903(intake: Intake, files: Sequence[Recognised]) -> tuple[Period, ...]:
    """Reads the returns of looked-after children in the order of their years, and gives the period of each.

    A return holds the episodes of its year: none that ended before. If its dates show that it holds those of several years, its
    period is that of all of them.
    """
    returns = [_date_return(intake, group) for group in _group(files)]
    found = sorted((each for each in returns if each), key=lambda each: (each.period[1], str(each.path)))
    for source, each in enumerate(found, start=1):
        reading = read_ssda903([file.path for file in each.files], progress=intake.progress)
        for batch in reading:
            for name, frame in batch.items():
                intake.stage.add(name, frame, source=source, returned_to=each.period[1])
        intake.end_reading(reading, [(file.path, file.kind) for file in each.files if file.kind])
    return tuple(each.period for each in found if _has_episodes(each.files))


def _has_episodes(files: Sequence[Recognised]) -> bool:
    return any(file.kind in (ReturnKind.EPISODES, ReturnKind.SSDA903) for file in files)


def _group(files: Sequence[Recognised]) -> list[tuple[Recognised, ...]]:
    """Files that are one return: an XML file, or a header and the episodes of one folder and year."""
    groups: dict[tuple[Path, int | None], dict[ReturnKind, list[Recognised]]] = {}
    alone: list[tuple[Recognised, ...]] = []
    for file in files:
        if file.kind is ReturnKind.SSDA903:
            alone.append((file,))
        elif file.kind:
            key = (file.path.parent, find_year(file.path.name))
            groups.setdefault(key, {}).setdefault(file.kind, []).append(file)
    for group in groups.values():
        headers, episodes = (group.get(kind, []) for kind in (ReturnKind.LOOKED_AFTER_CHILDREN, ReturnKind.EPISODES))
        alone += [tuple(file for file in pair if file) for pair in zip_longest(headers, episodes)]
    return alone


def _date_return(intake: Intake, files: tuple[Recognised, ...]) -> _Ssda903 | None:
    """The return with its year: by the name of its files or folder, else by the latest dates in it."""
    path = files[-1].path
    if len(files) == 1 and files[0].kind is not ReturnKind.SSDA903:
        lacks = "header" if _has_episodes(files) else "episodes"
        intake.warn(
            "ssda903_in_part",
            f"the return has no {lacks}",
            "Give both files of each year, in one folder, with the year in the name of the folder or of both files.",
            path=path,
        )
    days, ended = _look_at_days(files)
    year, how = find_year(path.name) or find_year(path.parent.name), "by the name of the file or folder"
    span = days.span()
    latest = year_of(span[1]) if span else None
    if year is None:
        year, how = latest, "by the latest dates in it"
    elif latest is not None and latest != year:
        year, how = _weigh(intake, path, ended, named=year, latest=latest)
    if year is None:
        intake.warn("ssda903_without_year", "the return has no dates", "It covers nothing and is not read.", path=path)
        return None
    intake.note("ssda903_year", f"taken as the return to 31 March {year}, {how}", "See that it is right.", path=path)
    return _Ssda903(files, (_find_start(intake, path, ended, year=year), year_to_march(year)[1]))


def _look_at_days(files: Sequence[Recognised]) -> tuple[DaysSeen, DaysSeen]:
    """All days on which episodes began or ended, and those on which they ended."""
    days, ended = DaysSeen(), DaysSeen()
    if not _has_episodes(files):
        return days, ended
    for batch in read_ssda903([file.path for file in files]):
        if "episodes" in batch:
            days.add(batch["episodes"]["started_on"])
            days.add(batch["episodes"]["ended_on"])
            ended.add(batch["episodes"]["ended_on"])
    return days, ended


def _weigh(intake: Intake, path: Path, ended: DaysSeen, *, named: int, latest: int) -> tuple[int, str]:
    """The year by the name, unless episodes ended in the year of the latest dates and none in that of the name."""
    in_named, in_latest = (ended.any_between(*year_to_march(year)) for year in (named, latest))
    year, how = (
        (latest, "by the latest dates in it")
        if in_latest and not in_named
        else (named, "by the name of the file or folder")
    )
    intake.warn(
        "ssda903_year_contradicts_dates",
        f"by the name of the file or folder the year is that to 31 March {named}, and the latest dates are of that to 31 March "
        f"{latest}",
        f"The year to 31 March {year} was taken. See that it is right, or correct the name.",
        path=path,
    )
    return year, how


def _find_start(intake: Intake, path: Path, ended: DaysSeen, *, year: int) -> date:
    """The first day of the year, or of the years before it that the return holds as well."""
    start, end = year_to_march(year)
    enough = max(ended.count_between(start, end) / _SHARE_OF_ENDINGS, _FEWEST_ENDINGS)
    first = year
    while ended.any_between(start, end) and ended.count_between(*year_to_march(first - 1)) >= enough:
        first -= 1
    if first < year:
        start = ended.first_between(*year_to_march(first))
        intake.warn(
            "ssda903_of_several_years",
            f"by the days on which episodes ended it holds several years, from {start.isoformat()}",
            "It covers all of them. See that this is right.",
            path=path,
        )
    elif ended.any_between(date.min, start - timedelta(days=1)):
        intake.warn(
            "ssda903_earlier_endings",
            "some episodes ended before the year of the return",
            "It covers its year alone. If it holds several years, give the return of each.",
            path=path,
        )
    return start
