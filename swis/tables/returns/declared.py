"""Every declared return, in the order of the reference page."""

from __future__ import annotations

from swis.tables.returns.cin_census import CIN_CENSUS
from swis.tables.returns.school_census import SCHOOL_CENSUS
from swis.tables.returns.schools_register import SCHOOLS_REGISTER
from swis.tables.returns.ssda903 import SSDA903
from swis.tables.returns.statutory_return import StatutoryReturn

RETURNS: tuple[StatutoryReturn, ...] = (CIN_CENSUS, SSDA903, SCHOOL_CENSUS, SCHOOLS_REGISTER)
