#!/bin/sh
# Builds the Debian packages into .build/deb and has lintian judge them.
# Usage: deploy/build-deb.sh; needs debhelper, dpkg-dev, lintian and swift. Works without a network.
#
# Works on a copy of the tree, so that the tree gets no debian/ folder. The copy stays at one place and unchanged files
# keep their times, so that a second package is built in seconds.
set -eu
cd "$(dirname "$0")/.."
top=$PWD/.build/deb
tree=$top/tree
mkdir -p "$tree"

# Files that are gone go; what git ignores does not come along.
git ls-files --cached --others --exclude-standard | while read -r file; do
  [ ! -e "$file" ] || printf '%s\n' "$file"
done | sort >"$top/files"
(cd "$tree" && find . -type f -o -type l) | sed 's#^\./##' | sort | comm -13 "$top/files" - | (cd "$tree" && xargs -r -d '\n' rm -f)
tar -cf - --no-recursion -T "$top/files" | tar -C "$tree" -xf -
rm -rf "$tree/debian"
cp -R deploy/debian "$tree/debian"

rm -f "$top"/*.deb "$top"/*.changes "$top"/*.buildinfo
(
  cd "$tree"
  # The toolchain's own libraries are not Debian's; what the programs link is checked by dh_shlibdeps all the same.
  SWIFT_SCRATCH=$top/scratch dpkg-buildpackage --build=binary --no-sign --no-pre-clean
) >"$top/build.log" 2>&1 || {
  tail -n 40 "$top/build.log" >&2
  echo "build-deb: dpkg-buildpackage failed; the whole log is $top/build.log" >&2
  exit 1
}

lintian --fail-on error,warning --allow-root "$top"/*.changes
echo "build-deb: $(cd "$top" && echo *.deb)"
