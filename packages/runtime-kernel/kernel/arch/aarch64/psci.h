/* SPDX-License-Identifier: ISC */

/* The firmware's switches (Arm Power State Coordination Interface, DEN 0022). */
#ifndef MIRAGE_PSCI_H
#define MIRAGE_PSCI_H

#include "kernel.h"

/* By the device tree. */
void psci_init(void);

/* These return if there is no such firmware. */
void psci_off(void);
void psci_reset(void);

#endif
