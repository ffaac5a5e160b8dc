/* SPDX-License-Identifier: ISC */

/* A machine that its device tree describes. */

#include "arch.h"
#include "board.h"
#include "console_device.h"
#include "platform.h"
#include "power.h"
#include "psci.h"
#include "report.h"
#include "rtc.h"
#include "serial.h"
#include "timer.h"

static u64 wall;

static int start(const struct boot *boot)
{
  (void)boot;
  board_init();
  serial_init();
  psci_init();
  power_init();
  u64 seconds = rtc_seconds();
  wall = seconds ? seconds * NSEC_PER_SEC - timer_monotonic() : 0;
  return 1;
}

static u64 wall_base(void) { return wall; }

const struct console_device *console_device;

int console_is_on_board(void) { return serial_is_there(); }

static size_t write(const char *s, size_t n)
{
  serial_write(s, n);
  if (console_device) console_device->write(s, n);
  return n;
}

static size_t read(char *to, size_t n)
{
  size_t got = serial_read(to, n);
  return !got && console_device ? console_device->read(to, n) : got;
}

/* Both make us wait themselves. */
static size_t room(void) { return PAGE_SIZE; }
static size_t unread(void) { return 0; }

static void off(u32 code)
{
  if (code) report_crash();
  psci_off();
}

static const struct platform machine = {
    .name = "Arm",
    .start = start,
    .monotonic = timer_monotonic,
    .wall_base = wall_base,
    .wait = timer_wait,
    .console_write = write,
    .console_room = room,
    .console_unread = unread,
    .console_read = read,
    .console_wait = timer_wait,
    .asked_to_stop = power_button,
    .report = report_line,
    .off = off,
    .reboot = psci_reset,
};
PLATFORM(machine, 99);

void arch_early_write(const char *s, size_t n) { serial_write(s, n); }
