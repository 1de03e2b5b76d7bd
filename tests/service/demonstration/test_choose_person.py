"""Signing in as somebody without a password: in a demonstration alone."""

from __future__ import annotations

from typing import Any

from django.core.checks import run_checks
from django.test import Client

from service.accounts.models import User
from service.audit.models import Action, Entry
from tests.service.universe import Universe


def test_it_is_not_there_outside_a_demonstration(universe: Universe, settings: Any) -> None:
    settings.DEMONSTRATION = False
    assert Client().get("/demonstration/").status_code == 404
    assert Client().post("/demonstration/", {"person": str(universe.worker.public_id)}).status_code == 404


def test_somebody_is_signed_in_with_a_second_factor_and_audited(universe: Universe, settings: Any) -> None:
    settings.DEMONSTRATION = True
    client = Client()
    assert universe.worker.name in client.get("/demonstration/").content.decode()
    response = client.post("/demonstration/", {"person": str(universe.worker.public_id)})
    assert response.status_code == 302
    assert client.session["second_factor"]
    entry = Entry.objects.get(action=Action.SIGN_IN)
    assert (entry.actor_name, entry.details) == (universe.worker.email, {"how": "demonstration"})


def test_a_real_account_cannot_be_chosen_though_the_setting_was_left_on(universe: Universe, settings: Any) -> None:
    settings.DEMONSTRATION = True
    User.objects.filter(pk=universe.manager.pk).update(email="manager@northbrook.gov.uk")
    client = Client()
    assert universe.manager.name not in client.get("/demonstration/").content.decode()
    client.post("/demonstration/", {"person": str(universe.manager.public_id)})
    assert "_auth_user_id" not in client.session


def test_nobody_who_is_not_a_person_of_the_programme_can_be_chosen(universe: Universe, settings: Any) -> None:
    settings.DEMONSTRATION = True
    client = Client()
    for person in (str(universe.stranger.public_id), "nobody", ""):
        assert client.post("/demonstration/", {"person": person}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_demonstration_is_an_error_for_check_deploy(settings: Any) -> None:
    settings.DEMONSTRATION = True
    assert "swis.E001" in {message.id for message in run_checks(include_deployment_checks=True)}
