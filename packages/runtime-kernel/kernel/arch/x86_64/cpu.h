/* SPDX-License-Identifier: ISC */

/* Single instructions (Intel SDM, volume 2). */
#ifndef MIRAGE_CPU_H
#define MIRAGE_CPU_H

#include "kernel.h"

#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084
#define MSR_FS_BASE 0xc0000100

static inline void out8(u16 port, u8 v)
{
  __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void out16(u16 port, u16 v)
{
  __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 in8(u16 port)
{
  u8 v;
  __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
  return v;
}

static inline u16 in16(u16 port)
{
  u16 v;
  __asm__ volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
  return v;
}

static inline void out32(u16 port, u32 v)
{
  __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u32 in32(u16 port)
{
  u32 v;
  __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
  return v;
}

static inline u64 read_msr(u32 msr)
{
  u32 low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
  return low | (u64)high << 32;
}

static inline void write_msr(u32 msr, u64 v)
{
  __asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
}

static inline u64 read_tsc(void)
{
  u32 low, high;
  __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
  return low | (u64)high << 32;
}

struct cpuid {
  u32 a, b, c, d;
};

static inline struct cpuid cpuid(u32 leaf, u32 subleaf)
{
  struct cpuid r;
  __asm__ volatile("cpuid"
                   : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
                   : "a"(leaf), "c"(subleaf));
  return r;
}

static inline u64 read_cr2(void)
{
  u64 v;
  __asm__ volatile("mov %%cr2, %0" : "=r"(v));
  return v;
}

static inline void flush_page_tables(void)
{
  u64 v;
  __asm__ volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(v) : : "memory");
}

/* x86 reorders nothing but a load before an earlier store (Intel SDM, volume 3,
   section 8.2): a full barrier is needed for that alone. */
static inline void barrier(void)
{
  __asm__ volatile("mfence" : : : "memory");
}

#endif
