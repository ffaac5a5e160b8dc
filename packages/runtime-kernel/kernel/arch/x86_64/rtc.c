/* SPDX-License-Identifier: ISC */

#include "rtc.h"

#include "cpu.h"

enum { INDEX = 0x70, DATA = 0x71 };
enum { SECOND = 0, MINUTE = 2, HOUR = 4, DAY = 7, MONTH = 8, YEAR = 9, STATUS_A = 10,
       STATUS_B = 11, STATUS_D = 13 };
enum { UPDATING = 0x80, BINARY = 4, HOURS_24 = 2, VALID = 0x80, AFTERNOON = 0x80 };

static u32 reg(u8 index)
{
  out8(INDEX, index);
  return in8(DATA);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar, years beginning in
   March so that the leap day is their last. */
static u64 days(u64 year, u64 month, u64 day)
{
  if (month < 3) year--, month += 12;
  return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day -
         719469;
}

/* An update takes less than 2 ms; a register that isn't there always seems to be at it. */
static int is_there(void)
{
  enum { TRIES = 1 << 16 };
  if (!(reg(STATUS_D) & VALID)) return 0;
  for (u32 tries = 0; tries < TRIES; tries++)
    if (!(reg(STATUS_A) & UPDATING)) return 1;
  return 0;
}

static u32 number(u32 v, u32 status) { return status & BINARY ? v : (v >> 4) * 10 + (v & 15); }

static u64 hours(u32 v, u32 status)
{
  if (status & HOURS_24) return number(v, status);
  return number(v & ~AFTERNOON, status) % 12 + (v & AFTERNOON ? 12 : 0);
}

static u64 read(void)
{
  u32 status = reg(STATUS_B);
  u64 date = days(2000 + number(reg(YEAR), status), number(reg(MONTH), status),
                  number(reg(DAY), status));
  return (date * 24 + hours(reg(HOUR), status)) * 3600 + number(reg(MINUTE), status) * 60 +
         number(reg(SECOND), status);
}

u64 rtc_seconds(void)
{
  u64 first, second = 0;
  if (!is_there()) {
    log_string("the machine has no clock that knows the date: it begins in 1970\n");
    return 0;
  }
  /* Twice the same is no half-updated one. */
  first = read();
  for (int tries = 0; tries < 4 && first != second; tries++) second = first, first = read();
  return first;
}
