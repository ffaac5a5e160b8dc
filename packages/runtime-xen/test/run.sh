#!/bin/sh
# SPDX-License-Identifier: ISC

# Boots kernels under plain QEMU and looks at what they say. Needs dune, musl-dev and
# qemu-system-x86. What is missing is skipped with a message.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

skip() {
  echo "skipped: $1"
  exit 0
}

failed() {
  failures=$((failures + 1))
  echo "FAILED $1" >&2
}

# Kernels

[ -e "${MIRAGE_MUSL_LIBC:-/usr/lib/x86_64-linux-musl/libc.a}" ] || skip "no musl-dev"
command -v qemu-system-x86_64 >/dev/null || skip "no qemu-system-x86"

root=../..
build=${DUNE_BUILD_DIR:-$root/_build}
dune build --root "$root" ./runtime-xen/test/guest/devices.exe.o @runtime-kernel/install @runtime-xen/install \
  2>"$work/dune.log" || {
  cat "$work/dune.log" >&2
  exit 1
}
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
link=$build/install/default/bin/mirage-link-kernel
sh "$link" -o "$work/devices.xen" \
  "$build/default/runtime-xen/test/guest/devices.exe.o"

input=/dev/null
memory=32M
machine=pc

# Linking

echo 'let () = print_int (Unix.getpid ())' >"$work/unix_program.ml"
(cd "$work" && ocamlfind ocamlopt -package unix -linkpkg -output-complete-obj \
  -o unix.o unix_program.ml)
if sh "$link" -o "$work/unix.xen" "$work/unix.o" 2>"$work/out"; then
  failed "a program with the Unix library is linked"
elif grep -q "contains OCaml's Unix library" "$work/out" && [ ! -e "$work/unix.xen" ]; then
  echo "ok a program with the Unix library is refused"
else
  failed "a program with the Unix library: $(cat "$work/out")"
fi

# Booting

# boot NAME EXIT-CODE COMMAND-LINE: output goes to $work/out. A code n other than 0
# comes back from the device isa-debug-exit as 2n + 1.
boot() {
  name=$1 wanted=$2 line=$3
  cpu=qemu64,+rdrand
  case $name in
  *-rdrand) cpu=qemu64 ;;
  *-64-bit) cpu=qemu32 ;;
  esac
  status=0
  timeout 60 qemu-system-x86_64 -accel tcg -M "$machine" -cpu "$cpu" -m "$memory" -nodefaults \
    -no-reboot -display none -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 \
    -kernel "$work/devices.xen" -append "-- $line" <"$input" >"$work/raw" ||
    status=$?
  tr -d '\r' <"$work/raw" >"$work/out"
  [ "$wanted" = 0 ] || wanted=$(((wanted * 2 + 1) & 255))
  if [ $status = "$wanted" ]; then
    echo "ok $name: exit code"
  else
    failed "$name: QEMU's status is $status, not $wanted"
  fi
}

expect() {
  if grep -q -- "$1" "$work/out"; then
    echo "ok $name: $1"
  else
    failed "$name: expected \"$1\" in:"
    cat "$work/out" >&2
  fi
}

expect_not() {
  if grep -q -- "$1" "$work/out"; then
    failed "$name: did not expect \"$1\" in:"
    cat "$work/out" >&2
  else
    echo "ok $name: no $1"
  fi
}

boot output 0 "at_exit console time random overflow memory dates"
[ "$(grep -c '^line ' "$work/out")" = 400 ] && echo "ok output: every line" || failed "output: lines"
expect '^slept true$'
expect "^date $(date -u +%Y-%m-)"
expect 'different bytes true$'
expect '^Stack_overflow$'
expect '^kept 499500$'
expect '^Out_of_memory$'
expect '^bytes 1225000$'
expect '^dates true$'
expect '^finished$'
expect '^hook ran$'

boot environment 0 "environment COLOUR=green"
expect '^COLOUR green$'

boot runtime-decimal 0 "minor_heap OCAMLRUNPARAM=b,s=64k"
expect '^minor heap of 65536 words$'
boot runtime-hexadecimal 0 "minor_heap OCAMLRUNPARAM=s=0x4000"
expect '^minor heap of 16384 words$'

boot units 0 "checksums names MIRAGE_TEST=other=0,listed=7"
expect '^checksums true$'
expect '^names true$'

boot exception 1 "at_exit fail"
expect 'Fatal error: Failure("on purpose")'
expect '^Raised at Stdlib in file "stdlib.ml", line [0-9]*, characters [0-9-]*$'
expect '^Called from Lwt in file "src/core/lwt.ml", line '
expect '^hook ran$'
expect '^exit code 1$'

