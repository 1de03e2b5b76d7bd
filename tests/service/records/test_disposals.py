"""What is due, by two people, and gone for good."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from service.accounts.models import User
from service.audit.models import Action, Entry
from service.audit.verify import verify_audit
from service.diary.models import PresenceDay, Session, SessionRecord
from service.enquiries.models import Enquiry, EnquiryStep
from service.practice.models import (
    CaseIdentifier,
    ChildPlace,
    ChildReference,
    Code,
    Contact,
    Draft,
    Involvement,
    InvolvementStep,
    ReferralOutcome,
    Restriction,
)
from service.programmes.models import Group, Meeting, Paper, Placement
from service.records.actions.disposals import (
    compare_with_now,
    confirm_disposal,
    propose_disposal,
    withdraw_disposal,
)
from service.records.actions.retention import place_hold, release_hold
from service.records.actions.subject_access import open_request
from service.records.due import count_due
from service.records.lost_files import clear_lost_files
from service.records.models import Category, Disposal, DisposalItem, DisposalState, Tombstone
from service.reviews.models import ActionStep, Review, ReviewAction, ReviewItem, ReviewRecord
from tests.service.operations.deployment import Deployment, deployed
from tests.service.practice.drawing import draw_child, draw_contact
from tests.service.records.drawing import (
    CLOSURE,
    LONG_AGO,
    PLANTED,
    age_child,
    draw_old_contact,
    draw_rule,
    draw_second,
    draw_version,
)
from tests.service.records.test_retention import draw_placement
from tests.service.universe import TODAY, Universe

SOON = TODAY + timedelta(days=90)
LONG_AGO_AT = timezone.make_aware(timezone.datetime(2018, 3, 14, 10))  # type: ignore[attr-defined]


@pytest.fixture
def second(universe: Universe) -> User:
    return draw_second(universe)


def propose(universe: Universe, category: Category) -> Disposal:
    return propose_disposal(by=universe.governance, authority=universe.northbrook, category=category)


def dispose(universe: Universe, second: User, category: Category, **rule: Any) -> Disposal:
    draw_rule(universe, category, **rule)
    return confirm_disposal(by=second, disposal=propose(universe, category))


def texts() -> Iterator[str]:
    """Every value of every row of every table, the audit included."""
    for model in apps.get_models():
        for row in model._base_manager.values():
            yield str(row)


def test_contacts_go_with_versions_referrals_topics_and_begun_corrections(universe: Universe, second: User) -> None:
    first = draw_old_contact(universe.worker, universe.alder, outcome="referral")
    stands = draw_version(first, outcome="referral")
    stands.topics.add(Code.objects.filter(list_name="topic").first())
    ReferralOutcome.objects.create(
        contact=first, outcome="accepted", heard_on=LONG_AGO, note=PLANTED, recorded_by=universe.worker
    )
    Draft.objects.create(
        user=universe.worker, kind="correction", subject=stands.public_id, content={"account": PLANTED}
    )
    enquiry = draw_enquiry(universe, at=timezone.now(), question="What now?")
    EnquiryStep.objects.create(enquiry=enquiry, kind="answered", by=universe.worker, text="Yes.", contact=first)
    kept = draw_contact(universe.worker, universe.alder, account="New words")
    disposal = dispose(universe, second, Category.CONTACTS)
    assert disposal.rows == {"practice.Contact": 2, "practice.Draft": 1, "practice.ReferralOutcome": 1}
    assert disposal.proposed == 1
    assert list(Contact.every_version.all()) == [kept]
    assert EnquiryStep.objects.get().contact is None
    assert not any(PLANTED in text for text in texts())
    assert {stone.subject for stone in Tombstone.objects.filter(kind="practice.contact")} == {
        first.public_id, stands.public_id,
    }  # fmt: skip
    connection.check_constraints()


def draw_enquiry(universe: Universe, *, at: Any = LONG_AGO_AT, **fields: Any) -> Enquiry:
    told = {"question": PLANTED, "state": "closed", "topic": "attendance", "urgency": "today"} | fields
    told["topic"] = Enquiry._meta.get_field("topic").choices[0][0]  # type: ignore[index]
    return Enquiry.objects.create(
        school=universe.alder, asked_by=universe.lead, asked_at=at, waiting_since=at, **told
    )  # fmt: skip


def test_a_contact_waits_for_the_last_contact_of_its_child(universe: Universe) -> None:
    rule = draw_rule(universe, Category.CONTACTS)
    child = draw_child(universe.worker, universe.alder)
    draw_old_contact(universe.worker, universe.alder, child=child)
    assert count_due(rule) == 1
    draw_contact(universe.worker, universe.alder, child=child)
    assert count_due(rule) == 0


def test_a_contact_waits_for_each_child_and_day_of_any_version(universe: Universe) -> None:
    rule = draw_rule(universe, Category.CONTACTS)
    spoken_of = draw_child(universe.worker, universe.alder)
    draw_contact(universe.worker, universe.alder, child=spoken_of)
    draw_version(draw_old_contact(universe.worker, universe.alder, child=spoken_of), child=None)
    draw_version(draw_old_contact(universe.worker, universe.alder), day=TODAY)
    assert count_due(rule) == 0


def test_a_contact_waits_for_the_end_of_involvement(universe: Universe) -> None:
    rule = draw_rule(universe, Category.CONTACTS, trigger=CLOSURE)
    child = draw_child(universe.worker, universe.alder)
    draw_old_contact(universe.worker, universe.alder, child=child)
    open_one = Involvement.objects.create(child=child, worker=universe.worker, level="early help", opened=LONG_AGO)
    assert count_due(rule) == 0
    Involvement.objects.filter(pk=open_one.pk).update(closed=date(2022, 1, 1), closing_reason="stepped down")
    assert count_due(rule) == 0
    Involvement.objects.filter(pk=open_one.pk).update(closed=date(2019, 1, 1))
    assert count_due(rule) == 1


@pytest.mark.parametrize(("day", "due"), [(date(2020, 11, 18), 1), (date(2020, 11, 19), 0)])
def test_the_time_is_over_on_the_same_day_of_the_last_year(universe: Universe, day: date, due: int) -> None:
    draw_old_contact(universe.worker, universe.alder, day=day)
    assert count_due(draw_rule(universe, Category.CONTACTS, years=6)) == due


def test_nothing_of_another_authority_is_due(universe: Universe) -> None:
    draw_old_contact(universe.worker, universe.cedar)
    assert count_due(draw_rule(universe, Category.CONTACTS)) == 0


def draw_closed_child(universe: Universe) -> ChildReference:
    child = age_child(draw_child(universe.worker, universe.alder))
    ChildPlace.objects.create(
        child=child, school=universe.alder, year_group="9", starts=LONG_AGO, recorded_by=universe.worker
    )
    CaseIdentifier.objects.create(child=child, system="LCS", identifier=PLANTED, recorded_by=universe.manager)
    Restriction.objects.create(
        child=child, category="other", reason=PLANTED, placed_by=universe.manager, review_by=LONG_AGO
    )
    involvement = Involvement.objects.create(
        child=child, worker=universe.worker, level="early help", opened=LONG_AGO, closed=date(2018, 9, 1),
        closing_reason="stepped down",
    )  # fmt: skip
    InvolvementStep.objects.create(
        involvement=involvement, direction="opened", level="early help", worker=universe.worker, on=LONG_AGO,
        reason="new", note=PLANTED, recorded_by=universe.worker,
    )  # fmt: skip
    return child


def test_a_child_goes_last_with_all_that_hangs_on_the_reference(universe: Universe, second: User) -> None:
    child = draw_closed_child(universe)
    draw_old_contact(universe.worker, universe.alder, child=child)
    rule = draw_rule(universe, Category.CHILDREN)
    assert count_due(rule) == 0
    dispose(universe, second, Category.CONTACTS)
    assert count_due(rule) == 1
    disposal = confirm_disposal(by=second, disposal=propose(universe, Category.CHILDREN))
    assert disposal.rows == {
        "practice.CaseIdentifier": 1, "practice.ChildPlace": 1, "practice.ChildReference": 1, "practice.Involvement": 1,
        "practice.InvolvementStep": 1, "practice.Restriction": 1,
    }  # fmt: skip
    assert not ChildReference.objects.exists()
    assert not any(PLANTED in text for text in texts())
    connection.check_constraints()


def test_sessions_presence_and_enquiries_go_after_their_school_year(universe: Universe, second: User) -> None:
    worker = universe.worker
    old = Session.objects.create(
        school=universe.alder, worker=worker, kind="drop-in", audience="staff", place="Library", planned_by=worker,
        starts_at=LONG_AGO_AT, ends_at=LONG_AGO_AT + timedelta(hours=1),
    )  # fmt: skip
    SessionRecord.objects.create(session=old, attended=4, recorded_by=worker)
    moved = Session.objects.create(
        school=universe.alder, worker=worker, kind="drop-in", audience="staff", place="Library", planned_by=worker,
        starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1), moved_from=old,
    )  # fmt: skip
    day = {"worker": worker, "school": universe.alder, "day": LONG_AGO, "planned": "in school", "recorded_by": worker}
    wrong = PresenceDay.objects.create(**day, actual="all day", superseded_at=timezone.now())
    PresenceDay.objects.create(**day, actual="not in", replaces=wrong, reason="Wrong button")
    enquiry = draw_enquiry(universe)
    EnquiryStep.objects.create(enquiry=enquiry, kind="answered", by=worker, at=LONG_AGO_AT, text=PLANTED)
    draw_enquiry(universe, state="waiting")
    rows = dispose(universe, second, Category.SESSIONS).rows
    assert rows == {"diary.PresenceDay": 2, "diary.Session": 1, "diary.SessionRecord": 1}
    moved.refresh_from_db()
    assert moved.moved_from is None
    assert dispose(universe, second, Category.ENQUIRIES).rows == {"enquiries.Enquiry": 1, "enquiries.EnquiryStep": 1}
    assert Enquiry.objects.get().state == "waiting"
    connection.check_constraints()


def draw_review(universe: Universe, day: date = LONG_AGO, **fields: Any) -> Review:
    told = {"state": "closed", "closed_by": universe.manager, "closed_at": LONG_AGO_AT} | fields
    return Review.objects.create(
        school=universe.alder, kind="team around the school", day=day, chair=universe.manager,
        planned_by=universe.manager, **told,
    )  # fmt: skip


def draw_action(universe: Universe, review: Review, **fields: Any) -> ReviewAction:
    told = {"state": "done", "settled_on": LONG_AGO} | fields
    return ReviewAction.objects.create(
        school=universe.alder, review=review, text=PLANTED, owner=universe.worker, due=LONG_AGO,
        agreed_by=universe.manager, **told,
    )  # fmt: skip


def test_a_review_goes_when_its_actions_are_settled(universe: Universe, second: User) -> None:
    review, newer = draw_review(universe), draw_review(universe, day=TODAY)
    ReviewItem.objects.create(review=review, kind="topic", text=PLANTED, added_by=universe.manager)
    ReviewRecord.objects.create(review=review, agreed=PLANTED, recorded_by=universe.manager)
    action = draw_action(universe, review, state="open", settled_on=None)
    of_newer = draw_action(universe, newer)
    step = {"kind": "came back", "due": LONG_AGO, "by": universe.manager}
    ActionStep.objects.create(action=action, review=newer, **step)
    came_back = ActionStep.objects.create(action=of_newer, review=review, **step)
    rule = draw_rule(universe, Category.REVIEWS)
    assert count_due(rule) == 0
    ReviewAction.objects.filter(pk=action.pk).update(state="done", settled_on=LONG_AGO)
    disposal = confirm_disposal(by=second, disposal=propose(universe, Category.REVIEWS))
    assert disposal.rows == {
        "reviews.ActionStep": 1, "reviews.Review": 1, "reviews.ReviewAction": 1, "reviews.ReviewItem": 1,
        "reviews.ReviewRecord": 1,
    }  # fmt: skip
    came_back.refresh_from_db()
    assert came_back.review is None
    assert list(Review.objects.all()) == [newer]
    connection.check_constraints()


def test_records_of_the_programme_go_in_one_piece_with_their_files(
    universe: Universe, second: User, django_capture_on_commit_callbacks: Any
) -> None:
    draw_placement(universe, ends=date(2020, 7, 17))
    group = Group.objects.create(authority=universe.northbrook, name="Working group", kind="working", meets="Monthly")
    meeting = Meeting.objects.create(group=group, day=LONG_AGO)
    paper = Paper.objects.create(
        meeting=meeting, title="Plan", file_name="plan.txt", size=5, sha256="0" * 64, added_by=universe.programme_lead,
        file=ContentFile(b"Words", name="plan.txt"),
    )  # fmt: skip
    storage, name = paper.file.storage, paper.file.name
    draw_rule(universe, Category.PROGRAMME)
    disposal = propose(universe, Category.PROGRAMME)
    added = Meeting.objects.create(group=group, day=TODAY)
    with pytest.raises(ValidationError, match="changed since"):
        confirm_disposal(by=second, disposal=disposal)
    added.delete()
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_disposal(by=second, disposal=disposal)
    assert not storage.exists(name)
    assert not Placement._base_manager.exists()
    assert not Group.objects.exists()
    connection.check_constraints()


def test_two_people_are_needed(universe: Universe, second: User) -> None:
    draw_old_contact(universe.worker, universe.alder)
    draw_rule(universe, Category.CONTACTS)
    disposal = propose(universe, Category.CONTACTS)
    with pytest.raises(PermissionDenied, match="another person"):
        confirm_disposal(by=universe.governance, disposal=disposal)
    with pytest.raises(PermissionDenied):
        confirm_disposal(by=universe.manager, disposal=disposal)
    with pytest.raises(IntegrityError), transaction.atomic():
        Disposal.objects.filter(pk=disposal.pk).update(
            state=DisposalState.CONFIRMED, decided_by=universe.governance, decided_at=timezone.now()
        )
    confirm_disposal(by=second, disposal=disposal)
    with pytest.raises(ValidationError, match="decided already"):
        confirm_disposal(by=second, disposal=disposal)


def test_what_changed_since_the_proposal_stays_and_is_told(universe: Universe, second: User) -> None:
    child = draw_child(universe.worker, universe.alder)
    spoken_of = draw_old_contact(universe.worker, universe.alder, child=child)
    draw_old_contact(universe.worker, universe.alder)
    draw_rule(universe, Category.CONTACTS)
    disposal = propose(universe, Category.CONTACTS)
    draw_contact(universe.worker, universe.alder, child=child)
    late = draw_old_contact(universe.worker, universe.alder)
    compared = compare_with_now(disposal)
    assert (compared.going, compared.left_out, compared.new) == (1, 1, 1)
    disposal = confirm_disposal(by=second, disposal=disposal)
    assert disposal.left_out == 1
    assert {spoken_of, late} < set(Contact.every_version.all())
    assert not DisposalItem.objects.exists()


def test_nothing_under_a_hold_goes_and_what_is_released_comes_due_again(universe: Universe, second: User) -> None:
    child = draw_child(universe.worker, universe.alder)
    draw_old_contact(universe.worker, universe.alder, child=child)
    draw_old_contact(universe.worker, universe.beech)
    draw_old_contact(universe.worker, universe.ash, day=date(2019, 5, 5))
    rule = draw_rule(universe, Category.CONTACTS)
    what: dict[str, Any] = {
        "by": universe.governance,
        "authority": universe.northbrook,
        "reason": "A claim",
        "review_by": SOON,
    }
    assert (count_due(rule), count_due(rule, held=True)) == (3, 0)
    of_child = place_hold(**what, child=child)
    assert (count_due(rule), count_due(rule, held=True)) == (2, 1)
    place_hold(**what, school=universe.beech)
    assert (count_due(rule), count_due(rule, held=True)) == (1, 2)
    place_hold(**what, first=date(2019, 5, 1), last=date(2019, 5, 31))
    assert (count_due(rule), count_due(rule, held=True)) == (0, 3)
    with pytest.raises(ValidationError, match="Nothing is due"):
        propose(universe, Category.CONTACTS)
    release_hold(by=universe.governance, hold=of_child, reason="Settled")
    assert count_due(rule) == 1
    disposal = propose(universe, Category.CONTACTS)
    place_hold(**what)
    with pytest.raises(ValidationError, match="Withdraw"):
        confirm_disposal(by=second, disposal=disposal)


def test_a_hold_that_names_two_things_holds_what_falls_under_both(universe: Universe) -> None:
    draw_old_contact(universe.worker, universe.alder)
    draw_old_contact(universe.worker, universe.alder, day=date(2019, 5, 5))
    rule = draw_rule(universe, Category.CONTACTS)
    place_hold(
        by=universe.governance, authority=universe.northbrook, reason="A claim", review_by=SOON,
        school=universe.alder, first=date(2019, 1, 1),
    )  # fmt: skip
    assert (count_due(rule), count_due(rule, held=True)) == (1, 1)


def test_a_hold_without_a_child_keeps_the_records_of_the_programme(universe: Universe) -> None:
    draw_placement(universe, ends=date(2020, 7, 17))
    rule = draw_rule(universe, Category.PROGRAMME)
    assert count_due(rule) == 1
    place_hold(
        by=universe.governance, authority=universe.northbrook, reason="A claim", review_by=SOON, school=universe.beech
    )
    assert count_due(rule) == 0


def test_an_open_request_for_access_keeps_what_is_about_the_child(universe: Universe) -> None:
    child = draw_closed_child(universe)
    rule = draw_rule(universe, Category.CHILDREN)
    assert count_due(rule) == 1
    open_request(by=universe.manager, child=child, requester="child", received_on=TODAY)
    assert (count_due(rule), count_due(rule, held=True)) == (0, 1)


def test_a_proposal_needs_a_rule_and_waits_once(universe: Universe) -> None:
    draw_old_contact(universe.worker, universe.alder)
    with pytest.raises(ValidationError, match="has not decided"):
        propose(universe, Category.CONTACTS)
    draw_rule(universe, Category.CONTACTS)
    disposal = propose(universe, Category.CONTACTS)
    with pytest.raises(ValidationError, match="waits already"):
        propose(universe, Category.CONTACTS)
    with pytest.raises(ValidationError, match="reason"):
        withdraw_disposal(by=universe.governance, disposal=disposal, reason=" ")
    withdraw_disposal(by=universe.governance, disposal=disposal, reason="Too early")
    assert not DisposalItem.objects.exists()
    propose(universe, Category.CONTACTS)


def test_the_audit_tells_of_both_and_holds(universe: Universe, second: User) -> None:
    draw_old_contact(universe.worker, universe.alder)
    dispose(universe, second, Category.CONTACTS)
    told = Entry.objects.filter(action=Action.DISPOSE).order_by("sequence")
    assert [entry.details["step"] for entry in told] == ["proposed", "confirmed"]
    assert told[1].details["rows"] == {"practice.Contact": 1}
    assert {entry.authority for entry in told} == {"801"}
    assert verify_audit().holds


FILL = """
from tests.service.universe import make_universe
from tests.service.records.drawing import draw_old_contact, draw_rule, draw_second, draw_version
from service.records.actions.disposals import confirm_disposal, propose_disposal
from service.records.models import Category
world = make_universe()
draw_version(draw_old_contact(world.worker, world.alder))
for number in range(50):
    draw_old_contact(world.worker, world.alder, account=f"{number} The-planted-words-of-a-case-7351 " * 200)
