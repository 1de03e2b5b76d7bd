"""Restricted records: closed to all but those named, opened with a reason, and reviewed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.permissions import Permission, Role
from service.practice.actions.restrictions import (
    break_glass,
    declare_conflict,
    end_access,
    grant_access,
    lift_restriction,
    restrict_child,
    review_opening,
    review_restriction,
    settle_conflict,
)
from service.practice.models import BreakGlass, ChildReference, Contact, RestrictedAccess, Restriction
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.universe import TODAY, Universe, draw_membership

REVIEW = TODAY + timedelta(days=60)
WHY = "The child is missing tonight"


@pytest.fixture
def child(universe: Universe) -> ChildReference:
    child = draw_child(universe.worker, universe.alder)
    draw_contact(universe.worker, universe.alder, child=child, account="Private")
    return child


@pytest.fixture
def restriction(universe: Universe, child: ChildReference) -> Restriction:
    return restrict(universe, child)


def restrict(universe: Universe, child: ChildReference, **told: Any) -> Restriction:
    return restrict_child(
        by=universe.manager,
        child=child,
        category="own or relative",
        reason="A relative",
        **{"review_by": REVIEW} | told,
    )


@pytest.fixture
def second_manager(universe: Universe) -> User:
    user = User.objects.create_user("second@example.org", name="Second manager")
    draw_membership(user, Role.TEAM_MANAGER, universe.alder)
    return user


def sees(user: User) -> bool:
    return ChildReference.objects.visible_to(user).exists() and Contact.objects.visible_to(user).exists()


def test_a_restricted_record_is_closed_to_all_but_those_named(universe: Universe, child: ChildReference) -> None:
    restrict(universe, child, access=[universe.worker])
    assert sees(universe.worker)
    assert not sees(universe.manager)
    with time_machine.travel("2027-01-18 10:00"):
        assert not sees(universe.worker)


def test_no_page_export_or_search_shows_a_restricted_record(
    universe: Universe, restriction: Restriction, signed_in: SignedIn
) -> None:
    client, reference = signed_in(universe.worker), restriction.child.reference
    client.post(reverse("contact-search"), {"words": "Private"})
    for address in (
        reverse("child-list"),
        reverse("contact-list"),
        f"{reverse('contact-list')}?search=on",
        reverse("contact-export", kwargs={"kind": "csv"}) + "?text=on",
        reverse("contact-record"),
        reverse("caseload"),
    ):
        page = client.get(address).content.decode()
        assert reference not in page, address
        assert "Private" not in page.replace('value="Private"', ""), address
    contact = Contact.objects.get()
    for name, row in (("contact", contact), ("contact-correct", contact), ("child", restriction.child)):
        assert client.get(reverse(name, kwargs={"public_id": row.public_id})).status_code == 404


def test_access_can_be_granted_and_ended(universe: Universe, restriction: Restriction) -> None:
    access = grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=TODAY)
    assert sees(universe.worker)
    end_access(by=universe.manager, access=access)
    assert not sees(universe.worker)


def test_nobody_grants_access_to_themselves_or_beyond_the_review_or_to_strangers(
    universe: Universe, restriction: Restriction
) -> None:
    for user, until in (
        (universe.manager, TODAY),
        (universe.worker, REVIEW + timedelta(days=1)),
        (universe.worker, TODAY - timedelta(days=1)),
        (universe.lead, TODAY),
        (universe.other_school[Role.SOCIAL_WORKER], TODAY),
    ):
        with pytest.raises(ValidationError):
            grant_access(by=universe.manager, restriction=restriction, user=user, until=until)
    assert not RestrictedAccess.objects.exists()


def test_who_restricts_keeps_no_access_and_each_access_is_in_the_audit(
    universe: Universe, child: ChildReference, signed_in: SignedIn
) -> None:
    with pytest.raises(ValidationError, match="Somebody else"):
        restrict(universe, child, access=[universe.worker, universe.manager])
    page = signed_in(universe.manager).get(reverse("child-restrict", kwargs={"public_id": child.public_id}))
    assert str(universe.worker.public_id) in page.content.decode()
    assert str(universe.manager.public_id) not in page.content.decode()
    restrict(universe, child, access=[universe.worker])
    access = RestrictedAccess.objects.get()
    granted = Entry.objects.get(subject=str(access.public_id))
    assert (granted.action, granted.details) == (Action.CREATE, {"user": str(universe.worker.public_id)})


def test_a_record_is_not_restricted_twice_from_a_page_that_was_open(universe: Universe, child: ChildReference) -> None:
    stale = ChildReference.objects.get(pk=child.pk)
    restrict(universe, child)
    break_glass(by=universe.manager, reference=child.reference, reason=WHY)
    with pytest.raises(ValidationError, match="restricted already"):
        restrict(universe, stale, access=[universe.worker])
    assert Restriction.objects.count() == 1
    assert not RestrictedAccess.objects.exists()


def test_access_that_ended_is_not_ended_again(
    universe: Universe, restriction: Restriction, signed_in: SignedIn
) -> None:
    access = grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=TODAY)
    ended = end_access(by=universe.manager, access=access)
    with pytest.raises(ValidationError, match="ended already"):
        end_access(by=universe.manager, access=access)
    client = signed_in(universe.manager)
    page = client.post(reverse("access-end", kwargs={"public_id": access.public_id}), follow=True)
    assert "This access ended already." in page.content.decode()
    access.refresh_from_db()
    assert access.ends == ended.ends


def test_a_second_access_takes_the_place_of_the_first(universe: Universe, restriction: Restriction) -> None:
    grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=REVIEW)
    last = grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=TODAY)
    end_access(by=universe.manager, access=last)
    assert not sees(universe.worker)
    assert RestrictedAccess.objects.count() == 2


def test_a_review_prolongs_the_access_of_those_who_had_it(
    universe: Universe, child: ChildReference, second_manager: User, signed_in: SignedIn
) -> None:
    colleague = User.objects.create_user("colleague@example.org", name="Colleague")
    draw_membership(colleague, Role.SOCIAL_WORKER, universe.alder)
    restriction = restrict(universe, child, access=[universe.worker, colleague, second_manager])
    again = REVIEW + timedelta(days=80)
    with time_machine.travel(f"{REVIEW + timedelta(days=1)} 10:00"):
        assert not sees(universe.worker)
        address = reverse("restriction-review", kwargs={"public_id": restriction.public_id})
        client = signed_in(second_manager)
        page = client.get(address).content.decode()
        assert str(universe.worker.public_id) in page
        assert str(second_manager.public_id) not in page
        client.post(
            address,
            {"review_by": again.isoformat(), "note": "Still so", "prolong": [str(universe.worker.public_id)]},
        )
        assert sees(universe.worker)
        assert not sees(colleague)
        with pytest.raises(ValidationError, match="Select others"):
            review_restriction(
                by=universe.manager, restriction=restriction, review_by=again, note="So", prolong=[universe.lead]
            )
    assert RestrictedAccess.objects.filter(user=universe.worker).count() == 2


def test_a_conflict_that_was_settled_is_not_settled_again(universe: Universe, child: ChildReference) -> None:
    conflict = declare_conflict(by=universe.worker, child=child)
    settle_conflict(by=universe.manager, conflict=conflict, settlement="It was another child")
    with pytest.raises(ValidationError, match="settled already"):
        settle_conflict(by=universe.manager, conflict=conflict, settlement="Something else")
    conflict.refresh_from_db()
    assert conflict.settlement == "It was another child"


def test_the_lists_of_restrictions_and_openings_are_in_the_audit(
    universe: Universe, restriction: Restriction, signed_in: SignedIn
) -> None:
    break_glass(by=universe.worker, reference=restriction.child.reference, reason=WHY)
    client = signed_in(universe.manager)
    for name, told in (
        ("restriction-list", {"what": "restrictions", "hits": 1, "conflicts": 0}),
        ("opening-list", {"what": "openings", "hits": 1}),
    ):
        client.get(reverse(name))
        assert Entry.objects.filter(action=Action.READ).first().details == told  # type: ignore[union-attr]


@time_machine.travel("2027-06-15T23:30:00+00:00")  # half past midnight of the sixteenth, by British Summer Time
def test_days_are_told_as_they_were_in_london(universe: Universe, child: ChildReference, signed_in: SignedIn) -> None:
    restriction = restrict(universe, child, review_by=date(2027, 7, 1))
    client, here = signed_in(universe.manager), {"public_id": restriction.public_id}
    assert "16/06/2027 by" in client.get(reverse("restriction", kwargs=here)).content.decode()
    lift_restriction(by=universe.manager, restriction=restriction, reason="Over")
    assert "16/06/2027 by" in client.get(reverse("restriction", kwargs=here)).content.decode().partition("Lifted")[2]


@pytest.mark.parametrize(
    "told",
    [
        {"review_by": TODAY},
        {"review_by": TODAY + timedelta(days=91)},
        {"category": "whim"},
        {"reason": " "},
    ],
)
def test_a_restriction_without_reason_category_or_review_is_refused(
    universe: Universe, child: ChildReference, told: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        restrict_child(
            by=universe.manager, child=child,
            **{"category": "risk of harm", "reason": "He knows where they live", "review_by": REVIEW} | told,
        )  # fmt: skip


def test_a_worker_restricts_nothing(universe: Universe, child: ChildReference) -> None:
    with pytest.raises(PermissionDenied):
        restrict_child(by=universe.worker, child=child, category="risk of harm", reason="Because", review_by=REVIEW)


def test_a_review_keeps_it_and_lifting_opens_it_and_ends_every_access(
    universe: Universe, restriction: Restriction
) -> None:
    grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=TODAY)
    review_restriction(
        by=universe.manager, restriction=restriction, review_by=TODAY + timedelta(days=90), note="Still so"
    )
    lift_restriction(by=universe.manager, restriction=restriction, reason="Left the post")
    assert sees(universe.worker)
    assert sees(universe.manager)
    restriction.child.refresh_from_db()
    again = restrict(universe, restriction.child)
    assert not sees(universe.worker)
    with pytest.raises(ValidationError, match="lifted already"):
        lift_restriction(by=universe.manager, restriction=restriction, reason="Again")
    assert again.pk != restriction.pk


def test_breaking_the_glass_opens_for_a_day_and_is_in_the_audit_with_its_reason(
    universe: Universe, restriction: Restriction
) -> None:
    opening = break_glass(by=universe.worker, reference=" bkqr-4729 ", reason=WHY)
    assert sees(universe.worker)
    assert not sees(universe.manager)
    entry = Entry.objects.get(action=Action.BREAK_GLASS)
    assert (entry.reason, entry.child) == (WHY, str(restriction.child.public_id))
    with time_machine.travel(opening.ends + timedelta(seconds=1)):
        assert not sees(universe.worker)


def test_a_wrong_reference_is_refused_in_the_words_of_one_out_of_reach(
    universe: Universe, child: ChildReference
) -> None:
    restrict(universe, child)
    draw_child(universe.worker, universe.beech, reference="CCCC-2222", restricted=True)
    draw_child(universe.worker, universe.alder, reference="DDDD-3333")
    words = set()
    for reference in ("XXXX-9999", "CCCC-2222", "DDDD-3333"):
        with pytest.raises(ValidationError) as refused:
            break_glass(by=universe.worker, reference=reference, reason=WHY)
        words.add(str(refused.value.message_dict))
    assert len(words) == 1
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "urgent"])
def test_the_glass_is_not_broken_without_a_reason(universe: Universe, restriction: Restriction, reason: str) -> None:
    with pytest.raises(ValidationError):
        break_glass(by=universe.worker, reference="BKQR-4729", reason=reason)


def test_a_conflict_of_interest_closes_the_record_and_no_glass_opens_it(
    universe: Universe, child: ChildReference
) -> None:
    conflict = declare_conflict(by=universe.worker, child=child)
    assert not sees(universe.worker)
    assert sees(universe.manager)
    restriction = restrict(universe, child)
    grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=TODAY)
    assert not sees(universe.worker)
    with pytest.raises(ValidationError, match="no restricted record"):
        break_glass(by=universe.worker, reference=child.reference, reason=WHY)
    settle_conflict(by=universe.manager, conflict=conflict, settlement="It was another child")
    assert sees(universe.worker)


def test_the_audit_tells_which_fields_changed_and_keeps_no_reason_but_of_an_opening(
    universe: Universe, child: ChildReference, second_manager: User
) -> None:
    restriction = restrict(universe, child)
    opening = break_glass(by=universe.worker, reference=child.reference, reason=WHY)
    review_opening(by=second_manager, opening=opening, finding="not justified", note="It could have waited")
    for note in ("The threat remains", "Still so"):
        restriction = review_restriction(by=universe.manager, restriction=restriction, review_by=REVIEW, note=note)
    restriction = lift_restriction(by=universe.manager, restriction=restriction, reason="She moved away")
    conflict = declare_conflict(by=universe.worker, child=child, note="My niece")
    settle_conflict(by=universe.manager, conflict=conflict, settlement="It was another child")
    assert [entry.reason for entry in Entry.objects.exclude(reason="")] == [WHY]
    told = " ".join(str(entry.details) for entry in Entry.objects.all())
    for value in ("own or relative", "restricted': ", "not justified"):
        assert value not in told
    assert restriction.review_notes == (
        "18/11/2026, Team manager of own: The threat remains\n\n18/11/2026, Team manager of own: Still so"
    )


def test_nobody_settles_their_own_conflict(universe: Universe, child: ChildReference) -> None:
    conflict = declare_conflict(by=universe.manager, child=child)
    with pytest.raises(PermissionDenied):
        settle_conflict(by=universe.manager, conflict=conflict, settlement="Fine")


def test_a_conflict_of_interest_closes_the_restriction_and_the_openings_too(
    universe: Universe, child: ChildReference, signed_in: SignedIn
) -> None:
    declare_conflict(by=universe.manager, child=child)
    restriction = Restriction.objects.create(
        child=child, category="own or relative", reason="A relative", placed_by=universe.worker, review_by=REVIEW
    )
    ChildReference.objects.filter(pk=child.pk).update(restricted=True)
    opening = break_glass(by=universe.worker, reference=child.reference, reason=WHY)
    access = RestrictedAccess.objects.create(
        child=child, user=universe.worker, granted_by=universe.worker, ends=opening.ends
    )
    theirs = declare_conflict(by=universe.worker, child=child, note="My niece")
    for rows in (Restriction, RestrictedAccess, BreakGlass):
        assert not rows.objects.visible_to(universe.manager).exists(), rows
        assert rows.objects.visible_to(universe.governance, Permission.MANAGE_RETENTION).exists(), rows
    client = signed_in(universe.manager)
    for name, row in (("restriction", restriction), ("restriction-lift", restriction), ("opening-review", opening)):
        assert client.get(reverse(name, kwargs={"public_id": row.public_id})).status_code == 404
    for name in ("restriction-list", "opening-list"):
        assert child.reference not in client.get(reverse(name)).content.decode(), name
    for deed in (
        lambda: lift_restriction(by=universe.manager, restriction=restriction, reason="Over"),
        lambda: review_restriction(by=universe.manager, restriction=restriction, review_by=REVIEW, note="Still so"),
        lambda: grant_access(by=universe.manager, restriction=restriction, user=universe.worker, until=TODAY),
        lambda: end_access(by=universe.manager, access=access),
        lambda: review_opening(by=universe.manager, opening=opening, finding="justified"),
        lambda: settle_conflict(by=universe.manager, conflict=theirs, settlement="Fine"),
    ):
        with pytest.raises(PermissionDenied, match="conflict of interest"):
            deed()


def test_an_opening_waits_for_a_review_by_somebody_else(
    universe: Universe, restriction: Restriction, second_manager: User
) -> None:
    opening = break_glass(by=universe.manager, reference=restriction.child.reference, reason=WHY)
    with pytest.raises(PermissionDenied):
        review_opening(by=universe.manager, opening=opening, finding="justified")
    with pytest.raises(ValidationError, match="Say why"):
        review_opening(by=second_manager, opening=opening, finding="not justified")
    with pytest.raises(ValidationError):
        review_opening(by=second_manager, opening=opening, finding="fine")
    review_opening(by=second_manager, opening=opening, finding="not justified", note="It could have waited")
    assert not sees(universe.manager)
    with pytest.raises(ValidationError, match="already"):
        review_opening(by=universe.governance, opening=opening, finding="justified")


def test_the_database_refuses_a_review_by_who_opened(universe: Universe, restriction: Restriction) -> None:
    opening = break_glass(by=universe.worker, reference=restriction.child.reference, reason=WHY)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=opening.pk).update(
            reviewed_by=universe.worker, reviewed_at=opening.opened_at, finding="justified"
        )


def test_information_governance_reviews_and_sees_nothing_of_the_record(
    universe: Universe, restriction: Restriction, signed_in: SignedIn
) -> None:
    opening = break_glass(by=universe.worker, reference=restriction.child.reference, reason=WHY)
    client = signed_in(universe.governance)
    assert "Waits for review" in client.get(reverse("opening-list")).content.decode()
    address = reverse("opening-review", kwargs={"public_id": opening.public_id})
    assert WHY in client.get(address).content.decode()
    assert client.post(address, {"finding": "justified"}).headers["Location"] == reverse("opening-list")
    assert client.get(reverse("child", kwargs={"public_id": restriction.child.public_id})).status_code == 403


def test_the_pages_restrict_grant_open_review_and_lift(
    universe: Universe, child: ChildReference, signed_in: SignedIn
) -> None:
    manager, worker = signed_in(universe.manager), signed_in(universe.worker)
    manager.post(
        reverse("child-restrict", kwargs={"public_id": child.public_id}),
        {"category": "risk of harm", "reason": "A threat", "review_by": REVIEW.isoformat()},
    )
    restriction = Restriction.objects.get()
    here = {"public_id": restriction.public_id}
    assert manager.get(reverse("restriction", kwargs=here)).status_code == 200
    assert child.reference in manager.get(reverse("restriction-list")).content.decode()
    worker.post(reverse("glass-break"), {"reference": child.reference, "reason": WHY})
    assert worker.get(reverse("child", kwargs={"public_id": child.public_id})).status_code == 200
    manager.post(
        reverse("access-grant", kwargs=here), {"user": str(universe.worker.public_id), "until": TODAY.isoformat()}
    )
    access = RestrictedAccess.objects.get()
    manager.post(reverse("access-end", kwargs={"public_id": access.public_id}))
    manager.post(
        reverse("restriction-review", kwargs=here), {"review_by": REVIEW.isoformat(), "note": "The threat remains"}
    )
    manager.post(reverse("restriction-lift", kwargs=here), {"reason": "The threat is over"})
    restriction.refresh_from_db()
    assert restriction.lifted_at is not None
    worker.post(reverse("conflict-declare", kwargs={"public_id": child.public_id}), {"note": ""})
    assert not sees(universe.worker)
    assert "Settle" in manager.get(reverse("restriction-list")).content.decode()


def test_restricted_records_stay_in_the_counts(universe: Universe, restriction: Restriction) -> None:
    for permission in (
        Permission.VIEW_TEAM_DASHBOARD,
        Permission.VIEW_OWN_DASHBOARD,
        Permission.VIEW_PUBLISHED_FIGURES,
    ):
        holder = universe.worker if permission is Permission.VIEW_OWN_DASHBOARD else universe.manager
        holder = universe.analyst if permission is Permission.VIEW_PUBLISHED_FIGURES else holder
        assert Contact.objects.visible_to(holder, permission).count() == 1, permission


def test_the_queue_stays_within_its_queries(
    universe: Universe, restriction: Restriction, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    for _ in range(30):
        break_glass(by=universe.worker, reference=restriction.child.reference, reason=WHY)
    client = signed_in(universe.manager)
    with django_assert_max_num_queries(10):
        client.get(reverse("opening-list"))
    with django_assert_max_num_queries(12):
        client.get(reverse("restriction-list"))
