# shellcheck shell=bash disable=SC2154 # the variables are those of run.sh, machine.sh and service.sh
# Checks of rolls: their course, their messages, and what happens to them when the service is stopped in the middle.

# The first entry is due as soon as it is seen, the others in a month.
due_now='.tokens[0].schedule.first = "now"'
# Holds the answer to a roll back after the API has carried it out, long enough to do something meanwhile.
held_back='{"kind": "delay", "call": "roll", "delay_after_ms": 3000}'

check_readiness() {
  fresh '.tokens[].publish[0].file |= sub("^.*/"; "/srv/not-there/")'
  printf '[Service]\nRestart=no\nTimeoutStartSec=15\nReadWritePaths=/srv\n' | drop_in readiness
  # Wherever it is that the service stops short, it must not be at work.
  in_machine systemctl start tokenroll || true
  is ActiveState "$(in_machine systemctl show -p ActiveState --value tokenroll)" failed
  messages "$from" _SYSTEMD_UNIT=tokenroll.service | jq -r .MESSAGE | grep -F /srv/not-there

  in_machine install -d -o tokenroll -g tokenroll -m 0750 /srv/not-there
  start_service
  is ActiveState "$(in_machine systemctl show -p ActiveState --value tokenroll)" active
  await_event serviceReady
}

check_status_text() {
  fresh
  start_service
  local text
  text=$(in_machine systemctl show -p StatusText --value tokenroll)
  echo "$text"
  grep -E '^3 entries, next token-[123] in ' <<<"$text"
}

check_roll() {
  fresh "$due_now"
  local started settled roll
  start_service
  started=$(await_event rollStarted)
  settled=$(await_event rollSettled)
  published_is_in_force token-1
  rolled_times token-1 1
  rolled_times token-2 0
  is mode "$(stat -c '%a %h' "$root$secrets/token-1")" "600 1"

  roll=$(jq -r .TOKENROLL_ROLL_ID <<<"$settled")
  grep -E '^[0-9a-f]{32}$' <<<"$roll"
  is TOKENROLL_ROLL_ID "$(jq -r .TOKENROLL_ROLL_ID <<<"$started")" "$roll"
  is TOKENROLL_ENTRY "$(jq -r .TOKENROLL_ENTRY <<<"$settled")" token-1
  is TOKENROLL_ACCOUNT_ID "$(jq -r .TOKENROLL_ACCOUNT_ID <<<"$settled")" "$(token token-1 account_id)"
  is TOKENROLL_TOKEN_ID "$(jq -r .TOKENROLL_TOKEN_ID <<<"$settled")" "$(token token-1 id)"
  is PRIORITY "$(jq -r .PRIORITY <<<"$settled")" 5
  is SYSLOG_IDENTIFIER "$(jq -r .SYSLOG_IDENTIFIER <<<"$settled")" tokenroll
  jq -e '.TOKENROLL_PHASE, (.TOKENROLL_ATTEMPT | tonumber), (.TOKENROLL_DURATION_USEC | tonumber)' <<<"$settled"
  # The course of the roll, by its identity alone.
  messages "$from" "TOKENROLL_ROLL_ID=$roll" | jq -r .MESSAGE_ID >"$work/course"
  for kind in rollStarted secretPublished rollSettled; do grep -qx "$(event_id "$kind")" "$work/course"; done
  # Nothing but events: no library complains about what the sandboxing keeps it from. (EACCES for a thread's priority is
  # met on a machine without CAP_SYS_RESOURCE, where systemd cannot raise LimitNICE=.)
  messages "$from" _SYSTEMD_UNIT=tokenroll.service SYSLOG_IDENTIFIER=tokenroll |
    jq -r 'select(.MESSAGE_ID == null) | .MESSAGE' | sed '/Failed to set thread priority.* errno=13$/d' >"$work/others"
  is "what is no event" "$(<"$work/others")" ""
}

check_catalog() {
  fresh "$due_now"
  start_service
  await_event rollSettled
  in_machine journalctl --no-pager -x -u tokenroll TOKENROLL_ENTRY=token-1 >"$work/explained"
  grep -F 'token-1 was rolled and published' "$work/explained"
  # All are there, whether they happened or not.
  in_machine journalctl --list-catalog >"$work/list"
  local id
  while read -r id; do grep -q "$id" "$work/list"; done < <(sed -n 's/^-- //p' deploy/tokenroll.catalog)
}

