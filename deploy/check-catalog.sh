#!/bin/sh
# Compares the message catalog, and the table of events in the manual, with the service's events, and lets journalctl
# compile the catalog.
# Usage: deploy/check-catalog.sh; exits 0 where every event is explained exactly once and the catalog compiles.
set -eu
cd "$(dirname "$0")/.."
catalog=deploy/tokenroll.catalog

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

sed -n 's/^ *case \.[A-Za-z]*: "\([0-9a-f]\{32\}\)"$/\1/p' Sources/Core/EventKind.swift | sort >"$scratch/events"
sed -n 's/^-- \([0-9a-f]\{32\}\)$/\1/p' "$catalog" | sort >"$scratch/explained"
# shellcheck disable=SC2016 # these are Markdown's
sed -n 's/^|.*| `\([0-9a-f]\{32\}\)` |$/\1/p' docs/operations.md | sort >"$scratch/listed"
[ -s "$scratch/events" ] || { echo "check-catalog: no message identifiers in Sources/Core/EventKind.swift" >&2; exit 1; }

# Whether the identifiers in the file $1 are those of the events; $2 says where they are from.
compare() {
  if ! diff "$scratch/events" "$1" >"$scratch/difference"; then
    echo "check-catalog: $2 does not have each event once (< not there, > no event, or there twice):" >&2
    grep '^[<>]' "$scratch/difference" >&2
    exit 1
  fi
}
compare "$scratch/explained" "$catalog"
compare "$scratch/listed" docs/operations.md

# The fields that the texts name must be ones that the service writes.
grep -o '@[A-Z_]*@' "$catalog" | sort -u | tr -d @ >"$scratch/fields"
while read -r field; do
  grep -qw "$field" Sources/Core/Event.swift || { echo "check-catalog: no event has the field $field" >&2; exit 1; }
done <"$scratch/fields"

mkdir -p "$scratch/root/usr/lib/systemd/catalog" "$scratch/root/var/lib/systemd/catalog"
cp "$catalog" "$scratch/root/usr/lib/systemd/catalog/"
journalctl --update-catalog --root="$scratch/root" 2>"$scratch/messages" || true
if [ -s "$scratch/messages" ] || [ ! -s "$scratch/root/var/lib/systemd/catalog/database" ]; then
  echo "check-catalog: journalctl does not take $catalog:" >&2
  cat "$scratch/messages" >&2
  exit 1
fi
echo "check-catalog: $(wc -l <"$scratch/events") events, each explained"
