"""The page of `swis profile`: which schools need a social worker most, which cannot be told apart, and what would fall anyway."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np

from swis.design.need_profile.next_period import ExpectedFall
from swis.design.need_profile.profile import GroupProfile, MeasureProfile, NeedProfile
from swis.design.need_profile.school_figures import FREE_SCHOOL_MEALS, KNOWN, PUPILS, Measure, SchoolFigures
from swis.design.need_profile.shown import ShownFigures
from swis.disclosure.policy import HIDDEN
from swis.report.document import Block, Bullets, Callout, Column, Document, Heading, Paragraph, Table
from swis.report.figures.need import NeedRow, need_figure, say_share
from swis.report.words import join, per_pupils, percent, plural

PAGE = "profile"
MOST_NAMED = 8
"""Schools that a sentence names; the figure and the table have them all."""


def compose_profile(profile: NeedProfile, shown: ShownFigures) -> Document:
    """The document of a profile that was made of `shown.figures`; it tells nothing that these do not hold."""
    figures = profile.figures
    keep = "" if shown.policy is not None else ". Not to leave the team: nothing is hidden"
    names = sorted(set(figures.authority))
    return Document(
        title=f"Which schools need a social worker most: {', '.join(names)}",
        subtitle=f"{plural(len(figures.schools), 'school')}, {figures.period}{keep}",
        source=f"Made by SWIS {version('swis')} from the figures named in the provenance",
        description="Schools by need, with small numbers treated as small, and what would fall without any programme.",
        blocks=(
            *_how_to_read(profile, shown),
            *(
                block
                for number, group in enumerate(profile.groups, 1)
                for block in _chapter(profile, shown, group, number)
            ),
        ),
        provenance=(
            ("SWIS version", version("swis")),
            ("Ordered by", say_weights(profile)),
            ("Seed, draws", f"{profile.choices.seed}, {profile.choices.draws:,}"),
            ("Policy", "none" if shown.policy is None else shown.policy.name),
            *((f"{name} (SHA-256)", digest) for name, digest in sorted(figures.hashes.items())),
        ),
    )


def say_weights(profile: NeedProfile) -> str:
    """What schools are ordered by, in words."""
    names = {code: name_of(profile.figures, code).lower() for code in profile.weights}
    if len(names) == 1:
        return next(iter(names.values()))
    return join([f"{names[code]} (weight {weight:g})" for code, weight in profile.weights.items()])


def name_of(figures: SchoolFigures, code: str) -> str:
    """The name of a measure, or of a known number."""
    return KNOWN[code].capitalize() if code in KNOWN else figures.of(code).measure.name


def say_order(group: GroupProfile, names: dict[str, str]) -> tuple[str, ...]:
    """Which schools are surely among the first, and of which it cannot be said, in sentences."""
    ranks = group.ranks
    if ranks is None:
        return (f"Not ordered. {group.not_estimable['']}",)
    surely = [names[label] for label, sure in zip(group.schools, ranks.surely_in, strict=True) if sure]
    edge = [
        f"{names[label]} ({say_share(float(share))})"
        for label, here, share in zip(group.schools, ranks.at_the_edge, ranks.in_top, strict=True)
        if here
    ]
    pairs = len(group.schools) * (len(group.schools) - 1)
    said = [
        f"Among the first {ranks.top} of {len(group.schools)} in 95% of draws or more: {join(surely) if surely else 'none'}."
    ]
    if edge:
        beyond = [f"{len(edge) - MOST_NAMED} more"] if len(edge) > MOST_NAMED else []
        said.append(f"It cannot be said of {len(edge)}, with how often they are: {join(edge[:MOST_NAMED] + beyond)}.")
    out = len(group.schools) - len(surely) - len(edge)
    if out:
        said.append(f"{plural(out, 'school')} hardly ever: 5% of draws or less.")
    said.append(f"Of all pairs of schools {percent(ranks.apart.sum() / pairs)} can be told apart.")
    return tuple(said)


def say_fall(group: GroupProfile, measured: MeasureProfile) -> tuple[str, ...]:
    """What the schools with the most counts, and the first of the order, had and will have, in sentences."""
    most, first = measured.top_fall, group.chosen_fall(measured)
    said = []
    if most is not None:
        said.append(
            f"The {plural(most.schools, 'school')} with the most had {_number(most.count)}; {_fall(most)} expected next, in "
            f"as long a time and without any programme: {_change(most)}."
        )
    if first is not None:
        said.append(
            f"The {plural(first.schools, 'school')} first in this order had {_number(first.count)}; {_fall(first)} expected: "
            f"{_change(first)}."
        )
    return tuple(said)


def _fall(fall: ExpectedFall) -> str:
    return f"{_number(fall.expected)} ({_number(fall.low)} to {_number(fall.high)}) are"


def _change(fall: ExpectedFall) -> str:
    return f"{1 - fall.ratio:.0%} fewer" if fall.ratio < 0.995 else "no fewer"


def school_names(figures: SchoolFigures) -> dict[str, str]:
    """What to call each school: its name, or its label where several have the name."""
    times = {name: figures.names.count(name) for name in figures.names}
    return {
        label: name if times[name] == 1 else label for label, name in zip(figures.schools, figures.names, strict=True)
    }


def _how_to_read(profile: NeedProfile, shown: ShownFigures) -> list[Block]:
    blocks: list[Block] = [Heading(1, "How to read this", "how-to-read"), _who_may_see(shown)]
    blocks.append(
        Paragraph(
            "A high count is need and chance together. Each rate here is drawn towards that of all schools of the phase, the "
            "more so the fewer events stand behind it. What is left open is told: how often a school is among the first, over "
            f"{profile.choices.draws:,} draws of what the true rates may be. Phases and authorities are never compared."
        )
    )
    blocks.append(
        Callout(
            "A fall is to be expected where nothing is done",
            (
                Paragraph(
                    "Schools that are chosen for a high count will have lower ones next, programme or not. Each chapter says by "
                    "how much. Comparing before with after would take that for an effect: compare with schools that were "
                    "drawn by lot among those nominated."
                ),
            ),
            tone="caution",
        )
    )
    limits = [
        f"Ordered by {say_weights(profile)}.",
        "Measures are drawn apart. Where the same children stand behind two of them, the order is less certain than shown.",
        "Pupils and free school meals are known numbers: no chance is taken out of them.",
        *profile.figures.notes,
    ]
    return [*blocks, Bullets(tuple(limits))]


def _who_may_see(shown: ShownFigures) -> Callout:
    if shown.policy is None:
        words = (
            "Nothing is hidden (--policy none). Small numbers can point to a child. Keep these pages within the team that "
            "holds the cases."
        )
        return Callout("Not to leave the team", (Paragraph(words),), tone="caution")
    words = (
        f"Small counts are shown as {HIDDEN} (policy {shown.policy.name}). In the working each stands in the middle of what may "
        "be hidden, so that no rate or rank tells more than the counts that are shown. Choose schools by the page of the "
        "team (--policy none), which uses them as they are. These pages were not held against what was published before."
    )
    return Callout("Small numbers are hidden", (Paragraph(words),))


def _chapter(profile: NeedProfile, shown: ShownFigures, group: GroupProfile, number: int) -> list[Block]:
    key = f"group-{number}"
    names = school_names(profile.figures)
    blocks: list[Block] = [
        Heading(1, f"{group.phase.capitalize()} schools, {group.authority}", key),
        Callout("What can be told apart", (Bullets(say_order(group, names)),), tone="verdict"),
    ]
    if group.ranks is not None:
        blocks += [_figure(profile, shown, group, key), _order_table(profile, group, key)]
    for place, measured in enumerate(group.measures, 1):
        blocks += _measure(group, measured, shown, names, f"{key}-measure-{place}")
    return [*blocks, *_left_out(profile, group, names, key)]


def _figure(profile: NeedProfile, shown: ShownFigures, group: GroupProfile, key: str) -> Block:
    names = school_names(profile.figures)
    if group.ranks is None:
        return Paragraph(group.not_estimable[""])
    (first, *others) = profile.weights
    single = None if others or first in KNOWN else group.measure(first)
    if single is None:
        rows = [
            NeedRow(names[label], None, float(mean), float(low), float(high), float(share))
            for label, mean, low, high, share in zip(
                group.schools, group.score, group.score_low, group.score_high, group.ranks.in_top, strict=True
            )
        ]
        what = "Composite, in standard deviations between schools"
        return need_figure(rows, identifier=f"{key}-order", what=what, top=group.ranks.top, mean=0.0)
    place_of = {label: i for i, label in enumerate(single.schools)}
    per, shrunk = single.measure.per, single.shrunk
    hidden = _hidden(shown, single.measure.code)
    rows = [
        NeedRow(
            names[label],
            float(shrunk.crude[i] * per),
            float(shrunk.rate[i] * per),
            float(shrunk.low[i] * per),
            float(shrunk.high[i] * per),
            float(share),
            hidden[label],
        )
        for label, share in zip(group.schools, group.ranks.in_top, strict=True)
        for i in [place_of[label]]
    ]
    what = f"{single.measure.name} {_per(single.measure)}"
    return need_figure(rows, identifier=f"{key}-order", what=what, top=group.ranks.top, mean=shrunk.mean * per)


def _hidden(shown: ShownFigures, code: str) -> dict[str, bool]:
    return dict(zip(shown.figures.schools, map(bool, shown.hidden[code]), strict=True))


def _per(measure: Measure) -> str:
    return f"per {measure.per:,} sessions possible" if measure.kind == "sessions" else per_pupils(measure.per)


def _order_table(profile: NeedProfile, group: GroupProfile, key: str) -> Table:
    ranks, figures = group.ranks, profile.figures
    names = school_names(figures)
    place_of = {label: i for i, label in enumerate(figures.schools)}
    rows = []
    for i, label in enumerate(group.schools):
        at = place_of[label]
        if ranks is not None:
            rows.append(
                (
                    f"{names[label]} ({label})" if names[label] != label else label,
                    say_share(float(ranks.in_top[i])),
                    f"{ranks.expected_rank[i]:.1f}",
                    f"{int(ranks.apart[i].sum())} of {len(group.schools) - 1}",
                    _known(figures.known(PUPILS)[at], ",.0f"),
                    _known(figures.known(FREE_SCHOOL_MEALS)[at], ".1f"),
                    ", ".join(figures.feeders[at]) or "–",
                )
            )
    return Table(
        caption=f"{group.phase.capitalize()} schools of {group.authority} in order",
        columns=(
            Column("School", row_header=True),
            Column(f"Among the first {ranks.top if ranks is not None else 0}", align="right"),
            Column("Expected rank", align="right"),
            Column("Told apart from", align="right"),
            Column("Pupils", align="right"),
            Column("Free school meals, per cent", align="right"),
            Column("Feeder primaries"),
        ),
        rows=tuple(rows),
        identifier=f"{key}-ordered",
        note="Told apart: one of the two has more need than the other in 95% of draws or more.",
    )


def _known(value: float, form: str) -> str:
    return format(float(value), form) if np.isfinite(value) else "not known"


def _measure(
    group: GroupProfile, measured: MeasureProfile, shown: ShownFigures, names: dict[str, str], key: str
) -> list[Block]:
    measure, shrunk = measured.measure, measured.shrunk
    moments = shrunk.by_moments
    limit = f"{moments.high:.2f}" if np.isfinite(moments.high) else "any number"
    per = measure.per
    said = [
        f"All schools: {_rate(shrunk.mean * per)} {_per(measure)} over {shown.figures.period} "
        f"({_rate(shrunk.mean_low * per)} to {_rate(shrunk.mean_high * per)}).",
        f"True rates differ by k {shrunk.k:.2f} ({shrunk.k_low:.2f} to {shrunk.k_high:.2f}); by moments {moments.k:.2f} "
        f"({moments.low:.2f} to {limit}).",
        f"A school's own count is {percent(float(shrunk.own_weight.min()))} to {percent(float(shrunk.own_weight.max()))} of "
        "its estimate; the rest is the other schools.",
    ]
    if measure.independent:
        said.append(f"Not independent events: {measure.independent}.")
    if measure.source:
        said.append(f"What it is: {measure.source}.")
    return [
        Heading(2, measure.name, key),
        Bullets(tuple(said)),
        _measure_table(measured, shown, names, f"{key}-schools"),
        *_falls(group, measured, shown, names),
    ]


def _falls(group: GroupProfile, measured: MeasureProfile, shown: ShownFigures, names: dict[str, str]) -> list[Block]:
    if measured.top_fall is None:
        return []
    hidden = _hidden(shown, measured.measure.code)
    following = measured.following
    most = int(np.argmax(following.count))
    said = list(say_fall(group, measured))
    if not hidden[measured.schools[most]]:
        said.append(
            f"{names[measured.schools[most]]}, chosen for {_number(following.count[most])}, is expected to have "
            f"{_number(following.expected[most])} ({_number(following.low[most])} to {_number(following.high[most])})."
        )
    said.append(
        f"Measured over the terms of the panel: true rates of this period and the next correlate by {following.persistence:.2f}."
        if measured.keeps_place
        else "True rates are taken to stay as they are; as they move, this is the least fall to expect."
    )
    return [Callout("What will fall without any programme", (Bullets(tuple(said)),), tone="caution")]


def _measure_table(measured: MeasureProfile, shown: ShownFigures, names: dict[str, str], key: str) -> Table:
    shrunk, following, ranks = measured.shrunk, measured.following, measured.ranks
    measure, per = measured.measure, measured.measure.per
    hidden = _hidden(shown, measure.code)
    rows = []
    for i in ranks.order:
        label = measured.schools[i]
        numbers = (
            _number(shrunk.count[i]),
            _rate(shrunk.crude[i] * per),
            f"{_rate(shrunk.rate[i] * per)} ({_rate(shrunk.low[i] * per)} to {_rate(shrunk.high[i] * per)})",
            f"{_number(following.expected[i])} ({_number(following.low[i])} to {_number(following.high[i])})",
        )
        cells = (HIDDEN,) * len(numbers) if hidden[label] else numbers
        rows.append((names[label], *cells, say_share(float(ranks.in_top[i]))))
    return Table(
        caption=f"{measure.name}: counted, likely, and next",
        columns=(
            Column("School", row_header=True),
            Column("Counted", align="right"),
            Column(f"Rate {_per(measure)}", align="right"),
            Column("Likely true rate (95%)", align="right"),
            Column("Expected next (95%)", align="right"),
            Column(f"Among the first {ranks.top}", align="right"),
        ),
        rows=tuple(rows),
        identifier=key,
    )


def _left_out(profile: NeedProfile, group: GroupProfile, names: dict[str, str], key: str) -> list[Block]:
    figures = profile.figures
    items = [f"{names[label]}: not ordered: {why}." for label, why in group.left_out]
    items += [f"{name_of(figures, code)}: {why}" for code, why in group.not_estimable.items() if code]
    for measured in figures.measured:
        if measured.measure.code in group.not_estimable:
            continue
        for label, authority, phase, why in zip(
            figures.schools, figures.authority, figures.phase, measured.why_not, strict=True
        ):
            if why and (authority, phase) == (group.authority, group.phase):
                items.append(f"{names[label]}: no {measured.measure.name.lower()}: {why}.")
    if not items:
        return []
    return [Heading(2, "What was left out", f"{key}-left-out"), Bullets(tuple(dict.fromkeys(items)))]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 or float(value).is_integer() else f"{value:.1f}"


def _rate(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
