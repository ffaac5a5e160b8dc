/* SPDX-License-Identifier: ISC */

/* The tables that a loader leaves. They may lie in the memory that is about to be used (Xen
   puts them right behind _end), so what is needed of them is copied first. */

#include "arch.h"
#include "boot.h"
#include "cpu.h"
#include "start.h"
#include "pvh.h"

#define MULTIBOOT2_MAGIC 0x36d76289
#define LINUX_MAGIC 0x53726448

static struct boot boot;

/* All three loaders have the BIOS's numbers for the kinds of memory. */
enum { USABLE = 1 };

static void add_range(u64 start, u64 size, u32 type)
{
  if (type == USABLE && boot.range_count < BOOT_MAX_RANGES)
    boot.ranges[boot.range_count++] = (struct boot_range){start, start + size};
}

static void copy_command_line(const char *s)
{
  for (size_t i = 0; s[i] && i < sizeof boot.command_line - 1; i++)
    boot.command_line[i] = s[i];
}

/* xen/arch-x86/hvm/start_info.h */
static void read_start_info(const struct hvm_start_info *info)
{
  const struct hvm_memmap_table_entry *map = (void *)info->memmap_paddr;
  if (info->magic != XEN_HVM_START_MAGIC_VALUE || info->version < 1)
    panic("the loader left no start_info with a memory map");
  boot.rsdp = info->rsdp_paddr;
  if (info->cmdline_paddr) copy_command_line((char *)info->cmdline_paddr);
  for (u32 i = 0; i < info->memmap_entries; i++)
    add_range(map[i].addr, map[i].size, map[i].type);
}

/* Multiboot2 Specification 2.0, section 3.6 */
struct tag {
  u32 type;
  u32 size;
};
enum { TAG_END = 0, TAG_COMMAND_LINE = 1, TAG_MEMORY_MAP = 6, TAG_OLD_RSDP = 14, TAG_RSDP = 15 };

static void read_memory_map_tag(const struct tag *tag)
{
  const u32 *head = (const u32 *)(tag + 1); /* size and version of an entry */
  const u8 *entry = (const u8 *)(head + 2), *end = (const u8 *)tag + tag->size;
  for (; entry < end; entry += head[0])
    add_range(((const u64 *)entry)[0], ((const u64 *)entry)[1], ((const u32 *)entry)[4]);
}

static void read_multiboot2(const u8 *info)
{
  const struct tag *tag = (const struct tag *)(info + 8);
  while (tag->type != TAG_END) {
    if (tag->type == TAG_COMMAND_LINE) copy_command_line((const char *)(tag + 1));
    if (tag->type == TAG_MEMORY_MAP) read_memory_map_tag(tag);
    if (tag->type == TAG_RSDP || (tag->type == TAG_OLD_RSDP && !boot.rsdp))
      boot.rsdp = (u64)(tag + 1);
    tag = (const struct tag *)((u64)tag + ((tag->size + 7) & ~7u));
  }
}

/* Documentation/arch/x86/zero-page.rst of Linux */
struct e820_entry {
  u64 start, size;
  u32 type;
} __attribute__((packed));

static void read_boot_params(const u8 *params)
{
  enum { RSDP = 0x70, LINE_HIGH = 0xc8, MAP_ENTRIES = 0x1e8, LINE = 0x228, MAP = 0x2d0, MOST = 128 };
  const struct e820_entry *map = (const struct e820_entry *)(params + MAP);
  u64 line = *(const u32 *)(params + LINE) | (u64) * (const u32 *)(params + LINE_HIGH) << 32;
  boot.rsdp = *(const u64 *)(params + RSDP);
  if (line) copy_command_line((const char *)line);
  for (u32 i = 0; i < params[MAP_ENTRIES] && i < MOST; i++)
    add_range(map[i].start, map[i].size, map[i].type);
}

/* Called by boot.S with the loader's magic number and where its tables are. */
void start(u32 magic, u64 info)
{
  boot.by_firmware = magic == MULTIBOOT2_MAGIC;
  if (magic == MULTIBOOT2_MAGIC)
    read_multiboot2((const u8 *)info);
  else if (magic == LINUX_MAGIC)
    read_boot_params((const u8 *)info);
  else
    read_start_info((const struct hvm_start_info *)info);
  kernel_start(&boot);
}

/* link.ld puts the ELF header at the image's start. */
struct arch_headers arch_program_headers(void)
{
  const u16 *half = (const u16 *)image_start;
  return (struct arch_headers){image_start + *(const u64 *)(image_start + 32), half[27], half[28]};
}
