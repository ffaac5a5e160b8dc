/* SPDX-License-Identifier: ISC */

/* ioctl(2) on TAP devices (linux/if_tun.h). Elsewhere than on Linux, none has headers. */

#include <caml/mlvalues.h>

#ifdef __linux__
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>

#include <caml/unixsupport.h>

CAMLprim value mirage_unix_tap_has_headers(value fd)
{
  struct ifreq request = { 0 };
  if (ioctl(Int_val(fd), TUNGETIFF, &request) != 0) return Val_false;
  return Val_bool(request.ifr_flags & IFF_VNET_HDR);
}

CAMLprim value mirage_unix_tap_leave_to_reader(value fd, value yes)
{
  unsigned int offloads = Bool_val(yes) ? TUN_F_CSUM | TUN_F_TSO4 : 0;
  if (ioctl(Int_val(fd), TUNSETOFFLOAD, offloads) != 0) uerror("TUNSETOFFLOAD", Nothing);
  return Val_unit;
}
#else
CAMLprim value mirage_unix_tap_has_headers(value fd) { return Val_false; }
CAMLprim value mirage_unix_tap_leave_to_reader(value fd, value yes) { return Val_unit; }
#endif
