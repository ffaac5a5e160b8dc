/* SPDX-License-Identifier: ISC */

/* The console that dom0 reads and fills; see platform.h for what each function is to do. */
#ifndef MIRAGE_XEN_CONSOLE_H
#define MIRAGE_XEN_CONSOLE_H

#include "kernel.h"

/* with_serial: the serial port shows, and hears, the same. */
void xen_console_start(int with_serial);
size_t xen_console_write(const char *s, size_t n);
size_t xen_console_room(void);
size_t xen_console_unread(void);
size_t xen_console_read(char *to, size_t n);
void xen_console_wait(u64 deadline);

/* An event for the console has ended a sleep, or may have. */
void xen_console_heard(void);

#endif
