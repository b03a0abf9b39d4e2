#!/bin/bash
# All benchmarks, each with its ratios. BENCH_DIR chooses the file system that is measured (default /var/tmp).
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== machine"
uname -srm
nproc
stat -f -c 'file system of %n: %T' "${BENCH_DIR:-/var/tmp}"
echo "== footprint"
python3 Benchmarks/footprint.py
echo "== durability"
work=$(mktemp -d "${BENCH_DIR:-/var/tmp}/tokenroll-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
.build/release/durability-benchmark "$work" 200
echo "== burst"
python3 Benchmarks/burst.py
echo "== many entries"
python3 Benchmarks/many.py
