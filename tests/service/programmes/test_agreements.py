"""Agreements: their versions and who signs for whom."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from service.permissions import Role
from service.programmes.actions import agreements
from service.programmes.models import Agreement, Allocation, Arm, SchoolArm
from tests.service.universe import TODAY, Universe

SOON = date(2026, 12, 1)


def issued(universe: Universe, *, audience: str = "every school") -> Agreement:
    text = agreements.write_text(
        by=universe.programme_lead,
        authority=universe.northbrook,
        audience=audience,
        text="What we expect of each other.",
    )
    return agreements.issue(by=universe.programme_lead, text=text, schools=[universe.alder], sign_by=SOON)[0]


def sign(universe: Universe, agreement: Agreement, side: str) -> None:
    by = universe.lead if side == "school" else universe.programme_lead
    agreements.sign(by=by, agreement=agreement, side=side, name="A Person", position="Head of something")


def test_both_sides_sign_once(universe: Universe) -> None:
    agreement = issued(universe)
    sign(universe, agreement, "school")
    sign(universe, agreement, "authority")
    with pytest.raises(ValidationError, match="signed already"):
        sign(universe, agreement, "school")


def test_a_newer_text_supersedes_a_signed_one_and_both_are_kept(universe: Universe) -> None:
    first = issued(universe)
    sign(universe, first, "school")
    second = issued(universe)
    first.refresh_from_db()
    assert (first.superseded_on, second.text.version) == (TODAY, 2)
    with pytest.raises(ValidationError, match="superseded"):
        sign(universe, first, "authority")
    assert first.signatures.count() == 1


def test_the_same_text_is_not_put_to_a_school_twice(universe: Universe) -> None:
    agreement = issued(universe)
    with pytest.raises(ValidationError, match="has this text already"):
        agreements.issue(by=universe.programme_lead, text=agreement.text, schools=[universe.alder], sign_by=SOON)


def test_nobody_signs_for_the_other_side(universe: Universe) -> None:
    agreement = issued(universe)
    for side, by in (
        ("school", universe.programme_lead),
        ("authority", universe.lead),
        ("school", universe.other_school[Role.SAFEGUARDING_LEAD]),
        ("authority", universe.elsewhere[Role.PROGRAMME_LEAD]),
        ("school", universe.manager),
    ):
        with pytest.raises(PermissionDenied):
            agreements.sign(by=by, agreement=agreement, side=side, name="A Person", position="Head")


@pytest.mark.parametrize(("told", "works"), [(date(2026, 11, 1), True), (None, False)])
def test_a_text_for_comparison_schools_goes_to_one_once_it_is_told(
    universe: Universe, told: date | None, works: bool
) -> None:
    allocation = Allocation.objects.create(
        certificate="", nominations_file="", steps=[], method="simple", drawn_on=date(2026, 9, 1),
        published_on=told, entered_by=universe.evaluator,
    )  # fmt: skip
    SchoolArm.objects.create(allocation=allocation, school=universe.alder, arm=Arm.COMPARISON, drawn_arm=Arm.COMPARISON)
    if works:
        assert issued(universe, audience="comparison").school == universe.alder
    else:
        with pytest.raises(ValidationError, match="is not one"):
            issued(universe, audience="comparison")


def test_what_cannot_be_is_refused(universe: Universe) -> None:
    by = universe.programme_lead
    with pytest.raises(ValidationError, match="Enter the text"):
        agreements.write_text(by=by, authority=universe.northbrook, audience="every school", text=" ")
    text = issued(universe).text
    with pytest.raises(ValidationError, match="in the past"):
        agreements.issue(by=by, text=text, schools=[universe.beech], sign_by=date(2026, 11, 1))
    with pytest.raises(ValidationError, match="another authority"):
        agreements.issue(by=by, text=text, schools=[universe.cedar], sign_by=SOON)
    with pytest.raises(ValidationError, match="at least one school"):
        agreements.issue(by=by, text=text, schools=[], sign_by=SOON)


def test_a_school_sees_its_own_agreement_alone(universe: Universe) -> None:
    agreement = issued(universe)
    assert list(Agreement.objects.visible_to(universe.lead)) == [agreement]
    assert not Agreement.objects.visible_to(universe.other_school[Role.SAFEGUARDING_LEAD]).exists()
    assert not Agreement.objects.visible_to(universe.own[Role.STEERING]).exists()
