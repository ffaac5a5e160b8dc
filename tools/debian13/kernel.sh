#!/bin/sh
# SPDX-License-Identifier: ISC

# kernel.sh CHECKOUT: builds five.ml as a kernel with this machine's OCaml and boots it in QEMU with 12 MiB.
set -eu
checkout=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$checkout/packages"
set -- types runtime-kernel runtime-xen runtime-virtio
for name; do set -- "$@" "@$name/install"; shift; done
dune build --root . --profile release "$@"
dune install --root . --prefix "$work/prefix" \
  mirage-types-v1 mirage-runtime-kernel mirage-runtime-xen mirage-runtime-virtio 2>/dev/null

mkdir "$work/five"
cp "$checkout/tools/debian13/five.ml" "$work/five"
cd "$work/five"
echo '(lang dune 2.9)' >dune-project
echo '(executable (name five) (modes object) (libraries mirage-runtime-kernel mirage-runtime-xen))' >dune
export OCAMLPATH="$work/prefix/lib"
dune build --root . ./five.exe.o
"$work/prefix/bin/mirage-link-kernel" -o five.xen _build/default/five.exe.o

timeout 300 qemu-system-x86_64 -cpu qemu64,+rdrand -m 12 -nographic -no-reboot -nic none \
  -kernel five.xen >said </dev/null || true
tr -d '\r' <said | sed -n 's/.*\(version 5\)/\1/; /^version/,$p' >told
cat told
for line in "version $(ocamlfind ocamlopt -version)" 'effects 42' 'depth 20000' \
  'overflow Stack overflow' \
  'domain Failure("Domain.spawn: a kernel has one processor and one domain")' \
  'memory Out of memory' 'Fatal error: Failure("the end")'; do
  grep -qxF "$line" told || { echo "kernel.sh: this line is missing: $line" >&2; exit 1; }
done
grep -q 'Raised at Stdlib.failwith in file "stdlib.ml"' told
echo "a kernel by OCaml $(ocamlfind ocamlopt -version): $(stat -c %s five.xen) bytes, runs in 12 MiB"
