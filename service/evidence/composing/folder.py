"""A whole study folder: what the library needs, as if a person had written it, with a dictionary and a word on what is in it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils import timezone

from service.evidence.archives import pack
from service.evidence.composing import tables
from service.evidence.composing.arms import StudySchool, schools_of_study
from service.evidence.composing.counts import count_terms, labels_in
from service.evidence.composing.dictionary import write_dictionary
from service.evidence.composing.protocol import write_money, write_study_toml, write_trial_toml
from service.evidence.composing.timeline import Timeline, timeline_of
from service.evidence.models import Study
from service.evidence.panel_work import open_panels
from service.programmes.models import Nomination, NominationRound
from service.programmes.models.nominations import RoundStatus
from service.programmes.nominations_file import write_nominations
from service.schools.models import Authority
from swis.design.allocation.certificate import CERTIFICATE_FILE
from swis.design.allocation.commitment import COMMITMENT_FILE
from swis.errors import SwisError
from swis.panel.panel import Panel
from swis.study.lock import LOCK_FILE
from swis.study.section import PROTOCOL_FILE
from swis.study.trial.keys import TRIAL_FILE
from swis.study.trial.plan import TRIAL_LOCK_FILE
from swis.tables.activity_log import ACTIVITY_LOG
from swis.tables.arms import ARMS
from swis.tables.claims import CLAIMS
from swis.tables.clusters import CLUSTERS
from swis.tables.data_collected import DATA_COLLECTED
from swis.tables.nominations import NOMINATIONS
from swis.tables.school_configuration import SCHOOL_CONFIGURATION
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.trial_schools import TRIAL_SCHOOLS

UNCHECKED = (SCHOOL_TERMS.file, ACTIVITY_LOG.file)
"""Small counts and single entries that no disclosure control has passed: for who may see panels."""
README, DICTIONARY = "README.md", "data_dictionary.md"


@dataclass
class StudyFolder:
    """The files of a folder by name, and what whoever reads them has to know."""

    files: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, content: bytes) -> None:
        """Add a file, unless there is nothing in it."""
        if content:
            self.files[name] = content

    def write(self, folder: Path) -> None:
        """Write the files into a private folder."""
        folder.mkdir(mode=0o700)
        for name, content in self.files.items():
            path = folder / name
            path.touch(mode=0o600)
            path.write_bytes(content)

    def packed(self, *, without: tuple[str, ...] = ()) -> bytes:
        """The folder as a zip; the same folder gives the same bytes."""
        return pack({name: content for name, content in self.files.items() if name not in without})


def compose_folder(study: Study) -> StudyFolder:
    """The folder of a study, from what the service holds today.

    Raises `ValidationError` with the reason when something is missing or the allocation is not told. A locked study has the
    protocol and the lock that it was locked with; counts and tables are those of now.
    """
    schools = schools_of_study(study)
    authorities = list(study.authorities.all())
    try:
        panel = open_panels(
            [each.archive for each in study.panels.select_related("archive").order_by("authority__name")]
        )
        labels = labels_in(panel, schools)
        timeline = timeline_of(study)
        _refuse_unknown(study, schools, labels)
        folder = StudyFolder()
        _add_protocol(folder, study, schools, labels, timeline)
        _add_counts(folder, study, panel, schools, labels)
    except (SwisError, ValueError) as error:
        raise ValidationError(str(error)) from None
    _add_design(folder, study, schools, labels)
    _add_practice(folder, study, schools, timeline)
    _add_claims(folder, study, authorities)
    folder.add(DICTIONARY, write_dictionary(folder.files).encode("utf-8"))
    folder.add(README, _write_readme(folder, study).encode("utf-8"))
    return folder


def protocol_file(study: Study) -> str:
    return TRIAL_FILE if study.is_trial else PROTOCOL_FILE


def lock_file(study: Study) -> str:
    return TRIAL_LOCK_FILE if study.is_trial else LOCK_FILE


def _refuse_unknown(study: Study, schools: list[StudySchool], labels: dict[str, str]) -> None:
    arms = {each.arm for each in schools}
    if arms != {"intervention", "comparison"}:
        raise ValidationError("A study needs schools with a social worker and schools without. Name both.")
    unknown = [each.school.name for each in schools if each.school.urn not in labels]
    if unknown and not study.is_trial:
        raise ValidationError(
            f"The panel does not have {', '.join(unknown)}. Take them out, or build the panel with their rolls."
        )
    known = {each.arm for each in schools if each.school.urn in labels}
    if known != arms:
        raise ValidationError(
            "The panels have no school of one of the two arms. Build them with the rolls of the schools drawn."
        )


def _add_protocol(
    folder: StudyFolder, study: Study, schools: list[StudySchool], labels: dict[str, str], timeline: Timeline
) -> None:
    if study.is_locked:
        text = study.protocol
        folder.add(lock_file(study), study.lock.encode("utf-8"))
    elif study.is_trial:
        text = write_trial_toml(study, timeline)
    else:
        text = write_study_toml(study, schools, labels, timeline)
    folder.add(protocol_file(study), text.encode("utf-8"))


def _add_counts(
    folder: StudyFolder, study: Study, panel: Panel, schools: list[StudySchool], labels: dict[str, str]
) -> None:
    planned = tomllib.loads(folder.files[protocol_file(study)].decode("utf-8"))["terms"]["order"]
    counts = count_terms(study, panel, schools, labels, terms=set(planned))
    folder.add(SCHOOL_TERMS.file, counts.school_terms)
    folder.notes += counts.notes


def _add_design(folder: StudyFolder, study: Study, schools: list[StudySchool], labels: dict[str, str]) -> None:
    if study.allocation is None:
        folder.add(ARMS.file, tables.write_arms(schools, labels))
        folder.add(NOMINATIONS.file, _nominations(study))
    else:
        missing = {each.school.urn: "not in the panel" for each in schools if each.school.urn not in labels}
        folder.add(TRIAL_SCHOOLS.file, tables.write_trial_schools(schools, missing, until=timezone.localdate()))
        folder.add(NOMINATIONS.file, study.allocation.nominations_file.encode("utf-8"))
        folder.add(CERTIFICATE_FILE, study.allocation.certificate.encode("utf-8"))
        if study.allocation.commitment is not None:
            folder.add(COMMITMENT_FILE, study.allocation.commitment.file.encode("utf-8"))
    folder.add(CLUSTERS.file, tables.write_clusters(schools))


def _nominations(study: Study) -> bytes:
    """The last submitted round of each authority."""
    latest = []
    for authority in study.authorities.all():
        rounds = NominationRound.objects.filter(authority=authority, status=RoundStatus.SUBMITTED)
        latest += list(rounds.order_by("-submitted_on", "-id")[:1])
    rows = Nomination.objects.filter(round__in=latest).select_related("round__authority", "school")
    return write_nominations(rows.prefetch_related("feeder_primaries")).encode("utf-8") if rows.exists() else b""


def _add_practice(folder: StudyFolder, study: Study, schools: list[StudySchool], timeline: Timeline) -> None:
    first, last = date.fromisoformat(f"{study.launched}-01"), timezone.localdate()
    folder.add(SCHOOL_CONFIGURATION.file, tables.write_configuration(schools))
    log = tables.write_activity_log(schools, first=first, last=last)
    folder.add(ACTIVITY_LOG.file, log)
    names = ", ".join(authority.name for authority in study.authorities.all())
    terms = f"{timeline.order[0]} to {timeline.order[-1]}"
    entries = max(0, log.count(b"\n") - 1)
    folder.add(DATA_COLLECTED.file, tables.write_data_collected(schools, entries=entries, panels=names, terms=terms))


def _add_claims(folder: StudyFolder, study: Study, authorities: list[Authority]) -> None:
    quarter = tables.latest_quarter(authorities)
    if quarter:
        folder.add(CLAIMS.file, tables.write_claims(authorities))
        folder.files[protocol_file(study)] += write_money(quarter).encode("utf-8")


def _write_readme(folder: StudyFolder, study: Study) -> str:
    panels = [
        f"- {each}, built on {timezone.localdate(each.built_at)} by swis {each.swis_version}"
        for each in study.panels.all()
    ]
    plan = f"locked on {study.locked_on}" if study.is_locked else "not locked"
    lines = [
        f"# {study.title}",
        "",
        f"A study folder for `swis evaluate`. The plan is {plan}.",
        "Small counts in it are not checked for disclosure, and single entries of the activity log are in it: keep it within "
        "the evaluation. The log has no account, year group or topic.",
        "",
        "Panels:",
        *panels,
    ]
    if folder.notes:
        lines += ["", "To know:", *(f"- {note}" for note in folder.notes)]
    return "\n".join([*lines, "", f"What the tables hold: {DICTIONARY}."]) + "\n"
