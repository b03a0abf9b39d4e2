# shellcheck shell=bash disable=SC2154 # the other variables are those of run.sh
# The service and the stand-in for the API on the machine under test. Needs machine.sh.

secrets=/var/lib/tokenroll-published
sandbox=http://127.0.0.1:8787

# --- The stand-in for the API

install_sandbox_unit() {
  put_file /etc/systemd/system/tokenroll-sandbox.service <<'UNIT'
[Unit]
Description=Stand-in for the API
[Service]
ExecStart=/usr/bin/tokenroll-sandbox --listen 127.0.0.1:8787 --demo /var/lib/tokenroll-sandbox --tokens 3
StateDirectory=tokenroll-sandbox
[Install]
WantedBy=multi-user.target
UNIT
  in_machine systemctl daemon-reload
}

start_sandbox() {
  local from
  from=$(cursor)
  in_machine systemctl start tokenroll-sandbox
  await_message 20 "$from" SYSLOG_IDENTIFIER=tokenroll-sandbox "MESSAGE=listening on $sandbox/client/v4" >/dev/null
}

# Asks the administration: PATH [option of curl]...
admin() {
  local path=$1
  shift
  in_network curl -sS --fail-with-body "$@" "$sandbox/admin/$path"
}

# Has the stand-in misbehave: JSON.
fault() { admin faults --json "$1" >/dev/null; }

# Waits until the stand-in has seen something: QUERY.
await_api() { admin "wait?timeout=60&$1" --max-time 90 >/dev/null; }

# A member of a token: NAME MEMBER.
token() { admin tokens | jq -er --arg name "$1" --arg member "$2" '.tokens[] | select(.name == $name) | .[$member]'; }

# --- The service

# Writes a configuration with the stand-in's tokens, after the given jq filter.
configure() {
  admin tokens | jq --arg base "$sandbox/client/v4" --arg secrets "$secrets" '{
      api: { base_url: $base, timeout: "20s", settle_time: "1s" },
      credentials: { main: { file: "cloudflare" } },
      defaults: { credential: "main", schedule: { every: "30d" } },
      tokens: [ .tokens[] | select(.name != "credential") | {
        name, account_id, token_id: .id, publish: [ { file: "\($secrets)/\(.name)" } ] } ]
    }' | jq "${1:-.}" | put_file /etc/tokenroll/config.json
}

# Puts a drop-in in place: NAME, text from standard input.
drop_in() {
  put_file "/etc/systemd/system/tokenroll.service.d/$1.conf"
  in_machine systemctl daemon-reload
}

# A stand-in with new tokens, a service that was never there, and the credential. The service is configured, not started.
# Sets $from, the place in the journal at which the check begins.
fresh() {
  in_machine systemctl stop tokenroll tokenroll-sandbox
  in_machine systemctl reset-failed
  rm -rf "${root:?}"/var/lib/tokenroll/* "$root/var/lib/tokenroll-sandbox" "${root:?}$secrets"/* \
    "$root/etc/systemd/system/tokenroll.service.d"
  in_machine systemctl daemon-reload
  start_sandbox
  token credential secret | tr -d '\n' | put_file /etc/credstore/tokenroll.cloudflare 0600
  configure "${1:-.}"
  from=$(cursor)
}

start_service() { in_machine systemctl start tokenroll; }

main_pid() { in_machine systemctl show -p MainPID --value tokenroll; }

# Waits for an event of the service after $from: KIND [FIELD=VALUE...]. Prints the message.
await_event() {
  local id
  id=$(event_id "$1")
  shift
  await_message 60 "$from" "MESSAGE_ID=$id" "$@"
}

# The MESSAGE_ID of a kind of event.
event_id() {
  sed -n "s/^ *case \\.$1: \"\\([0-9a-f]\\{32\\}\\)\"\$/\\1/p" Sources/Core/EventKind.swift | grep .
}

# Fails unless the secret that is published for NAME is the one in force, to the byte.
published_is_in_force() {
  local name=$1 file=${2:-$root$secrets/$1} answer
  [ "$(<"$file")" = "$(token "$name" secret)" ] || { echo "$name: another secret is published than is in force"; return 1; }
  # The secret goes to curl through a pipe, not on its command line.
  answer=$(printf 'header = "Authorization: Bearer %s"\n' "$(<"$file")" |
    in_network curl -sS -K - "$sandbox/client/v4/accounts/$(token "$name" account_id)/tokens/verify")
  [ "$(jq -r .result.id <<<"$answer")" = "$(token "$name" id)" ] || { echo "$name: $answer"; return 1; }
}

# Fails unless the token NAME was rolled just so often.
rolled_times() { [ "$(token "$1" rolls)" = "$2" ] || { echo "$1 was rolled $(token "$1" rolls) times, not $2"; return 1; }; }

# Fails where the command succeeds. ("! command" would not do: it never ends a check.)
fails() {
  if "$@"; then
    echo "succeeded, and should not have: $*"
    return 1
  fi
}

# Fails unless two values are equal: WHAT GOT WANTED.
is() { [ "$2" = "$3" ] || { echo "$1 is \"$2\", not \"$3\""; return 1; }; }
