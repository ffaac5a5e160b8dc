/* SPDX-License-Identifier: ISC */

/* Random bytes. Each request mixes what the processor's generator gives (RDSEED,
   else RDRAND; Intel SDM, volume 1, section 7.3.17), the time stamp counter and
   Xen's clocks into the key of a ChaCha20 generator (RFC 8439, section 2.3), whose
   first output is the next key, so that what was given out cannot be computed
   from a later state. Without such a processor there is nothing to give. */

#include "cpu.h"

#define ROUNDS 20
#define TRIES 1000 /* RDSEED may have to gather for a while */

static u32 key[8];

static u32 rotate(u32 v, int n) { return v << n | v >> (32 - n); }

static void quarter_round(u32 *s, int a, int b, int c, int d)
{
  s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 16);
  s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 12);
  s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 8);
  s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 7);
}

static void chacha20_block(u32 out[16], u32 counter)
{
  u32 in[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  memcpy(in + 4, key, sizeof key);
  in[12] = counter;
  memcpy(out, in, sizeof in);
  for (int i = 0; i < ROUNDS; i += 2) {
    for (int n = 0; n < 4; n++) quarter_round(out, n, 4 + n, 8 + n, 12 + n);
    for (int n = 0; n < 4; n++)
      quarter_round(out, n, 4 + (n + 1) % 4, 8 + (n + 2) % 4, 12 + (n + 3) % 4);
  }
  for (int i = 0; i < 16; i++) out[i] += in[i];
}

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
static int processor_random(u64 *v)
{
  for (int i = 0; i < TRIES; i++)
    if (((has_rdseed() && rdseed(v)) || (has_rdrand() && rdrand(v))) && *v != ~0ull) return 1;
  return 0;
}

static int mix(void)
{
  u64 fresh[4], times[3] = {read_tsc(), clock_monotonic(), clock_wall_base()};
  const u32 *words = (const u32 *)fresh, *more = (const u32 *)times;
  for (int i = 0; i < 4; i++)
    if (!processor_random(&fresh[i])) return 0;
  for (int i = 0; i < 8; i++) key[i] ^= words[i];
  for (int i = 0; i < 6; i++) key[i] += more[i];
  return 1;
}

int entropy_fill(void *to, size_t n)
{
  u32 next_key[16], block[16];
  u8 *p = to;
  if (!mix()) return 0;
  chacha20_block(next_key, 0);
  for (u32 counter = 1; n; counter++) {
    size_t part = n < sizeof block ? n : sizeof block;
    chacha20_block(block, counter);
    memcpy(p, block, part);
    p += part, n -= part;
  }
  memcpy(key, next_key, sizeof key);
  return 1;
}
