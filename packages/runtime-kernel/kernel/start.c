/* SPDX-License-Identifier: ISC */

/* From what the loader has told to the C library. */

#include "start.h"

#include "arch.h"
#include "platform.h"

static u64 max(u64 a, u64 b) { return a > b ? a : b; }
static u64 min(u64 a, u64 b) { return a < b ? a : b; }

static void add_memory(const struct boot_range *range, u64 start, u64 end)
{
  memory_add(max(range->start, start), min(range->end, end));
}

/* Some memory is mapped already; page tables for what lies above come out of it. The page
   at 0 is for null pointers. The image may have addresses beyond those of memory, which then
   lacks what it takes. */
static void init_memory(const struct boot *boot)
{
  u64 mapped_end = arch_mapped_end();
  for (u32 i = 0; i < boot->range_count; i++) {
    add_memory(&boot->ranges[i], PAGE_SIZE, min((u64)image_start, mapped_end));
    add_memory(&boot->ranges[i], (u64)_end, mapped_end);
  }
  if (memory_pages() == 0) panic("the loader reports no usable memory");
  paging_protect_image();
  for (u32 i = 0; i < boot->range_count; i++) {
    u64 start = max(boot->ranges[i].start, mapped_end), end = boot->ranges[i].end;
    if (start >= end) continue;
    paging_map_ram(start, end);
    memory_add(start, end);
  }
}

void kernel_start(struct boot *boot)
{
  arch_init_traps();
  platform_choose(boot);
  init_memory(boot);
  libc_start(boot->command_line);
}
