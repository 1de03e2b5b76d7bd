"""The heavy jobs, timed beside what people use today, with the numbers held against each other: `python -m bench`.

Every tool runs with one thread of linear algebra. On a busy machine the threads of OpenBLAS wait for each other and the same
call takes from one to fifty times as long, which would be measured in place of the tools.
"""

from __future__ import annotations

import os

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")
