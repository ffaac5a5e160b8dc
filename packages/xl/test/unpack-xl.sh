#!/bin/sh
# SPDX-License-Identifier: ISC
# usage: MIRAGE_XL=$(test/unpack-xl.sh FOLDER) npx vitest run
# Unpacks Debian's xl and its libraries into FOLDER, installing nothing, and prints the path of xl.
set -eu
mkdir -p "$1/debs"
folder=$(cd "$1" && pwd)
cd "$folder/debs"
xen=$(apt-cache pkgnames xen-utils-4 | grep -v -- -dbg | sort -V | tail -n 1)
libraries=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
  --no-replaces --no-enhances "$xen" | grep -E '^(libxen[a-z]*[0-9.]*|libyajl2)$' | sort -u)
# shellcheck disable=SC2086
apt-get download -q "$xen" $libraries >&2
for package in *.deb; do dpkg -x "$package" "$folder"; done
echo "$folder"/usr/lib/xen-*/bin/xl
