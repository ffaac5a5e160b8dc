/* SPDX-License-Identifier: ISC */

/* Xen as a platform: finding it, its shared page, its clocks, its parameters; leaving. */

#include "xen.h"

#include "xen_console.h"
#include "cpu.h"
#include "events.h"
#include "platform.h"
#include "pvclock.h"
#include "xen_interface.h"

/* Filled in by Xen; link.ld of runtime-kernel has a place for such code. */
static char hypercall_page[PAGE_SIZE]
    __attribute__((section(".bss.late_code"), aligned(4096)));

/* Xen's page takes the place of this whole one. */
static u8 shared_page[PAGE_SIZE] __attribute__((aligned(4096)));
struct shared_info *const shared_info = (struct shared_info *)shared_page;

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

/* memory.h: has one of Xen's pages take the place of one of ours. */
void xen_map(u32 space, u64 index, void *page)
{
  struct xen_add_to_physmap map = {
      .domid = DOMID_SELF, .space = space, .idx = index, .gpfn = (u64)page / PAGE_SIZE};
  if (hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (long)&map))
    panic("XENMEM_add_to_physmap failed");
}

u64 xen_param(u32 index)
{
  struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index};
  return hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (long)&param) ? 0 : param.value;
}

static void set_param(u32 index, u64 value)
{
  struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index, .value = value};
  hypercall(__HYPERVISOR_hvm_op, HVMOP_set_param, (long)&param);
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
  set_param(HVM_PARAM_CALLBACK_IRQ, 2ull << 56 | 0xf3);
}

static u64 monotonic(void)
{
  return pvclock_read((const volatile struct pvclock *)&shared_info->vcpu_info[0].time);
}

/* xen.h, struct shared_info */
static u64 wall_base(void)
{
  const volatile struct shared_info *s = shared_info;
  u32 version;
  u64 ns;
  do {
    version = s->wc_version;
    ns = (s->wc_sec | (u64)s->wc_sec_hi << 32) * NSEC_PER_SEC + s->wc_nsec;
  } while (version & 1 || version != s->wc_version);
  return ns;
}

static void leave(u32 reason)
{
  struct sched_shutdown s = {.reason = reason};
  for (;;) hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, (long)&s);
}

static void wait(u64 deadline)
{
  event_wait_all(deadline);
  xen_console_heard();
}

/* Requests and reports go through xenstore (toolstack.ml). */
static int never(void) { return 0; }

static void ignore(const char *line, size_t n)
{
  (void)line, (void)n;
}

static void off(u32 code) { leave(code ? SHUTDOWN_crash : SHUTDOWN_poweroff); }
static void xen_reboot(void) { leave(SHUTDOWN_reboot); }

static int start(const struct boot *boot)
{
  u32 leaves = find_leaves();
  if (!leaves) return 0;
  /* Written in 64-bit mode, which also makes shared_info the 64-bit one. */
  write_msr(cpuid(leaves + 2, 0).b, (u64)hypercall_page);
  xen_map(XENMAPSPACE_shared_info, 0, shared_page);
  /* Nothing interrupts us: SCHEDOP_poll does not look at the mask. */
  memset(shared_info->evtchn_mask, 0xff, sizeof shared_info->evtchn_mask);
  if (boot->by_firmware) start_hvm();
  xen_console_start(boot->by_firmware);
  return 1;
}

static const struct platform xen = {
    .name = "Xen",
    .start = start,
    .monotonic = monotonic,
    .wall_base = wall_base,
    .wait = wait,
    .console_write = xen_console_write,
    .console_room = xen_console_room,
    .console_unread = xen_console_unread,
    .console_read = xen_console_read,
    .console_wait = xen_console_wait,
    .asked_to_stop = never,
    .report = ignore,
    .off = off,
    .reboot = xen_reboot,
};
PLATFORM(xen, 10);

int xen_is_here(void) { return platform == &xen; }
