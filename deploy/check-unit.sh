#!/bin/sh
# Holds the unit to its hardening: an exposure of at most 1.2 in "systemd-analyze security", and clean in "verify".
# Usage: deploy/check-unit.sh; exits 0 where both hold.
set -eu
cd "$(dirname "$0")"
limit=12

# The program and the man pages that the unit names need not be installed here: a copy that names a stand-in is judged.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
printf '#!/bin/sh\n' >"$scratch/tokenroll"
chmod 755 "$scratch/tokenroll"
sed "s#^\(Exec[A-Za-z]*\)=/usr/bin/tokenroll#\1=$scratch/tokenroll#" tokenroll.service >"$scratch/tokenroll.service"

security=$(systemd-analyze security --offline=true --no-pager "$scratch/tokenroll.service")
exposure=$(printf '%s\n' "$security" | sed -n 's/.*exposure level for tokenroll.service: \([0-9]*\)\.\([0-9]\).*/\1\2/p')
[ -n "$exposure" ] || { echo "check-unit: systemd-analyze security gave no exposure" >&2; exit 1; }
if [ "$exposure" -gt "$limit" ]; then
  printf '%s\n' "$security" | grep '✗' >&2 || true
  echo "check-unit: the exposure of tokenroll.service, in tenths, is $exposure; at most $limit is allowed" >&2
  exit 1
fi

systemd-analyze verify --man=no "$scratch/tokenroll.service" >"$scratch/messages" 2>&1 || true
if [ -s "$scratch/messages" ]; then
  echo "check-unit: systemd-analyze verify is not content with tokenroll.service:" >&2
  cat "$scratch/messages" >&2
  exit 1
fi
echo "check-unit: exposure $((exposure / 10)).$((exposure % 10)), verified"
