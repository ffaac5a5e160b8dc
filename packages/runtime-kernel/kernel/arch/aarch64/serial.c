/* SPDX-License-Identifier: ISC */

/* Arm's PrimeCell UART (PL011, DDI 0183), or a 16550 whose registers are in memory, polled and
   as the firmware has set them. */

#include "serial.h"

#include "arch.h"
#include "cpu.h"
#include "device_tree.h"
#include "interrupts.h"

static u64 base;
static int is_16550;
static u32 step; /* 16550: shift of a register's number */

enum { PL011_DATA = 0, PL011_FLAGS = 0x18, PL011_CONTROL = 0x30, PL011_INTERRUPTS = 0x38, PL011_CLEAR = 0x44 };
enum { DATA, INTERRUPTS, LINE_STATUS = 5 };

static u64 at(u32 number) { return base + ((u64)number << step); }

static int can_send(void)
{
  enum { FULL = 0x20, EMPTY = 0x20 };
  return is_16550 ? mmio_read8(at(LINE_STATUS)) & EMPTY : !(mmio_read32(base + PL011_FLAGS) & FULL);
}

static int has_received(void)
{
  enum { NOTHING = 0x10, READY = 1 };
  return is_16550 ? mmio_read8(at(LINE_STATUS)) & READY : !(mmio_read32(base + PL011_FLAGS) & NOTHING);
}

void serial_init(void)
{
  enum { ON = 1, SEND = 0x100, RECEIVE = 0x200, ARRIVED = 0x50 };
  u64 size;
  tree_node node = tree_compatible("arm,pl011", 0);
  is_16550 = node == NO_NODE;
  if (is_16550) node = tree_compatible("ns16550a", 0);
  if (node == NO_NODE || !tree_reg(node, 0, &base, &size)) return;
  paging_map_device(base, size);
  step = tree_cell(node, "reg-shift", 0);
  if (is_16550)
    mmio_write8(at(INTERRUPTS), 1);
  else {
    mmio_write32(base + PL011_CONTROL, ON | SEND | RECEIVE);
    mmio_write32(base + PL011_INTERRUPTS, ARRIVED);
  }
  interrupt_enable_line(tree_line(node, 0));
}

int serial_is_there(void) { return base != 0; }

/* A reader that is behind is waited for; one that reads no more costs the program a second once,
   and then what is written, until the line moves again. */
static void wait_until_ready(void)
{
  static int stuck;
  u64 start = READ_SYSTEM(cntvct_el0);
  while (!can_send()) {
    stuck = stuck || READ_SYSTEM(cntvct_el0) - start > READ_SYSTEM(cntfrq_el0);
    if (stuck) return;
  }
  stuck = 0;
}

static void send(char c)
{
  wait_until_ready();
  if (is_16550)
    mmio_write8(at(DATA), c);
  else
    mmio_write32(base + PL011_DATA, (u8)c);
}

void serial_write(const char *s, size_t n)
{
  for (; base && n; n--, s++) {
    if (*s == '\n') send('\r');
    send(*s);
  }
}

size_t serial_read(char *to, size_t n)
{
  size_t got = 0;
  if (!base) return 0;
  while (got < n && has_received()) to[got++] = is_16550 ? mmio_read8(at(DATA)) : mmio_read32(base + PL011_DATA);
  if (!is_16550) mmio_write32(base + PL011_CLEAR, 0x7ff);
  return got;
}
