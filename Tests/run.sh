#!/bin/bash
# The whole suite: the alerts, the dashboard, the service on a booted Debian where there is root, then unit and end-to-end tests.
# Arguments go to `swift test`; with arguments the booted part is left out.
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

status=0
if [ $# -eq 0 ]; then
  Tests/alerts.sh || status=1
  if [ "$(id -u)" -eq 0 ]; then
    deploy/build-deb.sh
    Tests/Booted/run.sh || status=1
  else
    echo "skipped: the booted system, which needs root"
  fi
fi
if [ $# -eq 0 ]; then
  # Ten thousand simulated worlds; a debug build would take ten times as long.
  swift build -c release --product simulation
  .build/release/simulation --seeds 10000 || status=1
  Tests/fuzz.sh 20000 || status=1
fi
if [ $# -eq 0 ]; then
  # What runs in one process, with every access to memory checked, and then every access shared by threads. Swift's
  # runtime keeps what it needs until the end, so that leaks are not looked for; the endurance test counts memory.
  export ASAN_OPTIONS=detect_leaks=0
  # The thread sanitizer does not know the standard library's Mutex and at times reports what it guards as a race: races are
  # printed, to be looked at; a crash or a failed test fails.
  export TSAN_OPTIONS=exitcode=0
  for sanitizer in address thread; do
    swift build --build-tests --sanitize="$sanitizer" --scratch-path ".build/$sanitizer"
    # One at a time: all at once, each takes so long that its time limit is near.
    swift test --skip-build --no-parallel --sanitize="$sanitizer" --scratch-path ".build/$sanitizer" \
      --skip 'EndToEndTests|DifferentialTests|SimulationTests|AtomicFileReaderTests' || status=1
  done
fi
swift build --build-tests
[ $# -gt 0 ] || Tests/dashboard.sh .build/debug || status=1
if [ $# -gt 0 ]; then
  swift test --skip-build "$@" || status=1
else
  # Two processes: the end-to-end tests wait for other programs on the threads on which the unit tests have to be prompt.
  swift test --skip-build --no-parallel --skip EndToEndTests || status=1
  swift test --skip-build --filter EndToEndTests || status=1
fi
exit "$status"
