"""Who fits where, in words, and people who decide."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from service.accounts.models import User
from service.permissions import Role
from service.programmes.actions import fit
from service.programmes.fit import propose, weigh
from service.programmes.models import FitProposal, Placement, SchoolNeeds, Strength, WorkerProfile
from service.schools.models import School
from tests.service.universe import Universe

STRENGTHS = st.lists(st.sampled_from(Strength.values), unique=True)


def needs(school: str, *strengths: str, years: int = 2) -> SchoolNeeds:
    return SchoolNeeds(school=School(name=school, phase="secondary"), strengths=list(strengths), years_qualified=years)


def profile(worker: str, *strengths: str, years: int = 5) -> WorkerProfile:
    return WorkerProfile(worker=User(name=worker), strengths=list(strengths), years_qualified=years)


def test_what_a_school_names_first_weighs_most() -> None:
    wanted = needs("Alder", "SEMH", "assertiveness", "group work")
    assert weigh(wanted, profile("Ada", "SEMH")).score == 50
    assert weigh(wanted, profile("Bea", "group work")).score == pytest.approx(100 / 6)
    assert weigh(wanted, profile("Cy", "SEMH", "assertiveness", "group work")).score == 100


def test_the_reasons_say_what_is_brought_and_what_is_not() -> None:
    said = weigh(needs("Alder", "SEMH", "assertiveness"), profile("Ada", "SEMH", "adolescents", years=3)).reasons
    assert said == (
        "Qualified for 3 years; at least 2 are asked for.",
        "Brings what the school asks for: SEMH.",
        "Does not bring: assertiveness.",
        "Knows work of this phase (secondary): adolescents.",
    )


def test_who_has_too_few_years_is_not_proposed() -> None:
    found = propose([needs("Alder", years=4)], [profile("Ada", years=1)])
    assert found.fits == ()
    assert found.left[0][1] == "No worker has the years since qualifying that are asked for."


def test_the_sum_over_schools_decides_and_it_is_said() -> None:
    alder, beech = needs("Alder", "SEMH", "SEND"), needs("Beech", "SEMH")
    found = propose([alder, beech], [profile("Ada", "SEMH", "SEND"), profile("Bea", "SEND")])
    assert [(each.school.name, each.worker.name) for each in found.fits] == [("Alder", "Bea"), ("Beech", "Ada")]
    assert found.fits[0].reasons[-1] == "One colleague fits this school better and would be missed more at another."


def test_a_school_too_many_is_left_with_the_reason() -> None:
    found = propose([needs("Alder"), needs("Beech")], [profile("Ada")])
    assert [reason for _, reason in found.left] == ["There are fewer workers than schools."]


@given(wanted=STRENGTHS, brought=STRENGTHS, years=st.integers(0, 40))
def test_a_score_lies_between_nothing_and_all_and_grows_with_what_is_brought(
    wanted: list[str], brought: list[str], years: int
) -> None:
    found = weigh(needs("Alder", *wanted), profile("Ada", *brought, years=years))
    if years < 2:
        assert found.score is None
        return
    assert found.score is not None and 0 <= found.score <= 100
    more = weigh(needs("Alder", *wanted), profile("Ada", *Strength.values, years=years)).score
    assert more is not None and more >= found.score


@pytest.fixture
def proposal(universe: Universe) -> FitProposal:
    fit.state_needs(by=universe.lead, school=universe.alder, strengths=["SEMH"])
    described = fit.describe_worker(
        by=universe.manager,
        worker=universe.worker,
        authority=universe.northbrook,
        strengths=["SEMH"],
        years_qualified=4,
    )
    fit.propose_fit(by=universe.manager, schools=[universe.alder], profiles=[described])
    return FitProposal.objects.get()


def test_a_school_says_its_view_of_what_it_was_shown(universe: Universe, proposal: FitProposal) -> None:
    with pytest.raises(ValidationError, match="not been shown"):
        fit.say_view(by=universe.lead, proposal=proposal, view="welcome")
    fit.show_to_school(by=universe.manager, proposal=proposal)
    with pytest.raises(ValidationError, match="what the concern is"):
        fit.say_view(by=universe.lead, proposal=proposal, view="concern")
    fit.say_view(by=universe.lead, proposal=proposal, view="concern", remark="Knows a parent")
    with pytest.raises(PermissionDenied):
        fit.say_view(by=universe.other_school[Role.SAFEGUARDING_LEAD], proposal=proposal, view="welcome")


def test_accepting_needs_a_note_and_places_nobody(universe: Universe, proposal: FitProposal) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        fit.decide(by=universe.manager, proposal=proposal, decision="accepted", note=" ")
    fit.decide(by=universe.manager, proposal=proposal, decision="accepted", note="The school knows her")
    assert not Placement.objects.exists()
    with pytest.raises(ValidationError, match="decided already"):
        fit.decide(by=universe.manager, proposal=proposal, decision="declined", note="On second thoughts")


def test_new_proposals_supersede_the_open_ones(universe: Universe, proposal: FitProposal) -> None:
    fit.propose_fit(by=universe.manager, schools=[universe.alder], profiles=list(WorkerProfile.objects.all()))
    proposal.refresh_from_db()
    assert proposal.decision == "superseded"
    assert FitProposal.objects.filter(decision="open").count() == 1


def test_a_new_statement_supersedes_the_last(universe: Universe) -> None:
    for strengths in (["SEMH"], ["SEND"]):
        fit.state_needs(by=universe.lead, school=universe.alder, strengths=strengths)
    assert SchoolNeeds.objects.get(school=universe.alder, superseded=False).strengths == ["SEND"]
    assert SchoolNeeds.objects.count() == 2


def test_bad_statements_are_refused(universe: Universe) -> None:
    with pytest.raises(ValidationError, match="2 years"):
        fit.state_needs(by=universe.lead, school=universe.alder, strengths=[], years_qualified=1)
    with pytest.raises(ValidationError, match="from the list"):
        fit.state_needs(by=universe.lead, school=universe.alder, strengths=["punctuality"])
    with pytest.raises(ValidationError, match="invited as a social worker"):
        fit.describe_worker(
            by=universe.manager, worker=universe.lead, authority=universe.northbrook, strengths=[], years_qualified=3
        )


def test_who_may_not_is_refused(universe: Universe, proposal: FitProposal) -> None:
    with pytest.raises(PermissionDenied):
        fit.decide(by=universe.lead, proposal=proposal, decision="accepted", note="Yes")
    with pytest.raises(PermissionDenied):
        fit.propose_fit(by=universe.elsewhere[Role.TEAM_MANAGER], schools=[universe.alder], profiles=[])
    with pytest.raises(PermissionDenied):
        fit.state_needs(by=universe.lead, school=universe.beech, strengths=[])
