"""What the dashboards show, in the order in which it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from service.sight.exhibits import caseload, log, presence, work
from service.sight.exhibits.exhibit import Exhibit
from service.sight.lens import Lens

Builder: TypeAlias = Callable[[Lens], Exhibit]

TEAM: Mapping[str, Mapping[str, Builder]] = {
    "Presence": {
        "days-in-school": presence.presence,
        "silent-schools": presence.silent_schools,
        "silent-days": presence.silent_days,
    },
    "The role": {"role": work.role_over_time, "role-shares": work.role_shares},
    "The work": {
        "kind-of-work": work.kinds,
        "raised-by": work.sources,
        "topics": work.topics,
        "time-band": work.time,
        "referrals": work.referrals,
    },
    "Caseload": {"working-time": caseload.time_shares, "caseload": caseload.cases},
    "The log": {"empty-fields": log.empty_fields},
}
OWN: Mapping[str, Mapping[str, Builder]] = {
    "My role": {"role": work.role_over_time, "role-shares": work.role_shares},
    "My work": {
        "kind-of-work": work.kinds,
        "raised-by": work.sources,
        "topics": work.topics,
        "time-band": work.time,
    },
    "My days": {"days-in-school": presence.presence, "silent-days": presence.silent_days},
    "My time": {"working-time": caseload.time_shares, "caseload": caseload.cases},
}
BUILDERS: Mapping[str, Builder] = {key: build for section in TEAM.values() for key, build in section.items()}

__all__ = ["BUILDERS", "OWN", "TEAM", "Builder", "Exhibit"]
