/* SPDX-License-Identifier: ISC */

/* The Linux system calls that musl and the OCaml runtime make on our behalf: what
   each does here is in the table below. There is one process with one thread, no
   file but the console and /dev/urandom, and a page is always readable and
   writable. Error numbers and flags are Linux's (asm-generic). */

#include <asm/unistd.h>

#include "arch.h"
#include "platform.h"

enum { ENOENT = 2, EBADF = 9, ENOMEM = 12, ENODEV = 19, EINVAL = 22, ENOTTY = 25,
       ESPIPE = 29, ENOSYS = 38 };
enum { STDIN, STDOUT, STDERR, URANDOM };
enum { PROCESS = 1 };

struct timespec {
  u64 seconds, ns;
};

struct timeval {
  u64 seconds, us;
};

struct iovec {
  char *base;
  size_t length;
};

typedef long system_call(long a, long b, long c, long d, long e);
#define CALL(name)                                                            \
  static long name(long a __attribute__((unused)), long b __attribute__((unused)), \
                   long c __attribute__((unused)), long d __attribute__((unused)), \
                   long e __attribute__((unused)))

CALL(nothing) { return 0; }
CALL(process) { return PROCESS; }
CALL(no_entry) { return -ENOENT; }
CALL(no_memory) { return -ENOMEM; }
CALL(no_terminal) { return -ENOTTY; }
CALL(no_seek) { return -ESPIPE; }

/* {2 Console and randomness} */

static long write_console(long fd, const char *s, size_t n)
{
  if (fd != STDOUT && fd != STDERR) return -EBADF;
  console_write(s, n);
  return n;
}

CALL(write) { return write_console(a, (const char *)b, c); }

CALL(writev)
{
  const struct iovec *v = (const struct iovec *)b;
  long total = 0;
  for (long i = 0; i < c; i++) {
    long n = write_console(a, v[i].base, v[i].length);
    if (n < 0) return n;
    total += n;
  }
  return total;
}

/* A program that asks for randomness and would get none is better stopped. */
static long random_bytes(void *to, size_t n)
{
  if (!entropy_fill(to, n))
    panic("there is no source of randomness: the processor has neither RDRAND nor RDSEED, and "
          "the machine no virtio-rng (for QEMU: -cpu qemu64,+rdrand or -device virtio-rng-pci)");
  return n;
}

static long read_file(long fd, char *to, size_t n)
{
  size_t got = 0;
  if (fd == URANDOM) return random_bytes(to, n);
  if (fd != STDIN) return -EBADF;
  while (n && !(got = console_read(to, n))) platform->console_wait(FOREVER);
  return got;
}

CALL(read) { return read_file(a, (char *)b, c); }

CALL(readv)
{
  const struct iovec *v = (const struct iovec *)b;
  long total = 0;
  for (long i = 0; i < c; i++) {
    long n = v[i].length ? read_file(a, v[i].base, v[i].length) : 0;
    if (n < 0) return n;
    total += n;
    if ((size_t)n < v[i].length) break;
  }
  return total;
}

static int is_urandom(const char *path)
{
  const char *wanted = "/dev/urandom";
  while (*path && *path == *wanted) path++, wanted++;
  return *path == *wanted;
}

#ifdef __NR_open
CALL(open) { return is_urandom((const char *)a) ? URANDOM : -ENOENT; }
#endif
CALL(openat) { return is_urandom((const char *)b) ? URANDOM : -ENOENT; }
CALL(getrandom) { return random_bytes((void *)a, b); }

/* {2 Memory} */

static u64 pages_of(u64 length) { return (length + PAGE_SIZE - 1) / PAGE_SIZE; }

CALL(mmap)
{
  enum { MAP_FIXED = 0x10, MAP_ANONYMOUS = 0x20 };
  if (!(d & MAP_ANONYMOUS)) return -ENODEV;
  /* OCaml 5 reserves memory first and then asks for what it uses, in place. */
  if (d & MAP_FIXED) return memory_holds(a, pages_of(b)) ? a : -EINVAL;
  void *memory = memory_alloc(pages_of(b));
  return memory ? (long)memory : -ENOMEM;
}

CALL(munmap)
{
  memory_free(a, pages_of(b));
  return 0;
}

/* {2 Time} */

static u64 read_clock(long clock)
{
  enum { REALTIME = 0, REALTIME_COARSE = 5 };
  u64 now = clock_monotonic();
  return clock == REALTIME || clock == REALTIME_COARSE ? now + clock_wall_base() : now;
}

CALL(clock_gettime)
{
  u64 now = read_clock(a);
  *(struct timespec *)b = (struct timespec){now / NSEC_PER_SEC, now % NSEC_PER_SEC};
  return 0;
}

static struct timeval timeval_of(u64 ns)
{
  return (struct timeval){ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / 1000};
}

CALL(gettimeofday)
{
  *(struct timeval *)a = timeval_of(read_clock(0));
  return 0;
}

/* The time since the start stands for that of the processor. */
CALL(getrusage)
{
  enum { SIZEOF_RUSAGE = 144 };
  memset((void *)b, 0, SIZEOF_RUSAGE);
  *(struct timeval *)b = timeval_of(clock_since_start());
  return 0;
}

