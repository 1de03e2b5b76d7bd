"""From the evaluation of a cluster randomised trial to the document of its report."""

from __future__ import annotations

from swis.report.document import Document
from swis.report.trial.baseline import baseline_chapter
from swis.report.trial.checklist import checklist_chapter
from swis.report.trial.findings import findings_chapter
from swis.report.trial.flow import flow_chapter
from swis.report.trial.harms import harms_chapter
from swis.report.trial.lesson import lesson_chapter
from swis.report.trial.literature import literature_chapter
from swis.report.trial.looks import looks_chapter
from swis.report.trial.methods import methods_chapter
from swis.report.trial.missing import missing_chapter
from swis.report.trial.money import money_chapter
from swis.report.trial.options import options_chapter
from swis.report.trial.others import others_chapter
from swis.report.trial.plan import plan_chapter
from swis.report.trial.primary import primary_chapter
from swis.report.trial.summary import summary_chapter
from swis.report.trial.tidier import tidier_chapter
from swis.report.trial.uptake import uptake_chapter
from swis.report.trial.whom import whom_chapter
from swis.report.words import join, plural
from swis.study.trial.evaluation import TrialEvaluation

RANDOMISED = "randomised"


def compose_trial(evaluation: TrialEvaluation) -> Document:
    """The report of a trial by CONSORT for cluster trials, the verdict first. The same evaluation gives the same document.

    Counted: arms as a whole. No count of a single school is in it.
    """
    protocol, randomised = evaluation.trial.protocol, evaluation.flow.randomised
    title = protocol.title
    return Document(
        title=title if RANDOMISED in title.lower() else f"{title} (cluster randomised)",
        subtitle=f"{plural(randomised.schools, 'school')} in "
        f"{plural(randomised.authorities, 'authority', 'authorities')}, drawn by lot",
        source=f"Made by SWIS {evaluation.swis_version} from the trial folder {evaluation.trial.name}",
        description=f"Report of a cluster randomised trial of schools in {join(protocol.authorities)}: verdicts, "
        "flow, results, checklist.",
        blocks=(
            *summary_chapter(evaluation),
            *plan_chapter(evaluation),
            *flow_chapter(evaluation),
            *baseline_chapter(evaluation),
            *primary_chapter(evaluation),
            *options_chapter(evaluation),
            *others_chapter(evaluation),
            *whom_chapter(evaluation),
            *uptake_chapter(evaluation),
            *missing_chapter(evaluation),
            *harms_chapter(evaluation),
            *looks_chapter(evaluation),
            *tidier_chapter(evaluation),
            *money_chapter(evaluation),
            *lesson_chapter(evaluation),
            *literature_chapter(evaluation),
            *findings_chapter(evaluation),
            *methods_chapter(evaluation),
            *checklist_chapter(evaluation),
        ),
        provenance=tuple(_provenance(evaluation)),
    )


def _provenance(evaluation: TrialEvaluation) -> list[tuple[str, str]]:
    trial = evaluation.trial
    return [
        ("SWIS version", evaluation.swis_version),
        ("Trial folder", trial.name),
        ("Plan", trial.plan_status.state),
        ("Seed", str(trial.protocol.options.seed)),
        ("Allocations drawn again", evaluation.redrawn),
        ("Protocol and inputs together (SHA-256)", trial.hashes.all),
        *((f"{name} (SHA-256)", digest) for name, digest in sorted(trial.hashes.files.items())),
        *((f"Pilot {study.name}: protocol and inputs together (SHA-256)", study.hashes.all) for study in trial.pilots),
    ]
