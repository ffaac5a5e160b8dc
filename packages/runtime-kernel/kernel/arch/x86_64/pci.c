/* SPDX-License-Identifier: ISC */

/* A pair of ports (section 3.2.2.3.2), or, where a machine has none, the memory that ACPI tells of
   (PCI Firmware Specification 3.0, sections 4.1.2 and 4.1.3): a table MCFG, or a method of the
   host. */

#include "pci.h"

#include "acpi.h"
#include "arch.h"
#include "cpu.h"

enum { ADDRESS = 0xcf8, DATA = 0xcfc };
#define ENABLED (1u << 31)

struct mcfg {
  struct acpi_header header;
  u64 reserved;
  u64 base;
  u16 segment;
  u8 first_bus, last_bus;
} __attribute__((packed));

static int has_ports(void)
{
  out32(ADDRESS, ENABLED);
  return in32(ADDRESS) == ENABLED;
}

/* A method that returns an integer: "_CBA", its flags, and the opcodes of ACPI Specification 6.4,
   section 20.3. */
static u64 base_in(const struct acpi_header *definitions)
{
  enum { NAME = 4, RETURN = 0xa4, DWORD = 0x0c, QWORD = 0x0e, LENGTH = 15 };
  const u8 *p = (const u8 *)(definitions + 1), *end = (const u8 *)definitions + definitions->length;
  for (; p + LENGTH <= end; p++) {
    if (memcmp(p, "_CBA", NAME) || p[NAME + 1] != RETURN) continue;
    u64 base = 0;
    if (p[NAME + 2] == DWORD || p[NAME + 2] == QWORD)
      memcpy(&base, p + NAME + 3, p[NAME + 2] == DWORD ? 4 : 8);
    return base;
  }
  return 0;
}

static u64 find_base(void)
{
  const struct mcfg *t = (const struct mcfg *)acpi_table("MCFG", 0);
  if (t && t->header.length >= sizeof *t && t->segment == 0) return t->base;
  const struct acpi_header *definitions = acpi_definitions(0);
  return definitions ? base_in(definitions) : 0;
}

/* The register in memory, or NULL. */
static volatile u32 *mapped(u32 device, u32 offset)
{
  static u64 base;
  static int is_known;
  u64 size = 256ull << 20; /* of 256 buses */
  if (!is_known) base = find_base();
  is_known = 1;
  if (!base || base + size > arch_mapped_end()) return NULL;
  return (volatile u32 *)(base + ((u64)device << 12) + (offset & 0xffc));
}

static void choose(u32 device, u32 offset)
{
  out32(ADDRESS, ENABLED | device << 8 | (offset & 0xfc));
}

u32 pci_read(u32 device, u32 offset)
{
  if (!has_ports()) {
    volatile u32 *p = mapped(device, offset);
    return p ? *p : ~0u;
  }
  choose(device, offset);
  return in32(DATA);
}

void pci_write(u32 device, u32 offset, u32 v)
{
  if (!has_ports()) {
    volatile u32 *p = mapped(device, offset);
    if (p) *p = v;
    return;
  }
  choose(device, offset);
  out32(DATA, v);
}
