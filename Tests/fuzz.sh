#!/bin/bash
# Feeds the readers of foreign input with libFuzzer. Usage: Tests/fuzz.sh [RUNS]; the short form of the suite is 20000 runs
# each. Inputs that bring something new are kept in .build/fuzz/corpus; one that breaks a reader is kept beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-20000}

TOKENROLL_FUZZ=1 swift build -c release --scratch-path .build/fuzz --product fuzz \
  -Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer -Xswiftc -parse-as-library
failed=0
for target in json configuration template envelope retry-after span; do
  corpus=.build/fuzz/corpus/$target
  mkdir -p "$corpus"
  seeds=()
  [ ! -d "Tests/Fuzz/corpus/$target" ] || seeds=("Tests/Fuzz/corpus/$target")
  if FUZZ=$target .build/fuzz/release/fuzz -runs="$runs" -max_len=4096 -timeout=5 -seed=1 \
    -artifact_prefix=".build/fuzz/$target-" "$corpus" "${seeds[@]}" >".build/fuzz/$target.log" 2>&1; then
    echo "fuzz $target: $(grep -o 'Done [0-9]* runs in [0-9]* second' ".build/fuzz/$target.log")s, none broke it"
  else
    echo "fuzz $target: broken; see .build/fuzz/$target.log" >&2
    failed=1
  fi
done
exit "$failed"
