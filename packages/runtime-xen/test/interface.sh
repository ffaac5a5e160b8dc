#!/bin/sh
# SPDX-License-Identifier: ISC

# Compares the part of Xen's ABI that is written down here with Xen's own headers, where
# libxen-dev is there, for each processor for which there is a compiler.
set -eu
cd "$(dirname "$0")"
[ -e /usr/include/xen/xen.h ] || {
  echo "skipped: no libxen-dev"
  exit 0
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Other compilers do not look there by themselves.
ln -s /usr/include/xen "$work/xen"

numbers() {
  "$1gcc" "$2" -I"$work" -c -o "$work/interface.o" interface.c
  "$1objcopy" -O binary -j .rodata "$work/interface.o" "$3"
}

for tools in x86_64-linux-gnu- aarch64-linux-gnu-; do
  command -v "${tools}gcc" >/dev/null || continue
  numbers "$tools" -DOURS "$work/ours"
  numbers "$tools" -DTHEIRS "$work/theirs"
  [ -s "$work/ours" ]
  cmp "$work/ours" "$work/theirs"
  echo "ok interface ${tools%-linux-gnu-}"
done
