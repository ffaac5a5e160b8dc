/* SPDX-License-Identifier: ISC */

#ifndef MIRAGE_PCI_HOST_H
#define MIRAGE_PCI_HOST_H

#include "kernel.h"

/* Where the bus's port is in memory; 0 if the bus has none. */
u64 pci_port_address(u32 port);

#endif
