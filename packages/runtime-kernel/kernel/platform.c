/* SPDX-License-Identifier: ISC */

#include "platform.h"

#include "kernel.h"

const struct platform *platform;

static u64 start;

/* The section that PLATFORM fills (link.ld). */
extern const struct platform *const platforms_start[], *const platforms_end[];

void platform_choose(const struct boot *boot)
{
  for (const struct platform *const *p = platforms_start; p < platforms_end; p++)
    if ((*p)->start(boot)) {
      platform = *p;
      start = clock_monotonic();
      return;
    }
  panic("the kernel knows no machine like this");
}

u64 clock_monotonic(void) { return platform ? platform->monotonic() : 0; }
u64 clock_wall_base(void) { return platform ? platform->wall_base() : 0; }
u64 clock_since_start(void) { return clock_monotonic() - start; }
