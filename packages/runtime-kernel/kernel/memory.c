/* SPDX-License-Identifier: ISC */

/* The page allocator: for each stretch of memory two bitmaps, at its start, in which
   a set bit is a page in use, and the first page of a block. Free pages are searched
   from where the last search ended. */

#include "kernel.h"

#define MAX_REGIONS 16

struct region {
  u64 start; /* of the pages that are given out */
  u64 pages;
  u64 *used, *first;
  u64 next;
};

static struct region regions[MAX_REGIONS];
static u32 region_count;
static u64 free_pages;
#define NONE (~0ull)
static u64 refused = NONE;
static u64 low_mark;
static int is_watched;

static int bit(const u64 *map, u64 i) { return map[i / 64] >> i % 64 & 1; }
static void set(u64 *map, u64 i) { map[i / 64] |= 1ull << i % 64; }
static void clear(u64 *map, u64 i) { map[i / 64] &= ~(1ull << i % 64); }

void memory_add(u64 start, u64 end)
{
  u64 pages, words, map_pages;
  start = (start + PAGE_SIZE - 1) & -PAGE_SIZE;
  if (region_count == MAX_REGIONS || end < start + 2 * PAGE_SIZE) return;
  pages = (end - start) / PAGE_SIZE;
  words = pages / 64 + 1;
  map_pages = 2 * words * sizeof(u64) / PAGE_SIZE + 1;
  memset((void *)start, 0, map_pages * PAGE_SIZE);
  regions[region_count++] = (struct region){
      .start = start + map_pages * PAGE_SIZE,
      .pages = pages - map_pages,
      .used = (u64 *)start,
      .first = (u64 *)start + words,
  };
  free_pages += pages - map_pages;
}

u64 memory_pages(void)
{
  u64 pages = 0;
  for (u32 i = 0; i < region_count; i++) pages += regions[i].pages;
  return pages;
}

u64 memory_refused(void) { return refused; }

static u64 next_low_mark(void)
{
  u64 quarter = memory_pages() / 4;
  return free_pages / 2 < quarter ? free_pages / 2 : quarter;
}

/* The first of n free pages in a row within [from, to), or to. */
static u64 find(const struct region *r, u64 from, u64 to, u64 n)
{
  u64 run = 0;
  for (u64 i = from; i < to; i++) {
    if (i % 64 == 0 && r->used[i / 64] == ~0ull) {
      run = 0;
      i += 63;
    } else if (bit(r->used, i))
      run = 0;
    else if (++run == n)
      return i - n + 1;
  }
  return to;
}

static void *take_from(struct region *r, u64 n)
{
  u64 first = find(r, r->next, r->pages, n);
  if (first == r->pages) first = find(r, 0, r->pages, n);
  if (first == r->pages) return NULL;
  set(r->first, first);
  for (u64 i = first; i < first + n; i++) set(r->used, i);
  free_pages -= n;
  r->next = first + n;
  return (void *)(r->start + first * PAGE_SIZE);
}

static void check_low_mark(void)
{
  if (free_pages >= low_mark) return;
  low_mark = 0;
  ocaml_signal_shortage();
}

void memory_report(void)
{
  if (refused == NONE) return;
  log_string("out of memory: ");
  log_number(refused * PAGE_SIZE >> 10);
  log_string(" KiB more are needed in a row; of ");
  log_number(memory_pages() * PAGE_SIZE >> 10);
  log_string(" KiB, ");
  log_number(free_pages * PAGE_SIZE >> 10);
  log_string(" are free\n");
}

void memory_exhausted(void)
{
  memory_report();
  panic("the machine has too little memory");
}

/* OCaml's runtime needs what it asks for at its start. */
void *memory_take(u64 pages)
{
  void *p = NULL;
  for (u32 i = 0; i < region_count && pages && !p; i++) p = take_from(&regions[i], pages);
  if (!p) refused = pages;
  if (!p && !is_watched && pages < memory_pages()) memory_exhausted();
  check_low_mark();
  return p;
}

void *memory_alloc(u64 pages)
{
  void *p = memory_take(pages);
  return p ? memset(p, 0, pages * PAGE_SIZE) : NULL;
}

static struct region *region_of(u64 address)
{
  for (u32 i = 0; i < region_count; i++)
    if (address >= regions[i].start && address - regions[i].start < regions[i].pages * PAGE_SIZE)
      return &regions[i];
  return NULL;
}

u64 memory_block(u64 start)
{
  struct region *r = region_of(start);
  if (!r || start % PAGE_SIZE) return 0;
  u64 first = (start - r->start) / PAGE_SIZE, end = first + 1;
  if (!bit(r->used, first) || !bit(r->first, first)) return 0;
  while (end < r->pages && bit(r->used, end) && !bit(r->first, end)) end++;
  return end - first;
}

int memory_holds(u64 start, u64 pages)
{
  struct region *r = region_of(start);
  u64 first = r ? (start - r->start) / PAGE_SIZE : 0;
  if (!r || start % PAGE_SIZE || pages > r->pages - first) return 0;
  for (u64 i = first; i < first + pages; i++)
    if (!bit(r->used, i)) return 0;
  return 1;
}

void memory_free(u64 start, u64 pages)
{
  struct region *r = region_of(start);
  u64 first = r ? (start - r->start) / PAGE_SIZE : 0;
  if (!r || pages > r->pages - first) return;
  for (u64 i = first; i < first + pages; i++) {
    clear(r->used, i);
    clear(r->first, i);
  }
  if (first + pages < r->pages && bit(r->used, first + pages)) set(r->first, first + pages);
  free_pages += pages;
  if (first < r->next) r->next = first;
  if (is_watched && low_mark < next_low_mark()) low_mark = next_low_mark();
}

void memory_watch(void)
{
  is_watched = 1;
  low_mark = next_low_mark();
}
