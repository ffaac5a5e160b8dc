/* SPDX-License-Identifier: ISC */

/* The page allocator: for each stretch of memory a bitmap, at its start, in which
   a set bit is a page in use; searched from where the last search ended. */

#include "kernel.h"

#define MAX_REGIONS 16

struct region {
  u64 start; /* of the pages that are given out */
  u64 pages;
  u64 *used;
  u64 next;
};

static struct region regions[MAX_REGIONS];
static u32 region_count;

static int is_used(const struct region *r, u64 i) { return r->used[i / 64] >> i % 64 & 1; }

static void mark(struct region *r, u64 first, u64 n, int used)
{
  for (u64 i = first; i < first + n; i++) {
    if (used)
      r->used[i / 64] |= 1ull << i % 64;
    else
      r->used[i / 64] &= ~(1ull << i % 64);
  }
}

void memory_add(u64 start, u64 end)
{
  u64 pages, map_pages;
  start = (start + PAGE_SIZE - 1) & -PAGE_SIZE;
  if (region_count == MAX_REGIONS || end < start + 2 * PAGE_SIZE) return;
  pages = (end - start) / PAGE_SIZE;
  map_pages = pages / 8 / PAGE_SIZE + 1;
  memset((void *)start, 0, map_pages * PAGE_SIZE);
  regions[region_count++] = (struct region){
      .start = start + map_pages * PAGE_SIZE,
      .pages = pages - map_pages,
      .used = (u64 *)start,
  };
}

u64 memory_pages(void)
{
  u64 pages = 0;
  for (u32 i = 0; i < region_count; i++) pages += regions[i].pages;
  return pages;
}

/* The first of n free pages in a row within [from, to), or to. */
static u64 find(const struct region *r, u64 from, u64 to, u64 n)
{
  u64 run = 0;
  for (u64 i = from; i < to; i++) {
    if (i % 64 == 0 && r->used[i / 64] == ~0ull) {
      run = 0;
      i += 63;
    } else if (is_used(r, i))
      run = 0;
    else if (++run == n)
      return i - n + 1;
  }
  return to;
}

static void *take(struct region *r, u64 n)
{
  u64 first = find(r, r->next, r->pages, n);
  if (first == r->pages) first = find(r, 0, r->pages, n);
  if (first == r->pages) return NULL;
  mark(r, first, n, 1);
  r->next = first + n;
  return (void *)(r->start + first * PAGE_SIZE);
}

void *memory_alloc(u64 pages)
{
  for (u32 i = 0; i < region_count && pages; i++) {
    void *p = take(&regions[i], pages);
    if (p) return memset(p, 0, pages * PAGE_SIZE);
  }
  return NULL;
}

void memory_free(u64 start, u64 pages)
{
  for (u32 i = 0; i < region_count; i++) {
    struct region *r = &regions[i];
    u64 first = (start - r->start) / PAGE_SIZE;
    if (start < r->start || first >= r->pages || pages > r->pages - first) continue;
    mark(r, first, pages, 0);
    if (first < r->next) r->next = first;
  }
}
