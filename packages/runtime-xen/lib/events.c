/* SPDX-License-Identifier: ISC */

/* Event channels (xen/event_channel.h), without interrupts: Xen sets a port's
   pending bit; we clear it, or sleep until it is set. Whoever waits takes the bit
   before looking at what the event is about, so that none is missed. */

#include "events.h"

#include "xen.h"
#include "xen_arch.h"
#include "xen_interface.h"

u32 event_alloc(u32 domain)
{
  struct evtchn_alloc_unbound a = {.dom = DOMID_SELF, .remote_dom = domain};
  return hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, (long)&a) ? 0
                                                                                    : a.port;
}

void event_close(u32 port)
{
  struct evtchn_close c = {.port = port};
  hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_close, (long)&c);
}

void event_send(u32 port)
{
  struct evtchn_send s = {.port = port};
  hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (long)&s);
}

/* Whether the port was pending; clears it. */
int event_take(u32 port)
{
  u64 bit = 1ull << port % 64;
  u64 *word = &shared_info->evtchn_pending[port / 64];
  return (*(volatile u64 *)word & bit) &&
         (__atomic_fetch_and(word, ~bit, __ATOMIC_SEQ_CST) & bit);
}

/* What one SCHEDOP_poll takes (xen/common/sched/core.c). */
enum { MAX_PORTS = 128 };

static u32 ports[MAX_PORTS], port_count;

int event_listen(u32 port)
{
  if (port_count == MAX_PORTS) return 0;
  ports[port_count++] = port;
  return 1;
}

void event_forget(u32 port)
{
  for (u32 i = 0; i < port_count; i++)
    if (ports[i] == port) {
      ports[i] = ports[--port_count];
      return;
    }
}

void event_wait_all(u64 deadline) { xen_arch_poll(ports, port_count, deadline); }
void event_wait(u32 port, u64 deadline) { xen_arch_poll(&port, 1, deadline); }
