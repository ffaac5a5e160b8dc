/* SPDX-License-Identifier: ISC */

#include "acpi.h"

#include "arch.h"

/* Section 5.2.5.3 */
struct rsdp {
  char signature[8];
  u8 checksum;
  char oem[6];
  u8 revision;
  u32 rsdt, length;
  u64 xsdt;
} __attribute__((packed));

enum { OLD_RSDP_SIZE = 20, LARGEST_TABLE = 16 << 20 };

static const struct acpi_header *root;
static u32 entry_size;

static int is_sound(const void *p, u64 n)
{
  u8 sum = 0;
  for (u64 i = 0; i < n; i++) sum += ((const u8 *)p)[i];
  return sum == 0;
}

static const struct rsdp *find_rsdp(u64 from, u64 to)
{
  for (u64 at = from & -16ull; at < to; at += 16)
    if (!memcmp((const void *)at, "RSD PTR ", 8) && is_sound((const void *)at, OLD_RSDP_SIZE))
      return (const struct rsdp *)at;
  return NULL;
}

/* Section 5.2.5.1: in the BIOS's extended data area, whose segment is at 0x40e, or in its
   read-only memory. */
static const struct rsdp *search(void)
{
  const u16 *segment = (const u16 *)0x40e;
  __asm__("" : "+r"(segment)); /* the compiler takes it for a null pointer's neighbour */
  u64 area = (u64)*segment << 4;
  const struct rsdp *found = NULL;
  if (area >= 0x80000 && area < 0xa0000) found = find_rsdp(area, area + 1024);
  return found ? found : find_rsdp(0xe0000, 0x100000);
}

static const struct acpi_header *sound_table(u64 address)
{
  const struct acpi_header *t = (const struct acpi_header *)address;
  if (!address || address >= arch_mapped_end() - LARGEST_TABLE) return NULL;
  if (t->length < sizeof *t || t->length > LARGEST_TABLE) return NULL;
  return is_sound(t, t->length) ? t : NULL;
}

void acpi_init(u64 address)
{
  const struct rsdp *rsdp = (const struct rsdp *)address;
  if (!rsdp || memcmp(rsdp->signature, "RSD PTR ", 8)) rsdp = search();
  if (!rsdp) return;
  if (rsdp->revision >= 2 && (root = sound_table(rsdp->xsdt)))
    entry_size = 8;
  else if ((root = sound_table(rsdp->rsdt)))
    entry_size = 4;
}

static u64 entry(u32 i)
{
  const u8 *at = (const u8 *)(root + 1) + i * entry_size;
  u64 address = 0;
  memcpy(&address, at, entry_size);
  return address;
}

const struct acpi_header *acpi_table(const char *signature, u32 i)
{
  u32 count = root ? (root->length - sizeof *root) / entry_size : 0;
  for (u32 n = 0; n < count; n++) {
    const struct acpi_header *t = sound_table(entry(n));
    if (t && !memcmp(t->signature, signature, 4) && i-- == 0) return t;
  }
  return NULL;
}

const struct acpi_fadt *acpi_fadt(void)
{
  static struct acpi_fadt fadt;
  const struct acpi_header *t = fadt.header.length ? NULL : acpi_table("FACP", 0);
  if (t) memcpy(&fadt, t, t->length < sizeof fadt ? t->length : sizeof fadt);
  return &fadt;
}

const struct acpi_header *acpi_definitions(u32 i)
{
  const struct acpi_fadt *fadt = acpi_fadt();
  if (i) return acpi_table("SSDT", i - 1);
  return sound_table(fadt->x_dsdt ? fadt->x_dsdt : fadt->dsdt);
}

/* A package of bytes (section 20.2): its length takes one byte, or more as the two highest
   bits of the first say; then comes the number of elements. An element is 0, 1 or a byte
   with a prefix. */
static int read_package(const u8 *p, const u8 *end, u8 types[2])
{
  enum { PACKAGE = 0x12, BYTE = 0x0a };
  if (end - p < 8 || *p++ != PACKAGE) return 0;
  p += (*p >> 6) + 1;
  u8 count = *p++;
  for (int i = 0; i < 2; i++) {
    if (i >= count || p >= end) return i;
    if (*p == BYTE) p++;
    types[i] = *p++;
  }
  return 1;
}

int acpi_off_types(u8 types[2])
{
  const struct acpi_header *t;
  for (u32 n = 0; (t = acpi_definitions(n)) || n == 0; n++) {
    if (!t) continue;
    const u8 *p = (const u8 *)(t + 1), *end = (const u8 *)t + t->length;
    for (; p + 12 < end; p++)
      if (!memcmp(p, "_S5_", 4) && read_package(p + 4, end, types)) return 1;
  }
  return 0;
}
