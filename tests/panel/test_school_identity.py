from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from swis.panel.school_identity import SchoolIdentities, follow_links, identify_schools

Link = tuple[str, str, str | None]
NONE = follow_links(pl.DataFrame(schema={"urn": pl.String, "linked_urn": pl.String, "link": pl.String}))


def links(*rows: Link) -> pl.DataFrame:
    schema = {"urn": pl.String, "linked_urn": pl.String, "link": pl.String}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def register(*rows: tuple[str, str, date | None]) -> pl.DataFrame:
    schema = {"urn": pl.String, "authority_and_establishment": pl.String, "opened_on": pl.Date}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def codes(found: SchoolIdentities) -> dict[str, int]:
    return {finding.code: finding.count for finding in found.findings}


urns = st.lists(st.integers(100_000, 999_999).map(str), min_size=2, max_size=40, unique=True)


@given(urns, st.randoms(use_true_random=False))
def test_a_chain_of_any_length_ends_in_its_last_school_whatever_the_order_of_its_rows(
    chain: list[str], random: object
) -> None:
    rows: list[Link] = []
    for old, new in itertools.pairwise(chain):
        ways: Sequence[list[Link]] = (
            [(old, new, "Successor")],
            [(new, old, "Predecessor")],
            [(old, new, "Successor"), (new, old, "Predecessor")],
        )
        rows += random.choice(ways)  # type: ignore[attr-defined]
    random.shuffle(rows)  # type: ignore[attr-defined]
    chains = follow_links(links(*rows))
    assert {chains.follow(urn) for urn in chain} == {chain[-1]}
    assert not chains.in_cycle
    assert not chains.several_predecessors


@given(urns, st.integers(0, 5))
def test_schools_in_a_cycle_stay_themselves_and_what_leads_to_it_stops_before(chain: list[str], into: int) -> None:
    back_to = min(into, len(chain) - 2)
    rows: list[Link] = [(old, new, "Successor") for old, new in itertools.pairwise(chain)]
    rows.append((chain[-1], chain[back_to], "Successor"))
    chains = follow_links(links(*rows))
    if back_to == 0:
        assert chains.in_cycle == set(chain)
    assert all(chains.follow(urn) == urn for urn in chains.in_cycle)
    assert {chains.follow(urn) for urn in chain} <= set(chain)


pairs = st.tuples(st.integers(0, 8), st.integers(0, 8))
kinds = st.sampled_from(
    ["Successor", "Predecessor", "Successor - merged", "Predecessor - Split School", "Expansion", "Other", None]
)


@given(st.lists(st.tuples(pairs, kinds), max_size=30), st.booleans())
def test_whatever_the_links_following_ends_and_following_again_changes_nothing(
    drawn: list[tuple[tuple[int, int], str | None]], follow_mergers: bool
) -> None:
    rows = [(str(100_000 + old), str(100_000 + new), kind) for (old, new), kind in drawn]
    chains = follow_links(links(*rows), follow_mergers=follow_mergers)
    backwards = follow_links(links(*reversed(rows)), follow_mergers=follow_mergers)
    assert chains == backwards
    for urn in chains.last:
        assert chains.follow(chains.follow(urn)) == chains.follow(urn)


@pytest.mark.parametrize("kind", ["Predecessor", "Predecessor - merged", "Predecessor - amalgamated"])
def test_schools_that_became_one_are_followed_only_if_asked_for(kind: str) -> None:
    merged = links(("300000", "100000", kind), ("300000", "200000", kind))
    apart = follow_links(merged)
    assert [apart.follow(urn) for urn in ("100000", "200000", "300000")] == ["100000", "200000", "300000"]
    assert apart.several_predecessors == {"300000"}
    together = follow_links(merged, follow_mergers=True)
    assert {together.follow(urn) for urn in ("100000", "200000", "300000")} == {"300000"}


def test_a_school_that_was_taken_in_by_an_older_one_is_not_that_school() -> None:
    assert follow_links(links(("100000", "200000", "Successor - merged"))).follow("100000") == "100000"


