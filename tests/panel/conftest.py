"""One Spark for all tests of a process: it takes five seconds to start."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pyspark.sql import SparkSession

from swis.panel.spark_engine import start_spark


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    session = start_spark("local[2]")
    yield session
    session.stop()
