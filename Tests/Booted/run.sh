#!/bin/bash
# Installs the packages on a small Debian 12 that is booted for the purpose, and checks the service there as an operator
# meets it: with the real systemd, journald, polkit and dpkg, and with its sandboxing in force.
#
# Usage: Tests/Booted/run.sh [NAME...]     checks whose function is check_NAME; all without a name
# Needs root, systemd-nspawn, mmdebstrap, jq, curl, and the packages in .build/deb (deploy/build-deb.sh).
# The image is kept in .build/booted. KEEP=1 leaves the machine's directory behind for a look.
set -u
cd "$(dirname "$0")/../.." || exit 1

for tool in systemd-nspawn mmdebstrap nsenter jq curl; do
  command -v "$tool" >/dev/null || { echo "skipped: there is no $tool"; exit 0; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: not root"; exit 0; }
compgen -G '.build/deb/tokenroll_*.deb' >/dev/null || { echo "skipped: no packages in .build/deb"; exit 0; }

cache=$PWD/.build/booted
mkdir -p "$cache"
work=$(mktemp -d "$cache/run.XXXXXX")

# shellcheck source=Tests/Booted/machine.sh
. Tests/Booted/machine.sh
# shellcheck source=Tests/Booted/service.sh
. Tests/Booted/service.sh
for file in Tests/Booted/checks-*.sh; do
  # shellcheck source=/dev/null
  . "$file"
done

tear_down() {
  shut_down
  if [ -n "${KEEP:-}" ]; then echo "# kept: $work"; else rm -rf --one-file-system "$work"; fi
}
trap tear_down EXIT
trap 'exit 1' INT TERM HUP

passed=0 failed=0 skipped=0

# Runs one check: NAME, what it shows. A check is a function check_NAME that fails with its first failing command; skip
# leaves it.
check() {
  local name=$1 what=$2 number=$((passed + failed + skipped + 1)) result started=$SECONDS running
  (
    set -eE
    shopt -s inherit_errexit
    trap 'echo "failed: $BASH_COMMAND (${FUNCNAME[*]}, lines $LINENO ${BASH_LINENO[*]})"' ERR
    "check_$name"
  ) </dev/null >"$work/$name.log" 2>&1 &
  running=$!
  timeout 240 tail --pid="$running" -f /dev/null || kill "$running"
  wait "$running" && result=0 || result=$?
  # A check may have rebooted the machine.
  find_leader
  case $result in
    0) passed=$((passed + 1)); echo "ok $number - $what ($((SECONDS - started)) s)" ;;
    77) skipped=$((skipped + 1)); echo "ok $number - $what # $(tail -n 1 "$work/$name.log")" ;;
    *)
      failed=$((failed + 1))
      echo "not ok $number - $what ($((SECONDS - started)) s)"
      sed 's/^/#   /' "$work/$name.log"
      echo "#   the service's last messages:"
      in_machine journalctl -u tokenroll -u tokenroll-sandbox -n 30 --no-pager -o short-precise 2>&1 | sed 's/^/#   /'
      ;;
  esac
}

skip() {
  echo "skipped: $*"
  exit 77
}

make_image || { echo "not ok - make the image"; exit 1; }
unpack_image || { echo "not ok - unpack the image"; exit 1; }
boot || { echo "not ok - boot the machine"; exit 1; }
echo "# the machine is up after $SECONDS s"
cp .build/deb/*.deb "$work/host/"

# The order matters: the first checks install, the last remove.
while read -r name what; do
  if [ $# -gt 0 ] && [ "$name" != installation ]; then
    [[ " $* " == *" $name "* ]] || continue
  fi
  check "$name" "$what"
  # Without the packages there is nothing to check.
  [ "$failed" = 0 ] || [ "$name" != installation ] || break
done <<'CHECKS'
installation the packages install, and nothing is started before there is a configuration
readiness the service is ready only once everything is proved
status_text the status line says how many entries there are and what is next
roll a roll is published, settled, and in the journal with all its fields
catalog journalctl -x explains each message
no_secret_in_journal no secret is in the journal
history the history is there with and without the service, for root too
probe check --probe with the user and the credential of the service finds what is wrong, and nothing else
reload_good a reload takes a changed configuration into use without rolling
reload_bad a reload refuses a bad configuration and the service goes on
reload_while_rolling a reload during a roll disturbs neither
stop_while_rolling SIGTERM during a roll loses nothing
kill_while_rolling SIGKILL during a roll loses nothing
watchdog a service that hangs is ended by the watchdog and comes back with nothing lost
doctor the lines that check --unit prints are enough, and doctor is content with them
encrypted_credential a credential may be encrypted at rest
missing_credential a missing credential is named, and leaves the service not ready
sandboxing the unit's sandboxing is in force
consumers a consumer reads its own secret as its own user, and no other
consumer_credential a consumer unit gets its secret by LoadCredential= without any right to the file
published_credential a consumer unit gets by LoadCredentialEncrypted= what the service had encrypted by its helper
encrypted_escrow an escrow that was encrypted is opened after a crash, and nothing of it is in the state in plain text
reload_units the service may reload the units that root lists, and no others
reload_after_roll a unit is reloaded once its secret is published, and a refusal is told and made good
run_programs programs run within the sandbox, and one that was killed with the service runs again
journald_restart messages arrive after journald was restarted
journald_absent what happens while there is no journald is told once it is back
uptime as many rolls as two days with an hourly schedule have leave nothing behind
reboot a reboot keeps the plan and rolls nothing
foreground without systemd the service runs in the foreground
upgrade an upgrade restarts the service and keeps the state
removal removal keeps the state, purging removes it and spares the secrets in use
CHECKS

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
