/* SPDX-License-Identifier: ISC */

/* Functions of the C library that OCaml's runtime names, and of which a kernel needs little or
   nothing: the C library's own are left out with all that they bring along. */

#include <stdarg.h>
#include <stddef.h>

enum { ENOSYS = 38 };
int *__errno_location(void);

/* There are no other programs. */
int system(const char *command)
{
  (void)command;
  *__errno_location() = ENOSYS;
  return -1;
}

/* There is one locale, POSIX's. */
void *newlocale(int categories, const char *name, void *base)
{
  (void)categories, (void)name;
  return base;
}

void *uselocale(void *locale) { return locale; }
void freelocale(void *locale) { (void)locale; }

static int digit(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 16;
}

static const char *scan_number(const char *s, unsigned base, unsigned *to)
{
  unsigned n = 0;
  for (; (unsigned)digit(*s) < base; s++) n = n * base + digit(*s);
  *to = n;
  return s;
}

/* Of what it can, no more than OCAMLRUNPARAM takes (runtime/startup_aux.c): characters that stand for
   themselves, %u, %x and %c. */
int __isoc99_sscanf(const char *s, const char *format, ...)
{
  int scanned = 0;
  va_list to;
  va_start(to, format);
  for (; *format; format++) {
    if (*format != '%') {
      if (*s++ != *format) break;
      continue;
    }
    unsigned base = *++format == 'u' ? 10 : 16;
    if (*format == 'c' ? !*s : (unsigned)digit(*s) >= base) break;
    if (*format == 'c')
      *va_arg(to, char *) = *s++;
    else
      s = scan_number(s, base, va_arg(to, unsigned *));
    scanned++;
  }
  va_end(to);
  return scanned;
}
