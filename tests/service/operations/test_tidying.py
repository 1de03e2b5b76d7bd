"""What is over is cleared every night, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from service.audit.models import Action, Entry
from service.enquiries.models import KeptText
from service.operations.tidying import tidy
from service.practice.models import Draft, LogFile, Shape
from tests.service.reviews.drawing import draw_kept
from tests.service.universe import Universe


def draw_log(universe: Universe, *, days_ago: int) -> LogFile:
    return LogFile.objects.create(
        authority=universe.northbrook, shape=Shape.LAMBETH, name="log.csv", digest=f"{days_ago:064}",
        rows=[["Words"]], uploaded_by=universe.manager, uploaded_at=timezone.now() - timedelta(days=days_ago),
    )  # fmt: skip


def draw_draft(universe: Universe, *, days_ago: int) -> Draft:
    saved = timezone.now() - timedelta(days=days_ago)
    return Draft.objects.create(user=universe.worker, kind="contact", content={"account": "Words"}, saved_at=saved)


def test_old_drafts_kept_texts_and_logs_never_imported_are_cleared(universe: Universe) -> None:
    draw_draft(universe, days_ago=91)
    newer = draw_draft(universe, days_ago=89)
    KeptText.objects.create(
        public_id=newer.public_id, user=universe.lead, kind="ask", kept_at=timezone.now() - timedelta(days=91)
    )
    kept = draw_kept(universe)
    type(kept).objects.update(kept_at=timezone.now() - timedelta(days=91))
    draw_log(universe, days_ago=31)
    waiting = draw_log(universe, days_ago=29)
    said = list(tidy())
    assert said[:2] == ["drafts and kept texts: 3", "logs never imported: 1"]
    assert list(Draft._base_manager.all()) == [newer]
    assert list(LogFile._base_manager.all()) == [waiting]
    entries = Entry.objects.filter(action=Action.DISPOSE).order_by("sequence")
    assert [entry.details for entry in entries] == [{"drafts": 1, "kept_texts": 2}, {}]
    assert entries[1].authority == "801"
    assert "Words" not in str(list(entries.values()))


def test_tidying_again_finds_nothing_and_writes_nothing(universe: Universe) -> None:
    call_command("tidy", verbosity=0)
    assert not Entry.objects.filter(action=Action.DISPOSE).exists()
