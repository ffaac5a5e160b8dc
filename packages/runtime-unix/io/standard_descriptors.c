/* SPDX-License-Identifier: ISC */

/* A program may be started with its standard input, output or error closed. The next file that it
   opens would then have that number: Lwt's own descriptors would be written to, as standard output.
   So /dev/null takes their places, before OCaml code runs. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <caml/mlvalues.h>

__attribute__((constructor)) static void fill_standard_descriptors(void)
{
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDWR) != fd) return;
}

/* Called by OCaml so that this object is linked. */
CAMLprim value mirage_unix_standard_descriptors(value unit)
{
  return unit;
}
