"""What the work is: the balance of the role, kinds, sources, topics and time, and what became of referrals."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count
from django.db.models.functions import Coalesce

from service.pages.figures import Figure, Series
from service.practice.core_codes import CodeList
from service.schools.models import School
from service.sight.exhibits.exhibit import Exhibit
from service.sight.lens import Lens


def role_over_time(lens: Lens) -> Exhibit:
    """How many contacts of each half-term were within the role."""
    counts = lens.roles_over_time
    figure = Figure(
        title="Balance of the role",
        labels=tuple(str(half) for half in lens.halves),
        series=tuple(
            Series(name, tuple(each[code] for each in counts)) for code, name in lens.named(CodeList.ROLE).items()
        ),
        kind="stacked",
        unit="contacts",
        label_heading="Half-term",
        note="Without contacts of imported logs that do not say.",
    )
    return Exhibit.of("role", figure)


def role_shares(lens: Lens) -> Exhibit:
    """The same as shares, so that a drift out of the role shows whatever the number of contacts."""
    counts = lens.roles_over_time
    roles = lens.named(CodeList.ROLE)
    said = [sum(each[code] for code in roles) for each in counts]
    figure = Figure(
        title="Drift of the role",
        labels=tuple(str(half) for half in lens.halves),
        series=tuple(
            Series(
                name,
                tuple(100 * each[code] / every if every else None for each, every in zip(counts, said, strict=True)),
            )
            for code, name in roles.items()
        ),
        kind="line",
        unit="% of contacts",
        label_heading="Half-term",
        decimals=1,
    )
    return Exhibit.of("role-shares", figure)


def kinds(lens: Lens) -> Exhibit:
    return _of_list(lens, "kind_of_work", title="Kinds of work")


def sources(lens: Lens) -> Exhibit:
    """Who raised contacts. A source at 0 never appears: nobody of them comes, or nobody records that they do."""
    return _of_list(
        lens,
        "raised_by",
        title="Who raised contacts",
        note="A source at 0 does not appear in the log of the half-term.",
    )


def time(lens: Lens) -> Exhibit:
    return _of_list(lens, "time_band", title="Time that contacts took")


def _of_list(lens: Lens, name: str, *, title: str, note: str = "") -> Exhibit:
    names, counts = lens.named(CodeList(name)), lens.counted(name)
    unsaid = counts.total() - sum(counts[code] for code in names)
    figure = Figure(
        title=title,
        labels=tuple(names.values()),
        series=(Series("Contacts", tuple(counts[code] for code in names)),),
        unit="contacts",
        label_heading=CodeList(name).label,
        note=" ".join(filter(None, [note, f"Without {unsaid:,} of imported logs that do not say." if unsaid else ""])),
    )
    return Exhibit.of(name.replace("_", "-"), figure)


def topics(lens: Lens) -> Exhibit:
    """How many contacts name each topic; a local topic counts as its core topic, and two of one core topic once."""
    core = Coalesce("topics__parent__code", "topics__code")
    counts = Counter(dict(lens.now.values_list(core).annotate(number=Count("pk", distinct=True))))
    names = lens.named(CodeList.TOPIC)
    figure = Figure(
        title="Topics",
        labels=tuple(names.values()),
        series=(Series("Contacts", tuple(counts[code] for code in names)),),
        unit="contacts",
        label_heading="Topic",
        note="A contact may have several topics, or none.",
    )
    return Exhibit.of("topics", figure)


def referrals(lens: Lens) -> Exhibit:
    """What became of the referrals of the half-term, by school: the last that was heard of each."""
    referred = lens.now.filter(outcome="referral")
    heard: dict[object, str] = {}
    told = lens.outcomes.filter(contact__entry__in=referred.values("entry")).order_by("heard_on", "pk")
    for entry, outcome in told.values_list("contact__entry", "outcome"):
        heard[entry] = outcome
    counts = Counter(
        (school, heard.get(entry, "no reply")) for entry, school in referred.values_list("entry", "school")
    )
    refused = Counter(
        dict(lens.now.filter(outcome="threshold not met").values_list("school").annotate(number=Count("pk")))
    )
    schools = School.objects.filter(pk__in={school for school, _ in counts} | set(refused)).order_by("name", "urn")
    names = lens.named(CodeList.REFERRAL_OUTCOME)
    figure = Figure(
        title="What became of referrals",
        labels=tuple(school.name for school in schools),
        series=(
            *(Series(name, tuple(counts[school.pk, code] for school in schools)) for code, name in names.items()),
            Series("Not referred: threshold not met", tuple(refused[school.pk] for school in schools)),
        ),
        kind="stacked",
        unit="referrals",
        label_heading="School",
        note="The last that was heard of each referral. Without word it counts as no reply.",
    )
    return Exhibit.of("referrals", figure)
