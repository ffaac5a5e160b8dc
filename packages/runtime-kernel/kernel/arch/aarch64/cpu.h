/* SPDX-License-Identifier: ISC */

/* Single instructions and registers of the system (Arm Architecture Reference Manual for
   A-profile, chapters C5 and D). */
#ifndef MIRAGE_CPU_H
#define MIRAGE_CPU_H

#include "kernel.h"

/* `name` may be a macro. */
#define READ_SYSTEM(name) READ_SYSTEM_(name)
#define READ_SYSTEM_(name)                                     \
  ({                                                           \
    u64 value_;                                                \
    __asm__ volatile("mrs %0, " #name : "=r"(value_));         \
    value_;                                                    \
  })
#define WRITE_SYSTEM(name, value) WRITE_SYSTEM_(name, value)
#define WRITE_SYSTEM_(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((u64)(value)))

/* What was written to system registers holds from the next instruction on. */
static inline void instruction_barrier(void) { __asm__ volatile("isb" : : : "memory"); }

/* Loads and stores before it are done before those after it, for other processors as well. */
static inline void barrier(void) { __asm__ volatile("dmb ish" : : : "memory"); }

/* All accesses before it are done, also for devices. */
static inline void data_barrier(void) { __asm__ volatile("dsb sy" : : : "memory"); }

/* Device registers, by accesses of just that width. */
static inline u8 mmio_read8(u64 address) { return *(volatile u8 *)address; }
static inline u16 mmio_read16(u64 address) { return *(volatile u16 *)address; }
static inline u32 mmio_read32(u64 address) { return *(volatile u32 *)address; }
static inline void mmio_write8(u64 address, u8 v) { *(volatile u8 *)address = v; }
static inline void mmio_write16(u64 address, u16 v) { *(volatile u16 *)address = v; }
static inline void mmio_write32(u64 address, u32 v) { *(volatile u32 *)address = v; }

#endif
