from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from swis.errors import SettingError
from swis.synthetic.authority import synthesise_authority
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns


def read_numbers(folder: Path) -> tuple[set[str], set[str], set[str]]:
    """Codes of authorities, numbers of schools, and unique pupil numbers of residents."""
    register = pl.read_csv(folder / "returns" / "edubasealldata.csv", infer_schema=False, encoding="cp1252")
    rolls = pl.read_csv(folder / "returns" / "school_census" / "2017_autumn_pupilonroll.csv", infer_schema=False)
    code = set(register["LA (code)"])
    return code, set(register["URN"]), set(rolls.filter(pl.col("homela").is_in(code))["upn"])


def test_authorities_of_other_numbers_share_no_school_and_no_pupil(tmp_path: Path) -> None:
    found = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        write_returns(synthesise_authority(Settings(schools=5, years=1, pupils=60, number=number), seed=1), folder)
        found.append(read_numbers(folder))
    for one, other in zip(*found, strict=True):
        assert one and other and not one & other


def test_one_of_several_authorities_has_room_for_its_schools() -> None:
    with pytest.raises(SettingError, match="1,000 schools at most"):
        Settings(schools=1_001, number=2)
    with pytest.raises(SettingError, match="number is 41"):
        Settings(number=41)
