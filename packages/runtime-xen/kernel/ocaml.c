/* SPDX-License-Identifier: ISC */

#define CAML_NAME_SPACE
#define CAML_INTERNALS
#include <caml/callback.h>
#include <caml/domain_state.h>
#include <caml/mlvalues.h>

#include "kernel.h"

_Noreturn void exit(int);

/* With -output-complete-obj, only caml_shutdown runs what at_exit has registered. */
int ocaml_main(int argc, char **argv)
{
  (void)argc;
  caml_startup(argv);
  caml_shutdown();
  exit(0);
}

/* OCaml 4.13 on amd64 raises Stack_overflow straight from its signal handler and
   continues from the allocation pointer that the last call of C has left, so that
   younger values would be overwritten. OCaml code has the pointer in R15. */
void ocaml_save_allocation_pointer(u64 r15)
{
  if (Caml_state) Caml_state->young_ptr = (value *)r15;
}
