/* SPDX-License-Identifier: ISC */

/* Xen on Arm has no clock in memory and no HVM. Time is the processor's own; events raise a line
   of the interrupt controller, which the device tree tells. */

#include "xen_arch.h"

#include "arch.h"
#include "board.h"
#include "interrupts.h"
#include "xen.h"
#include "xen_interface.h"

/* xen/arch-arm.h: the number in X16, arguments from X0 on, 0xEA1 to tell it from other calls. */
long hypercall(long number, long a, long b)
{
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x16 __asm__("x16") = number;
  __asm__ volatile("hvc #0xea1" : "+r"(x0), "+r"(x1), "+r"(x16) : : "x2", "x3", "x4", "memory");
  return x0;
}

/* Linux, Documentation/devicetree/bindings/arm/xen.txt */
static struct board_device hypervisor;

int xen_arch_find(void)
{
  if (!board_device("xen,xen", 0, &hypervisor)) return 0;
  board_init();
  return 1;
}

/* The toolstack's pages are outside the memory that the device tree tells of. */
static void map_param(u32 index)
{
  u64 page = xen_param(index) * PAGE_SIZE;
  if (page) paging_map_ram(page, page + PAGE_SIZE);
}

void xen_arch_start(int by_firmware)
{
  (void)by_firmware;
  map_param(HVM_PARAM_STORE_PFN);
  map_param(HVM_PARAM_CONSOLE_PFN);
  interrupt_enable_line(hypervisor.line);
}

u64 xen_arch_monotonic(void) { return board_monotonic(); }

/* Whether one of the ports is pending; all of them raise the line from now on. */
static int is_pending(const u32 *ports, u32 n)
{
  int any = 0;
  for (u32 i = 0; i < n; i++) {
    u64 bit = 1ull << ports[i] % 64;
    __atomic_fetch_and(&shared_info->evtchn_mask[ports[i] / 64], ~bit, __ATOMIC_SEQ_CST);
    any |= (__atomic_load_n(&shared_info->evtchn_pending[ports[i] / 64], __ATOMIC_SEQ_CST) & bit) != 0;
  }
  return any;
}

/* The line is raised once for what comes after both words were cleared (xen.h, struct
   vcpu_info). */
void xen_arch_poll(const u32 *ports, u32 n, u64 deadline)
{
  struct vcpu_info *v = &shared_info->vcpu_info[0];
  __atomic_store_n(&v->evtchn_upcall_pending, 0, __ATOMIC_SEQ_CST);
  __atomic_store_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
  if (!is_pending(ports, n)) board_wait(deadline);
}
