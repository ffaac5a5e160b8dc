/* SPDX-License-Identifier: ISC */

/* The first serial port. */
#ifndef MIRAGE_SERIAL_H
#define MIRAGE_SERIAL_H

#include "kernel.h"

/* Its line of the ISA bus. */
#define SERIAL_LINE 4

void serial_init(void);

/* Whether there is one; after serial_init. */
int serial_is_there(void);

/* Waits until all is sent. */
void serial_write(const char *s, size_t n);

/* Takes what has arrived. */
size_t serial_read(char *to, size_t n);

#endif
