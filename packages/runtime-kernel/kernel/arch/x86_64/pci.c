/* SPDX-License-Identifier: ISC */

/* Section 3.2.2.3.2: a pair of ports. */

#include "pci.h"

#include "cpu.h"

enum { ADDRESS = 0xcf8, DATA = 0xcfc };

static void choose(u32 device, u32 offset)
{
  out32(ADDRESS, 1u << 31 | device << 8 | (offset & 0xfc));
}

u32 pci_read(u32 device, u32 offset)
{
  choose(device, offset);
  return in32(DATA);
}

void pci_write(u32 device, u32 offset, u32 v)
{
  choose(device, offset);
  out32(DATA, v);
}
