/* SPDX-License-Identifier: ISC */

/* Xen's own calls. */
#ifndef MIRAGE_XEN_H
#define MIRAGE_XEN_H

#include "kernel.h"

/* Whether Xen is the chosen platform: without it, nothing below works. */
int xen_is_here(void);

/* xen/include/public/xen.h has the numbers. */
long hypercall(long number, long a, long b);

/* Has one of Xen's pages take the place of one of ours. */
void xen_map(u32 space, u64 index, void *page);

/* A value that the toolstack has left (hvm/params.h), or 0; and one for it. */
u64 xen_param(u32 index);
void xen_set_param(u32 index, u64 value);

extern struct shared_info *const shared_info;

#endif