static long sleep_for(const struct timespec *t)
{
  u64 deadline = clock_monotonic() + t->seconds * NSEC_PER_SEC + t->ns;
  while (clock_monotonic() < deadline) platform->wait(deadline);
  return 0;
}

CALL(nanosleep) { return sleep_for((const struct timespec *)a); }

CALL(clock_nanosleep)
{
  enum { TIMER_ABSTIME = 1 };
  return b & TIMER_ABSTIME ? -EINVAL : sleep_for((const struct timespec *)c);
}

/* {2 The process} */

/* asm/signal.h, the kernel's own struct sigaction. */
struct sigaction {
  signal_handler *handler;
  u64 flags, restorer, mask;
};

/* Nobody sends signals; only the handler of page faults is remembered. */
CALL(rt_sigaction)
{
  enum { SIGSEGV = 11 };
  const struct sigaction *new = (const struct sigaction *)b;
  struct sigaction *old = (struct sigaction *)c;
  if (old) *old = (struct sigaction){.handler = a == SIGSEGV ? segv_handler : NULL};
  if (new && a == SIGSEGV) segv_handler = new->handler;
  return 0;
}

CALL(rt_sigprocmask)
{
  if (c) *(u64 *)c = 0;
  return 0;
}

#ifdef __NR_arch_prctl
CALL(arch_prctl)
{
  enum { ARCH_SET_FS = 0x1002 };
  if (a != ARCH_SET_FS) return -EINVAL;
  arch_set_thread_pointer(b);
  return 0;
}
#endif

CALL(getcwd)
{
  if (b < 2) return -EINVAL;
  memcpy((void *)a, "/", 2);
  return 2;
}

CALL(exit_group) { shutdown(a); }

/* abort(3) sends itself a signal; as a shell reports it, 128 + SIGABRT. OCaml's runtime does so
   when it is out of memory itself, and knows no amounts. */
CALL(tkill)
{
  memory_report();
  shutdown(134);
}

/* {2 The table} */

static system_call *const table[] = {
#ifdef __NR_arch_prctl
    [__NR_arch_prctl] = arch_prctl,
#endif
    [__NR_brk] = nothing, /* refused: musl then takes mmap */
    [__NR_clock_gettime] = clock_gettime,
    [__NR_clock_nanosleep] = clock_nanosleep,
    [__NR_close] = nothing,
    [__NR_exit] = exit_group,
    [__NR_exit_group] = exit_group,
    [__NR_fstat] = no_entry,
    [__NR_futex] = nothing,
    [__NR_getcwd] = getcwd,
    [__NR_getpid] = process,
    [__NR_getppid] = process,
    [__NR_getrandom] = getrandom,
    [__NR_getrusage] = getrusage,
    [__NR_gettid] = process,
    [__NR_gettimeofday] = gettimeofday,
    [__NR_ioctl] = no_terminal,
    [__NR_lseek] = no_seek,
#ifdef __NR_lstat
    [__NR_lstat] = no_entry,
#endif
    [__NR_madvise] = nothing,
    [__NR_mmap] = mmap,
    [__NR_mprotect] = nothing,
    [__NR_mremap] = no_memory, /* musl then copies */
    [__NR_munmap] = munmap,
    [__NR_nanosleep] = nanosleep,
    [__NR_newfstatat] = no_entry,
#ifdef __NR_open
    [__NR_open] = open,
#endif
    [__NR_openat] = openat,
    [__NR_read] = read,
#ifdef __NR_readlink
    [__NR_readlink] = no_entry,
#endif
    [__NR_readlinkat] = no_entry,
    [__NR_readv] = readv,
    [__NR_rt_sigaction] = rt_sigaction,
    [__NR_rt_sigprocmask] = rt_sigprocmask,
    [__NR_set_tid_address] = process,
    [__NR_sigaltstack] = nothing,
#ifdef __NR_stat
    [__NR_stat] = no_entry,
#endif
    [__NR_tgkill] = tkill,
    [__NR_tkill] = tkill,
    [__NR_write] = write,
    [__NR_writev] = writev,
};

/* The names of all, in the order of their numbers, made from asm/unistd.h at build
   time; a number without a name has an empty one. */
static const char names[] =
#include "syscall_names.h"
    ;

static const char *name_of(u64 number)
{
  const char *name = names;
  while (number-- && name < names + sizeof names) name += strlen(name) + 1;
  return name < names + sizeof names ? name : "";
}

static void log_unknown(u64 number)
{
  static u8 logged[512];
  if (number < sizeof logged && logged[number]++) return;
  log_string("system call not available: ");
  if (*name_of(number))
    log_string(name_of(number));
  else
    log_number(number);
  log_string("\n");
}

/* Called by the processor's entry.S. */
long syscall_handle(long a, long b, long c, long d, long e, u64 number)
{
  if (number < sizeof table / sizeof *table && table[number]) return table[number](a, b, c, d, e);
  log_unknown(number);
  return -ENOSYS;
}