boot hook-fails 0 "at_exit_fails"
expect '^at_exit: Failure("a hook fails")$'
expect '^finished$'

boot no-backtrace 1 "fail_quietly"
expect '^Fatal error: Failure("quietly")$'
expect_not '^Raised'

# Page faults (Intel SDM, volume 3, section 4.7): error bit 0 is "not absent", 1 "a
# write", 4 "an instruction fetch".
fault() {
  boot "$1" 139 "$1"
  expect "^exception 14, error 00000000000000$2\$"
  # Frames of C that hold what was there before would come first.
  [ "$1" = overflow_in_c ] || expect '^  [0-9a-f]* src/core/lwt.ml:[0-9]*$'
  expect '^exit code 139$'
  expect_not survived
}
fault write_code 03
expect '^  rip [0-9a-f]* near .*devices.ml:[0-9]*$'
fault write_constant 03
fault execute_data 11
fault read_null 00
fault overflow_in_c 02

boot system_calls 0 "system_calls"
expect '^system calls true$'
expect '^system call not available: 9999$'
[ "$(grep -c '^system call not available: socket$' "$work/out")" = 1 ] &&
  echo "ok system_calls: logged once" || failed "system_calls: $(cat "$work/out")"

memory=10M
boot garbage 0 "garbage"
expect '^garbage 1920000$'
boot exhaust 70 "exhaust"
expect '^out of memory: [0-9]* KiB more are needed in a row; of [0-9]* KiB, [0-9]* are free$'
expect '^panic: the machine has too little memory$'
expect_not survived

memory=5G
boot high 0 "high"
expect '^high memory true$'
memory=32M

boot random 0 "random"
first=$(grep '^random ' "$work/out")
boot random 0 "random"
[ "$first" != "$(grep '^random ' "$work/out")" ] && echo "ok random: other numbers" ||
  failed "random: the same numbers at each boot"

boot no-rdrand 70 "random"
expect '^panic: there is no source of randomness: the processor has neither RDRAND nor RDSEED'

boot no-64-bit 70 "random"
expect '^panic: the processor has no 64-bit mode$'

boot no-xen 1 "www"
expect 'no network device for .*net.*: the machine has none'

# Machines that leave out what others have: the clocks, ACPI, the interrupt controller. Each is
# to end by itself.
for machine in q35 q35,hpet=off pc,hpet=off pc,acpi=off microvm microvm,acpi=off \
  microvm,pit=off,pic=off,rtc=off microvm,pit=off,pic=off,rtc=off,acpi=off; do
  boot "time-on-$machine" 0 "time"
  expect '^slept true$'
  case $machine in
  *rtc=off*) expect '^the machine has no clock that knows the date: it begins in 1970$' ;;
  *) expect "^date $(date -u +%Y-%m-)" ;;
  esac
done

# The other ways in: Linux's 64-bit boot protocol, and GRUB on UEFI.
for part in entry.S load.c; do
  ${CC:-cc} -c -O1 -ffreestanding -fno-pic -mno-red-zone -mgeneral-regs-only -fno-stack-protector \
    -fcf-protection=none -o "$work/$part.o" "linux_loader/$part"
done
ld -n --no-warn-rwx-segments -nostdlib -static -z noexecstack -e start32 -Ttext=0x4000000 -o "$work/loader" \
  "$work/entry.S.o" "$work/load.c.o"
name=linux-protocol
timeout 60 qemu-system-x86_64 -accel tcg -M microvm -cpu qemu64,+rdrand -m 128M -nodefaults \
  -no-reboot -display none -serial stdio -kernel "$work/loader" -initrd "$work/devices.xen" \
  -append "-- environment COLOUR=red" </dev/null | tr -d '\r' >"$work/out"
expect '^COLOUR red$'
expect '^finished$'

if [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ] && [ -e /usr/lib/grub/x86_64-efi ] &&
  command -v grub-mkimage mcopy mkfs.fat >/dev/null; then
  name=uefi
  printf 'set root=(hd0)\nmultiboot2 /kernel -- time at_exit\nboot\n' >"$work/grub.cfg"
  grub-mkimage -O x86_64-efi -o "$work/BOOTX64.EFI" -p / -c "$work/grub.cfg" fat multiboot2 normal
  mkfs.fat -C "$work/esp" 32768 >/dev/null
  mmd -i "$work/esp" ::EFI ::EFI/BOOT
  mcopy -i "$work/esp" "$work/BOOTX64.EFI" ::EFI/BOOT/
  mcopy -i "$work/esp" "$work/devices.xen" ::kernel
  cp /usr/share/OVMF/OVMF_VARS_4M.fd "$work/variables"
  timeout 120 qemu-system-x86_64 -accel tcg -M q35 -cpu qemu64,+rdrand -m 256M -nodefaults \
    -display none -serial stdio \
    -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \
    -drive "if=pflash,format=raw,file=$work/variables" \
    -drive "if=none,id=d,format=raw,file=$work/esp" -device virtio-blk-pci,drive=d \
    </dev/null | tr -d '\r' >"$work/out"
  expect '^slept true$'
  expect '^hook ran$'
