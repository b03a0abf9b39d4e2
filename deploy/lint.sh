#!/bin/bash
# The gate: format, scripts, unit, manual pages.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
git ls-files -z -- '*.sh' .ci/run | xargs -0 shellcheck
echo "lint: no findings"
