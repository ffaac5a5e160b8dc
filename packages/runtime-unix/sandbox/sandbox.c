/* SPDX-License-Identifier: ISC */

/* The way into the sandbox, in two steps: before OCaml's runtime, while there is one
   thread, and when the devices are connected. */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <caml/alloc.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>

#include "filter.h"
#include "isolation.h"

/* The profile, as process_sandbox.ml reads it. */
static const char *variable = "MIRAGE_SANDBOX";

/* A thread, such as one that OCaml 5 starts at once, would keep the process from a
   user namespace of its own: unshare(2). */
__attribute__((constructor)) static void prepare(void)
{
  const char *profile = getenv(variable);
  if (profile == NULL) return;
  /* The right to low ports would not count in a user namespace. */
  if (strcmp(profile, "direct") == 0 || strcmp(profile, "socket") == 0)
    mirage_isolation_prepare();
}

/* 0, or the error by which the root is not an empty one. */
CAMLprim value mirage_sandbox_enter_root(value unit)
{
  /* Local time is read once, and kept as long as the variable stays: tzset(3). */
  setenv("TZ", ":/etc/localtime", 0);
  tzset();
  return Val_int(mirage_isolation_enter());
}

CAMLprim value mirage_sandbox_drop_privileges(value low_ports)
{
  return Val_int(mirage_isolation_drop_privileges(Bool_val(low_ports)));
}

CAMLprim value mirage_sandbox_filter(value sockets, value paths, value anything)
{
  int allowed = (Bool_val(sockets) ? mirage_filter_sockets : 0) |
                (Bool_val(paths) ? mirage_filter_paths : 0) |
                (Bool_val(anything) ? mirage_filter_unix : 0);
  return Val_int(mirage_filter_install(allowed));
}

CAMLprim value mirage_sandbox_is_there(value unit)
{
  return Val_bool(mirage_filter_is_there);
}

CAMLprim value mirage_sandbox_error(value number)
{
  return caml_copy_string(strerror(Int_val(number)));
}
