#!/bin/sh
# Installs the Debian packages that building and testing need, where they are missing. As an ordinary user it only
# says what is missing.
set -eu

packages="libcurl4-openssl-dev libsystemd-dev libmicrohttpd-dev libgnutls28-dev libssl-dev libsqlite3-dev pkg-config
  make jq curl openssl sqlite3 strace shellcheck mandoc python3 python3-venv python3-jsonschema
  systemd systemd-container dbus mmdebstrap debhelper lintian dpkg-dev"

missing=
for package in $packages; do
  if ! dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed; then
    missing="$missing $package"
  fi
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "These packages are missing:$missing" >&2
  echo "Install them as root: apt-get update && apt-get install --no-install-recommends$missing" >&2
  exit 1
fi
echo "Installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
apt-get install -y -qq --no-install-recommends $missing >/dev/null
