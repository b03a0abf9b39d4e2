# shellcheck shell=bash disable=SC2154 # the variables are those of run.sh, machine.sh and service.sh
# Checks of the service as a unit: reload, credentials, sandboxing, consumers, reboot, and life without systemd.

check_reload_good() {
  fresh 'del(.tokens[2])'
  start_service
  configure
  in_machine systemctl reload tokenroll
  await_event configurationReloaded
  in_machine systemctl show -p StatusText --value tokenroll | grep '^3 entries'
  rolled_times token-3 0
}

check_reload_bad() {
  fresh 'del(.tokens[2])'
  start_service
  local before
  before=$(main_pid)
  echo '{ "tokens": [' | put_file /etc/tokenroll/config.json
  fails in_machine systemctl reload tokenroll
  await_event configurationRefused
  is ActiveState "$(in_machine systemctl show -p ActiveState --value tokenroll)" active
  is MainPID "$(main_pid)" "$before"
  in_machine systemctl show -p StatusText --value tokenroll | grep '^2 entries'
  # It still works, and takes a good one.
  configure '.tokens[2].schedule.first = "now"'
  in_machine systemctl reload tokenroll
  await_event rollSettled TOKENROLL_ENTRY=token-3
  published_is_in_force token-3
}

check_encrypted_credential() {
  fresh '.tokens[0].schedule.first = "now"'
  rm "$root/etc/credstore/tokenroll.cloudflare"
  in_machine install -d -m 0700 /etc/credstore.encrypted
  token credential secret | tr -d '\n' |
    in_machine systemd-creds encrypt --name=cloudflare - /etc/credstore.encrypted/tokenroll.cloudflare
  fails grep -qF "$(token credential secret)" "$root/etc/credstore.encrypted/tokenroll.cloudflare"
  drop_in encrypted-credential <deploy/drop-ins/encrypted-credential.conf
  start_service
  await_event rollSettled
  published_is_in_force token-1
}

check_missing_credential() {
  fresh
  printf '[Service]\nRestart=no\n' | drop_in missing
  rm "$root/etc/credstore/tokenroll.cloudflare"
  fails in_machine systemctl start tokenroll
  messages "$from" _SYSTEMD_UNIT=tokenroll.service | jq -r .MESSAGE | grep cloudflare
}

# As operations.md has it.
check_probe() {
  fresh '.tokens[1].token_id = "0123456789abcdef0123456789abcdef"'
  fails probe >"$work/probe"
  grep token-2 "$work/probe"
  configure
  probe
  rolled_times token-1 0
}

probe() {
  in_machine systemd-run --pipe --quiet -p User=tokenroll -p LoadCredential=cloudflare:/etc/credstore/tokenroll.cloudflare \
    tokenroll check --probe
}

# The lines that check --unit prints are what systemd needs: with them the service publishes to every destination.
check_doctor() {
  local name file
  in_machine install -d -o tokenroll -g games -m 0750 /srv/app
  in_machine install -d -o tokenroll -g tokenroll -m 0750 /srv/mail /var/tmp/app /home/app
  in_machine install -d -o tokenroll -g tokenroll -m 0700 /srv/state
  fresh '.state_directory = "/srv/state"
    | .credentials.staging.file = "staging" | .tokens[2].credential = "staging"
    | .tokens[].schedule.first = "now"
    | .tokens[0].publish = [{ file: "/srv/app/token-1", group: "games", mode: "0640" }]
    | .tokens[1].publish = [{ file: "/srv/mail/token-2", owner: "mail", mode: "0400" }]
    | .tokens[2].publish = [{ file: "/home/app/token-3" }, { file: "/var/tmp/app/token-3" }]'
  install -m 0600 "$root/etc/credstore/tokenroll.cloudflare" "$root/etc/credstore/tokenroll.staging"
  fails in_machine tokenroll check --unit >"$work/unit"
  cat "$work/unit"
  sed -n '/^\[Service\]$/,$p' "$work/unit" | drop_in missing
  in_machine tokenroll check --unit
  start_service
  for name in token-1 token-2 token-3; do await_event rollSettled "TOKENROLL_ENTRY=$name"; done
  for file in /srv/app/token-1 /srv/mail/token-2 /home/app/token-3 /var/tmp/app/token-3; do
    published_is_in_force "${file##*/}" "$root$file"
  done
  is "the owners" "$(in_machine stat -c %U:%G /srv/app/token-1 /srv/mail/token-2 | xargs)" \
    "tokenroll:games mail:tokenroll"
  in_machine tokenroll doctor
  as_user games tokenroll doctor --offline
  in_machine systemctl stop tokenroll
  in_machine tokenroll doctor
  in_machine rm -r /srv/app
  fails in_machine tokenroll doctor >"$work/doctor"
  grep -A 1 '^FAIL token-1: cannot open directory /srv/app' "$work/doctor" |
    grep 'install -d -o tokenroll -g games -m 0750 /srv/app'
}