else
  echo "skipped: UEFI (ovmf, grub-efi-amd64-bin, mtools, dosfstools)"
fi

# The power button, a crash that pvpanic hears of, lines about the state.
for machine in q35 pc microvm; do
  (sleep 4; echo system_powerdown) |
    timeout 60 qemu-system-x86_64 -accel tcg -M $machine -cpu qemu64,+rdrand -m 32M -nodefaults \
      -no-reboot -display none -serial "file:$work/raw" -monitor stdio \
      -chardev "file,id=state,path=$work/state" -device isa-debugcon,iobase=0x5e9,chardev=state \
      -kernel "$work/devices.xen" -append "-- report at_exit idle" >"$work/monitor" &&
    name=button-on-$machine && tr -d '\r' <"$work/raw" >"$work/out" &&
    expect '^hook ran$' || failed "button-on-$machine: $(cat "$work/monitor")"
  grep -q '^listen tcp 80$' "$work/state" && echo "ok $name: state" || failed "$name: state"
  status=0
  timeout 60 qemu-system-x86_64 -accel tcg -M $machine -cpu qemu64,+rdrand -m 32M -nodefaults \
    -no-reboot -display none -serial "file:$work/raw" -device pvpanic \
    -action panic=exit-failure -kernel "$work/devices.xen" -append "-- fail" || status=$?
  [ $status = 1 ] && echo "ok crash-on-$machine" || failed "crash-on-$machine: status $status"
done
machine=pc

# virtio, without what it stands in for: a console without a serial port, randomness without
# the processor's.
for board in pci device; do
  without_serial=q35 options=
  [ $board = pci ] ||
    without_serial=microvm,isa-serial=off options="-global virtio-mmio.force-legacy=false"
  name=virtio-$board
  # shellcheck disable=SC2086
  (sleep 4; echo typed) | timeout 60 qemu-system-x86_64 -accel tcg -cpu qemu64 -M $without_serial $options \
    -m 32M -nodefaults -no-reboot -display none -device virtio-serial-$board -chardev stdio,id=c \
    -device virtconsole,chardev=c -device virtio-rng-$board -kernel "$work/devices.xen" \
    -append "-- console random input fail" | tr -d '\r' >"$work/out" || :
  [ "$(grep -c '^line ' "$work/out")" = 400 ] && echo "ok $name: every line" || failed "$name: lines"
  expect 'different bytes true$'
  expect '^heard "typed"$'
  expect '^exit code 1$'
done

# discard_on MACHINE SUFFIX OPTIONS: the second half of a disk is given up.
discard_on() {
  name=discard-on-$1-$2
  head -c 8388608 /dev/zero | tr '\0' x >"$work/disk"
  # shellcheck disable=SC2086
  timeout 60 qemu-system-x86_64 -accel tcg -cpu qemu64,+rdrand -M "$1" $3 \
    -m 32M -nodefaults -no-reboot -display none -serial stdio -kernel "$work/devices.xen" \
    -append "-- discard" -drive "if=none,id=d,format=raw,discard=unmap,file=$work/disk" \
    -device "virtio-blk-$2,drive=d" </dev/null | tr -d '\r' >"$work/out" || :
  expect '^discarded true$'
  [ "$(head -c 4194304 "$work/disk" | tr -d x | wc -c)" = 0 ] &&
    [ "$(tail -c 4194304 "$work/disk" | tr -d '\0' | wc -c)" = 0 ] &&
    echo "ok $name: as the host has it" || failed "$name: the disk's content"
}
discard_on q35 pci ""
discard_on microvm device "-global virtio-mmio.force-legacy=false"
# Without firmware that gives devices their places, and without ports for the bus.
discard_on microvm,pcie=on pci ""
machine=pc

mkfifo "$work/typed"
(sleep 3; echo typed) >"$work/typed" &
input=$work/typed
boot input 0 "input"
expect '^heard "typed"$'

[ $failures = 0 ] || {
  echo "$failures failed" >&2
  exit 1
}
