/* SPDX-License-Identifier: ISC */

/* What the files of this processor have of each other. */
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
