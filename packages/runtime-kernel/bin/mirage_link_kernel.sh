#!/bin/sh
# SPDX-License-Identifier: ISC

# Links an OCaml program, compiled to one object (dune: `(modes object)`; ocamlopt:
# `-output-complete-obj`), to a kernel.
set -eu

usage() {
  echo "usage: mirage-link-kernel -o KERNEL OBJECT" >&2
  echo "       mirage-link-kernel -L" >&2
  exit 2
}

fail() {
  echo "mirage-link-kernel: $1" >&2
  exit 1
}

prefix=$(dirname "$0")/..
share=$prefix/share/mirage-runtime-kernel
cc=${CC:-$(cat "$share/compiler")}
machine=$($cc -dumpmachine)
machine=${machine%%-*}
# Where the C libraries are that are not the compiler's own: below another root, if the kernel is
# for other processors.
root=${MIRAGE_SYSROOT:-}
libc=${MIRAGE_MUSL_LIBC:-$root/usr/lib/$machine-linux-musl/libc.a}

# The linker and its like that belong to the compiler.
tool() {
  program=$($cc -print-prog-name="$1")
  shift
  "$program" "$@"
}

# For dune's `link_flags`: where the C libraries are that OCaml libraries name, such as
# zarith's -lgmp. `ld -r`, to which ocamlopt leaves them, looks nowhere by itself. musl
# comes first: its libm.a and the like are empty, and its libc.a has what they would have.
print_link_flags() {
  printf '('
  { dirname "$libc"; echo "$root/usr/lib/$machine-linux-gnu"; $cc -print-search-dirs | sed -n 's/^libraries: =//p' | tr : '\n'; } |
    while read -r folder; do
      if folder=$(cd "$folder" 2>/dev/null && pwd -P); then echo "$folder"; fi
    done | awk '!known[$0]++ { gsub(/[\\"]/, "\\\\&"); printf "-I \"%s\"\n", $0 }'
  echo ')'
}

kernel=
while getopts Lo: option; do
  case $option in
  L)
    print_link_flags
    exit
    ;;
  o) kernel=$OPTARG ;;
  *) usage ;;
  esac
done
shift $((OPTIND - 1))
[ -n "$kernel" ] && [ $# = 1 ] || usage
[ -r "$1" ] || fail "$1: no such file"

# Much of it would link, against calls that a kernel does not answer.
if tool nm "$1" | grep -q ' [Tt] unix_error$'; then
  fail "the program contains OCaml's Unix library: one of its libraries needs it"
fi

[ -r "$libc" ] || fail "musl's C library is missing: $libc (install musl-dev, or set MIRAGE_MUSL_LIBC)"

compacted=$kernel.o.tmp
linked=$kernel.tmp
image=$kernel.image.tmp
trap 'rm -f "$compacted" "$linked" "$image"' EXIT
"$prefix/lib/mirage-runtime-kernel/compact-object" "$1" "$compacted" || exit 1
# The kernel has its own (kernel/ocaml.c, kernel/ocaml_runtime.h).
tool objcopy --weaken-symbol=caml_raise_out_of_memory --weaken-symbol=caml_domain_spawn "$compacted"
# -n: loaders copy segments, so in the file they need no pages of their own.
# --wrap: see kernel/malloc.c.
tool ld -n --wrap=malloc --wrap=calloc --wrap=realloc --wrap=aligned_alloc --wrap=free \
  -nostdlib -static --gc-sections -z noexecstack \
  -T "$share/link.ld" -o "$linked" "$share/kernel.o" "$compacted" "$libc" \
  "$($cc -print-libgcc-file-name)" ||
  fail "$1 needs what a kernel has not: see the names above"
# As `xenctx --symbol-table` reads it.
tool nm -n "$linked" >"$kernel.sym"
case $machine in
# The loaders of this processor take the bare image.
aarch64) tool objcopy -O binary "$linked" "$image" ;;
*) tool strip -o "$image" "$linked" ;;
esac
chmod 755 "$image"
mv "$image" "$kernel"
