/* SPDX-License-Identifier: ISC */

/* Devices that are on no bus and that the machine itself lists. */
#ifndef MIRAGE_BOARD_H
#define MIRAGE_BOARD_H

#include "kernel.h"

struct board_device {
  u64 address, size; /* of its registers */
  u32 line;          /* as interrupt_enable_line takes it */
};

/* The i-th of a kind, by the name of its binding in Linux's device trees (`virtio,mmio`); 0 if
   there are not so many, or the machine lists none that way. */
int board_device(const char *kind, u32 i, struct board_device *device);

/* Only on 64-bit Arm: starts interrupt controller and timer; the processor's clock, in
   nanoseconds; sleeps until a line that is enabled is raised, or the deadline. */
void board_init(void);
u64 board_monotonic(void);
void board_wait(u64 deadline);

#endif
