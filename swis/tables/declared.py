"""Every declared table, in the order of the data dictionary."""

from __future__ import annotations

from swis.tables.activity_log import ACTIVITY_LOG
from swis.tables.arms import ARMS
from swis.tables.calibration import CALIBRATION
from swis.tables.candidate_schools import CANDIDATE_SCHOOLS
from swis.tables.claims import CLAIMS
from swis.tables.clusters import CLUSTERS
from swis.tables.data_collected import DATA_COLLECTED
from swis.tables.deflators import DEFLATORS
from swis.tables.families import FAMILIES
from swis.tables.matches import MATCHES
from swis.tables.nominations import NOMINATIONS
from swis.tables.on_costs import ON_COSTS
from swis.tables.published_estimates import PUBLISHED_ESTIMATES
from swis.tables.school_configuration import SCHOOL_CONFIGURATION
from swis.tables.school_costs import SCHOOL_COSTS
from swis.tables.school_scores import SCHOOL_SCORES
from swis.tables.school_terms import SCHOOL_TERMS
from swis.tables.table import Table
from swis.tables.term_calendar import TERM_CALENDAR
from swis.tables.trial_schools import TRIAL_SCHOOLS
from swis.tables.unit_costs import UNIT_COSTS
from swis.tables.year_group_terms import YEAR_GROUP_TERMS

TABLES: tuple[Table, ...] = (
    SCHOOL_TERMS,
    PUBLISHED_ESTIMATES,
    CLAIMS,
    DATA_COLLECTED,
    SCHOOL_CONFIGURATION,
    CALIBRATION,
    YEAR_GROUP_TERMS,
    CANDIDATE_SCHOOLS,
    MATCHES,
    ARMS,
    NOMINATIONS,
    TRIAL_SCHOOLS,
    SCHOOL_SCORES,
    TERM_CALENDAR,
    CLUSTERS,
    FAMILIES,
    ACTIVITY_LOG,
    UNIT_COSTS,
    SCHOOL_COSTS,
    ON_COSTS,
    DEFLATORS,
)
