/* SPDX-License-Identifier: ISC */

/* From the loader's tables to the C library. What the loader left may lie in the
   memory that is about to be used (Xen puts it right behind _end), so the memory
   map and the command line are copied first. */

#include "kernel.h"
#include "xen_interface.h"

#define MULTIBOOT2_MAGIC 0x36d76289
#define MAX_RANGES 64
#define LOW_MEMORY_END (1ull << 32)

static struct hvm_memmap_table_entry ranges[MAX_RANGES];
static u32 range_count;
static char command_line[2048];

static void add_range(u64 addr, u64 size, u32 type)
{
  if (type == XEN_HVM_MEMMAP_TYPE_RAM && range_count < MAX_RANGES)
    ranges[range_count++] = (struct hvm_memmap_table_entry){.addr = addr, .size = size};
}

static void copy_command_line(const char *s)
{
  for (size_t i = 0; s[i] && i < sizeof command_line - 1; i++) command_line[i] = s[i];
}

/* xen/arch-x86/hvm/start_info.h */
static void read_start_info(const struct hvm_start_info *info)
{
  const struct hvm_memmap_table_entry *map = (void *)info->memmap_paddr;
  if (info->magic != XEN_HVM_START_MAGIC_VALUE || info->version < 1)
    panic("the loader left no start_info with a memory map");
  if (info->cmdline_paddr) copy_command_line((char *)info->cmdline_paddr);
  for (u32 i = 0; i < info->memmap_entries; i++)
    add_range(map[i].addr, map[i].size, map[i].type);
}

/* Multiboot2 Specification 2.0, section 3.6 */
struct tag {
  u32 type;
  u32 size;
};
enum { TAG_END = 0, TAG_COMMAND_LINE = 1, TAG_MEMORY_MAP = 6 };

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
    tag = (const struct tag *)((u64)tag + ((tag->size + 7) & ~7u));
  }
}

static u64 max(u64 a, u64 b) { return a > b ? a : b; }
static u64 min(u64 a, u64 b) { return a < b ? a : b; }

static void add_memory(const struct hvm_memmap_table_entry *range, u64 start, u64 end)
{
  memory_add(max(range->addr, start), min(range->addr + range->size, end));
}

/* boot.S has mapped the memory below 4 GiB; page tables for what lies above come
   out of it. The page at 0 is for null pointers. */
static void init_memory(void)
{
  for (u32 i = 0; i < range_count; i++) {
    add_memory(&ranges[i], PAGE_SIZE, (u64)image_start);
    add_memory(&ranges[i], (u64)_end, LOW_MEMORY_END);
  }
  if (memory_pages() == 0) panic("the loader reports no usable memory");
  paging_protect_image();
  for (u32 i = 0; i < range_count; i++) {
    u64 start = max(ranges[i].addr, LOW_MEMORY_END), end = ranges[i].addr + ranges[i].size;
    if (start >= end) continue;
    paging_map_ram(start, end);
    memory_add(start, end);
  }
}

/* Called by boot.S with the loader's EAX and EBX. */
void kernel_start(u32 magic, u64 info)
{
  int by_bios = magic == MULTIBOOT2_MAGIC;
  if (by_bios)
    read_multiboot2((const u8 *)info);
  else
    read_start_info((const struct hvm_start_info *)info);
  trap_init();
  if (!xen_init())
    machine_init();
  else if (by_bios)
    xen_init_hvm();
  clock_init();
  console_init(by_bios || !on_xen);
  init_memory();
  libc_start(command_line);
}
