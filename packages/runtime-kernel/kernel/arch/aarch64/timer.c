/* SPDX-License-Identifier: ISC */

#include "timer.h"

#include "cpu.h"
#include "device_tree.h"
#include "gic.h"
#include "interrupts.h"

enum { OFF = 0, ON = 1 };

static u64 hz;

void timer_init(void)
{
  enum { VIRTUAL = 2, CUSTOMARY = 27 };
  tree_node node = tree_compatible("arm,armv8-timer", 0);
  if (node == NO_NODE) node = tree_compatible("arm,armv7-timer", 0);
  u32 line = tree_line(node, VIRTUAL);
  hz = tree_cell(node, "clock-frequency", 0);
  if (!hz) hz = READ_SYSTEM(cntfrq_el0);
  if (!hz) panic("nobody says how fast the processor's clock runs");
  WRITE_SYSTEM(cntv_ctl_el0, OFF);
  interrupt_enable_line(line ? line : CUSTOMARY);
}

u64 timer_monotonic(void)
{
  instruction_barrier();
  u64 ticks = READ_SYSTEM(cntvct_el0);
  return ticks / hz * NSEC_PER_SEC + ticks % hz * NSEC_PER_SEC / hz;
}

static u64 ticks_of(u64 ns) { return ns / NSEC_PER_SEC * hz + ns % NSEC_PER_SEC * hz / NSEC_PER_SEC + 1; }

/* What has come since the caller looked at its devices is pending, and ends WFI at once. */
void timer_wait(u64 deadline)
{
  enum { LONGEST = 1 << 20 }; /* seconds */
  u64 now = timer_monotonic();
  if (deadline <= now) return;
  u64 longest = LONGEST * NSEC_PER_SEC, ns = deadline - now < longest ? deadline - now : longest;
  WRITE_SYSTEM(cntv_cval_el0, READ_SYSTEM(cntvct_el0) + ticks_of(ns));
  WRITE_SYSTEM(cntv_ctl_el0, ON);
  data_barrier();
  instruction_barrier();
  __asm__ volatile("wfi" : : : "memory");
  WRITE_SYSTEM(cntv_ctl_el0, OFF);
  instruction_barrier();
  gic_drain();
}
