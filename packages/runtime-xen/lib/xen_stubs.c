/* SPDX-License-Identifier: ISC */

/* What OCaml calls of Xen. Only mirage_xen_abi allocates. */

#define CAML_NAME_SPACE
#include <caml/alloc.h>
#include <caml/bigarray.h>
#include <caml/mlvalues.h>

#include "events.h"
#include "xen.h"
#include "xen_interface.h"

CAMLprim value mirage_xen_present(value unit) { return Val_bool(xen_is_here()); }
/* XEN_IO_PROTO_ABI_NATIVE of xen/io/protocols.h. */
CAMLprim value mirage_xen_abi(value unit)
{
#ifdef __x86_64__
  return caml_copy_string("x86_64-abi");
#else
  return caml_copy_string("arm-abi");
#endif
}

CAMLprim value mirage_xen_param(value index) { return Val_long(xen_param(Long_val(index))); }

CAMLprim value mirage_xen_map_grants(value index, value page)
{
  xen_map(XENMAPSPACE_grant_table, Long_val(index), Caml_ba_data_val(page));
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

CAMLprim value mirage_xen_event_listen(value port) { return Val_bool(event_listen(Long_val(port))); }

CAMLprim value mirage_xen_event_forget(value port)
{
  event_forget(Long_val(port));
  return Val_unit;
}
