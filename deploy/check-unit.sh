#!/bin/sh
# Holds the units to their hardening: an exposure of at most 1.2 in "systemd-analyze security", and clean in "verify".
# Usage: deploy/check-unit.sh; exits 0 where both hold.
set -eu
cd "$(dirname "$0")"
limit=12

# The program and the man pages that the units name need not be installed here: copies that name a stand-in are judged.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf '#!/bin/sh\n' >"$scratch/tokenroll"
chmod 755 "$scratch/tokenroll"
for unit in tokenroll.service tokenroll-encrypt.socket tokenroll-encrypt@.service; do
  sed "s#^\(Exec[A-Za-z]*\)=/usr/bin/tokenroll#\1=$scratch/tokenroll#" "$unit" >"$scratch/$unit"
done

# Of a template, an instance is judged.
for unit in tokenroll.service tokenroll-encrypt@.service; do
  security=$(systemd-analyze security --offline=true --no-pager "$scratch/$unit")
  exposure=$(printf '%s\n' "$security" |
    sed -n "s/.*exposure level for ${unit%.service}.*\.service: \([0-9]*\)\.\([0-9]\).*/\1\2/p")
  [ -n "$exposure" ] || { echo "check-unit: systemd-analyze security gave no exposure of $unit" >&2; exit 1; }
  if [ "$exposure" -gt "$limit" ]; then
    printf '%s\n' "$security" | grep '✗' >&2 || true
    echo "check-unit: the exposure of $unit, in tenths, is $exposure; at most $limit is allowed" >&2
    exit 1
  fi
  echo "check-unit: $unit: exposure $((exposure / 10)).$((exposure % 10))"
done

for unit in tokenroll.service tokenroll-encrypt.socket tokenroll-encrypt@one.service; do
  systemd-analyze verify --man=no "$scratch/$unit" >"$scratch/messages" 2>&1 || true
  if [ -s "$scratch/messages" ]; then
    echo "check-unit: systemd-analyze verify is not content with $unit:" >&2
    cat "$scratch/messages" >&2
    exit 1
  fi
done
echo "check-unit: verified"
