#!/bin/sh
# Prints where the program $1 of Debian's package prometheus is: installed, or unpacked below .build. Exits 1 where it cannot be had.
set -eu
cd "$(dirname "$0")/.."

command -v "$1" && exit 0
place=$PWD/.build/prometheus
if [ ! -x "$place/usr/bin/$1" ]; then
  # Unpacked only: the package starts a server where it is installed.
  mkdir -p "$place"
  (
    cd "$place"
    apt-get -qq download prometheus 2>/dev/null || { apt-get update -qq && apt-get -qq download prometheus; } || exit 1
    dpkg-deb --extract prometheus_*.deb .
  ) >&2 || exit 1
fi
echo "$place/usr/bin/$1"
