#!/bin/bash
# The whole suite: unit and end-to-end tests, then the booted system where there is root. The summary comes last.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build --build-tests
swift test --skip-build "$@"
