# shellcheck shell=bash disable=SC2154 # the other variables are those of run.sh
# The machine under test: a small Debian 12 with systemd as PID 1, in systemd-nspawn.
#
# Needs $work (a directory of this run) and $cache (kept between runs). Sets $root (its file system), $leader (the
# process that is PID 1 in it, as the host counts), $journal (the directory of its journal).

# What the services need at run time, and nothing to build them. There is no network inside.
packages=systemd,systemd-sysv,dbus,polkitd,ca-certificates,libcurl4,libmicrohttpd12,libsqlite3-0,libssl3,libstdc++6

# Makes the image, or takes the one that an earlier run made from the same list.
make_image() {
  image=$cache/$(printf '%s' "$packages" | sha256sum | cut -c1-16).tar
  [ -s "$image" ] && return
  echo "# making the image $image"
  mkdir -p "$cache"
  mmdebstrap --quiet --format=tar --variant=minbase --include="$packages" \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    bookworm "$image.new" >"$work/image.log" 2>&1 || { cat "$work/image.log" >&2; return 1; }
  mv "$image.new" "$image"
}

unpack_image() {
  root=$work/root
  journal=$root/var/log/journal
  mkdir -p "$root" "$work/host"
  tar -C "$root" -xf "$image" || return
  # A journal on disk outlives reboots, and can be followed from outside.
  mkdir -p "$journal"
  # The machine says when it is up, so that nobody has to ask again and again.
  mkfifo "$work/host/up"
  cat >"$root/etc/systemd/system/booted.service" <<UNIT
[Unit]
Description=Tell the test that the machine is up
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo up >/host/up'
[Install]
WantedBy=multi-user.target
UNIT
  mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
  ln -s ../booted.service "$root/etc/systemd/system/multi-user.target.wants/booted.service"
}

boot() {
  # Opened for reading and writing: neither end waits for the other to be opened.
  exec {up}<>"$work/host/up"
  start_nspawn
}

start_nspawn() {
  systemd-nspawn --quiet --register=no --keep-unit -D "$root" --private-network --bind="$work/host:/host" --boot \
    </dev/null >"$work/console" 2>&1 &
  echo $! >"$work/nspawn.pid"
  await_up
}

await_up() {
  if ! read -r -t 60 -u "$up" _; then
    tail -n 20 "$work/console" >&2
    echo "the machine did not come up within 60 s" >&2
    return 1
  fi
  find_leader
}

find_leader() {
  local nspawn
  nspawn=$(<"$work/nspawn.pid")
  leader=$(cat "/proc/$nspawn/task/$nspawn/children")
  leader=${leader%% *}
  [ -n "$leader" ]
}

# With --keep-unit nspawn ends when the machine reboots, and leaves it to its caller to start it again.
reboot_machine() {
  in_machine systemctl reboot
  await_end 60
  start_nspawn
}

# Waits until nspawn has ended: SECONDS.
await_end() { timeout "$1" tail --pid="$(<"$work/nspawn.pid")" -f /dev/null; }

# Ends the machine and whatever is left of it.
shut_down() {
  [ -s "$work/nspawn.pid" ] || return 0
  # SIGTERM makes nspawn power the machine off; what does not go in time is killed.
  kill "$(<"$work/nspawn.pid")" 2>/dev/null || return 0
  await_end 60 || kill -KILL "$(<"$work/nspawn.pid")" 2>/dev/null
  await_end 10
}

# Runs a command inside.
in_machine() { nsenter -t "$leader" -a "$@"; }

# Runs a command of the host in the network of the machine.
in_network() { nsenter -t "$leader" -n "$@"; }

# Runs a command inside as another user, without the environment of this script.
as_user() {
  local user=$1
  shift
  in_machine env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin runuser -u "$user" -- "$@"
}

# Writes standard input to a file inside: PATH [MODE].
put_file() { install -D -m "${2:-0644}" /dev/stdin "$root$1"; }

# --- The journal

# Marks the place in the journal from which await_message looks on.
#
# The mark is a message of its own, and the place is used with --cursor=: in systemd 252 --after-cursor= loses a message
# where the one at the cursor does not match.
cursor() {
  in_machine logger -t booted-test mark
  in_machine journalctl --sync
  journalctl -D "$journal" -t booted-test -n 1 -o json | jq -r .__CURSOR
}

# Waits for a message after a place in the journal and prints it as JSON: SECONDS CURSOR FIELD=VALUE...
await_message() {
  local seconds=$1 from=$2 message follower
  shift 2
  exec {follow}< <(exec timeout "$seconds" journalctl -D "$journal" --cursor="$from" -f -n all -o json "$@" 2>&1)
  follower=$!
  if ! read -r -u "$follow" message; then
    echo "no message with $* within $seconds s" >&2
    exec {follow}<&-
    return 1
  fi
  kill "$follower" 2>/dev/null || true
  exec {follow}<&-
  printf '%s\n' "$message"
}

# The messages after a place, one JSON object a line: CURSOR [FIELD=VALUE...]
messages() {
  local from=$1
  shift
  in_machine journalctl --sync
  journalctl -D "$journal" --cursor="$from" -o json "$@"
}
