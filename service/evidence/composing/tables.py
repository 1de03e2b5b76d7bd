"""The declared tables that the service holds: what was nominated, drawn, placed, recorded and claimed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from service.evidence.composing.arms import StudySchool, months_with_worker
from service.practice.models import Contact
from service.practice.models.contacts import State
from service.programmes.models import Claim, Placement
from service.programmes.placements import workers_of
from service.schools.models import Authority, SchoolCluster
from swis.tables.activity_log import ACTIVITY_LOG
from swis.tables.arms import ARMS
from swis.tables.claims import CLAIMS
from swis.tables.clusters import CLUSTERS
from swis.tables.data_collected import DATA_COLLECTED
from swis.tables.school_configuration import SCHOOL_CONFIGURATION
from swis.tables.table import Table
from swis.tables.trial_schools import TRIAL_SCHOOLS

Row = Mapping[str, object]


def write_rows(table: Table, rows: Iterable[Row]) -> bytes:
    """Rows as the CSV of a declared table; what a row does not have is empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=table.column_names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8")


def write_arms(schools: Sequence[StudySchool], labels: Mapping[str, str]) -> bytes:
    """arms.csv, by the labels of the panel; schools without one are left out."""
    rows = [
        {"school": labels[each.school.urn], "arm": each.arm, "stratum": each.stratum}
        for each in schools
        if each.school.urn in labels
    ]
    return write_rows(ARMS, rows)


def write_trial_schools(schools: Sequence[StudySchool], missing: Mapping[str, str], *, until: date) -> bytes:
    """trial_schools.csv. `missing` says, by URN, why no outcome of a school is to be had.

    Raises `ValidationError` if the pupils of a school are not known.
    """
    unknown = [each.label for each in schools if not _pupils(each)]
    if unknown:
        raise ValidationError(f"The pupils of {', '.join(unknown)} are not known. Enter them with the school.")
    return write_rows(TRIAL_SCHOOLS, [_trial_school(each, missing, until=until) for each in schools])


def _pupils(each: StudySchool) -> int | None:
    return (each.nomination.pupils if each.nomination is not None else None) or each.school.pupils


def _trial_school(each: StudySchool, missing: Mapping[str, str], *, until: date) -> Row:
    months = months_with_worker(each.school, until=until)
    meals = each.nomination.free_school_meals_percent if each.nomination is not None else None
    return {
        "school": each.label,
        "authority": each.school.authority.name,
        "phase": each.phase,
        "arm": each.arm,
        "pupils": _pupils(each),
        "free_school_meals_percent": each.school.free_school_meals_percent if meals is None else meals,
        "received": "no" if months is None else "yes",
        "months_with_worker": "" if months is None else f"{months:.1f}",
        "why_not_analysed": missing.get(each.school.urn, ""),
        "replaces": each.replaces,
    }


def write_clusters(schools: Sequence[StudySchool]) -> bytes:
    """clusters.csv: the clusters of which a school of the study is part. A school stands in the first by name."""
    urns = {each.school.urn for each in schools}
    rows: dict[str, Row] = {}
    clusters = SchoolCluster.objects.filter(secondary__authority__in={each.school.authority_id for each in schools})
    for cluster in clusters.select_related("secondary").prefetch_related("feeders").order_by("secondary__name"):
        feeders = sorted(cluster.feeders.all(), key=lambda school: school.urn)
        if not urns & {cluster.secondary.urn, *(feeder.urn for feeder in feeders)}:
            continue
        for school, role in [(cluster.secondary, "lead"), *((feeder, "feeder") for feeder in feeders)]:
            rows.setdefault(school.urn, {"cluster": cluster.secondary.name, "school": school.urn, "role": role})
    return write_rows(CLUSTERS, rows.values()) if rows else b""


def write_configuration(schools: Sequence[StudySchool]) -> bytes:
    """school_configuration.csv: how the workers are present now in each school that has had one."""
    rows = []
    for each in schools:
        placements = Placement.objects.within_days(date.min, date.max).filter(school=each.school, covers=None)
        placement = placements.order_by("-starts").first()
        if placement is not None:
            workers = len(workers_of(each.school, timezone.localdate()))
            words = f"{placement.get_mode_display()}; {placement.days_in_words}; {placement.share_of_time}% of a week"
            rows.append(
                {
                    "school": each.label,
                    "type": each.phase,
                    "schools": 1,
                    "presence": words,
                    "social_workers": workers or "",
                    "source": "placements in the service",
                }
            )
    return write_rows(SCHOOL_CONFIGURATION, rows) if rows else b""


def write_activity_log(schools: Sequence[StudySchool], *, first: date, last: date) -> bytes:
    """activity_log.csv: the entries as they stand, of the schools of the study.

    Left out are the account, the year group and the topic: beside the school and the day they would single out a child. Workers
    bear a number of this file. Entries about a restricted child are counted like any other.
    """
    labels = {each.school.pk: each.label for each in schools}
    entries = Contact.objects.filter(state=State.CURRENT, school__in=labels, date__range=(first, last))
    fields = ("date", "school", "worker", "kind_of_work", "role", "raised_by", "outcome", "time_band", "minutes")
    workers: dict[int, str] = {}
    rows = []
    for number, values in enumerate(entries.order_by("date", "id").values(*fields).iterator(), start=1):
        worker = values["worker"]
        if worker is not None:
            workers.setdefault(worker, f"worker {len(workers) + 1}")
        rows.append(values | {"entry": number, "school": labels[values["school"]], "worker": workers.get(worker, "")})
    return write_rows(ACTIVITY_LOG, rows) if rows else b""


def latest_quarter(authorities: Sequence[Authority]) -> str:
    """The last quarter that was claimed for; empty if none was."""
    claims = Claim.objects.filter(authority__in=authorities, superseded=False)
    return claims.order_by("-quarter").values_list("quarter", flat=True).first() or ""


def write_claims(authorities: Sequence[Authority]) -> bytes:
    """claims.csv: the sums that stand, of every quarter. Of several authorities each item bears the name of its own."""
    claims = Claim.objects.filter(authority__in=authorities, superseded=False).select_related("authority")
    several = len(authorities) > 1
    rows = [
        {
            "item": f"{each.item} ({each.authority.name})" if several else each.item,
            "category": each.category,
            "amount": f"{each.amount:.2f}",
            "basis": each.basis,
            "useful_life_years": each.useful_life_years,
            "period": each.quarter,
            "source": each.source,
        }
        for each in claims.order_by("quarter", "authority__name", "item")
    ]
    return write_rows(CLAIMS, rows) if rows else b""


def write_data_collected(schools: Sequence[StudySchool], *, entries: int, panels: str, terms: str) -> bytes:
    """data_collected.csv: the schools with administrative records, and the entries of the log."""
    rows: list[Row] = [
        {"kind": "administrative records", "of": panels, "number": len(schools), "unit": "schools", "period": terms,
         "source": "panels in the service"},
    ]  # fmt: skip
    if entries:
        rows.append(
            {"kind": "activity log", "of": "the work of social workers", "number": entries, "unit": "entries",
             "period": terms, "source": "contacts in the service"}
        )  # fmt: skip
    return write_rows(DATA_COLLECTED, rows)
