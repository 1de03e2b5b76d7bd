"""Runs one command and writes what it took: `python launch.py RESULT COMMAND...`. Standard library only.

A child's peak memory counts that of the process which started it, so that process has to be a small one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

began = perf_counter()
process = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(process.pid, 0)
seconds = perf_counter() - began
code = os.waitstatus_to_exitcode(status)
processor = used.ru_utime + used.ru_stime
result = {"seconds": seconds, "processor": processor, "megabytes": used.ru_maxrss / 1024, "code": code}
Path(sys.argv[1]).write_text(json.dumps(result))
