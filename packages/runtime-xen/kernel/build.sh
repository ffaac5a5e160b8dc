#!/bin/sh
# SPDX-License-Identifier: ISC

# build.sh OBJECT INCLUDE: compiles the kernel, all but the application, into one
# object; INCLUDE is where the headers of OCaml's runtime are.
set -eu
object=$1
include=$2
cc=${CC:-cc}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

echo '#include <asm/unistd_64.h>' | $cc -E -dM - |
  sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\2 \1/p' | sort -n |
  awk '{ while (next_number++ < $1) print "\"\\0\""; print "\"" $2 "\\0\"" }' \
    >"$build/syscall_names.h"

common="-c -Os -g -std=gnu11 -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-pic
  -mcmodel=small -fno-strict-aliasing -fcf-protection=none -ffunction-sections
  -fdata-sections -fno-asynchronous-unwind-tables"
# An interrupted caller keeps its SSE registers and what lies below its stack pointer.
kernel="$common -mgeneral-regs-only -mno-red-zone -I$build -isystem $include"

for source in boot entry; do
  $cc -c -g -o "$build/$source.o" "$source.S"
done
for source in *.c; do
  case $source in
  glibc.c) flags=$common ;;
  *) flags=$kernel ;;
  esac
  # shellcheck disable=SC2086
  $cc $flags -o "$build/${source%.c}.o" "$source"
done
ld -r -o "$object" "$build"/*.o
