#!/bin/sh
# Judges what deploy/ brings beside scripts: the unit, the catalog, the man pages, the completions. Usage: deploy/check.sh;
# exits 0 where all is well. Needs no build and installs nothing.
set -eu
cd "$(dirname "$0")/.."

deploy/check-unit.sh
deploy/check-catalog.sh
mandoc -Tlint -W warning deploy/man/*
shellcheck deploy/completions/tokenroll.bash
for shell in zsh fish; do
  if ! command -v "$shell" >/dev/null; then
    echo "skipped: the completion for $shell, for there is no $shell"
    continue
  fi
  case $shell in
    zsh) zsh -n deploy/completions/_tokenroll ;;
    fish) fish --no-execute deploy/completions/tokenroll.fish ;;
  esac
done
