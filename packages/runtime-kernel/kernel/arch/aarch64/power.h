/* SPDX-License-Identifier: ISC */

/* The power button. */
#ifndef MIRAGE_POWER_H
#define MIRAGE_POWER_H

#include "kernel.h"

/* By the device tree. */
void power_init(void);

/* Whether it was pressed since the last call. */
int power_button(void);

#endif
