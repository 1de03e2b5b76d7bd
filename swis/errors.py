"""What can go wrong, as one small tree.

SwisError                  everything below; shown to people without a traceback
├── StudyError             a study folder that cannot be used as it stands
│   ├── ProtocolError      study.toml: an unknown key, a term that is not there, a school without an arm
│   ├── TableError         a CSV: a missing column, a value that is not a count, a school-term twice
│   ├── LockError          the locked plan and the protocol disagree in a way that is not allowed
│   └── AllocationError    an allocation that cannot be drawn so, or a certificate that cannot be read
├── ReturnError            a statutory return or register that cannot be read as a whole
├── EngineError            the engine that builds a panel is missing, or has too little memory
├── NotEstimable           the data cannot carry the number that was asked for
├── SettingError           a number or choice that was asked for and cannot be
├── OutputError            a report that cannot be written where it was asked for
└── DisclosureError        counts that cannot be checked for disclosure as they are described

Messages say what, where (file, row, column) and what to do. They never quote a child's value.
"""

from __future__ import annotations


class SwisError(Exception):
    """Everything that SWIS says to a person. `exit_code` is the command line's."""

    exit_code = 1


class StudyError(SwisError):
    """A study folder cannot be used as it stands."""

    exit_code = 3


class ProtocolError(StudyError):
    """`study.toml` is missing, malformed or contradicts itself."""


class TableError(StudyError):
    """A CSV file of the study is missing, malformed or contradicts its declared table."""


class LockError(StudyError):
    """The plan was locked and what is there now cannot be reconciled with it."""

    exit_code = 4


class AllocationError(StudyError):
    """Schools cannot be allocated as was asked, or a commitment or certificate cannot be used."""


class ReturnError(SwisError):
    """A statutory return or register cannot be read as a whole; nothing of it may be counted."""

    exit_code = 3


class EngineError(SwisError):
    """DuckDB or Spark cannot be started or cannot finish; the message never has what the engine said of a value."""


class NotEstimable(SwisError):
    """The data cannot carry the number that was asked for; the message says why."""

    exit_code = 5


class SettingError(SwisError):
    """What was asked for cannot be: a number out of its range, or choices that contradict one another."""

    exit_code = 2


class OutputError(SwisError):
    """The report cannot be written where it was asked for."""

    exit_code = 6


class DisclosureError(SwisError):
    """A table of counts, a policy or a record of releases that cannot be used as it is described."""

    exit_code = 3
