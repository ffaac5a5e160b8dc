/* SPDX-License-Identifier: ISC */

#define CAML_NAME_SPACE
#include <caml/callback.h>

int main(int argc, char **argv)
{
  (void)argc;
  caml_startup(argv);
  caml_shutdown();
  return 0;
}
