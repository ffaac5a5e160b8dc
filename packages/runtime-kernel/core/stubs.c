/* SPDX-License-Identifier: ISC */

/* What OCaml calls of the kernel. Memory that is shared with devices is a
   bigarray that the garbage collector does not own. Nothing but the functions that
   make bigarrays allocates. */

#define CAML_NAME_SPACE
#define CAML_INTERNALS
#include <stdint.h>
#include <stdlib.h>

#include <caml/bigarray.h>
#include <caml/domain_state.h>
#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>

#include "acpi.h"
#include "board.h"
#include "interrupts.h"
#include "kernel.h"
#include "platform.h"

/* {2 Memory} */

static value bigarray(void *data, u64 size, int managed)
{
  return caml_ba_alloc_dims(CAML_BA_CHAR | CAML_BA_C_LAYOUT | managed, 1, data, (intnat)size);
}

CAMLprim value mirage_kernel_memory(value address, value size)
{
  return bigarray((void *)Long_val(address), Long_val(size), CAML_BA_EXTERNAL);
}

CAMLprim value mirage_kernel_page_alloc(value unit)
{
  void *page = memory_alloc(1);
  if (!page) caml_raise_out_of_memory();
  return bigarray(page, PAGE_SIZE, CAML_BA_EXTERNAL);
}

CAMLprim value mirage_kernel_page_free(value page)
{
  memory_free((u64)Caml_ba_data_val(page), 1);
  return Val_unit;
}

CAMLprim value mirage_kernel_all_pages(value unit) { return Val_long(memory_pages()); }

CAMLprim value mirage_kernel_memory_watch(value unit)
{
  memory_watch();
  return Val_unit;
}

CAMLprim value mirage_kernel_pages_get(value pages)
{
  void *data;
  size_t size = Long_val(pages) * PAGE_SIZE;
  if (posix_memalign(&data, PAGE_SIZE, size ? size : PAGE_SIZE)) caml_raise_out_of_memory();
  return bigarray(data, size, CAML_BA_MANAGED);
}

CAMLprim value mirage_kernel_address(value buffer)
{
  return Val_long((u64)Caml_ba_data_val(buffer));
}

CAMLprim value mirage_kernel_barrier(value unit)
{
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  return Val_unit;
}

/* {2 Time} */

CAMLprim value mirage_kernel_monotonic(value unit) { return Val_long(clock_monotonic()); }
CAMLprim value mirage_kernel_wall_base(value unit) { return Val_long(clock_wall_base()); }

CAMLprim value mirage_kernel_wait(value deadline)
{
  platform->wait(deadline == Val_long(Max_long) ? FOREVER : (u64)Long_val(deadline));
  return Val_unit;
}

/* {2 What the machine says of itself} */

extern char **environ;

CAMLprim value mirage_kernel_settings(value unit)
{
  return caml_copy_string_array((const char **)environ);
}

CAMLprim value mirage_kernel_acpi_definitions(value i)
{
  const struct acpi_header *t = acpi_definitions(Long_val(i));
  return t ? caml_alloc_initialized_string(t->length, (const char *)t) : caml_alloc_string(0);
}

CAMLprim value mirage_kernel_board_device(value kind, value i)
{
  struct board_device device;
  if (!board_device(String_val(kind), Long_val(i), &device)) return Atom(0);
  value fields = caml_alloc_small(3, 0);
  Field(fields, 0) = Val_long(device.address);
  Field(fields, 1) = Val_long(device.size);
  Field(fields, 2) = Val_long(device.line);
  return fields;
}

CAMLprim value mirage_kernel_interrupt_line(value line)
{
  return Val_bool(interrupt_enable_line(Long_val(line)));
}

CAMLprim value mirage_kernel_entropy_add(value bytes)
{
  entropy_add(String_val(bytes), caml_string_length(bytes));
  return Val_unit;
}

/* {2 The rest} */

/* The runtime keeps the backtrace of one exception, the last one raised. */
CAMLprim value mirage_kernel_is_last_raised(value exception)
{
  return Val_bool(Caml_state->backtrace_last_exn == exception);
}

CAMLprim value mirage_kernel_console_room(value unit)
{
  return Val_long(platform->console_room());
}

CAMLprim value mirage_kernel_console_write(value text, value offset, value length)
{
  return Val_long(console_try_write(String_val(text) + Long_val(offset), Long_val(length)));
}

CAMLprim value mirage_kernel_entropy(value buffer)
{
  return Val_bool(entropy_fill(Caml_ba_data_val(buffer), Caml_ba_array_val(buffer)->dim[0]));
}

CAMLprim value mirage_kernel_reboot(value unit) { reboot(); }

CAMLprim value mirage_kernel_asked_to_stop(value unit) { return Val_bool(platform->asked_to_stop()); }

CAMLprim value mirage_kernel_report(value line)
{
  platform->report(String_val(line), caml_string_length(line));
  return Val_unit;
}
