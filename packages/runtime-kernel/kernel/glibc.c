/* SPDX-License-Identifier: ISC */

/* The names that Debian's OCaml runtime, built for glibc, expects from the C
   library and musl has not: those of _FORTIFY_SOURCE (LSB 5.0, libc), and two
   numbers of sysconf. Passes floating-point arguments on, so it is not built as
   the rest of the kernel is. */

#include <stdarg.h>
#include <stddef.h>

typedef struct FILE FILE;
int vfprintf(FILE *, const char *, va_list);
int vsnprintf(char *, size_t, const char *, va_list);

int __fprintf_chk(FILE *f, int flag, const char *format, ...)
{
  va_list list;
  (void)flag;
  va_start(list, format);
  int n = vfprintf(f, format, list);
  va_end(list);
  return n;
}

int __vfprintf_chk(FILE *f, int flag, const char *format, va_list list)
{
  (void)flag;
  return vfprintf(f, format, list);
}

int __snprintf_chk(char *to, size_t n, int flag, size_t size, const char *format, ...)
{
  va_list list;
  (void)flag, (void)size;
  va_start(list, format);
  int length = vsnprintf(to, n, format, list);
  va_end(list);
  return length;
}

int __vsnprintf_chk(char *to, size_t n, int flag, size_t size, const char *format, va_list list)
{
  (void)flag, (void)size;
  return vsnprintf(to, n, format, list);
}

/* glibc has SIGSTKSZ ask for it; without an answer OCaml would not look out for
   stack overflows. */
long sysconf(int name)
{
  enum { SC_PAGESIZE = 30, SC_MINSIGSTKSZ = 249, SC_SIGSTKSZ = 250 };
  switch (name) {
  case SC_PAGESIZE: return 4096;
  case SC_MINSIGSTKSZ: return 2048;
  case SC_SIGSTKSZ: return 8192;
  default: return -1;
  }
}
