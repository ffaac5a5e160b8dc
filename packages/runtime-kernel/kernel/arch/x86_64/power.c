/* SPDX-License-Identifier: ISC */

/* By ACPI where there is any (ACPI Specification 6.4, chapter 4); by the ways of machines
   without it otherwise. */

#include "power.h"

#include "acpi.h"
#include "arch.h"
#include "cpu.h"
#include "lapic.h"

/* Section 4.8.3.1 */
enum { POWER_BUTTON = 1 << 8, SCI_ENABLED = 1 };

static u8 off_types[2];
static int can_sleep;
static volatile u32 *event_device; /* of a machine that is hardware-reduced */

static void write_register(const struct acpi_address *r, u8 v)
{
  if (r->space == ACPI_PORT) out8(r->address, v);
  if (r->space == ACPI_MEMORY && paging_is_mapped(r->address)) *(volatile u8 *)r->address = v;
}

static void enable_acpi(const struct acpi_fadt *f)
{
  enum { TRIES = 1 << 16 };
  if (!f->pm1a_control || in16(f->pm1a_control) & SCI_ENABLED || !f->smi_command) return;
  out8(f->smi_command, f->enable);
  for (u32 tries = 0; tries < TRIES && !(in16(f->pm1a_control) & SCI_ENABLED); tries++) continue;
}

/* QEMU's microvm has the button at its event device (hw/acpi/generic_event_device.c), whose
   address is in bytecode; it is known from that of the register for sleeping. */
static void listen_to_event_device(const struct acpi_fadt *f)
{
  enum { QEMU_SLEEP_CONTROL = 0xfea00200, QEMU_EVENTS = 0xfea00000, QEMU_LINE = 9 };
  if (f->sleep_control.space != ACPI_MEMORY || f->sleep_control.address != QEMU_SLEEP_CONTROL)
    return;
  event_device = (volatile u32 *)QEMU_EVENTS;
  ioapic_enable(QEMU_LINE, VECTOR_POWER, 0);
}

void power_init(void)
{
  const struct acpi_fadt *f = acpi_fadt();
  if (!f->header.length) return;
  can_sleep = acpi_off_types(off_types);
  if (f->flags & ACPI_HARDWARE_REDUCED) {
    listen_to_event_device(f);
    return;
  }
  enable_acpi(f);
  if (!f->pm1a_event) return;
  out16(f->pm1a_event, 0xffff);
  out16(f->pm1a_event + f->pm1_event_length / 2, POWER_BUTTON);
  ioapic_enable(f->sci, VECTOR_POWER, 1);
}

static int event_device_says_so(void)
{
  enum { POWER_DOWN = 2 };
  return event_device && *event_device & POWER_DOWN;
}

static int fixed_button_says_so(void)
{
  u16 port = acpi_fadt()->pm1a_event;
  if (event_device || !port || !(in16(port) & POWER_BUTTON)) return 0;
  out16(port, POWER_BUTTON);
  return 1;
}

int power_button(void)
{
  if (!lapic_take_power_event()) return 0;
  return event_device_says_so() || fixed_button_says_so();
}

/* Section 4.8.3.2; and 4.8.3.7 for a machine that is hardware-reduced. */
static void sleep_for_good(void)
{
  enum { SLEEP = 1 << 13, REDUCED_SLEEP = 1 << 5 };
  const struct acpi_fadt *f = acpi_fadt();
  if (!can_sleep) return;
  if (f->flags & ACPI_HARDWARE_REDUCED) {
    write_register(&f->sleep_control, off_types[0] << 2 | REDUCED_SLEEP);
    return;
  }
  if (f->pm1a_control) out16(f->pm1a_control, off_types[0] << 10 | SLEEP);
  if (f->pm1b_control) out16(f->pm1b_control, off_types[1] << 10 | SLEEP);
}

/* docs/specs/pvpanic.rst of QEMU */
static void tell_of_crash(void)
{
  enum { PORT = 0x505, PANICKED = 1, NOTHING = 0xff };
  u8 known = in8(PORT);
  if (known != NOTHING && known & PANICKED) out8(PORT, PANICKED);
}

/* An IDT without a gate for an exception leaves a processor with nothing but a reset. */
static void triple_fault(void)
{
  struct {
    u16 limit;
    u64 base;
  } __attribute__((packed)) none = {0, 0};
  __asm__ volatile("lidt %0; ud2" : : "m"(none));
}

/* The last two are what machines without ACPI take for the end (Firecracker). isa-debug-exit
   of QEMU, at its customary port, passes a code on. */
void power_off(u32 code)
{
  if (code) {
    out8(0xf4, code);
    tell_of_crash();
  }
  sleep_for_good();
  if (!can_sleep) power_reset();
}

void power_reset(void)
{
  enum { KEYBOARD = 0x64, PULSE_RESET = 0xfe, CHIPSET_RESET = 0xcf9, WITH_POWER = 6 };
  const struct acpi_fadt *f = acpi_fadt();
  if (f->header.length && f->flags & ACPI_RESET_SUPPORTED)
    write_register(&f->reset, f->reset_value);
  if (f->header.length) out8(CHIPSET_RESET, WITH_POWER);
  out8(KEYBOARD, PULSE_RESET);
  for (u32 i = 0; i < 1000; i++) in8(0x80); /* a little time for it */
  triple_fault();
}