# Root looks at the history of a stopped service, and leaves no file behind that keeps the service from its state.
check_history() {
  fresh '.tokens[0].schedule.first = "now"'
  start_service
  await_event rollSettled
  in_machine tokenroll history --json | jq -e '.[0] | .entry == "token-1" and .outcome == "settled" and .outage_usec > 0'
  in_machine systemctl stop tokenroll
  in_machine tokenroll history | grep token-1
  in_machine tokenroll plan --json
  start_service
  as_user tokenroll tokenroll history | grep token-1
  is "files of others in the state" "$(find "$root/var/lib/tokenroll" ! -user "$(stat -c %u "$root/var/lib/tokenroll")")" ""
}

check_sandboxing() {
  fresh
  start_service
  # As systemd has it, with what is installed and nothing from the other checks.
  is DropInPaths "$(in_machine systemctl show -p DropInPaths --value tokenroll)" ""
  local score status
  score=$(in_machine systemd-analyze security tokenroll --no-pager | tail -n 1)
  echo "$score"
  grep -E ': (0\.[0-9]|1\.[0-2]) ' <<<"$score"
  # As the kernel has it.
  status=$(in_machine cat "/proc/$(main_pid)/status")
  grep -P '^NoNewPrivs:\t1$' <<<"$status"
  grep -P '^Seccomp:\t2$' <<<"$status"
  grep -P '^CapEff:\t0+$' <<<"$status"
  grep -P '^CapBnd:\t0+$' <<<"$status"
  grep -P '^Umask:\t0077$' <<<"$status"
  [ "$(awk '/^Uid:/ { print $2 }' <<<"$status")" = "$(in_machine id -u tokenroll)" ]
  is "core limit" "$(awk '/^Max core file size/ { print $5, $6 }' <(in_machine cat "/proc/$(main_pid)/limits"))" "0 0"
  # As a process in it meets it.
  echo private | put_file /root/marker
  in_machine nsenter -t "$(main_pid)" -m sh -c "set -e
    for place in /etc/tokenroll /usr /srv /var/lib; do if touch \$place/x; then echo \$place can be written to; exit 1; fi; done
    [ ! -e /root/marker ]
    touch /var/lib/tokenroll/x $secrets/x
    rm /var/lib/tokenroll/x $secrets/x"
  is "rights of the state" "$(stat -c %a "$root/var/lib/tokenroll")" 700
  # A user of the machine gets to neither.
  fails as_user nobody ls /var/lib/tokenroll
  fails as_user nobody ls "$secrets"
}

check_consumers() {
  in_machine sh -c 'id web || useradd --system web; id mail || useradd --system mail'
  fresh '.tokens[0] |= (.schedule.first = "now" | .publish[0] += {group: "web", mode: "0640"})
    | .tokens[1] |= (.schedule.first = "now" | .publish[0] += {group: "mail", mode: "0640"})'
  sed -e 's/=caddy$/=web mail/' -e '/^ReadWritePaths=/d' deploy/drop-ins/destination-group.conf | drop_in groups
  start_service
  await_event rollSettled TOKENROLL_ENTRY=token-1
  await_event rollSettled TOKENROLL_ENTRY=token-2
  is web "$(as_user web cat "$secrets/token-1")" "$(token token-1 secret)"
  is mail "$(as_user mail cat "$secrets/token-2")" "$(token token-2 secret)"
  fails as_user web cat "$secrets/token-2"
  fails as_user mail cat "$secrets/token-1"
  fails as_user web sh -c "echo x >$secrets/token-1"
}

