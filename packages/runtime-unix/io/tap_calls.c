/* SPDX-License-Identifier: ISC */

#include <caml/mlvalues.h>
#include <caml/unixsupport.h>

#include "system.h"

/* Tap.kind has its constructors in the order of these numbers. */
CAMLprim value mirage_unix_tap_kind(value fd)
{
  return Val_int(mirage_system_device(Int_val(fd)));
}

CAMLprim value mirage_unix_tap_leave_to_reader(value fd, value yes)
{
  if (mirage_system_leave_to_reader(Int_val(fd), Bool_val(yes)) != 0) uerror("ioctl", Nothing);
  return Val_unit;
}
