/* SPDX-License-Identifier: ISC */

/* Configuration space in memory (PCI Express Base Specification 4.0, section 7.2.2), at the
   place that the device tree tells (Linux, Documentation/devicetree/bindings/pci/
   host-generic-pci.yaml). No firmware need have run: what has no address gets one. */

#include "pci.h"

#include "arch.h"
#include "cpu.h"
#include "device_tree.h"
#include "pci_host.h"

enum { FUNCTIONS = 256, BASES = 0x10, HEADER = 0x0c };

/* A part of the bus's addresses: as the processor sees it, as devices do, and what is free. */
struct window {
  u64 address, bus, end, next;
};

static u64 configuration, configuration_size;
static struct window ports, memory, wide_memory;

static u64 place(u32 device, u32 offset) { return configuration + ((u64)device << 12) + offset; }

/* Only what there is of one bus is mapped: 1 MiB. */
static int reach(u32 device)
{
  static u8 mapped[32];
  u32 bus = device / FUNCTIONS;
  if (bus >= configuration_size >> 20) return 0;
  if (!(mapped[bus / 8] >> bus % 8 & 1)) paging_map_device(place(device & -FUNCTIONS, 0), 1 << 20);
  mapped[bus / 8] |= 1 << bus % 8;
  return 1;
}

static void add_window(const u8 *range)
{
  enum { PORTS = 1, MEMORY = 2, WIDE = 3 };
  u32 kind = range[0] & 3;
  struct window w = {.bus = tree_number(range + 4, 2), .address = tree_number(range + 12, 2)};
  w.end = w.bus + tree_number(range + 20, 2), w.next = w.bus ? w.bus : PAGE_SIZE;
  if (kind == PORTS) ports = w;
  if (kind == MEMORY) memory = w;
  if (kind == WIDE) wide_memory = w;
}

/* So many octets of a window, at a multiple of their number; 0 if there is no room. */
static u64 take(struct window *w, u64 size)
{
  u64 at = (w->next + size - 1) & -size;
  if (at + size > w->end) return 0;
  w->next = at + size;
  return at;
}

static u32 read(u32 device, u32 offset) { return mmio_read32(place(device, offset)); }
static void write(u32 device, u32 offset, u32 v) { mmio_write32(place(device, offset), v); }

/* PCI Local Bus Specification 3.0, section 6.2.5.1. Returns how many registers it was. */
static u32 place_base(u32 device, u32 offset, u32 last)
{
  enum { PORT = 1, IS_WIDE = 4 };
  u32 old = read(device, offset);
  u32 is_port = old & PORT, is_wide = !is_port && old & IS_WIDE && offset < last;
  u32 fixed = is_port ? 3 : 15, high = is_wide ? read(device, offset + 4) : 0;
  if ((old & ~fixed) || high) return 1 + is_wide;
  write(device, offset, ~0u);
  u64 bits = read(device, offset) & ~fixed, size = bits & -bits;
  if (is_wide && !size) return 2;
  u64 at = !size ? 0 : is_port ? take(&ports, size) : take(&memory, size);
  if (!at && size && is_wide) at = take(&wide_memory, size);
  write(device, offset, at);
  if (is_wide) write(device, offset + 4, at >> 32);
  return 1 + is_wide;
}

static void place_bases(u32 device)
{
  enum { NOTHING = 0xffffffff, NORMAL = 0 };
  u32 last = BASES + 5 * 4;
  if (read(device, 0) == NOTHING || (read(device, HEADER) >> 16 & 0x7f) != NORMAL) return;
  for (u32 at = BASES; at <= last;) at += 4 * place_base(device, at, last);
}

static void init(void)
{
  static int is_done;
  u32 size = 0;
  tree_node node = tree_compatible("pci-host-ecam-generic", 0);
  if (is_done++ || !tree_reg(node, 0, &configuration, &configuration_size)) return;
  const u8 *ranges = tree_property(node, "ranges", &size);
  for (u32 at = 0; ranges && at + 28 <= size; at += 28) add_window(ranges + at);
  if (ports.end) paging_map_device(ports.address, ports.end - ports.bus);
  if (!reach(0)) return;
  for (u32 device = 0; device < FUNCTIONS; device++) place_bases(device);
}

/* The processor sees the bus's memory where devices do. */
u64 pci_port_address(u32 port)
{
  return ports.end ? ports.address + port - ports.bus : 0;
}

u32 pci_read(u32 device, u32 offset)
{
  init();
  return reach(device) ? read(device, offset & ~3u) : ~0u;
}

void pci_write(u32 device, u32 offset, u32 v)
{
  init();
  if (reach(device)) write(device, offset & ~3u, v);
}
