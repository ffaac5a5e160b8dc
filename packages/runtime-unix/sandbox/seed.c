/* SPDX-License-Identifier: ISC */

/* OCaml's Random.self_init reads /dev/urandom and, where that is not there, makes do
   with the time of day. In an empty root that would be a seed that can be guessed, and
   nobody would be told; so it asks the kernel, getrandom(2). The linker puts this in
   its place: --wrap. */

#ifdef __linux__

#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include <caml/alloc.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>

enum { numbers = 12 };

/* Bytecode, which is not linked like that, does not have it. */
value __real_caml_sys_random_seed(value unit) __attribute__((weak));

value __wrap_caml_sys_random_seed(value unit)
{
  CAMLparam1(unit);
  CAMLlocal1(seed);
  unsigned char bytes[4 * numbers];
  ssize_t n;
  do n = getrandom(bytes, sizeof bytes, 0);
  while (n < 0 && errno == EINTR);
  if (n != sizeof bytes && __real_caml_sys_random_seed != NULL)
    CAMLreturn(__real_caml_sys_random_seed(unit));
  seed = caml_alloc_tuple(numbers);
  for (int i = 0; i < numbers; i++) {
    const unsigned char *b = bytes + 4 * i;
    /* 30 bits: what every int has. */
    long number = b[0] | b[1] << 8 | b[2] << 16 | (long)(b[3] & 0x3f) << 24;
    Store_field(seed, i, Val_long(number));
  }
  CAMLreturn(seed);
}

#endif
