/* SPDX-License-Identifier: ISC */

/* What a program must not get away with. */

#define CAML_NAME_SPACE
#include <caml/mlvalues.h>

long syscall(long number, ...);

static unsigned char return_instruction[] = {0xc3};
static const long constant = 1;

CAMLprim value test_execute_data(value unit)
{
  ((void (*)(void))return_instruction)();
  return unit;
}

CAMLprim value test_write_constant(value unit)
{
  *(volatile long *)&constant = 2;
  return unit;
}

CAMLprim value test_read_null(value unit)
{
  volatile long *null = 0;
  __asm__("" : "+r"(null));
  return Val_long(*null + unit);
}

static long deep(volatile long *above)
{
  volatile long frame[512];
  frame[0] = *above + 1;
  return deep(frame) + frame[0];
}

CAMLprim value test_overflow_in_c(value unit)
{
  long first = unit;
  return Val_long(deep(&first));
}

CAMLprim value test_system_call(value number) { return Val_long(syscall(Long_val(number))); }