check_consumer_credential() {
  fresh '.tokens[0].schedule.first = "now"'
  start_service
  await_event rollSettled TOKENROLL_ENTRY=token-1
  put_file /etc/systemd/system/consumer.service <<UNIT
[Service]
Type=oneshot
DynamicUser=yes
LoadCredential=api-token:$secrets/token-1
ExecStart=/bin/sh -c 'sha256sum <"\$CREDENTIALS_DIRECTORY/api-token"'
ExecStart=/bin/sh -c '! cat $secrets/token-1'
UNIT
  in_machine systemctl daemon-reload
  in_machine systemctl start consumer
  messages "$from" _SYSTEMD_UNIT=consumer.service | jq -r .MESSAGE |
    grep -F "$(token token-1 secret | tr -d '\n' | sha256sum | cut -d' ' -f1)"
}

# The helper is not there before somebody enables it, and the service rolls nothing that it could not encrypt.
check_published_credential() {
  fresh '.tokens[0] |= (.schedule.first = "now"
    | .publish = [{ file: "/var/lib/tokenroll-published/token-1.cred", format: "credential", name: "api-token" }])'
  fails in_machine tokenroll check --unit >"$work/unit"
  grep -F 'tokenroll-encrypt.socket does not run' "$work/unit"
  start_service
  await_event rollNotReady TOKENROLL_ENTRY=token-1 | jq -r .MESSAGE | grep -F 'systemctl enable --now tokenroll-encrypt.socket'
  rolled_times token-1 0

  in_machine systemctl enable --now tokenroll-encrypt.socket
  is "the socket" "$(in_machine stat -c %U:%a /run/tokenroll-encrypt/socket)" tokenroll:600
  in_machine tokenroll check --unit
  in_machine tokenroll doctor | grep -F 'encryption: a sample could be encrypted'
  in_machine tokenroll retry token-1
  await_event rollSettled TOKENROLL_ENTRY=token-1
  rolled_times token-1 1
  fails grep -qF "$(token token-1 secret)" "$root$secrets/token-1.cred"
  is "rights of the credential" "$(in_machine stat -c %U:%a "$secrets/token-1.cred")" tokenroll:600

  put_file /etc/systemd/system/consumer.service <<UNIT
[Service]
Type=oneshot
DynamicUser=yes
LoadCredentialEncrypted=api-token:$secrets/token-1.cred
ExecStart=/bin/sh -c 'md5sum <"\$CREDENTIALS_DIRECTORY/api-token"'
ExecStart=/bin/sh -c '! cat $secrets/token-1.cred'
UNIT
  in_machine systemctl daemon-reload
  in_machine systemctl start consumer
  messages "$from" _SYSTEMD_UNIT=consumer.service | jq -r .MESSAGE |
    grep -F "$(token token-1 secret | tr -d '\n' | md5sum | cut -d' ' -f1)"

  # Every instance of the helper has ended, none in a failure, and said nothing.
  is "instances" "$(in_machine systemctl list-units --all --plain --no-legend 'tokenroll-encrypt@*')" ""
  is "messages" "$(messages "$from" SYSLOG_IDENTIFIER=tokenroll-encrypt | jq -r .MESSAGE)" ""
  # Its sandbox, as systemd has it.
  in_machine systemd-analyze security tokenroll-encrypt@x --no-pager | tail -n 1 | grep -E ': (0\.[0-9]|1\.[0-2]) '
  in_machine systemctl disable --now tokenroll-encrypt.socket
  fails in_machine test -e /run/tokenroll-encrypt/socket
}

# A consumer that reads its secret at the start and at a reload, and that root has let the service reload.
check_reload_after_roll() {
  fresh '.tokens[0] |= (.schedule.first = "now" | .reload = ["reader.service"])
    | .tokens[1] |= (.schedule.first = "now" | .reload = ["unlisted.service"])'
  local unit
  for unit in reader unlisted; do
    put_file "/etc/systemd/system/$unit.service" <<UNIT
[Service]
ExecStart=/bin/sleep infinity
ExecReload=/bin/sh -c 'sha256sum <$secrets/token-1'
UNIT
  done
  in_machine systemctl daemon-reload
  in_machine systemctl restart reader unlisted
  in_machine rm -f /etc/tokenroll/reload-units
  in_machine tokenroll check 2>&1 | grep -F 'the service may reload no unit'
  in_machine sh -c 'tokenroll check --print-reload-units >/run/reload-units &&
    install -m 0644 /run/reload-units /etc/tokenroll/reload-units'
  is "the list" "$(<"$root/etc/tokenroll/reload-units")" $'reader.service\nunlisted.service'
  is "warnings" "$(in_machine tokenroll check 2>&1 >/dev/null)" ""
  # Root strikes the other one out again.
  echo reader.service | put_file /etc/tokenroll/reload-units
  in_machine tokenroll check 2>&1 | grep -F 'does not list unlisted.service'

  start_service
  await_event actionFinished TOKENROLL_ENTRY=token-1 TOKENROLL_UNIT=reader.service
  published_is_in_force token-1
  messages "$from" _SYSTEMD_UNIT=reader.service | jq -r .MESSAGE |
    grep -F "$(token token-1 secret | tr -d '\n' | sha256sum | cut -d' ' -f1)"

  await_event actionFailed TOKENROLL_ENTRY=token-2 TOKENROLL_UNIT=unlisted.service | jq -r .MESSAGE |
    grep -F '/etc/tokenroll/reload-units'
  published_is_in_force token-2
  fails in_machine tokenroll status
  echo unlisted.service >>"$root/etc/tokenroll/reload-units"
  in_machine tokenroll retry token-2
  await_event actionRecovered TOKENROLL_ENTRY=token-2 TOKENROLL_UNIT=unlisted.service
  in_machine tokenroll status
  rolled_times token-1 1
  rolled_times token-2 1
}

