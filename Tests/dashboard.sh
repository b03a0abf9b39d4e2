#!/bin/bash
# Puts every query of the dashboard to a real Prometheus that has scraped a real service. Usage: Tests/dashboard.sh BINARIES;
# exits 0 where each is accepted and gives data, or where Prometheus cannot be had, which is said.
set -euo pipefail
cd "$(dirname "$0")/.."
binaries=$(realpath "${1:-.build/debug}")

prometheus=$(Tests/prometheus.sh prometheus) || {
  echo "skipped: the dashboard's queries, for the package prometheus cannot be fetched"
  exit 0
}

place=$(mktemp -d)
processes=
finish() {
  for process in $processes; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$place"
}
trap finish EXIT

# A sandbox, and a service with two tokens that are rolled at once.
mkfifo "$place/line"
"$binaries/tokenroll-sandbox" --listen 127.0.0.1:0 --demo "$place/demo" --tokens 2 >"$place/line" &
processes="$processes $!"
read -r _ _ url <"$place/line"
mkdir -m 0750 "$place/published" "$place/metrics"
jq --arg url "$url" --arg place "$place" '.accounts[0] as $account | {
    api: {base_url: $url},
    state_directory: "\($place)/state",
    credentials: {sandbox: {file: "\($place)/demo/credential"}},
    metrics: {file: "\($place)/metrics/tokenroll.prom", every: "1s"},
    defaults: {account_id: $account.id, credential: "sandbox", schedule: {every: "30d", first: "now"}},
    tokens: [$account.tokens[] | select(.name != "credential") | {
      name, token_id: .id, publish: [{file: "\($place)/published/\(.name)"}]
    }]
  }' "$place/demo/fixture.json" >"$place/config.json"
"$binaries/tokenroll" run --config "$place/config.json" >"$place/service.log" 2>&1 &
processes="$processes $!"

# Prometheus takes the file as it is from a web server, and any free port.
mkfifo "$place/port"
python3 -u -m http.server --bind 127.0.0.1 --directory "$place/metrics" 0 >"$place/port" 2>/dev/null &
processes="$processes $!"
read -r _ _ _ _ _ port _ <"$place/port"
cat >"$place/prometheus.yml" <<END
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: node
    metrics_path: /tokenroll.prom
    static_configs: [{ targets: ["127.0.0.1:$port"] }]
END
own=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$prometheus" --config.file "$place/prometheus.yml" --storage.tsdb.path "$place/data" \
  --web.listen-address "127.0.0.1:$own" --log.level=error >"$place/prometheus.log" 2>&1 &
processes="$processes $!"

Tests/dashboard.py "http://127.0.0.1:$own" deploy/prometheus/tokenroll-dashboard.json || {
  cat "$place/service.log" "$place/prometheus.log" >&2
  exit 1
}
