"""From an evaluation to the document of its report."""

from __future__ import annotations

from swis.report.chapters.methods import methods_chapter
from swis.report.chapters.study import study_chapter
from swis.report.chapters.summary import summary_chapter
from swis.report.chapters.verdicts import verdicts_chapter
from swis.report.document import Document
from swis.report.words import join
from swis.study.together import Evaluation


def compose_report(evaluation: Evaluation) -> Document:
    """The whole report: one page in plain English, claims and verdicts, a chapter a study, the methods, the provenance."""
    authorities = join([each.study.authority for each in evaluation.studies])
    return Document(
        title=f"Social Workers in Schools: {authorities}",
        subtitle="What the comparison of schools can and cannot show",
        source=f"Made by SWIS {evaluation.swis_version} from the study folders named in the provenance",
        description=f"Evaluation of Social Workers in Schools in {authorities}: published claims, verdicts, estimates, costs.",
        blocks=(
            *summary_chapter(evaluation),
            *verdicts_chapter(evaluation),
            *(block for study in evaluation.studies for block in study_chapter(study)),
            *methods_chapter(evaluation),
        ),
        provenance=tuple(_provenance(evaluation)),
    )


def _provenance(evaluation: Evaluation) -> list[tuple[str, str]]:
    items = [("SWIS version", evaluation.swis_version)]
    for each in evaluation.studies:
        study = each.study
        items += [
            (f"{study.name}: protocol and inputs together (SHA-256)", study.hashes.all),
            *((f"{study.name}/{name} (SHA-256)", digest) for name, digest in sorted(study.hashes.files.items())),
            (f"{study.name}: seed", str(study.options.seed)),
            (f"{study.name}: plan", study.plan_status.state),
        ]
    return items
