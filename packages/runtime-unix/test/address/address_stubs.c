/* SPDX-License-Identifier: ISC */

#include <stdint.h>

#include <caml/bigarray.h>
#include <caml/mlvalues.h>

CAMLprim value test_address_in_page(value page)
{
  return Val_int((uintptr_t)Caml_ba_data_val(page) % 4096);
}
