/* SPDX-License-Identifier: ISC */

#include "report.h"

#include "arch.h"
#include "cpu.h"
#include "pci.h"
#include "pci_host.h"

enum { SERIAL = 0x00021b36, PVPANIC = 0x00111b36 };

/* Where the first device of that identity has its registers; 0 if there is none. */
static u64 find(u32 identity)
{
  enum { DEVICES = 256, COMMAND = 4, PORTS_AND_MEMORY = 3, FIRST_BASE = 0x10 };
  for (u32 device = 0; device < DEVICES; device += 8) {
    if (pci_read(device, 0) != identity) continue;
    pci_write(device, COMMAND, pci_read(device, COMMAND) | PORTS_AND_MEMORY);
    u32 base = pci_read(device, FIRST_BASE);
    u64 address = base & 1 ? pci_port_address(base & ~3u) : base & ~15u;
    if (!(base & 1)) paging_map_device(address, PAGE_SIZE);
    return address;
  }
  return 0;
}

void report_line(const char *s, size_t n)
{
  enum { UNKNOWN = 1, LINE_STATUS = 5, EMPTY = 0x20, TRIES = 1 << 20 };
  static u64 port = UNKNOWN;
  if (port == UNKNOWN) port = find(SERIAL);
  for (size_t i = 0; port && i <= n; i++) {
    for (u32 tries = 0; tries < TRIES && !(mmio_read8(port + LINE_STATUS) & EMPTY); tries++) continue;
    mmio_write8(port, i < n ? s[i] : '\n');
  }
}

void report_crash(void)
{
  enum { PANICKED = 1 };
  u64 device = find(PVPANIC);
  if (device) mmio_write8(device, PANICKED);
}
