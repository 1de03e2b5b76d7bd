"""The profile as a whole: phases apart, weights declared, schools left out with reasons, nominations that can be read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from swis.design.allocation.nominations import read_nominations
from swis.design.need_profile.from_panel import PanelChoices, figures_from_panel
from swis.design.need_profile.nominate import nominate_schools
from swis.design.need_profile.profile import ProfileChoices, profile_need, standardise
from swis.design.need_profile.school_figures import SchoolFigures, keep_schools
from swis.errors import NotEstimable, OutputError, SettingError, TableError
from tests.design.need_profile.drawn import PRIMARY, SECONDARY, draw_two_phases

FIGURES = figures_from_panel(draw_two_phases(), PanelChoices(), hashes={})
SECONDARIES = keep_schools(FIGURES, phase="secondary")


def choices(top: int | None = None, **weights: float) -> ProfileChoices:
    return ProfileChoices(weights=weights, top=top, draws=1000)


def test_phases_are_profiled_apart() -> None:
    primary, secondary = profile_need(FIGURES, choices()).groups
    assert (primary.phase, secondary.phase) == ("primary", "secondary")
    assert set(primary.schools) == set(PRIMARY)
    alone = profile_need(SECONDARIES, choices()).groups[0]
    referrals = secondary.measure("referrals")
    assert referrals is not None
    assert referrals.shrunk.rate == pytest.approx(alone.measures[0].shrunk.rate)


def test_the_same_seed_gives_the_same_profile() -> None:
    first, second = (profile_need(SECONDARIES, choices(section_47_enquiries=1, referrals=1)) for _ in range(2))
    assert first.groups[0].schools == second.groups[0].schools
    np.testing.assert_array_equal(first.groups[0].score, second.groups[0].score)


def test_without_weights_the_order_is_that_of_the_referrals_alone() -> None:
    profile = profile_need(SECONDARIES, choices(top=3))
    (group,) = profile.groups
    referrals = group.measures[0]
    assert profile.weights == {"referrals": 1.0}
    assert group.ranks is not None
    assert group.schools == tuple(referrals.schools[i] for i in referrals.ranks.order)
    assert group.ranks.in_top.sum() == pytest.approx(3)


def test_known_numbers_order_without_doubt_and_less_need_weighs_below_nought() -> None:
    up = profile_need(SECONDARIES, choices(top=2, free_school_meals_percent=1)).groups[0]
    down = profile_need(SECONDARIES, choices(top=2, free_school_meals_percent=-1)).groups[0]
    assert up.schools == tuple(reversed(SECONDARY))
    assert down.schools == tuple(SECONDARY)
    assert up.ranks is not None
    assert up.ranks.in_top.tolist() == [1, 1] + [0] * 6


def test_a_measure_in_which_schools_hardly_differ_weighs_little() -> None:
    generator = np.random.default_rng(1)
    steady = np.array([1.0, 2.0, 3.0]) + generator.normal(0, 0.01, (500, 3))
    wide = standardise(steady)
    np.testing.assert_allclose(wide.mean(axis=0), np.array([-1, 0, 1]) * np.sqrt(1.5), atol=0.01)
    assert (standardise(np.ones((10, 3))) == 0).all()
    # One scale for all draws: where one draw has no spread, it stays without.
    both = np.array([[0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]])
    assert (standardise(both)[0] == 0).all()


def test_a_school_with_a_reason_is_not_ordered_and_still_counts_for_the_others() -> None:
    excluded = ("about to close", *[""] * 7)
    (group,) = profile_need(replace(SECONDARIES, excluded=excluded), choices()).groups
    assert group.left_out == ((SECONDARY[0], "about to close"),)
    assert len(group.schools) == 7
    assert SECONDARY[0] in group.measures[0].schools


def test_too_few_schools_and_no_events_are_told_and_do_not_stop_the_rest() -> None:
    few = replace(
        FIGURES,
        phase=tuple(
            "special" if s in SECONDARY[:3] else p for s, p in zip(FIGURES.schools, FIGURES.phase, strict=True)
        ),
    )
    groups = {group.phase: group for group in profile_need(few, choices()).groups}
    assert groups["special"].ranks is None
    assert "too few" in groups["special"].not_estimable[""]
    assert groups["primary"].ranks is not None
    none = _with_count(SECONDARIES, "section_47_enquiries", np.zeros(8))
    (group,) = profile_need(none, choices()).groups
    assert "no events" in group.not_estimable["section_47_enquiries"]
    assert group.ranks is not None


def _with_count(figures: SchoolFigures, code: str, count: np.ndarray) -> SchoolFigures:
    measured = tuple(replace(m, count=count) if m.measure.code == code else m for m in figures.measured)
    return replace(figures, measured=measured)


@pytest.mark.parametrize(
    ("weights", "kind", "says"),
    [
        ({"referal": 1.0}, TableError, "no measure 'referal' to weigh.*Did you mean referrals"),
        ({"referrals": 0.0}, SettingError, "one of them at least is not 0"),
        ({"referrals": float("nan")}, SettingError, "Weights are numbers"),
    ],
)
def test_weights_that_say_nothing_are_refused(weights: dict[str, float], kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        profile_need(SECONDARIES, ProfileChoices(weights=weights))


def test_nominations_are_those_of_the_order_and_can_be_read_by_the_draw(tmp_path: Path) -> None:
    figures = replace(SECONDARIES, excluded=("", "in another trial", *[""] * 6))
    profile = profile_need(figures, choices(top=3))
    done = nominate_schools(profile, tmp_path / "nominations.csv", number=3, reserves=1)
    read = read_nominations(tmp_path / "nominations.csv")
    assert {each.school for each in read.drawn} == set(done.nominated) == set(profile.groups[0].schools[:3])
    assert [each.school for each in read.reserves] == [profile.groups[0].schools[3]]
    assert [(each.school, each.excluded) for each in read.excluded] == [(SECONDARY[1], "in another trial")]
    one = read.drawn[0]
    place = figures.schools.index(one.school)
    assert one.referrals == figures.of("referrals").count[place]
    assert one.feeder_primaries == figures.feeders[place]
    assert (tmp_path / "nominations.csv").stat().st_mode & 0o077 == 0


def test_nominations_that_cannot_be_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "nominations.csv"
    with pytest.raises(SettingError, match="Name one, with --phase"):
        nominate_schools(profile_need(FIGURES, choices(top=3)), path, number=3)
    with pytest.raises(SettingError, match="as many as the profile was made for"):
        nominate_schools(profile_need(SECONDARIES, choices(top=2)), path, number=3)
    with pytest.raises(NotEstimable, match="Ask for fewer"):
        nominate_schools(profile_need(SECONDARIES, choices(top=7)), path, number=7, reserves=2)
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(OutputError, match="is there already"):
        nominate_schools(profile_need(SECONDARIES, choices(top=3)), path, number=3)
    assert path.read_text() == "mine"
