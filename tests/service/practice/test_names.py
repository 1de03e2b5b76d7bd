"""A hint where a text seems to hold a name; never a wall."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from service.practice.names import likely_names
from tests.service.conftest import SignedIn
from tests.service.practice.drawing import draw_contact
from tests.service.universe import Universe


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The boy told Liam what happened.", ["Liam"]),
        ("I spoke with Mrs Okafor and Dr. Shah.", ["Mrs Okafor", "Dr. Shah"]),
        ("He lives with Mary-Anne O’Neill now", ["Mary-Anne O’Neill"]),
        ("The girl saw Zoë. Then Ben’s mother rang", ["Zoë", "Ben’s"]),
        ("On Monday the Head and Children’s Social Care met at Alder Academy.", []),
        ("Advice given. Called MASH. Section 47 in Year 9.", []),
        ("MASH and CAMHS were told", []),
        ("", []),
    ],
)
def test_names_inside_sentences_are_seen_and_services_are_not(text: str, names: list[str]) -> None:
    assert likely_names(text, known=["Alder Academy"]) == names


@given(st.text(max_size=300))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert all(name for name in likely_names(text))


def test_a_text_with_a_name_is_saved_and_hinted_at_afterwards(universe: Universe, signed_in: SignedIn) -> None:
    contact = draw_contact(universe.worker, universe.alder, account="The boy told Liam about it.")
    client = signed_in(universe.worker)
    page = client.get(reverse("contact-saved", kwargs={"public_id": contact.public_id})).content.decode()
    assert "look like names: Liam" in page
    plain = draw_contact(universe.worker, universe.alder, account="The boy told his friend.")
    page = client.get(reverse("contact-saved", kwargs={"public_id": plain.public_id})).content.decode()
    assert "look like names" not in page


def test_the_days_on_which_something_is_held_are_no_names() -> None:
    assert likely_names("The drop-ins move to Tuesdays, and the group from Mondays to Fridays.") == []
