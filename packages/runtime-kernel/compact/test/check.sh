#!/bin/sh
# SPDX-License-Identifier: ISC

# check.sh COMPACT-OBJECT KERNEL: a program does the same after its object was made smaller, but
# for the names of functions in backtraces.
set -eu
compact=$1
kernel=$2
ulimit -s 8192

# Of other compilers nothing is rewritten, which compact-object says.
case $(ocamlfind ocamlopt -version) in 4.13.*) ;; *) exit 0 ;; esac

ocamlfind ocamlopt -g -inline 100 -output-complete-obj -o whole.o program.ml
"$compact" whole.o small.o
for name in whole small; do
  cc -O -no-pie -I "$(ocamlfind ocamlc -where)" -I "$kernel" -o $name main.c "$kernel/frames.c" $name.o \
    -lm -ldl
  ./$name >$name.out 2>&1
done

grep -q 'Raised at Program.small in file "program.ml" (inlined), line 8, characters' whole.out
grep -q 'Raised at Program in file "program.ml" (inlined), line 8, characters' small.out
sed 's/ \([A-Z][A-Za-z_]*\)\.[^ ]* in file/ \1 in file/' whole.out | diff - small.out

data() { size -A "$1" | awk '$1 == ".data" { print $2 }'; }
[ "$(data small)" -lt $(($(data whole) * 3 / 5)) ]

# What is no such object is refused.
if "$compact" main.c nothing.o 2>message; then exit 1; fi
grep -q 'main.c: not a relocatable ELF64 object for x86-64' message
