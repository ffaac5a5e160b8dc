/* SPDX-License-Identifier: ISC */

/* What the kernel asks of the processor: the folder `arch` has one implementation for
   each. */
#ifndef MIRAGE_ARCH_H
#define MIRAGE_ARCH_H

#include "kernel.h"

/* A message before there is a platform, to wherever it might be seen. */
void arch_early_write(const char *s, size_t n);

/* Exceptions and system calls come to the kernel from now on. */
void arch_init_traps(void);

/* Makes code read-only and data not executable, and takes guard pages out of the map. All
   memory below arch_mapped_end is mapped at boot. */
void paging_protect_image(void);
uint64_t arch_mapped_end(void);
void paging_map_ram(u64 start, u64 end);
void paging_map_device(u64 start, u64 size);
void paging_unmap(u64 page, u64 pages);
int paging_is_mapped(u64 address);

/* Where devices see what `p` points to: memory is where it is, the image may be elsewhere. */
u64 arch_physical(const void *p);

/* The ELF program headers of the image, in which the C library looks for thread-local storage. */
struct arch_headers {
  const void *start;
  u64 size, count;
} arch_program_headers(void);

/* Where a thread's storage lies, for the C library. */
void arch_set_thread_pointer(u64 address);

/* Continues on another stack. */
_Noreturn void arch_enter(void *stack, void (*function)(void));

/* One word from the processor's generator of random numbers; 0 if it has none. */
int arch_random(u64 *word);

/* A counter that runs fast. */
u64 arch_cycles(void);

/* Sleeps for good. */
_Noreturn void arch_halt(void);

#endif
