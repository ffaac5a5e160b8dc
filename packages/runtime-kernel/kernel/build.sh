#!/bin/sh
# SPDX-License-Identifier: ISC

# build.sh OBJECT ARCH INCLUDE COMPILER: compiles the kernel for the processors of arch/ARCH, all
# but drivers and application, into one object; INCLUDE is where the headers of OCaml's runtime
# are.
set -eu
object=$1
arch=arch/$2
include=$3
cc=$4
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

echo '#include <asm/unistd.h>' | $cc -E -dM - |
  sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\2 \1/p' | sort -n |
  awk '{ while (next_number++ < $1) print "\"\\0\""; print "\"" $2 "\\0\"" }' \
    >"$build/syscall_names.h"

common="-Os -g -std=gnu11 -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-pic
  -fno-strict-aliasing -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
  $(cat "$arch/flags.txt")"
# An interrupted caller keeps its floating-point registers and what lies below its stack
# pointer.
kernel="$common $(cat "$arch/kernel_flags.txt") -I. -I$arch -I$build -isystem $include"

for source in "$arch"/*.S; do
  $cc -c -g -o "$build/$(basename "$source" .S)_S.o" "$source"
done
for source in *.c "$arch"/*.c; do
  case $source in
  glibc.c) flags=$common ;;
  *) flags=$kernel ;;
  esac
  # shellcheck disable=SC2086
  $cc -c $flags -o "$build/$(basename "$source" .c).o" "$source"
done
"$($cc -print-prog-name=ld)" -r -o "$object" "$build"/*.o
