/* SPDX-License-Identifier: ISC */

/* A PC, real or as hypervisors make one. */

#include "acpi.h"
#include "arch.h"
#include "clocks.h"
#include "console_device.h"
#include "cpu.h"
#include "interrupts.h"
#include "lapic.h"
#include "platform.h"
#include "power.h"
#include "serial.h"

static int start(const struct boot *boot)
{
  serial_init();
  acpi_init(boot->rsdp);
  lapic_init();
  clocks_init();
  power_init();
  interrupt_enable_line(SERIAL_LINE);
  return 1;
}

/* An interrupt that has come since the caller looked at its devices is waiting, and ends
   HLT at once: STI takes effect behind it. */
static void wait(u64 deadline)
{
  u64 now = clocks_monotonic();
  if (deadline <= now) return;
  lapic_timer_set(clocks_timer_count(deadline - now));
  __asm__ volatile("sti; hlt; cli" : : : "memory");
  lapic_timer_set(0);
}

/* Not every machine has the serial port's line where it used to be. */
static void wait_for_console(u64 deadline)
{
  u64 look = clocks_monotonic() + NSEC_PER_SEC / 10;
  wait(deadline < look ? deadline : look);
}

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

/* QEMU's isa-debugcon, which says that it is there; at a port of our own. */
static void report(const char *s, size_t n)
{
  enum { PORT = 0x5e9, IS_THERE = 0xe9 };
  if (in8(PORT) != IS_THERE) return;
  for (size_t i = 0; i < n; i++) out8(PORT, s[i]);
  out8(PORT, '\n');
}

static const struct platform machine = {
    .name = "PC",
    .start = start,
    .monotonic = clocks_monotonic,
    .wall_base = clocks_wall_base,
    .wait = wait,
    .console_write = write,
    .console_room = room,
    .console_unread = unread,
    .console_read = read,
    .console_wait = wait_for_console,
    .asked_to_stop = power_button,
    .report = report,
    .off = power_off,
    .reboot = power_reset,
};
PLATFORM(machine, 99);

/* To the port that Xen logs and QEMU can show, and to the serial port. */
void arch_early_write(const char *s, size_t n)
{
  for (size_t i = 0; i < n; i++) out8(0xe9, s[i]);
  serial_write(s, n);
}