@pytest.mark.parametrize("follow_mergers", [False, True])
def test_a_school_that_was_split_is_never_followed(follow_mergers: bool) -> None:
    split = links(("100000", "200000", "Successor"), ("100000", "300000", "Successor"))
    chains = follow_links(split, follow_mergers=follow_mergers)
    assert chains.follow("100000") == "100000"
    assert chains.several_successors == {"100000"}
    one_told = follow_links(links(("200000", "100000", "Predecessor - Split School")), follow_mergers=follow_mergers)
    assert one_told.follow("100000") == "100000"


def test_a_chain_goes_on_after_a_merger_that_is_not_followed() -> None:
    chains = follow_links(
        links(
            ("300000", "100000", "Predecessor"), ("300000", "200000", "Predecessor"), ("300000", "400000", "Successor")
        )
    )
    assert chains.follow("300000") == "400000"
    assert chains.follow("100000") == "100000"


def test_other_links_and_links_to_itself_are_none() -> None:
    other = links(("100000", "200000", "Expansion"), ("100000", "300000", None), ("100000", "100000", "Successor"))
    assert follow_links(other).last == {}


def test_a_school_is_known_by_urn_by_laestab_and_by_its_own_number() -> None:
    schools = register(("100000", "2091001", None), ("100001", "2091002", None))
    texts = ["100000", " 100000 ", "100000.0", "209/1001", "2091001", "209 1001", "1002", "SCH7", "999999"]
    found = identify_schools(texts, schools, NONE, authority="209")
    assert found.of_texts == {
        **dict.fromkeys(texts[:6], "100000"),
        "1002": "100001",
        "SCH7": "SCH7",
        "999999": "999999",
    }
    assert codes(found) == {"schools_by_urn": 3, "schools_by_laestab": 4, "schools_not_in_register": 2}


def test_a_number_of_four_digits_needs_the_authority() -> None:
    found = identify_schools(["1001"], register(("100000", "2091001", None)), NONE)
    assert found.of_texts == {"1001": "1001"}


def test_without_a_register_a_laestab_with_a_slash_is_the_one_without() -> None:
    found = identify_schools(["209/1001", "2091001"], register(), NONE)
    assert set(found.of_texts.values()) == {"2091001"}


def test_an_academy_is_the_school_that_it_was_under_either_number() -> None:
    schools = register(("100000", "2091001", None), ("140000", "2094001", date(2017, 9, 1)))
    chains = follow_links(links(("140000", "100000", "Predecessor")))
    found = identify_schools(["100000", "2091001", "2094001"], schools, chains)
    assert set(found.of_texts.values()) == {"140000"}
    assert found.former_urns == {"140000": ("100000",)}
    assert codes(found)["schools_followed"] == 1


def test_of_schools_with_one_laestab_the_one_that_opened_last_is_taken_with_a_warning() -> None:
    schools = register(("150000", "2091001", date(2018, 9, 1)), ("100000", "2091001", None))
    found = identify_schools(["2091001"], schools, NONE)
    assert found.of_texts == {"2091001": "150000"}
    assert codes(found)["schools_share_laestab"] == 1
    linked = identify_schools(["2091001"], schools, follow_links(links(("100000", "150000", "Successor"))))
    assert linked.of_texts == {"2091001": "150000"}
    assert "schools_share_laestab" not in codes(linked)


def test_a_cycle_a_merger_and_a_split_are_told_where_a_roll_has_the_school() -> None:
    chains = follow_links(
        links(
            ("100000", "100001", "Successor"), ("100001", "100000", "Successor"),
            ("200000", "200001", "Predecessor"), ("200000", "200002", "Predecessor"),
            ("300000", "300001", "Successor"), ("300000", "300002", "Successor"),
            ("900000", "900001", "Successor"), ("900000", "900002", "Successor"),
        )
    )  # fmt: skip
    found = codes(identify_schools(["100000", "200000", "300000"], register(), chains))
    assert {code: found[code] for code in ("schools_in_cycle", "schools_merged", "schools_split")} == {
        "schools_in_cycle": 1,
        "schools_merged": 1,
        "schools_split": 1,
    }