check_no_secret_in_journal() {
  fresh "$due_now"
  local old new
  old=$(token token-1 secret)
  start_service
  await_event rollSettled
  new=$(token token-1 secret)
  # All fields of all messages, of the whole machine; and nothing of the middle of a secret either.
  messages "$from" >"$work/messages"
  [ -s "$work/messages" ]
  fails grep -F -e "${old:8:20}" -e "${new:8:20}" -e "$(token credential secret | cut -c9-28)" "$work/messages"
  # Nor among the arguments or in the environment of any process.
  cat "/proc/$leader/root/proc/"[0-9]*/cmdline "/proc/$leader/root/proc/"[0-9]*/environ >"$work/processes" 2>/dev/null || true
  grep -aqF tokenroll "$work/processes"
  fails grep -aF -e "${new:8:20}" "$work/processes"
}

check_reload_while_rolling() {
  fresh "$due_now"
  fault "$held_back"
  start_service
  await_api "received=1&call=roll"
  configure "$due_now | .tokens[2].schedule.every = \"40d\""
  in_machine systemctl reload tokenroll
  await_event configurationReloaded
  await_event rollSettled TOKENROLL_ENTRY=token-1
  published_is_in_force token-1
  rolled_times token-1 1
}

check_stop_while_rolling() {
  fresh "$due_now"
  fault "$held_back"
  start_service
  await_api "received=1&call=roll"
  in_machine systemctl stop tokenroll
  is Result "$(in_machine systemctl show -p Result --value tokenroll)" success
  start_service
  await_event rollSettled TOKENROLL_ENTRY=token-1
  published_is_in_force token-1
  # The answer was waited for, so that no second roll was needed.
  rolled_times token-1 1
}

check_kill_while_rolling() {
  fresh "$due_now"
  fault "$held_back"
  start_service
  await_api "received=1&call=roll"
  in_machine systemctl kill --kill-whom=main -s KILL tokenroll
  await_event rollSettled TOKENROLL_ENTRY=token-1
  published_is_in_force token-1
  # The secret of the first was lost with the process, before it could arrive; the second is its cure, and no more.
  rolled_times token-1 2
  is NRestarts "$(in_machine systemctl show -p NRestarts --value tokenroll)" 1
}

# Killed between escrow and publication, with nobody there to decrypt when it comes back.
check_encrypted_escrow() {
  local escrow roll by_hand
  fresh '.escrow = "encrypted" | .tokens[0] |= (.schedule.first = "now"
    | .publish[0].file = "/var/lib/tokenroll-published/edge/token-1")'
  in_machine install -d -o tokenroll -g tokenroll -m 0750 "$secrets/edge"
  in_machine systemctl disable --now tokenroll-encrypt.socket
  fails in_machine tokenroll check --unit >"$work/unit"
  grep -F 'escrow: nobody encrypts new secrets' "$work/unit"
  start_service
  await_event rollNotReady TOKENROLL_ENTRY=token-1 | jq -r .MESSAGE | grep -F 'systemctl enable --now tokenroll-encrypt.socket'
  rolled_times token-1 0

  in_machine systemctl enable --now tokenroll-encrypt.socket
  in_machine tokenroll check --unit
  in_machine tokenroll doctor | grep -F 'encryption: a sample could be encrypted and opened again'
  fault "$held_back"
  in_machine tokenroll retry token-1
  await_api "received=1&call=roll"
  in_machine mv "$secrets/edge" "$secrets/away"
  await_event publicationFailed TOKENROLL_ENTRY=token-1
  escrow=$(in_machine find /var/lib/tokenroll/escrow -type f -name '*.cred')
  is "rights of the escrow" "$(in_machine stat -c %U:%a "$escrow")" tokenroll:600
  fails grep -rqF "$(token token-1 secret | cut -c9-28)" "$root/var/lib/tokenroll"
  roll=$(basename "$escrow" .cred)
  by_hand=$(in_machine sh -c "systemd-creds decrypt --name=tokenroll-escrow.${roll##*.} $escrow - 2>/dev/null | tail -n 1")
  is "the secret by hand" "$by_hand" "$(token token-1 secret)"

  in_machine systemctl stop tokenroll-encrypt.socket
  in_machine systemctl kill --kill-whom=main -s KILL tokenroll
  await_event escrowNotOpened TOKENROLL_ENTRY=token-1 | jq -r .MESSAGE | grep -F "systemd-creds decrypt --name=tokenroll-escrow.${roll##*.} $escrow"
  in_machine mv "$secrets/away" "$secrets/edge"
  in_machine systemctl start tokenroll-encrypt.socket
  in_machine tokenroll retry token-1
  await_event rollSettled TOKENROLL_ENTRY=token-1
  published_is_in_force token-1 "$root$secrets/edge/token-1"
  rolled_times token-1 1
  is "escrows" "$(in_machine find /var/lib/tokenroll/escrow -type f)" ""
  in_machine systemctl disable --now tokenroll-encrypt.socket
}

