/* SPDX-License-Identifier: ISC */

/* Event channels. */
#ifndef MIRAGE_XEN_EVENT_H
#define MIRAGE_XEN_EVENT_H

#include "kernel.h"

/* A new port for the domain to bind to, or 0. */
u32 event_alloc(u32 domain);
void event_close(u32 port);
void event_send(u32 port);

/* Whether the port was pending; clears it. */
int event_take(u32 port);

/* Among the ports for which event_wait_all wakes up; 0 if there are too many. */
int event_listen(u32 port);
void event_forget(u32 port);

/* Sleeps until one of those is pending, or this one; or the deadline. May return early. */
void event_wait_all(u64 deadline);
void event_wait(u32 port, u64 deadline);

#endif
