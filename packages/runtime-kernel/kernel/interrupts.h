/* SPDX-License-Identifier: ISC */

/* How a device ends the machine's sleep. What it is that the device has to tell, its driver
   finds out itself. */
#ifndef MIRAGE_INTERRUPTS_H
#define MIRAGE_INTERRUPTS_H

#include "kernel.h"

/* By a line, at the moment it is raised; 0 if there is no such line. */
int interrupt_enable_line(u32 line);

/* By writing this word to that address (MSI). */
struct interrupt_message {
  u64 address;
  u32 word;
} interrupt_message(void);

#endif
