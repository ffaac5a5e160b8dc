/* SPDX-License-Identifier: ISC */

/* Page tables (Arm ARM, chapter D8): memory and devices are at their physical addresses, the
   image is at its own; of that, code can be executed but not written, all else not executed;
   the pages below the stacks are not there. */

#include "paging.h"

#include "arch.h"
#include "cpu.h"
#include "device_tree.h"
#include "traps.h"

enum { VALID = 1, TABLE = 2, PAGE = 2, DEVICE = 1 << 2, READ_ONLY = 1 << 7, SHARED = 3 << 8,
       ACCESSED = 1 << 10 };
#define NO_EXECUTE (3ull << 53)
#define ADDRESS_MASK 0x0000fffffffff000ull
#define ADDRESS_END (1ull << 47)
/* Where in the image boot.S has its page of code: behind the head for UEFI. */
enum { BOOT_CODE = PAGE_SIZE };
#define MEMORY (VALID | SHARED | ACCESSED)

/* boot.S, link.ld */
extern u64 page_root[];
extern u64 image_tables[];

/* Tables from the time before there is memory to allocate. */
enum { SPARE = 14 };
static u64 spare[SPARE][512] __attribute__((aligned(4096)));
static u32 spare_used;

/* 0 before the MMU is on; then what an address of the image is higher than the physical one. */
static u64 image_offset;
static u64 mapped_end = ADDRESS_END;

u64 arch_physical(const void *p)
{
  return (u64)p >= (u64)image_start && (u64)p < (u64)_end ? (u64)p - image_offset : (u64)p;
}

static u64 *table_of(u64 entry)
{
  u64 at = entry & ADDRESS_MASK, image = arch_physical(image_start);
  return (u64 *)(at >= image && at < arch_physical(_end) ? at + image_offset : at);
}

static u64 *new_table(void)
{
  if (spare_used < SPARE) return spare[spare_used++];
  u64 *table = memory_pages() ? memory_alloc(1) : NULL;
  if (!table) panic("no memory for page tables");
  return table;
}

static u64 *table_in(u64 *entry)
{
  if (!(*entry & VALID)) *entry = arch_physical(new_table()) | VALID | TABLE;
  return table_of(*entry);
}

static void flush(void)
{
  data_barrier();
  __asm__ volatile("tlbi vmalle1" : : : "memory");
  data_barrier();
  instruction_barrier();
}

/* The entry for `address` in the table of that level: 1, 2 or 3, of which one maps 1 GiB,
   2 MiB or 4 KiB. NULL if more than that is mapped there as one. */
static u64 *entry_of(u64 address, u32 level)
{
  u64 *entry = &page_root[address >> 39 & 511];
  for (u32 n = 1; n <= level; n++) {
    if (*entry & VALID && !(*entry & TABLE)) return NULL;
    entry = &table_in(entry)[address >> (39 - 9 * n) & 511];
  }
  return entry;
}

static int is_table(const u64 *entry) { return entry && *entry & VALID && *entry & TABLE; }

/* As few entries as there can be. What is mapped already stays as it is. */
static void map(u64 from, u64 end, u64 to, u64 flags)
{
  static const u64 sizes[] = {0, 1ull << 30, 1ull << 21, PAGE_SIZE};
  while (from < end) {
    u32 level = 1;
    while (level < 3 && ((from | to) % sizes[level] || end - from < sizes[level] ||
                         is_table(entry_of(from, level))))
      level++;
    u64 *entry = entry_of(from, level);
    if (entry && !(*entry & VALID)) *entry = to | flags | (level == 3 ? PAGE : 0);
    from += sizes[level], to += sizes[level];
  }
}

static u64 page_up(u64 address) { return (address + PAGE_SIZE - 1) & -PAGE_SIZE; }

/* One table after the other, for 2 MiB each. */
static void map_image(u64 address, u64 image)
{
  u64 end = address + ((u64)_end - (u64)image_start);
  u64 code = (u64)_etext - (u64)image_start, data = (u64)rodata_end - (u64)image_start;
  u64 *table = image_tables;
  for (u64 at = address; at < end; at += 1 << 21, table += 512)
    *entry_of(at, 2) = (u64)table | VALID | TABLE;
  for (u64 at = 0; at < end - address; at += PAGE_SIZE) {
    u64 flags = at < code ? READ_ONLY : at < data ? READ_ONLY | NO_EXECUTE : NO_EXECUTE;
    *entry_of(address + at, 3) = (image + at) | MEMORY | PAGE | flags;
  }
}

void paging_make(u64 image, u64 tree)
{
  u64 address, first = tree & -PAGE_SIZE;
  __asm__("ldr %0, =image_start" : "=r"(address));
  map_image(address, image);
  map(image + BOOT_CODE, image + BOOT_CODE + PAGE_SIZE, image + BOOT_CODE, MEMORY | READ_ONLY);
  if (tree) map(first, page_up(tree + tree_octets((const u8 *)tree)), first, MEMORY | READ_ONLY | NO_EXECUTE);
}

void paging_entered(u64 image)
{
  image_offset = (u64)image_start - image;
  *entry_of(image + BOOT_CODE, 3) = 0;
  flush();
}

/* A range takes at most three tables at either end. */
void paging_map_first(u64 start, u64 end)
{
  enum { FOR_DEVICES = 5 };
  if (mapped_end != ADDRESS_END) return;
  if (SPARE - spare_used < FOR_DEVICES + 3) {
    mapped_end = start;
    return;
  }
  map(start, end, start, MEMORY | NO_EXECUTE);
}

uint64_t arch_mapped_end(void) { return mapped_end; }

void paging_protect_image(void) { paging_unmap((u64)trap_stack_guard, 1); }

void paging_map_ram(u64 start, u64 end)
{
  if (start < ADDRESS_END) map(page_up(start), end & -PAGE_SIZE, page_up(start), MEMORY | NO_EXECUTE);
  flush();
}

void paging_map_device(u64 start, u64 size)
{
  u64 first = start & -PAGE_SIZE;
  map(first, page_up(start + size), first, VALID | ACCESSED | DEVICE | NO_EXECUTE);
  flush();
}

int paging_is_mapped(u64 address)
{
  if (address >= ADDRESS_END * 2) return 0;
  u64 entry = page_root[address >> 39];
  for (u32 n = 1; n <= 3 && entry & VALID && entry & TABLE; n++)
    entry = table_of(entry)[address >> (39 - 9 * n) & 511];
  return entry & VALID;
}

/* The entry of one page, out of what may be mapped as more. */
static u64 *small_entry(u64 address)
{
  for (u32 level = 1; level < 3; level++) {
    u64 *entry = entry_of(address, level);
    if (!(*entry & VALID) || *entry & TABLE) continue;
    u64 size = 1ull << (39 - 9 * (level + 1)), first = *entry;
    u64 *table = new_table();
    for (u64 i = 0; i < 512; i++) table[i] = (first + i * size) | (level == 2 ? PAGE : 0);
    /* One must be gone before another may come (Arm ARM, section D8.16). */
    *entry = 0;
    flush();
    *entry = arch_physical(table) | VALID | TABLE;
  }
  return entry_of(address, 3);
}

void paging_unmap(u64 page, u64 pages)
{
  for (; pages; pages--, page += PAGE_SIZE) *small_entry(page) = 0;
  flush();
}
