#!/bin/sh
# Holds the alerts of deploy/prometheus against their tests. Usage: Tests/alerts.sh; exits 0 where all is well.
set -eu
cd "$(dirname "$0")/.."

# Unpacked only: the package prometheus starts a server where it is installed.
fetch() (
  mkdir -p .build/prometheus
  cd .build/prometheus
  apt-get -qq download prometheus 2>/dev/null || { apt-get update -qq && apt-get -qq download prometheus; } || exit 1
  dpkg-deb --extract prometheus_*.deb .
)
promtool=$(command -v promtool || echo "$PWD/.build/prometheus/usr/bin/promtool")
[ -x "$promtool" ] || fetch || {
  echo "alerts: there is no promtool, and the package prometheus cannot be fetched" >&2
  exit 1
}

cd deploy/prometheus
"$promtool" check rules tokenroll.rules.yml
"$promtool" test rules tokenroll.rules.test.yml
# promtool says nothing about an alert without a test.
alerts=$(sed -n 's/^ *- alert: //p' tokenroll.rules.yml)
for alert in $alerts; do
  sed -n "/alertname: $alert\$/{n;/exp_alerts:\$/p}" tokenroll.rules.test.yml | grep -q . || {
    echo "alerts: no test has $alert firing" >&2
    exit 1
  }
done
echo "alerts: $(echo "$alerts" | wc -l), each seen to fire"
