"""A secondary school and its feeder primaries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from service.audit.models import Action
from service.audit.record import record
from service.permissions import Permission, require
from service.schools.models import Phase, School, SchoolCluster

HEADS = {Phase.SECONDARY.value, Phase.ALL_THROUGH.value}


@transaction.atomic
def set_feeders(*, by: Any, secondary: School, feeders: Iterable[School]) -> SchoolCluster:
    """Say which primaries feed a secondary school. The audit keeps how many came and went.

    Raises `ValidationError` when the school takes no pupils of secondary age, or a feeder is no primary of the same authority.
    """
    require(by, Permission.MANAGE_SCHOOLS, school=secondary)
    if secondary.phase not in HEADS:
        raise ValidationError(f"{secondary} is no secondary school.")
    chosen = set(feeders)
    for feeder in chosen:
        if feeder.authority_id != secondary.authority_id or feeder.phase != Phase.PRIMARY.value:
            raise ValidationError({"feeders": f"{feeder} is no primary school of {secondary.authority}."})
    cluster, _ = SchoolCluster.objects.get_or_create(secondary=secondary)
    before = set(cluster.feeders.all())
    if before != chosen:
        cluster.feeders.set(chosen)
        details = {
            "changed": ["feeders"],
            "added": sorted(school.urn for school in chosen - before),
            "removed": sorted(school.urn for school in before - chosen),
        }
        record(Action.CHANGE, by=by, subject=cluster, details=details)
    return cluster
