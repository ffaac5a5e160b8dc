/* SPDX-License-Identifier: ISC */

#include "xen_arch.h"

#include "cpu.h"
#include "pvclock.h"
#include "xen.h"
#include "xen_interface.h"

/* Filled in by Xen; link.ld of runtime-kernel has a place for such code. */
static char hypercall_page[PAGE_SIZE]
    __attribute__((section(".bss.late_code"), aligned(4096)));

/* arch-x86/cpuid.h: at 0x40000000, or by steps of 0x100 behind leaves for other
   hypervisors' guests. */
static u32 find_leaves(void)
{
  for (u32 base = 0x40000000; base < 0x40010000; base += 0x100) {
    struct cpuid r = cpuid(base, 0);
    if (r.b == XEN_CPUID_SIGNATURE_EBX && r.c == XEN_CPUID_SIGNATURE_ECX &&
        r.d == XEN_CPUID_SIGNATURE_EDX && r.a >= base + 2)
      return base;
  }
  return 0;
}

/* Xen fills the page with one entry of 32 bytes for each number (xen/arch-x86/xen.h). */
long hypercall(long number, long a, long b)
{
  long result;
  __asm__ volatile("call *%[entry]"
                   : "=a"(result), "+D"(a), "+S"(b)
                   : [entry] "r"(hypercall_page + 32 * number)
                   : "rcx", "r11", "memory");
  return result;
}

int xen_arch_find(void)
{
  u32 leaves = find_leaves();
  if (!leaves) return 0;
  /* Written in 64-bit mode, which also makes shared_info the 64-bit one. */
  write_msr(cpuid(leaves + 2, 0).b, (u64)hypercall_page);
  return 1;
}

/* What only a fully virtualised machine has. */
static void start_hvm(void)
{
  enum { PIC_1 = 0x21, PIC_2 = 0xa1, UNPLUG = 0x10, UNPLUG_MAGIC = 0x49d2 };
  /* The BIOS's timer would end our sleeps. */
  out8(PIC_1, 0xff);
  out8(PIC_2, 0xff);
  /* Emulated disks (1) and network cards (2) that stand in for ours go away
     (docs/misc/hvm-emulated-unplug.pandoc of Xen). */
  if (in16(UNPLUG) == UNPLUG_MAGIC) out16(UNPLUG, 1 | 2);
  /* hvm/params.h: a vector, never delivered; 0 would mean "no PV drivers", and
     then `xl shutdown` refuses. */
  xen_set_param(HVM_PARAM_CALLBACK_IRQ, 2ull << 56 | 0xf3);
}

void xen_arch_start(int by_firmware)
{
  if (by_firmware) start_hvm();
}

u64 xen_arch_monotonic(void)
{
  return pvclock_read((const volatile struct pvclock *)&shared_info->vcpu_info[0].time);
}

/* xen/sched.h: does not look at the mask. */
void xen_arch_poll(const u32 *ports, u32 n, u64 deadline)
{
  struct sched_poll p = {
      .ports = ports, .nr_ports = n, .timeout = deadline == FOREVER ? 0 : deadline};
  hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, (long)&p);
}
