# shellcheck shell=bash disable=SC2154 # the variables are those of run.sh, machine.sh and service.sh
# Checks of the packages: installing, upgrading, removing and purging them.

check_installation() {
  in_machine sh -c 'dpkg -i /host/*.deb'
  is LoadState "$(in_machine systemctl show -p LoadState --value tokenroll)" loaded
  is UnitFileState "$(in_machine systemctl show -p UnitFileState --value tokenroll)" enabled
  is ActiveState "$(in_machine systemctl show -p ActiveState --value tokenroll)" inactive
  is ConditionResult "$(in_machine systemctl show -p ConditionResult --value tokenroll)" no
  is "rights of the state" "$(in_machine stat -c '%U:%G %a' /var/lib/tokenroll)" "tokenroll:tokenroll 700"
  is "rights of the secrets" "$(in_machine stat -c '%U:%G %a' "$secrets")" "tokenroll:tokenroll 711"
  is "rights of the configuration" "$(in_machine stat -c '%U:%G %a' /etc/tokenroll)" "root:root 755"
  in_machine systemd-analyze verify --man=no tokenroll.service
  in_machine journalctl --list-catalog | grep -q "$(event_id rollSettled)"
  in_machine tokenroll version
  install_sandbox_unit
}

check_upgrade() {
  fresh '.tokens[0].schedule.first = "now"'
  start_service
  await_event rollSettled
  local before
  before=$(main_pid)
  in_machine sh -c 'dpkg -i /host/*.deb'
  is ActiveState "$(in_machine systemctl show -p ActiveState --value tokenroll)" active
  [ "$(main_pid)" != "$before" ]
  rolled_times token-1 1
  published_is_in_force token-1
}

check_removal() {
  fresh '.tokens[0].schedule.first = "now"'
  start_service
  await_event rollSettled
  in_machine systemctl start tokenroll-encrypt.socket
  in_machine dpkg -r tokenroll
  is "the socket" "$(in_machine systemctl show -p ActiveState --value tokenroll-encrypt.socket)" inactive
  is ActiveState "$(in_machine systemctl show -p ActiveState --value tokenroll)" inactive
  [ -s "$root/var/lib/tokenroll/rolls.db" ]
  [ -s "$root/etc/tokenroll/config.json" ]
  published_is_in_force token-1
  in_machine dpkg -P tokenroll
  [ ! -e "$root/var/lib/tokenroll" ]
  # The only copy of a secret that is in use.
  published_is_in_force token-1
}
