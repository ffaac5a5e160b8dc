/* SPDX-License-Identifier: ISC */

/* Declarations that the kernel's files and the drivers in C share. All of this code runs in
   ring 0 on one processor, with interrupts disabled except while it sleeps. Addresses are
   physical, times in nanoseconds. */
#ifndef MIRAGE_KERNEL_H
#define MIRAGE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define PAGE_SIZE 4096ul
#define NSEC_PER_SEC 1000000000ull
#define FOREVER (~0ull)

/* From the C library; its versions for x86-64 use no SSE registers. */
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

/* log.c: the kernel's own messages. */
void log_string(const char *s);
void log_number(u64 n);
void log_hex(u64 n);

/* shutdown.c: the end; code as for exit(3). panic says why, and is for when nothing else
   helps. */
_Noreturn void panic(const char *why);
_Noreturn void shutdown(u32 code);
_Noreturn void reboot(void);

/* memory.c: contiguous pages, which memory_alloc fills with zeros; NULL when there are not
   so many, and memory_refused says how many that were (memory_report says it on the console). memory_block tells the pages of
   the block that starts there, or 0. */
void memory_add(u64 start, u64 end);
void *memory_take(u64 pages);
void *memory_alloc(u64 pages);
u64 memory_block(u64 start);
int memory_holds(u64 start, u64 pages); /* whether all of them are in use */
void memory_free(u64 start, u64 pages);
u64 memory_pages(void);
u64 memory_refused(void);
_Noreturn void memory_exhausted(void);
void memory_report(void);

/* Calls ocaml_signal_shortage once when less than a quarter is free, or, if that is less,
   half of what is free now. */
void memory_watch(void);

/* entropy.c: entropy_fill fills, or returns 0 because there is no source. entropy_add takes
   in n random bytes from a device, of which there are enough then. */
int entropy_fill(void *to, size_t n);
void entropy_add(const void *bytes, size_t n);

/* console.c: console_try_write takes what there is room for, console_write all of it. */
size_t console_try_write(const char *s, size_t n);
void console_write(const char *s, size_t n);
size_t console_read(char *to, size_t n);
void console_flush(void);

/* The platform's clocks; nanoseconds since the kernel's start. */
u64 clock_monotonic(void);
u64 clock_wall_base(void);
u64 clock_since_start(void);

/* syscall.c, trap.c */
typedef void signal_handler(int number, void *info, void *context);
extern signal_handler *segv_handler;

/* libc.c: starts the C library with the words of the line, which stays as it is. */
_Noreturn void libc_start(const char *command_line);

/* ocaml.c: what of OCaml's runtime the kernel looks into. */
int ocaml_main(int argc, char **argv);
void ocaml_signal_shortage(void);
int ocaml_is_code(u64 rip);
u64 ocaml_line(u64 return_address, const char **file);
u64 ocaml_nearest_line(u64 address, const char **file);
void ocaml_save_allocation_pointer(u64 pointer);

/* frames.c: before OCaml's runtime starts. */
void frames_unpack(void);

/* The image's parts (link.ld). */
extern char image_start[], _etext[], rodata_start[], rodata_end[], _end[];

#endif
