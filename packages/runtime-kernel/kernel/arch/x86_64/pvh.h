/* SPDX-License-Identifier: ISC */

/* What a loader leaves that enters by the PVH note: Xen, QEMU, Firecracker and others. The
   names are those of Xen's public header arch-x86/hvm/start_info.h; the tests of
   runtime-xen compare sizes, offsets and values with it. */
#ifndef MIRAGE_PVH_H
#define MIRAGE_PVH_H

#include <stdint.h>

#define XEN_HVM_START_MAGIC_VALUE 0x336ec578
#define XEN_HVM_MEMMAP_TYPE_RAM 1

struct hvm_start_info {
  uint32_t magic;
  uint32_t version;
  uint32_t flags;
  uint32_t nr_modules;
  uint64_t modlist_paddr;
  uint64_t cmdline_paddr;
  uint64_t rsdp_paddr;
  uint64_t memmap_paddr;
  uint32_t memmap_entries;
  uint32_t reserved;
};

struct hvm_memmap_table_entry {
  uint64_t addr;
  uint64_t size;
  uint32_t type;
  uint32_t reserved;
};

#endif
