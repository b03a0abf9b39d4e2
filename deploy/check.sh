#!/bin/sh
# Judges everything in deploy/ that can be judged without building or installing: the unit, the catalog, the man pages,
# the scripts, the completions. Usage: deploy/check.sh; exits 0 where all is well.
set -eu
cd "$(dirname "$0")/.."

deploy/check-unit.sh
deploy/check-catalog.sh
mandoc -Tlint -W warning deploy/man/*
shellcheck -x deploy/*.sh deploy/completions/tokenroll.bash Tests/Booted/*.sh
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
