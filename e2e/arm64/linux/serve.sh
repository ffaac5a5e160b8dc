#!/bin/sh
# SPDX-License-Identifier: ISC
# serve.sh RUN PORT WORDS…: in the folder of a built www and in a network of its own, starts `node RUN run WORDS…`,
# and fetches each file of the site from the program.
set -eu
command=$1 port=$2
shift 2
work=$(mktemp -d)
running=
trap '[ -z "$running" ] || kill -9 "$running" 2>/dev/null; rm -rf "$work"' EXIT

ip link set lo up
node "$command" run "$@" >"$work/log" 2>&1 &
running=$!
until grep -q 'serves TCP' "$work/log"; do
  kill -0 "$running" 2>/dev/null || {
    cat "$work/log"
    exit 1
  }
  sleep 0.2
done
find htdocs -type f | sed 's,^htdocs/,,' >"$work/files"
while read -r path; do
  curl -sSf --max-time 60 -o "$work/page" "http://127.0.0.1:$port/$path"
  cmp "$work/page" "htdocs/$path"
done <"$work/files"
kill -INT "$running"
wait "$running" || [ $? = 130 ]
running=
echo "served $(wc -l <"$work/files") files"
