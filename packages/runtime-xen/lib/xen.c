/* SPDX-License-Identifier: ISC */

/* Xen as a platform: finding it, its shared page, its clocks, its parameters; leaving. */

#include "xen.h"

#include "arch.h"
#include "events.h"
#include "platform.h"
#include "xen_arch.h"
#include "xen_console.h"
#include "xen_interface.h"

/* Xen's page takes the place of this whole one. */
static u8 shared_page[PAGE_SIZE] __attribute__((aligned(4096)));
struct shared_info *const shared_info = (struct shared_info *)shared_page;

/* memory.h: has one of Xen's pages take the place of one of ours. */
void xen_map(u32 space, u64 index, void *page)
{
  struct xen_add_to_physmap map = {
      .domid = DOMID_SELF, .space = space, .idx = index, .gpfn = arch_physical(page) / PAGE_SIZE};
  if (hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, (long)&map))
    panic("XENMEM_add_to_physmap failed");
}

u64 xen_param(u32 index)
{
  struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index};
  return hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param, (long)&param) ? 0 : param.value;
}

void xen_set_param(u32 index, u64 value)
{
  struct xen_hvm_param param = {.domid = DOMID_SELF, .index = index, .value = value};
  hypercall(__HYPERVISOR_hvm_op, HVMOP_set_param, (long)&param);
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
  if (!xen_arch_find()) return 0;
  xen_map(XENMAPSPACE_shared_info, 0, shared_page);
  /* Nobody has asked for any event yet. */
  memset(shared_info->evtchn_mask, 0xff, sizeof shared_info->evtchn_mask);
  xen_arch_start(boot->by_firmware);
  xen_console_start(boot->by_firmware);
  return 1;
}

static const struct platform xen = {
    .name = "Xen",
    .start = start,
    .monotonic = xen_arch_monotonic,
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
