#!/bin/sh
# SPDX-License-Identifier: ISC

# Compares the part of Xen's ABI that is written down here with Xen's own headers, where
# libxen-dev is there.
set -eu
cd "$(dirname "$0")"
[ -e /usr/include/xen/xen.h ] || {
  echo "skipped: no libxen-dev"
  exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${CC:-cc} -DOURS -o "$work/ours" interface.c
${CC:-cc} -o "$work/theirs" interface.c
"$work/ours" >"$work/ours.txt"
"$work/theirs" >"$work/theirs.txt"
diff "$work/ours.txt" "$work/theirs.txt"
echo "ok interface"
