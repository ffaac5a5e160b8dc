/* SPDX-License-Identifier: ISC */

/* What OCaml calls of the kernel. Memory that is shared with other domains is a
   bigarray that the garbage collector does not own. Nothing but the functions that
   make bigarrays allocates. */

#define CAML_NAME_SPACE
#define CAML_INTERNALS
#include <stdint.h>
#include <stdlib.h>

#include <caml/bigarray.h>
#include <caml/domain_state.h>
#include <caml/fail.h>
#include <caml/mlvalues.h>

#include "kernel.h"

/* {2 Memory} */

static value bigarray(void *data, u64 size, int managed)
{
  return caml_ba_alloc_dims(CAML_BA_CHAR | CAML_BA_C_LAYOUT | managed, 1, data, (intnat)size);
}

CAMLprim value mirage_xen_memory(value address, value size)
{
  return bigarray((void *)Long_val(address), Long_val(size), CAML_BA_EXTERNAL);
}

CAMLprim value mirage_xen_page_alloc(value unit)
{
  void *page = memory_alloc(1);
  if (!page) caml_raise_out_of_memory();
  return bigarray(page, PAGE_SIZE, CAML_BA_EXTERNAL);
}

CAMLprim value mirage_xen_page_free(value page)
{
  memory_free((u64)Caml_ba_data_val(page), 1);
  return Val_unit;
}

CAMLprim value mirage_xen_all_pages(value unit) { return Val_long(memory_pages()); }

CAMLprim value mirage_xen_memory_watch(value unit)
{
  memory_watch();
  return Val_unit;
}

CAMLprim value mirage_xen_pages_get(value pages)
{
  void *data;
  size_t size = Long_val(pages) * PAGE_SIZE;
  if (posix_memalign(&data, PAGE_SIZE, size ? size : PAGE_SIZE)) caml_raise_out_of_memory();
  return bigarray(data, size, CAML_BA_MANAGED);
}

CAMLprim value mirage_xen_frame(value page)
{
  return Val_long((u64)Caml_ba_data_val(page) / PAGE_SIZE);
}

CAMLprim value mirage_xen_barrier(value unit)
{
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return Val_unit;
}

/* {2 Xen} */

CAMLprim value mirage_xen_present(value unit) { return Val_bool(on_xen); }
CAMLprim value mirage_xen_param(value index) { return Val_long(xen_param(Long_val(index))); }

/* XENMAPSPACE_grant_table of xen/memory.h is 1. */
CAMLprim value mirage_xen_map_grants(value index, value page)
{
  xen_map(1, Long_val(index), Caml_ba_data_val(page));
  return Val_unit;
}

/* Clears a grant's flags, unless the other domain uses it: GTF_reading and
   GTF_writing of xen/grant_table.h. */
CAMLprim value mirage_xen_end_grant(value table, value offset)
{
  enum { IN_USE = 8 | 16 };
  uint16_t *flags = (uint16_t *)((char *)Caml_ba_data_val(table) + Long_val(offset));
  uint16_t seen = __atomic_load_n(flags, __ATOMIC_SEQ_CST);
  while (!(seen & IN_USE))
    if (__atomic_compare_exchange_n(flags, &seen, 0, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
      return Val_true;
  return Val_false;
}

CAMLprim value mirage_xen_event_alloc(value domain) { return Val_long(event_alloc(Long_val(domain))); }

CAMLprim value mirage_xen_event_close(value port)
{
  event_close(Long_val(port));
  return Val_unit;
}

CAMLprim value mirage_xen_event_send(value port)
{
  event_send(Long_val(port));
  return Val_unit;
}

CAMLprim value mirage_xen_event_take(value port) { return Val_bool(event_take(Long_val(port))); }

/* {2 Time} */

CAMLprim value mirage_xen_monotonic(value unit) { return Val_long(clock_monotonic()); }
CAMLprim value mirage_xen_wall_base(value unit) { return Val_long(clock_wall_base()); }

CAMLprim value mirage_xen_wait(value ports, value n, value deadline)
{
  u64 end = deadline == Val_long(Max_long) ? FOREVER : (u64)Long_val(deadline);
  if (on_xen)
    event_wait(Caml_ba_data_val(ports), Long_val(n), end);
  else
    machine_wait(end);
  return Val_unit;
}

/* {2 The rest} */

/* The runtime keeps the backtrace of one exception, the last one raised. */
CAMLprim value mirage_xen_is_last_raised(value exception)
{
  return Val_bool(Caml_state->backtrace_last_exn == exception);
}

CAMLprim value mirage_xen_console_port(value unit) { return Val_long(console_port); }

CAMLprim value mirage_xen_console_write(value text, value offset, value length)
{
  return Val_long(console_try_write(String_val(text) + Long_val(offset), Long_val(length)));
}

CAMLprim value mirage_xen_entropy(value buffer)
{
  return Val_bool(entropy_fill(Caml_ba_data_val(buffer), Caml_ba_array_val(buffer)->dim[0]));
}

CAMLprim value mirage_xen_reboot(value unit) { reboot(); }
