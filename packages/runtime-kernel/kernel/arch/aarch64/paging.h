/* SPDX-License-Identifier: ISC */

/* Beside what arch.h has. */
#ifndef MIRAGE_PAGING_H
#define MIRAGE_PAGING_H

#include "kernel.h"

/* Maps the image to its own addresses, its first page and the device tree to where they
   are. Called by boot.S, before the MMU is on, with physical addresses. */
void paging_make(u64 image, u64 tree);

/* The MMU is on: the image is at `image` physically, and its first page there no longer
   mapped. */
void paging_entered(u64 image);

/* Memory that is known before there is any to allocate, from lower to higher addresses.
   arch_mapped_end tells how far the tables went that the image has. */
void paging_map_first(u64 start, u64 end);

#endif
