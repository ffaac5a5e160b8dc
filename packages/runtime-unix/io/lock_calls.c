/* SPDX-License-Identifier: ISC */

/* flock(2): a lock belongs to the open file, so it ends with the process that opened it. */

#include <errno.h>
#include <sys/file.h>

#include <caml/mlvalues.h>

CAMLprim value mirage_unix_try_lock(value fd, value exclusive)
{
  int how = Bool_val(exclusive) ? LOCK_EX : LOCK_SH;
  return Val_bool(flock(Int_val(fd), how | LOCK_NB) == 0 || errno != EWOULDBLOCK);
}
