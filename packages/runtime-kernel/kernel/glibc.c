/* SPDX-License-Identifier: ISC */

/* The names that Debian's OCaml runtime, built for glibc, expects from the C
   library and musl has not: those of _FORTIFY_SOURCE (LSB 5.0, libc), and two
   numbers of sysconf. Passes floating-point arguments on, so it is not built as
   the rest of the kernel is. */

#include <stdarg.h>
#include <stddef.h>

typedef struct FILE FILE;
typedef long off_t;
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

void *memcpy(void *to, const void *from, size_t n);

/* The compiler has compared the sizes where it could. */
void *__memcpy_chk(void *to, const void *from, size_t n, size_t size)
{
  (void)size;
  return memcpy(to, from, n);
}

long strtol(const char *s, char **end, int base);
long __isoc23_strtol(const char *s, char **end, int base) { return strtol(s, end, base); }

/* Names of the time when off_t had 32 bits; musl 1.2.4 and later have them no more. Weak, as
   earlier ones have. */
#define WEAK __attribute__((weak))
void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
int open(const char *path, int flags, ...);
int stat(const char *path, void *result);
off_t lseek(int fd, off_t offset, int whence);
int ftruncate(int fd, off_t length);
void *readdir(void *directory);

WEAK void *mmap64(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
  return mmap(address, length, protection, flags, fd, offset);
}
WEAK int open64(const char *path, int flags, int mode) { return open(path, flags, mode); }
WEAK int stat64(const char *path, void *result) { return stat(path, result); }
WEAK off_t lseek64(int fd, off_t offset, int whence) { return lseek(fd, offset, whence); }
WEAK int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }
WEAK void *readdir64(void *directory) { return readdir(directory); }

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
