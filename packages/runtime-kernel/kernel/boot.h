/* SPDX-License-Identifier: ISC */

/* What a loader has told, copied out of its own tables, which may lie in the memory that
   is about to be used. */
#ifndef MIRAGE_BOOT_H
#define MIRAGE_BOOT_H

#include <stdint.h>

enum { BOOT_MAX_RANGES = 128, BOOT_MAX_COMMAND_LINE = 4096 };

struct boot {
  int by_firmware; /* by a BIOS or UEFI and GRUB, not by a hypervisor that loads kernels */
  uint64_t rsdp;   /* where ACPI's tables begin; 0 if the loader didn't say */
  uint32_t range_count;
  struct boot_range {
    uint64_t start, end;
  } ranges[BOOT_MAX_RANGES]; /* usable memory */
  char command_line[BOOT_MAX_COMMAND_LINE];
};

#endif
