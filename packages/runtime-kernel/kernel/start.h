/* SPDX-License-Identifier: ISC */

#ifndef MIRAGE_START_H
#define MIRAGE_START_H

#include "boot.h"

/* Called on a stack of the kernel's own, once the loader's tables have been read. */
_Noreturn void kernel_start(struct boot *boot);

#endif
