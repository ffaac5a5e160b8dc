/* SPDX-License-Identifier: ISC */

/* The console: output waits for its reader, unless there is none. */

#include "arch.h"
#include "platform.h"

/* Without a reader for this long, output is dropped. */
#define PATIENCE (5 * NSEC_PER_SEC)

/* The most bytes that one byte of output can become: LF is sent as CR LF. */
#define LONGEST 2

static u64 lost;
static int given_up;

size_t console_try_write(const char *s, size_t n)
{
  if (platform) return platform->console_write(s, n);
  arch_early_write(s, n);
  return n;
}

size_t console_read(char *to, size_t n) { return platform->console_read(to, n); }

static int has_room(void) { return platform->console_room() >= LONGEST; }
static int is_read(void) { return platform->console_unread() == 0; }

/* Waits for the console to be as it should, with patience as long as something moves. */
static int wait_until(int (*condition)(void))
{
  size_t unread = platform->console_unread();
  u64 deadline = clock_monotonic() + PATIENCE;
  while (!condition()) {
    if (platform->console_unread() != unread) {
      unread = platform->console_unread();
      deadline = clock_monotonic() + PATIENCE;
    }
    if (clock_monotonic() >= deadline) return 0;
    platform->console_wait(deadline);
  }
  return 1;
}

static void report_loss(void)
{
  u64 n = lost;
  lost = given_up = 0;
  log_string("\n[");
  log_number(n);
  log_string(" bytes of output lost: nobody read the console]\n");
}

/* Once the reader is given up, only what is read after all ends the silence. */
void console_write(const char *s, size_t n)
{
  if (given_up && has_room()) report_loss();
  while (n && !given_up) {
    size_t written = console_try_write(s, n);
    s += written, n -= written;
    given_up = n && !wait_until(has_room);
  }
  lost += n;
}

/* Waits, before the end, until all output has been read. */
void console_flush(void)
{
  if (platform && !given_up) wait_until(is_read);
}
