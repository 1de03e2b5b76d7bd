"""Whatever is recorded, corrected and withdrawn, in whatever order: nothing is lost, and one version stands."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from service.audit.models import Action, Entry
from service.permissions import Permission
from service.practice.actions.contacts import correct_contact, withdraw_contact
from service.practice.models import Contact, State
from tests.service.practice.drawing import ADVICE, draw_contact
from tests.service.universe import TODAY, make_universe

changes = st.fixed_dictionaries(
    {},
    optional={
        "account": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20),
        "minutes": st.integers(0, 1440),
        "kind_of_work": st.sampled_from(["advice", "direct work", "meeting"]),
        "topic": st.lists(st.sampled_from(["neglect", "attendance", "other"]), unique=True),
        "outcome": st.sampled_from(["", "referral", "advice given"]),
    },
)
steps = st.lists(st.one_of(changes, st.just("withdraw"), st.just("correct with a wrong code")), max_size=6)


class CorrectionChain(TestCase):
    def setUp(self) -> None:
        self.universe = make_universe()

    def correct(self, contact: Contact, **change: Any) -> Contact:
        return correct_contact(by=self.universe.worker, contact=contact, reason="Again", date=TODAY, **ADVICE | change)

    @settings(max_examples=25, deadline=None)
    @given(steps=steps)
    def test_the_chain_is_whole(self, steps: list[Any]) -> None:
        first = draw_contact(self.universe.worker, self.universe.alder, account="As it was")
        chain, texts, withdrawn = [first], ["As it was"], False
        for step in steps:
            if step == "correct with a wrong code":
                with pytest.raises(ValidationError):
                    self.correct(chain[0], kind_of_work="gossip")
            elif withdrawn:
                with pytest.raises(ValidationError):
                    self.correct(chain[-1])
            elif step == "withdraw":
                withdraw_contact(by=self.universe.worker, contact=chain[-1], reason="Twice")
                withdrawn = True
            else:
                chain.append(self.correct(chain[-1], **step))
                texts.append(step.get("account", "").strip())
        versions = list(Contact.every_version.visible_to(self.universe.worker).order_by("version"))
        assert versions == chain
        assert [version.account for version in versions] == texts
        assert [version.version for version in versions] == list(range(1, len(chain) + 1))
        assert [version.supersedes for version in versions[1:]] == chain[:-1]
        assert all(version.state == State.SUPERSEDED and version.end_reason for version in versions[:-1])
        assert all(version.latest == versions[-1] for version in versions)
        counted = list(Contact.objects.visible_to(self.universe.worker, Permission.VIEW_CONTACTS))
        assert counted == ([] if withdrawn else [chain[-1]])
        assert Entry.objects.filter(action=Action.SUPERSEDE).count() == len(chain) - 1
