/* SPDX-License-Identifier: ISC */

#include "kernel.h"

static u64 start;

void clock_init(void) { start = clock_monotonic(); }
u64 clock_since_start(void) { return clock_monotonic() - start; }
u64 clock_monotonic(void) { return on_xen ? xen_monotonic() : machine_monotonic(); }
u64 clock_wall_base(void) { return on_xen ? xen_wall_base() : machine_wall_base(); }
