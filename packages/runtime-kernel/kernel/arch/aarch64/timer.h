/* SPDX-License-Identifier: ISC */

/* The processor's own clock and timer (Arm ARM, chapter D11), of which the virtual ones are
   used. Nanoseconds. */
#ifndef MIRAGE_TIMER_H
#define MIRAGE_TIMER_H

#include "kernel.h"

/* By the device tree; after gic_init. */
void timer_init(void);

u64 timer_monotonic(void);

/* Sleeps until the deadline or an interrupt. */
void timer_wait(u64 deadline);

#endif
