/* SPDX-License-Identifier: ISC */

/* A PC's switches. */
#ifndef MIRAGE_POWER_H
#define MIRAGE_POWER_H

#include "kernel.h"

/* From now on the power button is listened to. */
void power_init(void);

/* Whether it was pressed since the last call. */
int power_button(void);

/* These return if the machine doesn't power off or reset. */
void power_off(u32 code);
void power_reset(void);

#endif
