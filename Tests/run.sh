#!/bin/bash
# The whole suite: the alerts, the service on a booted Debian where there is root, simulated worlds, fuzzers, sanitizers, the
# dashboard, then unit and end-to-end tests. What each part printed is kept in .build/parts; where one failed, the end says
# which, and why. Arguments go to `swift test`, and only those tests run then.
# shellcheck disable=SC2317  # what `part` calls by name
set -euo pipefail
cd "$(dirname "$0")/.."

# The official SDK, against which the sandbox is held, and python-varlink, against which the control socket is; without a
# network their tests say that they are skipped.
sdk=.build/sdk
if [ ! -x "$sdk/bin/python3" ] || ! "$sdk/bin/python3" -c 'import cloudflare, varlink' 2>/dev/null; then
  rm -rf "$sdk"
  mkdir -p .build
  if ! { python3 -m venv "$sdk" && "$sdk/bin/pip" install --quiet --disable-pip-version-check cloudflare==5.9.0 varlink; }; then
    echo "skipped: the official SDK, which cannot be installed here"
  fi
fi
export TOKENROLL_SDK_PYTHON="$PWD/$sdk/bin/python3"

if [ $# -gt 0 ]; then
  swift build --build-tests
  exec swift test --skip-build "$@"
fi

parts=.build/parts
rm -rf "$parts"
mkdir -p "$parts"
failed=()
# What became of the part before: said with the next one, so that the output of a good run ends with the last part's own summary.
before=

# Runs one part: NAME COMMAND…; the parts after one that failed still run.
part() {
  local name=$1 started=$SECONDS
  shift
  echo "${before:+$before$'\n'}== $name"
  if "$@" 2>&1 | tee "$parts/$name.log"; then
    before="== $name: passed ($((SECONDS - started)) s)"
  else
    before="== $name: FAILED ($((SECONDS - started)) s)"
    failed+=("$name")
  fi
}

booted() {
  if [ "$(id -u)" -eq 0 ]; then
    deploy/build-deb.sh && Tests/Booted/run.sh
  else
    echo "skipped: the booted system, which needs root"
  fi
}

# Ten thousand simulated worlds; a debug build would take ten times as long.
simulation() {
  swift build -c release --product simulation && .build/release/simulation --seeds 10000
}

# What runs in one process, with every access to memory checked, or every access shared by threads: SANITIZER. One test at a
# time: all at once, each takes so long that its time limit is near.
sanitized() {
  # Swift's runtime keeps what it needs until the end, so that leaks are not looked for; the endurance test counts memory.
  # The thread sanitizer does not know the standard library's Mutex and at times reports what it guards as a race: races are
  # printed, to be looked at; a crash or a failed test fails.
  export ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS=exitcode=0 TOKENROLL_UNIT_TESTS=1
  swift build --build-tests --sanitize="$1" --scratch-path ".build/$1" &&
    swift test --skip-build --no-parallel --sanitize="$1" --scratch-path ".build/$1" \
      --skip 'DifferentialTests|SimulationTests|AtomicFileReaderTests'
}

part alerts Tests/alerts.sh
part booted booted
part simulation simulation
part fuzzers Tests/fuzz.sh 20000
part address sanitized address
part thread sanitized thread
part build swift build --build-tests
part dashboard Tests/dashboard.sh .build/debug
# Two processes: the end-to-end tests wait for other programs on the threads on which the unit tests have to be prompt.
part unit swift test --skip-build --no-parallel --skip EndToEndTests
part end-to-end swift test --skip-build --filter EndToEndTests

[ ${#failed[@]} -gt 0 ] || exit 0
# A reader of the end alone learns what failed.
for name in "${failed[@]}"; do
  echo "FAILED: $name, of which $parts/$name.log has all:"
  grep -E '^not ok|^#|✘|error:|: broken|FAILED' "$parts/$name.log" | grep -v '✘ Suite' | awk '!seen[$0]++' | tail -n 40 || tail -n 20 "$parts/$name.log"
done
exit 1
