/* SPDX-License-Identifier: ISC */

/* Large blocks of malloc are pages of their own. musl's malloc would put several into
   a group, which takes as much memory, in a row, as all of them until the last one is
   freed; and it rounds 64 KiB up to 85. mirage-link-kernel has ld put these functions in
   place of the C library's, which are those called __real_ (ld --wrap). */

#include "kernel.h"

enum { LARGE = 4 * PAGE_SIZE };

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void __real_free(void *p);

static u64 pages_of(size_t n) { return n / PAGE_SIZE + (n % PAGE_SIZE != 0); }

void *__wrap_malloc(size_t n)
{
  return n < LARGE ? __real_malloc(n) : memory_take(pages_of(n));
}

void *__wrap_calloc(size_t n, size_t size)
{
  size_t all;
  if (__builtin_mul_overflow(n, size, &all) || all < LARGE) return __real_calloc(n, size);
  return memory_alloc(pages_of(all));
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
  if (n < LARGE || alignment > PAGE_SIZE) return __real_aligned_alloc(alignment, n);
  return memory_take(pages_of(n));
}

/* The C library's blocks begin behind a header, never where its pages do. */
void __wrap_free(void *p)
{
  u64 pages = memory_block((u64)p);
  if (pages)
    memory_free((u64)p, pages);
  else
    __real_free(p);
}

static void *move(void *p, size_t old, size_t n)
{
  void *new = __wrap_malloc(n);
  if (!new) return NULL;
  memcpy(new, p, old < n ? old : n);
  __wrap_free(p);
  return new;
}

size_t malloc_usable_size(void *p);

void *__wrap_realloc(void *p, size_t n)
{
  u64 pages = memory_block((u64)p);
  if (pages) return pages == pages_of(n) ? p : move(p, pages * PAGE_SIZE, n);
  if (!p || n < LARGE) return __real_realloc(p, n);
  return move(p, malloc_usable_size(p), n);
}
