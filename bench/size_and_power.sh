#!/usr/bin/env bash
# Simulate size, coverage and power for the eight analyses of the pilots, and store them in the study folders.
# About forty minutes on two cores; `bench/size_and_power.sh 0.05` gives a quick look in two (and stores that: mind it).
set -euo pipefail
cd "$(dirname "$0")/.."
for study in southampton stockport lambeth; do
  .venv/bin/swis calibrate "studies/$study" --share "${1:-1}"
done
