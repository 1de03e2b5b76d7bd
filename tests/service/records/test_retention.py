"""How long what is kept, and what must not go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from service.audit.models import Action, Entry
from service.programmes.models import Placement
from service.records.actions.disposals import propose_disposal
from service.records.actions.retention import place_hold, release_hold, review_hold, set_rule
from service.records.holdings import exported_models
from service.records.models import Category, RetentionRule, Trigger
from service.records.plans import NOT_DISPOSED, PLANS
from service.records.retention import (
    SUGGESTIONS,
    TRIGGERS,
    end_of_school_year_by,
    latest_day,
    programme_ended_on,
    rules_of,
    years_before,
)
from tests.service.practice.drawing import draw_child
from tests.service.records.drawing import draw_old_contact, draw_rule
from tests.service.universe import TODAY, Universe


def draw_placement(universe: Universe, *, ends: date | None) -> Placement:
    return Placement.objects.create(
        worker=universe.worker, school=universe.alder, mode="office", base="Library", weekdays=[0, 2],
        share_of_time=60, starts=date(2019, 9, 2), ends=ends, placed_by=universe.manager,
        end_reason="Over" if ends else "",
    )  # fmt: skip


def test_every_table_is_disposed_of_with_a_category_or_listed_with_a_reason() -> None:
    plans = [plan for several in PLANS.values() for plan in several]
    disposed = {plan.label for plan in plans} | {label for plan in plans for label, _ in plan.hanging}
    assert not disposed & set(NOT_DISPOSED)
    for model in exported_models():
        label = model._meta.label
        assert label in disposed | set(NOT_DISPOSED), f"{label}: give it a plan, or say in NOT_DISPOSED why it stays"


def test_whatever_refers_to_a_row_that_goes_goes_too_or_lets_go_of_it() -> None:
    plans = [plan for several in PLANS.values() for plan in several]
    together = {plan.label for category in (Category.PROGRAMME, Category.EVIDENCE) for plan in PLANS[category]}
    together |= {label for plan in PLANS[Category.EVIDENCE] for label, _ in plan.hanging}
    for plan in plans:
        going = {plan.label, *(label for label, _ in plan.hanging)} | (together if plan.label in together else set())
        for label in going:
            model = apps.get_model(label)
            for relation in model._meta.related_objects:
                other = relation.related_model._meta.label
                cleared = (other, relation.field.name) in plan.cleared
                mentioned = plan.label == "practice.ChildReference" and other in {
                    "practice.Contact", "reviews.ReviewItem", "reviews.ReviewAction",
                }  # fmt: skip
                assert other in going or cleared or mentioned or relation.many_to_many, f"{label}: {other} refers to it"


def test_each_category_has_a_suggestion_that_it_may_be_counted_by() -> None:
    for category in Category:
        assert SUGGESTIONS[category].trigger in TRIGGERS[category]
        assert "to be confirmed" in SUGGESTIONS[category].reason


def test_a_rule_supersedes_the_one_before_and_none_is_edited(universe: Universe) -> None:
    first = draw_rule(universe, Category.CONTACTS, years=6)
    second = draw_rule(universe, Category.CONTACTS, years=10)
    first.refresh_from_db()
    assert (first.years, first.version, second.version) == (6, 1, 2)
    assert first.superseded_at is not None
    assert rules_of(universe.northbrook) == {Category.CONTACTS: second}
    actions = Entry.objects.filter(subject_kind="records.retentionrule").order_by("sequence")
    assert [entry.action for entry in actions] == [Action.CREATE, Action.SUPERSEDE]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"years": 0}, "1 to 100"),
        ({"years": 101}, "1 to 100"),
        ({"reason": " "}, "reason"),
        ({"trigger": Trigger.PROGRAMME}, "not counted"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(universe: Universe, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        draw_rule(universe, Category.CONTACTS, **wrong)


def test_a_rule_of_another_authority_is_refused(universe: Universe) -> None:
    with pytest.raises(PermissionDenied):
        set_rule(
            by=universe.governance, authority=universe.southmere, category=Category.CONTACTS,
            trigger=Trigger.LAST_CONTACT, years=6, reason="Ours",
        )  # fmt: skip


def test_a_rule_does_not_change_under_a_disposal_that_waits(universe: Universe) -> None:
    draw_old_contact(universe.worker, universe.alder)
    draw_rule(universe, Category.CONTACTS)
    propose_disposal(by=universe.governance, authority=universe.northbrook, category=Category.CONTACTS)
    with pytest.raises(ValidationError, match="waits"):
        draw_rule(universe, Category.CONTACTS, years=20)


def test_the_database_knows_one_rule_that_stands(universe: Universe) -> None:
    rule = draw_rule(universe, Category.REVIEWS)
    fields = {"authority": rule.authority, "category": rule.category, "trigger": rule.trigger, "set_by": rule.set_by}
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRule.objects.create(**fields, version=2, years=3, reason="Another")


def test_a_school_year_ends_on_the_last_of_august() -> None:
    assert end_of_school_year_by(date(2023, 11, 18)) == date(2023, 8, 31)
    assert end_of_school_year_by(date(2023, 8, 31)) == date(2023, 8, 31)
    assert end_of_school_year_by(date(2023, 8, 30)) == date(2022, 8, 31)


def test_years_are_counted_back_to_the_same_day() -> None:
    assert years_before(date(2026, 11, 18), 6) == date(2020, 11, 18)
    assert years_before(date(2028, 2, 29), 1) == date(2027, 2, 28)


def test_a_programme_ends_with_its_last_placement(universe: Universe) -> None:
    assert programme_ended_on(universe.northbrook) is None
    over = draw_placement(universe, ends=date(2020, 7, 17))
    assert programme_ended_on(universe.northbrook) == date(2020, 7, 17)
    rule = draw_rule(universe, Category.PROGRAMME, years=6)
    assert latest_day(rule, TODAY) == date(2020, 7, 17)
    assert latest_day(rule, date(2026, 7, 16)) is None
    Placement._base_manager.filter(pk=over.pk).update(ends=None, end_reason="")
    assert programme_ended_on(universe.northbrook) is None


def test_a_hold_is_placed_reviewed_and_released_with_a_reason(universe: Universe) -> None:
    child = draw_child(universe.worker, universe.alder)
    soon = TODAY + timedelta(days=90)
    hold = place_hold(
        by=universe.governance, authority=universe.northbrook, reason="A claim", review_by=soon, child=child
    )
    review_hold(by=universe.governance, hold=hold, review_by=soon + timedelta(days=90))
    release_hold(by=universe.governance, hold=hold, reason="The claim is settled")
    with pytest.raises(ValidationError, match="released already"):
        release_hold(by=universe.governance, hold=hold, reason="Again")
    told = Entry.objects.filter(subject_kind="records.legalhold")
    assert {entry.child_reference for entry in told} == {child.reference}
    assert "claim" not in str(list(told.values())).lower()


def test_a_hold_that_cannot_be_is_refused(universe: Universe) -> None:
    soon, northbrook = TODAY + timedelta(days=90), universe.northbrook
    foreign = draw_child(universe.worker, universe.cedar)
    with pytest.raises(ValidationError, match="this authority"):
        place_hold(by=universe.governance, authority=northbrook, reason="A claim", review_by=soon, child=foreign)
    with pytest.raises(ValidationError, match="this authority"):
        place_hold(
            by=universe.governance, authority=northbrook, reason="A claim", review_by=soon, school=universe.cedar
        )
    with pytest.raises(ValidationError, match="future"):
        place_hold(by=universe.governance, authority=northbrook, reason="A claim", review_by=TODAY)
    with pytest.raises(ValidationError, match="reason"):
        place_hold(by=universe.governance, authority=northbrook, reason=" ", review_by=soon)
    with pytest.raises(ValidationError, match="before the first"):
        place_hold(
            by=universe.governance, authority=northbrook, reason="A claim", review_by=soon, first=TODAY,
            last=TODAY - timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(PermissionDenied):
        place_hold(by=universe.manager, authority=northbrook, reason="A claim", review_by=soon)
