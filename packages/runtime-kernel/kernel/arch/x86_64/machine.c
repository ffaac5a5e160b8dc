/* SPDX-License-Identifier: ISC */

/* A PC without Xen, such as QEMU's: for running a kernel that needs no network or
   disk. Time is the time stamp counter's, measured against the programmable
   interval timer (8254), which also wakes us; the date is the real-time clock's. */

#include "arch.h"
#include "cpu.h"
#include "platform.h"
#include "serial.h"

enum { PIC_1 = 0x20, PIC_1_MASK = 0x21, PIC_2 = 0xa0, PIC_2_MASK = 0xa1 };
enum { PIT_0 = 0x40, PIT_2 = 0x42, PIT_MODE = 0x43, SPEAKER = 0x61 };
enum { RTC_INDEX = 0x70, RTC_DATA = 0x71 };
#define PIT_HZ 1193182ull
#define INTERRUPT_BASE 32

static u64 tsc_start, tsc_hz, wall_base;

/* 8259A: vectors from INTERRUPT_BASE on, only the timer unmasked. */
static void init_pic(void)
{
  static const u8 words[][2] = {
      {PIC_1, 0x11},      {PIC_2, 0x11},      {PIC_1_MASK, INTERRUPT_BASE},
      {PIC_2_MASK, INTERRUPT_BASE + 8},       {PIC_1_MASK, 4},
      {PIC_2_MASK, 2},    {PIC_1_MASK, 1},    {PIC_2_MASK, 1},
      {PIC_1_MASK, 0xfe}, {PIC_2_MASK, 0xff},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) out8(words[i][0], words[i][1]);
}

/* Ticks of the counter while channel 2 of the 8254 counts down 10 ms. */
static u64 measure_tsc(void)
{
  const u32 count = PIT_HZ / 100;
  u64 start;
  out8(SPEAKER, (in8(SPEAKER) & ~2) | 1); /* counting, silently */
  out8(PIT_MODE, 0xb0);                   /* channel 2, low and high byte, mode 0 */
  out8(PIT_2, count & 0xff);
  out8(PIT_2, count >> 8);
  start = read_tsc();
  while (!(in8(SPEAKER) & 0x20)) continue;
  return (read_tsc() - start) * 100;
}

static u32 rtc(u8 index)
{
  out8(RTC_INDEX, index);
  return in8(RTC_DATA);
}

static u32 from_bcd(u32 v) { return (v >> 4) * 10 + (v & 15); }

/* Days from 1970-01-01 to a date of the Gregorian calendar, years beginning in
   March so that the leap day is their last. */
static u64 days(u64 year, u64 month, u64 day)
{
  if (month < 3) year--, month += 12;
  return 365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day -
         719469;
}

/* Seconds since 1970 by the MC146818's registers, which QEMU keeps in BCD and UTC. */
static u64 rtc_seconds(void)
{
  enum { SECOND = 0, MINUTE = 2, HOUR = 4, DAY = 7, MONTH = 8, YEAR = 9, STATUS_A = 10 };
  while (rtc(STATUS_A) & 0x80) continue; /* an update is in progress */
  u64 date = days(2000 + from_bcd(rtc(YEAR)), from_bcd(rtc(MONTH)), from_bcd(rtc(DAY)));
  return (date * 24 + from_bcd(rtc(HOUR))) * 3600 + from_bcd(rtc(MINUTE)) * 60 +
         from_bcd(rtc(SECOND));
}

static int start(const struct boot *boot)
{
  (void)boot;
  serial_init();
  init_pic();
  tsc_hz = measure_tsc();
  tsc_start = read_tsc();
  wall_base = rtc_seconds() * NSEC_PER_SEC;
  return 1;
}

static u64 machine_monotonic(void)
{
  u64 ticks = read_tsc() - tsc_start;
  return ticks / tsc_hz * NSEC_PER_SEC + ticks % tsc_hz * NSEC_PER_SEC / tsc_hz;
}

static u64 machine_wall_base(void) { return wall_base; }

/* Sleeps until the deadline, or for what the 8254 can count, 54 ms. */
static void machine_wait(u64 deadline)
{
  u64 now = machine_monotonic(), ns = deadline > now ? deadline - now : 0;
  u64 count = ns < 50000000 ? ns * PIT_HZ / NSEC_PER_SEC : 0xffff;
  if (count == 0) return;
  out8(PIT_MODE, 0x30); /* channel 0, low and high byte, mode 0: once */
  out8(PIT_0, count);
  out8(PIT_0, count >> 8);
  __asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* As QEMU offers it: the device isa-debug-exit at its customary port, if it is
   there, passes a code on; else ACPI's sleep state S5 of its two PC boards. */
static void off(u32 code)
{
  if (code) out8(0xf4, code);
  out16(0x604, 0x2000);
}

static void machine_reboot(void)
{
  out8(0xcf9, 6); /* the reset control register of PC chip sets */
}

static size_t write(const char *s, size_t n)
{
  serial_write(s, n);
  return n;
}

/* The serial port makes us wait itself. */
static size_t room(void) { return PAGE_SIZE; }
static size_t unread(void) { return 0; }

static const struct platform machine = {
    .name = "PC",
    .start = start,
    .monotonic = machine_monotonic,
    .wall_base = machine_wall_base,
    .wait = machine_wait,
    .console_write = write,
    .console_room = room,
    .console_unread = unread,
    .console_read = serial_read,
    .console_wait = machine_wait,
    .off = off,
    .reboot = machine_reboot,
};
PLATFORM(machine, 99);

/* The port that Xen logs and that QEMU can show. */
void arch_early_write(const char *s, size_t n)
{
  for (size_t i = 0; i < n; i++) out8(0xe9, s[i]);
}
