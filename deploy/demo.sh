#!/bin/bash
# The demonstration: a sandbox API over TLS, the service with a schedule of a few seconds, and what can be seen of it.
set -euo pipefail

build=$(realpath "${1:-.build/debug}")
work=$(mktemp -d "${TMPDIR:-/tmp}/tokenroll-demo.XXXXXX")
sandbox=''
service=''

finish() {
  for process in $service $sandbox; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

say "A sandbox of the API starts, with one account, three tokens and a test CA"
mkfifo "$work/line"
"$build/tokenroll-sandbox" --listen 127.0.0.1:0 --tls --demo "$work/sandbox" --tokens 3 >"$work/line" &
sandbox=$!
read -r _ _ url <"$work/line"
fixture=$work/sandbox/fixture.json
account=$(jq -r '.accounts[0].id' "$fixture")
echo "$url, account $account"

say "The configuration: three tokens, each every four seconds, one file each"
mkdir -m 0750 "$work/published"
jq -n --arg url "$url" --arg work "$work" --slurpfile fixture "$fixture" '
  [["secret", "raw", "0600"], ["secret.env", "env", "0640"], ["secret.json", "json", "0640"]] as $files
  | $fixture[0].accounts[0] as $account
  | [$account.tokens[] | select(.name != "credential")] as $tokens
  | {
      api: {base_url: $url, ca_file: "\($work)/sandbox/ca.pem", settle_time: "2s"},
      credentials: {sandbox: {file: "\($work)/sandbox/credential"}},
      defaults: {account_id: $account.id, credential: "sandbox", schedule: {every: "4s", jitter: "1s"}},
      tokens: [range(3) | {
        name: $tokens[.].name, token_id: $tokens[.].id,
        publish: [{file: "\($work)/published/\($tokens[.].name).\($files[.][0])", format: $files[.][1], mode: $files[.][2]}]
      }],
      state_directory: "\($work)/state"
    }' >"$work/config.json"
cat "$work/config.json"
"$build/tokenroll" check --config "$work/config.json" --probe
first=$(jq -r '.accounts[0].tokens[] | select(.name == "token-1") | .secret' "$fixture")

say "The service runs until each token has been rolled twice"
"$build/tokenroll" run --config "$work/config.json" &
service=$!
admin=${url%/client/v4}/admin
fetch() { curl --silent --show-error --fail --cacert "$work/sandbox/ca.pem" "$@"; }
fetch "$admin/wait?rolls=6&timeout=40" >"$work/wait.json"

say "It stops: what is in flight is brought to its end first"
kill -TERM "$service"
wait "$service"
service=

say "The published files"
ls -l "$work/published"
say "The old secret is refused, the new one is accepted"
verify() {
  printf 'header = "Authorization: Bearer %s"\n' "$1" |
    curl --silent --cacert "$work/sandbox/ca.pem" --config - --write-out ' (status %{http_code})\n' \
      "$url/accounts/$account/tokens/verify"
}
printf 'old: ' && verify "$first"
printf 'new: ' && verify "$(cat "$work/published/token-1.secret")"
say "The history"
"$build/tokenroll" history --config "$work/config.json"

current=$(fetch "$admin/tokens" | jq -r '.. | objects | select(.name? == "token-1") | .secret')
if [ "$current" != "$(cat "$work/published/token-1.secret")" ]; then
  echo "The published secret is not the one in force." >&2
  exit 1
fi
say "Done: every file holds the secret in force"
