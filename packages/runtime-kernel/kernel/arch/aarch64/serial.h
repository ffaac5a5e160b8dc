/* SPDX-License-Identifier: ISC */

/* The board's serial port. */
#ifndef MIRAGE_SERIAL_H
#define MIRAGE_SERIAL_H

#include "kernel.h"

/* By the device tree. */
void serial_init(void);

int serial_is_there(void);

/* Waits until all is sent. Writes nothing if there is no port. */
void serial_write(const char *s, size_t n);

/* Takes what has arrived. */
size_t serial_read(char *to, size_t n);

#endif
