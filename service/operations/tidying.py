"""What is cleared every night, without anybody deciding on each row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from service.accounts.actions.people import forget_ended_sessions
from service.accounts.second_factors import seal_second_factors_anew
from service.audit.models import Action
from service.audit.record import record
from service.enquiries.models import KeptText
from service.practice.models import Draft, LogFile
from service.records.lost_files import clear_lost_files
from service.records.store import clear_exports
from service.records.wiping import wipe_after_disposals
from service.reviews.models import KeptForm

TYPED_FOR = timedelta(days=90)  # after it was last kept
WAITING_FOR = timedelta(days=30)  # a log that was uploaded and never imported


def tidy() -> Iterator[str]:
    """Clear what is over, and say of each kind how much it was."""
    yield f"drafts and kept texts: {clear_typed()}"
    yield f"logs never imported: {clear_log_files()}"
    yield f"files of exports: {clear_exports()}"
    yield f"files that no row names: {clear_lost_files()}"
    yield f"sessions in the list of places: {forget_ended_sessions()}"
    yield f"second factors sealed under the present key: {seal_second_factors_anew()}"
    call_command("clearsessions")
    call_command("prune_db_task_results", verbosity=0)
    yield f"database cleared after {wipe_after_disposals()} disposals"


@transaction.atomic
def clear_typed() -> int:
    """Delete what people began to type and did not touch for ninety days. The audit keeps how many."""
    before = timezone.now() - TYPED_FOR
    drafts = Draft._base_manager.filter(saved_at__lt=before).delete()[0]
    texts = sum(kept._base_manager.filter(kept_at__lt=before).delete()[0] for kept in (KeptText, KeptForm))
    if drafts or texts:
        record(Action.DISPOSE, by=None, details={"drafts": drafts, "kept_texts": texts})
    return drafts + texts


@transaction.atomic
def clear_log_files() -> int:
    """Delete logs that were uploaded thirty days ago and neither imported nor discarded. The audit keeps which, by id."""
    files = list(LogFile._base_manager.filter(uploaded_at__lt=timezone.now() - WAITING_FOR))
    for file in files:
        record(Action.DISPOSE, by=None, subject=file)
        file.delete()
    return len(files)