"""
DISPOSE = """
from service.accounts.models import User
from service.records.actions.disposals import confirm_disposal, propose_disposal
from service.records.models import Category
from service.schools.models import Authority
from tests.service.records.drawing import draw_second, draw_rule
from types import SimpleNamespace
from service.schools.models import School
own = User.objects.get(email="information.governance.officer@own.example.org")
alder = School.objects.get(urn="900001")
world = SimpleNamespace(governance=own, northbrook=alder.authority, alder=alder)
draw_rule(world, Category.CONTACTS)
disposal = propose_disposal(by=own, authority=world.northbrook, category=Category.CONTACTS)
print(confirm_disposal(by=draw_second(world), disposal=disposal).rows)
"""


@pytest.mark.slow
def test_no_word_remains_in_the_files_of_the_database(tmp_path: Path, prepared: Deployment) -> None:
    with deployed(tmp_path, like=prepared) as deployment:
        deployment.python(FILL)
        if connection.vendor == "sqlite":
            assert PLANTED.encode() in _bytes_of(deployment.data)
        assert "52" in deployment.python(DISPOSE)
        cleared = deployment.run("tidy")
        if connection.vendor == "sqlite":
            assert "after 1 disposals" in cleared
            assert PLANTED.encode() not in _bytes_of(deployment.data)
        assert PLANTED not in deployment.python(
            "from service.practice.models import Contact; print(list(Contact.every_version.values()))"
        )


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def draw_paper(universe: Universe, name: str) -> Paper:
    group, _ = Group.objects.get_or_create(authority=universe.northbrook, name="Steering")
    return Paper.objects.create(
        meeting=Meeting.objects.get_or_create(group=group, day=LONG_AGO)[0], title=name, file_name=name, size=5,
        sha256="0" * 64, added_by=universe.programme_lead, file=ContentFile(b"Words", name=name),
    )  # fmt: skip


def test_a_file_that_a_killed_disposal_left_is_cleared_at_night(universe: Universe) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        clear_lost_files()  # rows of other tests are gone, their files lie in the memory of this process
    kept, lost = draw_paper(universe, "kept.txt"), draw_paper(universe, "lost.txt")
    storage = Paper._meta.get_field("file").storage  # type: ignore[union-attr]
    Paper.objects.filter(pk=lost.pk).delete()
    assert clear_lost_files() == 0  # its row may be on its way
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert clear_lost_files() == 1
    assert storage.exists(kept.file.name)
    assert not storage.exists(lost.file.name)


def test_a_file_that_cannot_be_deleted_keeps_no_other_and_no_disposal(
    universe: Universe, second: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    papers = [draw_paper(universe, name) for name in ("one.txt", "two.txt")]
    storage = Paper._meta.get_field("file").storage  # type: ignore[union-attr]
    draw_rule(universe, Category.PROGRAMME)
    draw_placement(universe, ends=LONG_AGO)
    disposal = propose(universe, Category.PROGRAMME)
    delete, refused = storage.delete, papers[0].file.name

    def refuse(name: str) -> None:
        if name == refused:
            raise PermissionError(name)
        delete(name)

    monkeypatch.setattr(storage, "delete", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        confirm_disposal(by=second, disposal=disposal)
    assert storage.exists(refused)
    assert not storage.exists(papers[1].file.name)
