/* SPDX-License-Identifier: ISC */

/* Declarations that the files for this processor share. */
#ifndef MIRAGE_X86_H
#define MIRAGE_X86_H

#include "kernel.h"

/* boot.S, entry.S */
void syscall_entry(void);
extern u64 gdt[];
extern const u64 exception_table[], interrupt_table[];
extern char trap_stack_guard[], trap_stack_top[];
extern char syscall_stack_guard[], syscall_stack_top[];

#endif
