#!/bin/bash
# The gate: format, scripts, unit, catalog, manual pages, pictures.
set -euo pipefail
cd "$(dirname "$0")/.."

swift format lint --strict --recursive Package.swift Sources Tests Benchmarks
git ls-files -z -- '*.sh' .ci/run deploy/debian/\*.postinst | xargs -0 -r shellcheck
deploy/check.sh
docs/pictures/make.py --check
echo "lint: no findings"
