/* SPDX-License-Identifier: ISC */

/* The console. On Xen a ring that dom0 reads and fills (xen/io/console.h); the
   serial port without Xen, and beside the ring in an HVM guest, whose console may
   be what the serial port shows (EC2). */

#include "cpu.h"
#include "xen_interface.h"

/* So long nobody has to read for us to think that nobody ever will. */
#define PATIENCE (5 * NSEC_PER_SEC)

static volatile struct xencons_interface *ring;
u32 console_port;
static int has_serial;
static u32 abandoned_at; /* the reader's position when we gave up */
static u64 lost;

void console_init(int serial)
{
  has_serial = serial;
  if (serial) serial_init();
  if (!on_xen) return;
  console_port = xen_param(HVM_PARAM_CONSOLE_EVTCHN);
  if (console_port) ring = (void *)(xen_param(HVM_PARAM_CONSOLE_PFN) * PAGE_SIZE);
}

/* A line ends with a carriage return too, as a terminal at the other end wants it. */
static size_t ring_write(const char *s, size_t n)
{
  u32 produced = ring->out_prod;
  size_t room = sizeof ring->out - (produced - ring->out_cons), written = 0;
  barrier();
  for (; written < n; written++) {
    size_t needed = s[written] == '\n' ? 2 : 1;
    if (room < needed) break;
    if (needed == 2) ring->out[produced++ % sizeof ring->out] = '\r';
    ring->out[produced++ % sizeof ring->out] = s[written];
    room -= needed;
  }
  barrier();
  ring->out_prod = produced;
  if (written) event_send(console_port);
  return written;
}

/* Writes what fits. Before console_init: to the port that Xen logs and QEMU can
   show (0xe9). */
static size_t try_write(const char *s, size_t n)
{
  if (ring) return ring_write(s, n);
  if (!has_serial)
    for (size_t i = 0; i < n; i++) out8(0xe9, s[i]);
  return n;
}

size_t console_try_write(const char *s, size_t n)
{
  size_t written = try_write(s, n);
  if (has_serial) serial_write(s, written);
  return written;
}

/* Until the reader has moved on from where it was, or has lost our patience. */
static int wait_for_reader(void)
{
  u32 position = ring->out_cons;
  u64 deadline = clock_monotonic() + PATIENCE;
  while (ring->out_cons == position) {
    if (clock_monotonic() >= deadline) return 0;
    event_wait(&console_port, 1, deadline);
    event_take(console_port);
  }
  return 1;
}

static void report_loss(void)
{
  u64 n = lost;
  lost = 0;
  if (!n) return;
  log_string("\n[");
  log_number(n);
  log_string(" bytes of output lost: nobody read the console]\n");
}

/* Writes all, waiting for the reader, unless there is none. */
void console_write(const char *s, size_t n)
{
  if (lost && ring->out_cons != abandoned_at) report_loss();
  while (n && !lost) {
    size_t written = console_try_write(s, n);
    s += written, n -= written;
    if (n && !wait_for_reader()) {
      abandoned_at = ring->out_cons;
      lost = 1;
    }
  }
  if (n) lost += n;
}

size_t console_read(char *to, size_t n)
{
  size_t got = has_serial ? serial_read(to, n) : 0;
  if (!ring) return got;
  u32 consumed = ring->in_cons, produced = ring->in_prod;
  barrier();
  while (got < n && consumed != produced) to[got++] = ring->in[consumed++ % sizeof ring->in];
  barrier();
  if (consumed != ring->in_cons) {
    ring->in_cons = consumed;
    event_send(console_port);
  }
  return got;
}

/* Waits, before the end, until all output has been read. */
void console_flush(void)
{
  while (ring && !lost && ring->out_cons != ring->out_prod && wait_for_reader()) continue;
}
