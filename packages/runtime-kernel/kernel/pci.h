/* SPDX-License-Identifier: ISC */

/* The configuration space of devices on the PCI bus (PCI Local Bus Specification 3.0,
   chapter 6). */
#ifndef MIRAGE_PCI_H
#define MIRAGE_PCI_H

#include "kernel.h"

/* A device is bus × 256 + device × 8 + function; offset is a multiple of 4. Reading what is
   not there gives all ones. */
u32 pci_read(u32 device, u32 offset);
void pci_write(u32 device, u32 offset, u32 v);

#endif
