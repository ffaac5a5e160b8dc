/* SPDX-License-Identifier: ISC */

/* Memory for devices, outside the OCaml heap: page-aligned bigarrays whose
   memory is not cleared, and a cache of the slabs that were freed last, so that
   a busy receiver does not pay for fresh page mappings. */

#define _GNU_SOURCE
#include <stdlib.h>

#include <caml/alloc.h>
#include <caml/bigarray.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>

#define PAGE_SIZE 4096
#define SLAB_SIZE (256 * 1024)
#define CACHED_SLABS 32

/* A full major collection is due when this much was allocated: the collector
   knows nothing of memory that it did not allocate itself. */
#define BYTES_PER_MAJOR_GC (64 * 1024 * 1024)

static void *cache[CACHED_SLABS];
static int cached = 0;

static struct custom_operations slab_operations;
static void (*finalize_bigarray)(value) = NULL;

static void finalize_slab(value slab)
{
  struct caml_ba_array *array = Caml_ba_array_val(slab);
  /* With a proxy, sub-arrays share the memory, and the last of them frees it. */
  if (array->proxy == NULL && cached < CACHED_SLABS)
    cache[cached++] = array->data;
  else
    finalize_bigarray(slab);
}

static value bigarray_of(void *data, size_t size)
{
  caml_adjust_gc_speed(size, BYTES_PER_MAJOR_GC);
  return caml_ba_alloc_dims(CAML_BA_CHAR | CAML_BA_C_LAYOUT | CAML_BA_MANAGED,
                            1, data, (intnat)size);
}

static void *aligned_memory(size_t size)
{
  void *data;
  if (posix_memalign(&data, PAGE_SIZE, size) != 0) caml_raise_out_of_memory();
  return data;
}

CAMLprim value mirage_unix_pages_alloc(value pages)
{
  size_t size = (size_t)Long_val(pages) * PAGE_SIZE;
  return bigarray_of(aligned_memory(size == 0 ? PAGE_SIZE : size), size);
}

CAMLprim value mirage_unix_slab_alloc(value unit)
{
  void *data = cached > 0 ? cache[--cached] : aligned_memory(SLAB_SIZE);
  value slab = bigarray_of(data, SLAB_SIZE);
  if (finalize_bigarray == NULL) {
    slab_operations = *Custom_ops_val(slab);
    finalize_bigarray = slab_operations.finalize;
    slab_operations.finalize = finalize_slab;
  }
  Custom_ops_val(slab) = &slab_operations;
  return slab;
}
