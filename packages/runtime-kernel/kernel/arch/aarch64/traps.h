/* SPDX-License-Identifier: ISC */

#ifndef MIRAGE_TRAPS_H
#define MIRAGE_TRAPS_H

#include "kernel.h"

/* boot.S */
extern char trap_stack_guard[], trap_stack_top[], boot_stack_top[];

#endif
