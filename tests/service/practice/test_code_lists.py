"""Core codes that stay, and an authority's own words on top."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from service.audit.models import Entry
from service.permissions import Role
from service.practice.actions.code_lists import add_local_code, choose_pathway, label_code
from service.practice.codes import choices_of, resolve
from service.practice.core_codes import CORE, CodeList, seed_core_codes
from service.practice.models import Code
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_contact
from tests.service.universe import Universe


def core(list_name: str, code: str) -> Code:
    return Code.objects.get(authority=None, list_name=list_name, code=code)


def offered(universe: Universe, list_name: str) -> list[tuple[str, str]]:
    return choices_of(universe.northbrook, list_name)[list_name]


def test_without_labels_an_authority_has_the_core_list_in_its_order(universe: Universe) -> None:
    for list_name, codes in CORE.items():
        assert offered(universe, list_name) == list(codes.items())


def test_a_label_renames_orders_and_hides_for_one_authority_only(universe: Universe) -> None:
    label = {"by": universe.administrator, "authority": universe.northbrook}
    label_code(**label, code=core("topic", "neglect"), label="Needs not met")
    label_code(**label, code=core("topic", "other"), place=0)
    label_code(**label, code=core("topic", "private law"), hidden=True)
    topics = dict(offered(universe, "topic"))
    assert topics["neglect"] == "Needs not met"
    assert list(topics)[:2] == ["possible referral", "other"]
    assert "private law" not in topics
    assert choices_of(universe.southmere, "topic")["topic"] == list(CORE[CodeList.TOPIC].items())


def test_a_child_of_a_code_stands_below_it_and_counts_as_it(universe: Universe) -> None:
    code = add_local_code(
        by=universe.administrator,
        authority=universe.northbrook,
        parent=core("kind_of_work", "group work"),
        name="Drop-in",
    )
    codes = [value for value, _ in offered(universe, "kind_of_work")]
    assert codes.index(code.code) == codes.index("group work") + 1
    assert resolve(universe.northbrook, "kind_of_work", code.code) == ("group work", code)


def test_a_code_is_never_reused(universe: Universe) -> None:
    add = {"by": universe.administrator, "authority": universe.northbrook, "parent": core("topic", "other")}
    first = add_local_code(**add, name="Neglect!")
    second = add_local_code(**add, name="Neglect?")
    assert len({first.code, second.code, "neglect"}) == 3
    with pytest.raises(ValidationError, match="already"):
        add_local_code(**add, name="neglect!")
    with pytest.raises(IntegrityError), transaction.atomic():
        Code.objects.create(list_name="topic", code="neglect", name="Again")


def test_hiding_a_code_leaves_what_was_recorded(universe: Universe) -> None:
    contact = draw_contact(universe.worker, universe.alder, topic="neglect")
    label_code(by=universe.administrator, authority=universe.northbrook, code=core("topic", "neglect"), hidden=True)
    assert contact.topics.get().code == "neglect"


def test_the_last_code_of_a_list_is_not_hidden(universe: Universe) -> None:
    hide = {"by": universe.administrator, "authority": universe.northbrook, "hidden": True}
    for code in ("statutory", "preventative"):
        label_code(**hide, code=core("role", code))
    with pytest.raises(ValidationError, match="At least one"):
        label_code(**hide, code=core("role", "outside"))
    assert [code for code, _ in offered(universe, "role")] == ["outside"]


@pytest.mark.parametrize(
    ("list_name", "code", "told"),
    [
        ("topic", "neglect", {"label": "x" * 81}),
        ("topic", "neglect", {"place": -1}),
        ("level", "advice", {"label": "Word"}),
    ],
)
def test_a_label_that_does_not_fit_is_refused(
    universe: Universe, list_name: str, code: str, told: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        label_code(by=universe.administrator, authority=universe.northbrook, code=core(list_name, code), **told)


@pytest.mark.parametrize(
    ("list_name", "parent", "name"),
    [("time_band", "over 60 minutes", "All day"), ("level", "advice", "Light"), ("topic", "other", " ")],
)
def test_a_child_that_does_not_fit_is_refused(universe: Universe, list_name: str, parent: str, name: str) -> None:
    with pytest.raises(ValidationError):
        add_local_code(
            by=universe.administrator, authority=universe.northbrook, parent=core(list_name, parent), name=name
        )


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_only_administrators_manage_codes(universe: Universe, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        label_code(by=universe.own[role], authority=universe.northbrook, code=core("topic", "neglect"), label="Word")


def test_an_administrator_does_not_touch_another_authority_or_its_codes(universe: Universe) -> None:
    theirs = add_local_code(
        by=universe.elsewhere[Role.ADMINISTRATOR],
        authority=universe.southmere,
        parent=core("topic", "other"),
        name="Sea",
    )
    with pytest.raises(PermissionDenied):
        label_code(by=universe.administrator, authority=universe.southmere, code=theirs, label="Word")
    with pytest.raises(ValidationError):
        label_code(by=universe.administrator, authority=universe.northbrook, code=theirs, label="Word")
    assert "sea" not in dict(offered(universe, "topic"))


def test_seeding_again_changes_nothing(universe: Universe) -> None:
    Code.objects.filter(code="neglect").update(name="Changed by hand")
    assert seed_core_codes(Code) == 0
    assert core("topic", "neglect").name == "Changed by hand"


def test_the_pages_rename_add_and_ask_for_the_pathway(universe: Universe, signed_in: SignedIn) -> None:
    client = signed_in(universe.administrator)
    here = {"public_id": universe.northbrook.public_id}
    neglect = core("topic", "neglect")
    client.post(reverse("code-label", kwargs=here | {"code_id": neglect.public_id}), {"label": "Needs not met"})
    client.post(reverse("code-add", kwargs=here | {"list_name": "topic"}), {"parent": "other", "name": "County lines"})
    page = client.get(reverse("code-list", kwargs=here | {"list_name": "topic"})).content.decode()
    assert "Needs not met" in page
    assert "County lines" in page
    worker = signed_in(universe.worker)
    assert "Pathway A" not in worker.get(reverse("contact-record")).content.decode()
    client.post(reverse("code-pathway", kwargs=here), {"asks_pathway": "on"})
    form = worker.get(reverse("contact-record")).content.decode()
    for words in ("Pathway A", "Needs not met", "County lines"):
        assert words in form
    assert client.get(reverse("code-list", kwargs=here | {"list_name": "level"})).status_code == 404


def test_what_was_labelled_is_in_the_audit(universe: Universe) -> None:
    label_code(
        by=universe.administrator, authority=universe.northbrook, code=core("topic", "neglect"), label="Needs not met"
    )
    choose_pathway(by=universe.administrator, authority=universe.northbrook, asks_pathway=True)
    assert Entry.objects.filter(actor=str(universe.administrator.public_id)).count() == 2


def test_a_list_of_codes_stays_within_its_queries(
    universe: Universe, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(universe.administrator)
    with django_assert_max_num_queries(10):
        client.get(reverse("code-list", kwargs={"public_id": universe.northbrook.public_id, "list_name": "topic"}))


def test_an_own_code_is_found_shown_and_taken_away(universe: Universe, signed_in: SignedIn) -> None:
    """In the words of the authority; what counts as the core code is found under the core code too."""
    add = {"by": universe.administrator, "authority": universe.northbrook}
    breakfast = add_local_code(**add, parent=core("kind_of_work", "group work"), name="Breakfast club")
    gangs = add_local_code(**add, parent=core("topic", "exploitation"), name="County lines")
    draw_contact(universe.worker, universe.alder, kind_of_work=breakfast.code, topic=gangs.code)
    draw_contact(universe.worker, universe.alder, kind_of_work="group work", topic="exploitation")
    client = signed_in(universe.worker)

    def found(**filters: str) -> int:
        page = client.get(reverse("contact-list"), filters).content.decode()
        return page[page.index("<table") :].count('scope="row"')

    assert found(kind_of_work=breakfast.code) == found(topic=gangs.code) == 1
    assert found(kind_of_work="group work") == found(topic="exploitation") == found() == 2
    page = client.get(reverse("contact-list"), {"kind_of_work": breakfast.code}).content.decode()
    assert "Breakfast club" in page[page.index("<table") :]
    lines = client.get(reverse("contact-export", kwargs={"kind": "csv"})).content.decode("utf-8-sig").splitlines()
    told = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    assert [(row["kind_of_work"], row["local_codes"]) for row in told] == [
        ("group work", ""),
        ("group work", f"kind_of_work: {breakfast.code}"),
    ]