check_watchdog() {
  fresh "$due_now"
  printf '[Service]\nWatchdogSec=3\n' | drop_in watchdog
  fault "$held_back"
  start_service
  await_api "received=1&call=roll"
  local first
  first=$(main_pid)
  in_machine systemctl kill --kill-whom=main -s STOP tokenroll
  await_message 60 "$from" UNIT=tokenroll.service UNIT_RESULT=watchdog
  await_event rollSettled TOKENROLL_ENTRY=token-1
  published_is_in_force token-1
  [ "$(main_pid)" != "$first" ]
}

check_journald_restart() {
  fresh 'del(.tokens[2])'
  start_service
  in_machine systemctl restart systemd-journald
  configure '.tokens[2].schedule.first = "now"'
  in_machine systemctl reload tokenroll
  await_event rollSettled TOKENROLL_ENTRY=token-3
  published_is_in_force token-3
}

# Stops journald with everything that would start it again, and what it kept of the services' standard error.
check_journald_absent() {
  local sockets="systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket" late
  fresh
  start_service
  # shellcheck disable=SC2086 # several units
  in_machine systemctl stop systemd-journald.service $sockets
  in_machine tokenroll roll --yes token-1
  # shellcheck disable=SC2086
  in_machine systemctl start $sockets systemd-journald.service
  await_event journalWasAway
  late=$(await_event rollSettled TOKENROLL_ENTRY=token-1)
  # Its own time is there, and before the one at which the journal got it.
  [ "$(date -d "$(jq -r .TOKENROLL_TIME <<<"$late")" +%s%6N)" -lt "$(jq -r .__REALTIME_TIMESTAMP <<<"$late")" ]
  published_is_in_force token-1
}

# Two days with an hourly schedule are 48 rolls of each entry; they are not waited for.
check_uptime() {
  local before after
  # One connection, so that the number of descriptors does not depend on how requests meet.
  fresh '.api += {rate_limit: {requests: 1000000, per: "1s"}, max_in_flight: 1} | .tokens[].schedule = {every: "1s", jitter: "0s", first: "now"}'
  start_service
  await_rolls 8
  before=$(resources)
  await_rolls 56
  after=$(resources)
  echo "before: $before, after: $after"
  is descriptors "$(jq .descriptors <<<"$after")" "$(jq .descriptors <<<"$before")"
  # Dispatch has as many threads as ran at once in the last seconds; one left behind by each roll would be 144.
  [ "$(jq .tasks <<<"$after")" -lt $(($(jq .tasks <<<"$before") + 16)) ]
  [ "$(jq .anonymous_kb <<<"$after")" -le $(($(jq .anonymous_kb <<<"$before") + 1024)) ]
  end_rolls
  in_machine systemctl stop tokenroll
  is "escrows left" "$(ls "$root/var/lib/tokenroll/escrow")" ""
  is "files beside the secrets" "$(find "$root$secrets" -type f | wc -l)" 3
  for name in token-1 token-2 token-3; do published_is_in_force "$name"; done
}

