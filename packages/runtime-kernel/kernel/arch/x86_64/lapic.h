/* SPDX-License-Identifier: ISC */

/* The processor's own interrupt controller and its timer (Intel SDM, volume 3, chapter
   10), and the one on the board that passes lines on to it (82093AA). */
#ifndef MIRAGE_LAPIC_H
#define MIRAGE_LAPIC_H

#include "kernel.h"

enum { VECTOR_TIMER = 32, VECTOR_DEVICE, VECTOR_POWER, VECTOR_SPURIOUS = 47, GATES };

void lapic_init(void);

/* The timer counts down once, at the bus's frequency by LAPIC_DIVISOR; 0 stops it. */
enum { LAPIC_DIVISOR = 16 };
void lapic_timer_set(u32 count);
u32 lapic_timer_left(void);

/* Has a line of the board's controllers end sleeps; 0 if none has it. is_level: it stays
   until the device is told that it was heard. */
int ioapic_enable(u32 line, u8 vector, int is_level);

/* Interrupts by VECTOR_POWER since the last call. */
int lapic_take_power_event(void);

#endif
