/* SPDX-License-Identifier: ISC */

/* What the files of the kernel have of each other. All of it runs in ring 0 on
   one processor, with interrupts off but for machine_wait; addresses are physical
   ones. Times are in nanoseconds. */
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

/* From the C library; its x86-64 versions use no SSE registers. */
void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
size_t strlen(const char *s);

/* log.c: the kernel's own messages, and the end when nothing else helps. */
void log_string(const char *s);
void log_number(u64 n);
void log_hex(u64 n);
_Noreturn void panic(const char *why);

/* memory.c: contiguous pages, which memory_alloc fills with zeros; NULL when there are not
   so many, and memory_refused says how many that were. memory_block tells the pages of
   the block that starts there, or 0. */
void memory_add(u64 start, u64 end);
void *memory_take(u64 pages);
void *memory_alloc(u64 pages);
u64 memory_block(u64 start);
void memory_free(u64 start, u64 pages);
u64 memory_pages(void);
u64 memory_refused(void);
_Noreturn void memory_exhausted(void);

/* Calls ocaml_signal_shortage once when less than a quarter is free, or, if that is less,
   half of what is free now. */
void memory_watch(void);

/* paging.c */
void paging_protect_image(void);
void paging_map_ram(u64 start, u64 end);
void paging_unmap(u64 page, u64 pages);
int paging_is_mapped(u64 address);

/* trap.c */
void trap_init(void);
typedef void signal_handler(int number, void *info, void *context);
extern signal_handler *segv_handler;

/* entropy.c: fills, or returns 0 because the processor has no source. */
int entropy_fill(void *to, size_t n);

/* xen.c: xen_init returns 0 if there is no Xen around us. */
int xen_init(void);
void xen_init_hvm(void);
extern int on_xen;
extern struct shared_info *const shared_info;
void xen_map(u32 space, u64 index, void *page);
u64 xen_param(u32 index);
u64 xen_monotonic(void);
u64 xen_wall_base(void);
_Noreturn void xen_shutdown(u32 reason);

/* event.c: Xen's event channels. */
u32 event_alloc(u32 domain);
void event_close(u32 port);
void event_send(u32 port);
int event_take(u32 port);
void event_wait(const u32 *ports, u32 n, u64 deadline);

/* machine.c: a PC without Xen, as qemu has it. */
void machine_init(void);
u64 machine_monotonic(void);
u64 machine_wall_base(void);
void machine_wait(u64 deadline);
void machine_shutdown(u32 code);

/* serial.c */
void serial_init(void);
void serial_write(const char *s, size_t n);
size_t serial_read(char *to, size_t n);

/* clock.c: nanoseconds since some time before the kernel's start, since that start;
   what to add to the former to get UTC. */
void clock_init(void);
u64 clock_since_start(void);
u64 clock_monotonic(void);
u64 clock_wall_base(void);

/* console.c */
void console_init(int serial);
extern u32 console_port;
size_t console_try_write(const char *s, size_t n);
void console_write(const char *s, size_t n);
size_t console_read(char *to, size_t n);
void console_flush(void);

/* shutdown.c: code as for exit(3). */
_Noreturn void shutdown(u32 code);
_Noreturn void reboot(void);

/* libc.c */
_Noreturn void libc_start(char *command_line);

/* ocaml.c */
int ocaml_main(int argc, char **argv);
void ocaml_signal_shortage(void);
int ocaml_is_code(u64 rip);
u64 ocaml_line(u64 return_address, const char **file);
void ocaml_save_allocation_pointer(u64 r15);

/* entry.S, boot.S, link.ld */
void syscall_entry(void);
void interrupt_entry(void);
_Noreturn void enter(void *stack, void (*function)(void));
long hypercall(long number, long a, long b);
extern char hypercall_page[PAGE_SIZE];
extern u64 gdt[], page_root[], page_pointers[], page_directories[];
extern const u64 exception_table[];
extern char trap_stack_guard[], trap_stack_top[];
extern char syscall_stack_guard[], syscall_stack_top[];
extern char image_start[], _etext[], rodata_start[], rodata_end[], _end[];

#endif
