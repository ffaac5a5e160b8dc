/* SPDX-License-Identifier: ISC */

/* QEMU's devices by which a machine tells of itself. */
#ifndef MIRAGE_REPORT_H
#define MIRAGE_REPORT_H

#include "kernel.h"

/* To a serial port on the PCI bus (pci-serial), if there is one. */
void report_line(const char *s, size_t n);

/* To pvpanic-pci (docs/specs/pvpanic.rst), if there is one. */
void report_crash(void);

#endif
