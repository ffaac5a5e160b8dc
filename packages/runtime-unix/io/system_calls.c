/* SPDX-License-Identifier: ISC */

/* What of the system the OCaml modules ask for, and poll(2). */

#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <caml/signals.h>
#include <caml/unixsupport.h>

#include "system.h"

__attribute__((constructor)) static void start(void) { mirage_system_start(); }

CAMLprim value mirage_unix_has_scalable_wait(value unit)
{
  return Val_bool(mirage_system_has_scalable_wait());
}

CAMLprim value mirage_unix_has_control_groups(value unit)
{
  return Val_bool(mirage_system_has_control_groups());
}

CAMLprim value mirage_unix_af_inet(value unit) { return Val_int(AF_INET); }
CAMLprim value mirage_unix_af_inet6(value unit) { return Val_int(AF_INET6); }

/* In KiB, so that an int of OCaml can hold it; -1 without a limit. */
static value limit(int resource)
{
  struct rlimit limits;
  if (getrlimit(resource, &limits) != 0 || limits.rlim_cur == RLIM_INFINITY) return Val_long(-1);
  return Val_long(limits.rlim_cur / 1024);
}

CAMLprim value mirage_unix_data_limit(value unit) { return limit(RLIMIT_DATA); }

CAMLprim value mirage_unix_address_limit(value unit)
{
#ifdef RLIMIT_AS
  return limit(RLIMIT_AS);
#else
  return Val_long(-1);
#endif
}

CAMLprim value mirage_unix_physical_memory(value unit)
{
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return Val_long(pages <= 0 || size <= 0 ? -1 : (long)((unsigned long long)pages * size / 1024));
}

/* Waits for the descriptors of a list of (descriptor, to read, to write), for so many
   milliseconds or, if negative, any time: those that are ready, and for what. One that is
   none, or has an error, is ready for all that was asked: the call on it will say so. */
CAMLprim value mirage_unix_poll(value list, value timeout)
{
  CAMLparam1(list);
  CAMLlocal3(ready, item, cell);
  nfds_t count = 0;
  for (value l = list; l != Val_emptylist; l = Field(l, 1)) count++;
  struct pollfd *polled = caml_stat_alloc((count + 1) * sizeof *polled);
  nfds_t i = 0;
  for (value l = list; l != Val_emptylist; l = Field(l, 1), i++) {
    value wanted = Field(l, 0);
    polled[i].fd = Int_val(Field(wanted, 0));
    polled[i].events =
      (Bool_val(Field(wanted, 1)) ? POLLIN : 0) | (Bool_val(Field(wanted, 2)) ? POLLOUT : 0);
    polled[i].revents = 0;
  }
  caml_enter_blocking_section();
  int result = poll(polled, count, Int_val(timeout));
  int error = errno;
  caml_leave_blocking_section();
  ready = Val_emptylist;
  for (i = 0; result > 0 && i < count; i++) {
    short got = polled[i].revents;
    if (got == 0) continue;
    int is_over = got & (POLLERR | POLLHUP | POLLNVAL);
    item = caml_alloc_tuple(3);
    Store_field(item, 0, Val_int(polled[i].fd));
    Store_field(item, 1, Val_bool((polled[i].events & POLLIN) && (is_over || (got & POLLIN))));
    Store_field(item, 2, Val_bool((polled[i].events & POLLOUT) && (is_over || (got & POLLOUT))));
    cell = caml_alloc(2, 0);
    Store_field(cell, 0, item);
    Store_field(cell, 1, ready);
    ready = cell;
  }
  caml_stat_free(polled);
  if (result < 0) unix_error(error, "poll", Nothing);
  CAMLreturn(ready);
}