check_reload_units() {
  local unit
  for unit in listed other; do
    printf '[Service]\nExecStart=/bin/sleep infinity\nExecReload=/bin/true\n' | put_file "/etc/systemd/system/$unit.service"
  done
  put_file /etc/systemd/system/restarted.service <"$root/etc/systemd/system/other.service"
  in_machine systemctl daemon-reload
  in_machine systemctl start listed other restarted
  printf 'listed.service\n# other.service\nrestarted.service  try-restart  # reads its secret at the start\n' |
    put_file /etc/tokenroll/reload-units

  may ReloadUnit listed.service
  # What the service asks for.
  may ReloadOrTryRestartUnit listed.service
  may ReloadUnit restarted.service
  may TryRestartUnit restarted.service
  fails may ReloadUnit other.service
  fails may ReloadOrTryRestartUnit other.service
  fails may RestartUnit listed.service
  fails may StopUnit listed.service
  fails may StopUnit restarted.service
  fails may ReloadUnit liste
  # The service cannot add to the list, nor put another in its place.
  fails as_user tokenroll sh -c 'echo other.service >>/etc/tokenroll/reload-units'
  fails as_user tokenroll mv /etc/tokenroll/reload-units /etc/tokenroll/old
  # Nobody else gains anything.
  fails manage nobody ReloadUnit listed.service
  rm "$root/etc/tokenroll/reload-units"
  fails may ReloadUnit listed.service
}

may() { manage tokenroll "$@"; }

manage() {
  as_user "$1" busctl call --allow-interactive-authorization=no org.freedesktop.systemd1 \
    /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager "$2" ss "$3" replace
}

check_reboot() {
  fresh
  in_machine systemctl enable tokenroll-sandbox
  start_service
  local before
  before=$(as_user tokenroll tokenroll plan --json)
  reboot_machine
  await_event serviceReady _BOOT_ID="$(in_machine cat /proc/sys/kernel/random/boot_id | tr -d -)"
  is plan "$(as_user tokenroll tokenroll plan --json)" "$before"
  rolled_times token-1 0
}

# The files of the machine with no systemd to be seen: no journal, no bus, no notification.
check_foreground() {
  fresh '.tokens[0].schedule.first = "now"'
  configure '.tokens[0].schedule.first = "now" | .credentials.main.file = "/srv/credential"'
  token credential secret | tr -d '\n' | put_file /srv/credential 0400
  in_machine chown tokenroll /srv/credential
  local output=$work/foreground service settled line
  mkfifo "$output"
  # /run of the directory itself is empty; the machine has another one mounted there.
  (
    exec nsenter -t "$leader" -n unshare --pid --fork --mount-proc="$root/proc" chroot "$root" \
      env -i PATH=/usr/bin:/bin STATE_DIRECTORY=/var/lib/tokenroll \
      setpriv --reuid tokenroll --regid tokenroll --clear-groups tokenroll run --log-format json
  ) >"$output" 2>&1 &
  service=$!
  exec {lines}<"$output"
  settled=$(event_id rollSettled)
  while read -r -t 60 -u "$lines" line; do
    echo "$line"
    jq -e . <<<"$line" >/dev/null
    [[ $line != *"$settled"* ]] || break
  done
  published_is_in_force token-1
  kill -TERM "$(tr -d ' ' <"/proc/$service/task/$service/children")"
  wait "$service"
}
