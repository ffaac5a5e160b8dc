/* SPDX-License-Identifier: ISC */

#ifndef MIRAGE_RTC_H
#define MIRAGE_RTC_H

#include "kernel.h"

/* Seconds since 1970 by the board's clock (PrimeCell RTC PL031, DDI 0224), which is taken to
   show UTC. 0, and a message, if there is none. */
u64 rtc_seconds(void);

#endif
