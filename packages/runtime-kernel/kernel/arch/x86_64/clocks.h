/* SPDX-License-Identifier: ISC */

/* A PC's clocks: KVM's, or the processor's counter of cycles. */
#ifndef MIRAGE_CLOCKS_H
#define MIRAGE_CLOCKS_H

#include "kernel.h"

/* After acpi_init and lapic_init. */
void clocks_init(void);

/* See platform.h. */
u64 clocks_monotonic(void);
u64 clocks_wall_base(void);

/* What lapic_timer_set takes for so many nanoseconds, at most as much as there is room
   for; at least 1. */
u32 clocks_timer_count(u64 ns);

#endif
