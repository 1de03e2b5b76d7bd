from __future__ import annotations

from pathlib import Path

import pytest

from swis.synthetic.authority import Authority, synthesise_authority
from swis.synthetic.mess import Mess
from swis.synthetic.settings import Settings
from swis.synthetic.write_returns import write_returns

SMALL = Settings(
    schools=12, years=2, pupils=120, first_year=2022, academies=3, rate_ratios={"section_47_enquiries": 0.5}
)


@pytest.fixture(scope="session")
def authority() -> Authority:
    """A small authority; its returns go from the old codes of sex to the new."""
    return synthesise_authority(SMALL, seed=11)


@pytest.fixture(scope="session")
def folder(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its returns without errors."""
    path = tmp_path_factory.mktemp("clean")
    write_returns(authority, path)
    return path


@pytest.fixture(scope="session")
def messy_folder(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its returns with errors."""
    path = tmp_path_factory.mktemp("messy")
    write_returns(authority, path, mess=Mess(seed=11))
    return path
