/* SPDX-License-Identifier: ISC */

#include "kernel.h"

void log_string(const char *s) { console_write(s, strlen(s)); }

void log_number(u64 n)
{
  char digits[20];
  size_t i = sizeof digits;
  do digits[--i] = '0' + n % 10;
  while (n /= 10);
  console_write(digits + i, sizeof digits - i);
}

void log_hex(u64 n)
{
  char digits[16];
  for (int i = 15; i >= 0; i--, n >>= 4) digits[i] = "0123456789abcdef"[n & 15];
  console_write(digits, sizeof digits);
}
