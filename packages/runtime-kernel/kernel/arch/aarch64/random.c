/* SPDX-License-Identifier: ISC */

/* The processor's generator: RNDR (Arm ARM, section D23.2, RNDR and ID_AA64ISAR0_EL1). */

#include "arch.h"
#include "cpu.h"

int arch_random(u64 *word)
{
  enum { TRIES = 1000 };
  if (!(READ_SYSTEM(id_aa64isar0_el1) >> 60)) return 0;
  for (int i = 0; i < TRIES; i++) {
    u64 failed;
    __asm__ volatile("mrs %0, S3_3_C2_C4_0\n\tcset %1, eq" : "=r"(*word), "=r"(failed) : : "cc");
    if (!failed) return 1;
  }
  return 0;
}

u64 arch_cycles(void)
{
  instruction_barrier();
  return READ_SYSTEM(cntvct_el0);
}
