/* SPDX-License-Identifier: ISC */

/* What of Xen depends on the processor: the folder `arch` has one implementation for each;
   `hypercall` of xen.h is another part of it. */
#ifndef MIRAGE_XEN_ARCH_H
#define MIRAGE_XEN_ARCH_H

#include "kernel.h"

/* Whether Xen is there; if so, hypercalls work from now on. */
int xen_arch_find(void);

/* Once shared_info is there; by_firmware: the machine is a fully virtualised one. */
void xen_arch_start(int by_firmware);

/* Nanoseconds since some time; the wall clock's base of shared_info is that time. */
u64 xen_arch_monotonic(void);

/* Sleeps until one of the ports is pending, or the deadline; may return early. */
void xen_arch_poll(const u32 *ports, u32 n, u64 deadline);

#endif
