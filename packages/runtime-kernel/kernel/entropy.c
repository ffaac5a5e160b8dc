/* SPDX-License-Identifier: ISC */

/* Random bytes. Each request mixes what the processor's generator gives, the clocks and a
   counter of cycles into the key of a ChaCha20 generator (RFC 8439, section 2.3), whose
   first output is the next key, so that what was given out cannot be computed from a later
   state. A device may bring randomness of its own (entropy_add). Without either there is
   nothing to give. */

#include "arch.h"

#define ROUNDS 20

static u32 key[8];
static size_t added; /* bytes that a device has brought */

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

void entropy_add(const void *bytes, size_t n)
{
  u32 block[16];
  for (size_t i = 0; i < n; i++) {
    ((u8 *)key)[i % sizeof key] ^= ((const u8 *)bytes)[i];
    if ((i + 1) % sizeof key && i + 1 < n) continue;
    chacha20_block(block, 0);
    memcpy(key, block, sizeof key);
  }
  added += n;
}

static int mix(void)
{
  u64 fresh[4] = {0}, times[3] = {arch_cycles(), clock_monotonic(), clock_wall_base()};
  const u32 *words = (const u32 *)fresh, *more = (const u32 *)times;
  for (int i = 0; i < 4; i++)
    if (!arch_random(&fresh[i]) && added < sizeof key) return 0;
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
