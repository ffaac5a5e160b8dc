/* SPDX-License-Identifier: ISC */

/* The clock that Xen and KVM keep in memory that they share with a guest: struct
   vcpu_time_info of Xen's xen.h, pvclock_vcpu_time_info of KVM. */
#ifndef MIRAGE_PVCLOCK_H
#define MIRAGE_PVCLOCK_H

#include "cpu.h"

struct pvclock {
  u32 version, pad0;
  u64 tsc_timestamp, system_time;
  u32 tsc_to_system_mul;
  int8_t tsc_shift;
  u8 flags, pad1[2];
};

/* Nanoseconds since the hypervisor's start. */
static inline u64 pvclock_read(const volatile struct pvclock *t)
{
  u32 version;
  u64 ns;
  do {
    u64 ticks;
    version = t->version;
    barrier();
    ticks = read_tsc() - t->tsc_timestamp;
    ticks = t->tsc_shift < 0 ? ticks >> -t->tsc_shift : ticks << t->tsc_shift;
    ns = t->system_time + (u64)((unsigned __int128)ticks * t->tsc_to_system_mul >> 32);
    barrier();
  } while (version & 1 || version != t->version);
  return ns;
}

#endif
