"""Importing this loads all of SWIS: a process that has done so is one to fork commands from."""

from __future__ import annotations

import os
from importlib import import_module
from pkgutil import walk_packages

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")  # as `swis` does before it loads NumPy

import swis  # noqa: E402

NOT_TO_FORK = {"swis.__main__", "swis.estimate.bayes_sampler", "swis.panel.spark_engine"}  # the last two have threads

for module in walk_packages(swis.__path__, "swis."):
    if module.name not in NOT_TO_FORK:
        import_module(module.name)
