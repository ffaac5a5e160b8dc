/* SPDX-License-Identifier: ISC */

#define CAML_NAME_SPACE
#include <caml/callback.h>
#include <stdlib.h>

#include "kernel.h"

void *memory_take(u64 pages)
{
  static _Alignas(PAGE_SIZE) char memory[1 << 20];
  if (pages * PAGE_SIZE > sizeof memory) abort();
  return memory;
}

int main(int argc, char **argv)
{
  (void)argc;
  frames_unpack();
  caml_startup(argv);
  caml_shutdown();
  return 0;
}
