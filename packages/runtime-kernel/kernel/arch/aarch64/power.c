/* SPDX-License-Identifier: ISC */

/* A key at a pin of a GPIO controller (PrimeCell GPIO PL061, DDI 0190), which remembers that it
   was pressed. */

#include "power.h"

#include "arch.h"
#include "cpu.h"
#include "device_tree.h"
#include "interrupts.h"

enum { BOTH_EDGES = 0x408, EVENT = 0x40c, ENABLE = 0x410, RAW = 0x414, CLEAR = 0x41c };

static u64 base;
static u8 pin;

/* Linux, Documentation/devicetree/bindings/input/gpio-keys.yaml, and KEY_POWER of
   linux/input-event-codes.h. */
static tree_node find_key(void)
{
  enum { KEY_POWER = 116 };
  tree_node keys = tree_compatible("gpio-keys", 0);
  for (tree_node n = tree_first(); n != NO_NODE && keys != NO_NODE; n = tree_next(n))
    if (tree_parent(n) == keys && tree_cell(n, "linux,code", 0) == KEY_POWER) return n;
  return NO_NODE;
}

static tree_node with_phandle(u32 phandle)
{
  for (tree_node n = tree_first(); n != NO_NODE; n = tree_next(n))
    if (phandle && tree_cell(n, "phandle", 0) == phandle) return n;
  return NO_NODE;
}

void power_init(void)
{
  u64 size;
  tree_node key = find_key(), controller = with_phandle(tree_cell(key, "gpios", 0));
  u32 number = tree_cell(key, "gpios", 1);
  if (!tree_is(controller, "compatible", "arm,pl061") || number > 7) return;
  if (!tree_reg(controller, 0, &base, &size)) return;
  paging_map_device(base, size);
  pin = 1 << number;
  mmio_write32(base + BOTH_EDGES, 0);
  mmio_write32(base + EVENT, pin);
  mmio_write32(base + CLEAR, pin);
  mmio_write32(base + ENABLE, pin);
  interrupt_enable_line(tree_line(controller, 0));
}

int power_button(void)
{
  if (!base || !(mmio_read32(base + RAW) & pin)) return 0;
  mmio_write32(base + CLEAR, pin);
  return 1;
}
