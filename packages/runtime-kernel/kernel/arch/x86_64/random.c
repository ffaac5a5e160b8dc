/* SPDX-License-Identifier: ISC */

/* The processor's generator: RDSEED, else RDRAND (Intel SDM, volume 1, section 7.3.17). */

#include "arch.h"
#include "cpu.h"

#define TRIES 1000 /* RDSEED may have to gather for a while */

static int has_rdseed(void)
{
  return cpuid(0, 0).a >= 7 && cpuid(7, 0).b >> 18 & 1;
}

static int has_rdrand(void) { return cpuid(1, 0).c >> 30 & 1; }

static int rdseed(u64 *v)
{
  u8 ok;
  __asm__ volatile("rdseed %0; setc %1" : "=r"(*v), "=q"(ok) : : "cc");
  return ok;
}

static int rdrand(u64 *v)
{
  u8 ok;
  __asm__ volatile("rdrand %0; setc %1" : "=r"(*v), "=q"(ok) : : "cc");
  return ok;
}

/* Some AMD processors claim success and give all ones, for ever: families 15h and
   16h after a suspension, early ones of 17h from the start. */
int arch_random(u64 *v)
{
  for (int i = 0; i < TRIES; i++)
    if (((has_rdseed() && rdseed(v)) || (has_rdrand() && rdrand(v))) && *v != ~0ull) return 1;
  return 0;
}

u64 arch_cycles(void) { return read_tsc(); }
