#!/bin/sh
# Holds the alerts of deploy/prometheus against their tests. Usage: Tests/alerts.sh; exits 0 where all is well.
set -eu
cd "$(dirname "$0")/.."

promtool=$(Tests/prometheus.sh promtool) || {
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
