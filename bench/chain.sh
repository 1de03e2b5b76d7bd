#!/usr/bin/env bash
# Plant effects in synthetic authorities and see whether the whole chain finds them; sums go to bench/results/chain.csv.
# Half an hour on two quiet cores; `bench/chain.sh 40 2` gives a quick look (and stores that: mind it). Goes on where it left off.
set -euo pipefail
cd "$(dirname "$0")/.."
export OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1
exec .venv/bin/python -m bench.chain "$@"
