/* SPDX-License-Identifier: ISC */

/* The interrupt controller: Arm's GIC, version 2 or 3. Interrupts stay masked in the
   processor; what is enabled here ends WFI. */
#ifndef MIRAGE_GIC_H
#define MIRAGE_GIC_H

#include "kernel.h"

/* A line as interrupt_enable_line takes it: its number for the controller, and whether it is
   the edge that counts. */
enum { GIC_EDGE = 1 << 16 };

/* From a device tree's three cells. */
u32 gic_line(u32 kind, u32 number, u32 flags);

/* By the device tree, which must be there. */
void gic_init(void);

/* Takes all that is pending. */
void gic_drain(void);

#endif