# Waits until every token was rolled so often: COUNT.
await_rolls() {
  local id
  id=$(event_id rollSettled)
  timeout 200 journalctl -D "$journal" --cursor="$from" -f -n all -o json "MESSAGE_ID=$id" |
    jq -nr --argjson wanted "$1" --unbuffered 'foreach inputs as $event ({}; .[$event.TOKENROLL_ENTRY] += 1;
      select([.["token-1", "token-2", "token-3"] // 0] | min >= $wanted) | "enough")' | grep -m 1 enough
}

# Lets no new roll begin, and waits until those that had begun are settled: a stop between the two rightly leaves an escrow.
end_rolls() {
  local begun settled
  in_machine tokenroll pause --reason "the end of the check"
  begun=$(messages "$from" MESSAGE_ID="$(event_id rollStarted)" | wc -l)
  exec {settled}< <(exec timeout 60 journalctl -D "$journal" --cursor="$from" -f -n all -o cat MESSAGE_ID="$(event_id rollSettled)")
  is "number of settled rolls" "$(head -n "$begun" <&"$settled" | wc -l)" "$begun"
  kill $! 2>/dev/null || true
  exec {settled}<&-
}

# What the service has in use, as JSON; the least of some looks, for in the midst of a roll there is more.
resources() {
  # shellcheck disable=SC2016 # for the shell inside
  in_machine sh -c 'for look in $(seq 40); do
      echo "$(ls "/proc/$1/fd" | wc -l) $(ls "/proc/$1/task" | wc -l) $(grep RssAnon "/proc/$1/status")"
    done' sh "$(main_pid)" | awk '{ if (!n++ || $1 < d) d = $1; if (n == 1 || $2 < t) t = $2; if (n == 1 || $4 < a) a = $4 }
    END { printf "{\"descriptors\": %d, \"tasks\": %d, \"anonymous_kb\": %d}\n", d, t, a }'
}

check_run_programs() {
  fresh '.tokens[0] += {run: [{command: ["/usr/local/bin/deploy", "a b"], stdin: true}]} |
    .tokens[1] += {run: [{command: ["/usr/local/bin/slow"]}]} | .tokens[0, 1].schedule.first = "now"'
  put_file /usr/local/bin/deploy 0755 <<'SCRIPT'
#!/bin/sh
# Reads the secret, and tells of it only what is of no use to anybody. (Its SHA-256 would be: R2 takes that for a secret.)
set -eu
digest=$(md5sum | cut -d' ' -f1)
echo "$TOKENROLL_EVENT $TOKENROLL_ENTRY $1 $digest"
echo "$(id -un) $(pwd)" >/tmp/deploy
cat /tmp/deploy
SCRIPT
  put_file /usr/local/bin/slow 0755 <<'SCRIPT'
#!/bin/sh
echo begun
while [ ! -e /var/lib/tokenroll-published/gate ]; do sleep 0.2; done
SCRIPT
  is "warnings" "$(in_machine tokenroll check 2>&1 >/dev/null)" ""
  in_machine tokenroll check --unit

  start_service
  await_event actionFinished TOKENROLL_ENTRY=token-1 "TOKENROLL_PROGRAM=/usr/local/bin/deploy 'a b'" TOKENROLL_EXIT_STATUS=0
  messages "$from" TOKENROLL_ENTRY=token-1 "MESSAGE_ID=$(event_id programOutput)" | jq -r .MESSAGE >"$work/output"
  is output "$(<"$work/output")" "published token-1 a b $(token token-1 secret | tr -d '\n' | md5sum | cut -d' ' -f1)
tokenroll /"
  rolled_times token-1 1

  # Killed with the service, it leaves nothing behind and runs again.
  await_event programOutput TOKENROLL_ENTRY=token-2
  await_event rollSettled TOKENROLL_ENTRY=token-2
  from=$(cursor)
  in_machine systemctl kill --kill-whom=main -s KILL tokenroll
  await_event programOutput TOKENROLL_ENTRY=token-2
  is "running programs" "$(grep -lsaF /usr/local/bin/slow "/proc/$leader/root/proc/"[0-9]*/cmdline | wc -l)" 1
  # A stop lets it come to its end.
  in_machine systemctl stop --no-block tokenroll
  await_event serviceStopping
  : >"$root$secrets/gate"
  await_event actionFinished TOKENROLL_ENTRY=token-2
  in_machine systemctl stop tokenroll
  is Result "$(in_machine systemctl show -p Result --value tokenroll)" success
  rolled_times token-2 1
}
