"""What a study quotes from elsewhere."""

from __future__ import annotations

import pytest

from swis.errors import ProtocolError
from swis.study.read import read_study
from tests.study.conftest import DrawStudy

QUOTED = """
[[literature]]
what = "A trial"
outcome = "s47"
rate_ratio = "1.055"
ci_low = "0.955"
ci_high = "1.166"
schools = 268
source = "A journal"
"""


def test_a_result_from_elsewhere_is_carried_with_its_digits(draw_study: DrawStudy) -> None:
    (found,) = read_study(draw_study(add=QUOTED)).protocol.literature
    assert (found.rate_ratio.text, found.ci_low.text, found.ci_high.text, found.schools) == (
        "1.055",
        "0.955",
        "1.166",
        268,
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('outcome = "s47"', 'outcome = "s74"', r"\[\[literature\]\] 1 outcome names 's74'"),
        ('"1.055"', '"about 1"', r"\[\[literature\]\] 'about 1' is not a number as printed"),
        ("schools = 268", "schools = 0", "schools"),
        ('source = "A journal"\n', "", "has no source"),
    ],
)
def test_a_result_that_cannot_be_understood_is_refused(draw_study: DrawStudy, old: str, new: str, says: str) -> None:
    with pytest.raises(ProtocolError, match=says):
        read_study(draw_study(add=QUOTED.replace(old, new)))
