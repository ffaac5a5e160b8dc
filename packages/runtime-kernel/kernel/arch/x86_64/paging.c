/* SPDX-License-Identifier: ISC */

/* Page tables (Intel SDM, volume 3, section 4.5): memory is where it is, code can
   be executed but not written, everything else not executed; the page at 0 and
   those below the stacks are not there. boot.S has made the tables for the first
   4 GiB. */

#include "arch.h"
#include "cpu.h"
#include "x86.h"

enum { PRESENT = 1, WRITE = 2, UNCACHED = 0x18, LARGE = 0x80 };
#define LARGE_PAGE (1ull << 21)
#define ADDRESS_END (1ull << 47)
#define ADDRESS_MASK 0x000ffffffffff000ull
#define EFER_NXE (1ull << 11)

/* boot.S, link.ld */
extern u64 page_root[];
extern char late_code_start[], late_code_end[];

static u64 no_execute;

static u64 *table_of(u64 entry) { return (u64 *)(entry & ADDRESS_MASK); }

static u64 *new_table(void)
{
  u64 *table = memory_alloc(1);
  if (!table) panic("no memory for page tables");
  return table;
}

static u64 *table_in(u64 *entry)
{
  if (!(*entry & PRESENT)) *entry = (u64)new_table() | PRESENT | WRITE;
  return table_of(*entry);
}

/* The entry for the 2 MiB around an address below ADDRESS_END. */
static u64 *large_entry(u64 address)
{
  u64 *pointers = table_in(&page_root[address >> 39]);
  return &table_in(&pointers[address >> 30 & 511])[address >> 21 & 511];
}

/* The entry for the 4 KiB around an address, splitting a large page. */
static u64 *small_entry(u64 address)
{
  u64 *large = large_entry(address);
  if (*large & LARGE) {
    u64 *table = new_table(), first = *large & ~(u64)LARGE;
    for (u64 i = 0; i < 512; i++) table[i] = first + i * PAGE_SIZE;
    *large = (u64)table | PRESENT | WRITE;
  }
  return &table_of(*large)[address >> 12 & 511];
}

static int is_within(u64 page, const char *start, const char *end)
{
  return page + PAGE_SIZE > (u64)start && page < (u64)end;
}

static u64 image_page(u64 page)
{
  if (is_within(page, image_start, _etext) || is_within(page, late_code_start, late_code_end))
    return page | PRESENT;
  if (is_within(page, rodata_start, rodata_end)) return page | PRESENT | no_execute;
  return page | PRESENT | WRITE | no_execute;
}

static void enable_no_execute(void)
{
  if (cpuid(0x80000000, 0).a < 0x80000001 || !(cpuid(0x80000001, 0).d >> 20 & 1)) return;
  write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_NXE);
  no_execute = 1ull << 63;
}

uint64_t arch_mapped_end(void) { return 1ull << 32; }

u64 arch_physical(const void *p) { return (u64)p; }

void paging_protect_image(void)
{
  u64 end = ((u64)_end + LARGE_PAGE - 1) & -LARGE_PAGE;
  enable_no_execute();
  for (u64 page = 0; page < end; page += PAGE_SIZE) *small_entry(page) = image_page(page);
  for (u64 page = end; page < 1ull << 32; page += LARGE_PAGE)
    if (*large_entry(page) & LARGE) *large_entry(page) |= no_execute;
  paging_unmap(0, 1);
  paging_unmap((u64)trap_stack_guard, 1);
  paging_unmap((u64)syscall_stack_guard, 1);
}

static void map(u64 start, u64 end, u64 flags)
{
  for (u64 page = start & -LARGE_PAGE; page < end && page < ADDRESS_END; page += LARGE_PAGE) {
    u64 *entry = large_entry(page);
    if (!(*entry & PRESENT)) *entry = page | PRESENT | WRITE | LARGE | flags | no_execute;
  }
  flush_page_tables();
}

void paging_map_ram(u64 start, u64 end) { map(start, end, 0); }

/* What is mapped already, below 4 GiB, is left to the processor's memory type registers. */
void paging_map_device(u64 start, u64 size) { map(start, start + size, UNCACHED); }

int paging_is_mapped(u64 address)
{
  if (address >= ADDRESS_END) return 0;
  u64 root = page_root[address >> 39];
  if (!(root & PRESENT)) return 0;
  u64 pointer = table_of(root)[address >> 30 & 511];
  if (!(pointer & PRESENT)) return 0;
  u64 large = table_of(pointer)[address >> 21 & 511];
  if (!(large & PRESENT) || large & LARGE) return large & PRESENT;
  return table_of(large)[address >> 12 & 511] & PRESENT;
}

void paging_unmap(u64 page, u64 pages)
{
  for (; pages; pages--, page += PAGE_SIZE) *small_entry(page) = 0;
  flush_page_tables();
}
