/* SPDX-License-Identifier: ISC */

/* A ring that dom0 reads and fills (xen/io/console.h). In an HVM guest the serial port is
   used beside it: that may be what its owner sees (EC2). */

#include "xen_console.h"

#include "cpu.h"
#include "events.h"
#include "serial.h"
#include "xen.h"
#include "xen_interface.h"

static volatile struct xencons_interface *ring;
static u32 port;
static int has_serial;

void xen_console_start(int with_serial)
{
  has_serial = with_serial;
  if (has_serial) serial_init();
  port = xen_param(HVM_PARAM_CONSOLE_EVTCHN);
  if (!port) return;
  ring = (void *)(xen_param(HVM_PARAM_CONSOLE_PFN) * PAGE_SIZE);
  event_listen(port);
}

size_t xen_console_unread(void) { return ring ? ring->out_prod - ring->out_cons : 0; }
size_t xen_console_room(void) { return sizeof ring->out - xen_console_unread(); }

/* A line ends with a carriage return too, as a terminal at the other end wants it. */
static size_t ring_write(const char *s, size_t n)
{
  u32 produced = ring->out_prod;
  size_t room = xen_console_room(), written = 0;
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
  if (written) event_send(port);
  return written;
}

size_t xen_console_write(const char *s, size_t n)
{
  size_t written = ring ? ring_write(s, n) : n;
  if (has_serial) serial_write(s, written);
  return written;
}

size_t xen_console_read(char *to, size_t n)
{
  size_t got = has_serial ? serial_read(to, n) : 0;
  if (!ring) return got;
  u32 consumed = ring->in_cons, produced = ring->in_prod;
  barrier();
  while (got < n && consumed != produced) to[got++] = ring->in[consumed++ % sizeof ring->in];
  barrier();
  if (consumed != ring->in_cons) {
    ring->in_cons = consumed;
    event_send(port);
  }
  return got;
}

/* The event is taken before the ring is looked at: one that comes later ends the next
   sleep. */
void xen_console_heard(void)
{
  if (port) event_take(port);
}

void xen_console_wait(u64 deadline)
{
  event_wait(port, deadline);
  xen_console_heard();
}
