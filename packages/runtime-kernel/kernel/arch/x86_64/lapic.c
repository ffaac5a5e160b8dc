/* SPDX-License-Identifier: ISC */

#include "lapic.h"

#include "acpi.h"
#include "cpu.h"
#include "interrupts.h"

enum { ID = 0x20, TASK_PRIORITY = 0x80, END_OF_INTERRUPT = 0xb0, SPURIOUS = 0xf0,
       TIMER = 0x320, LINT0 = 0x350, LINT1 = 0x360, INITIAL = 0x380, CURRENT = 0x390,
       DIVIDE = 0x3e0 };
enum { ENABLED = 0x100, MASKED = 0x10000, DIVIDE_BY_16 = 3 };

#define MSR_APIC_BASE 0x1b
#define MSR_X2APIC 0x800
enum { X2APIC = 1 << 10, GLOBAL_ENABLE = 1 << 11 };

static volatile u8 *base;
static int is_x2apic;
static volatile int power_events;

static void write(u32 reg, u32 v)
{
  if (is_x2apic)
    write_msr(MSR_X2APIC + reg / 16, v);
  else
    *(volatile u32 *)(base + reg) = v;
}

static u32 read(u32 reg)
{
  return is_x2apic ? read_msr(MSR_X2APIC + reg / 16) : *(volatile u32 *)(base + reg);
}

/* The 8259A pair, if there is one, keeps quiet; what slips through has a vector of its own. */
static void silence_pic(void)
{
  enum { PIC_1 = 0x20, PIC_1_MASK = 0x21, PIC_2 = 0xa0, PIC_2_MASK = 0xa1 };
  static const u8 words[][2] = {
      {PIC_1, 0x11},     {PIC_2, 0x11},  {PIC_1_MASK, VECTOR_SPURIOUS & ~7},
      {PIC_2_MASK, VECTOR_SPURIOUS & ~7}, {PIC_1_MASK, 4},
      {PIC_2_MASK, 2},   {PIC_1_MASK, 1}, {PIC_2_MASK, 1},
      {PIC_1_MASK, 0xff}, {PIC_2_MASK, 0xff},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) out8(words[i][0], words[i][1]);
}

void lapic_init(void)
{
  u64 setting = read_msr(MSR_APIC_BASE) | GLOBAL_ENABLE;
  if (!(cpuid(1, 0).d >> 9 & 1)) panic("the processor has no local APIC");
  silence_pic();
  write_msr(MSR_APIC_BASE, setting);
  is_x2apic = (setting & X2APIC) != 0;
  base = (volatile u8 *)(setting & 0xffffff000ull);
  write(TASK_PRIORITY, 0);
  write(LINT0, MASKED);
  write(LINT1, MASKED);
  write(DIVIDE, DIVIDE_BY_16);
  write(TIMER, VECTOR_TIMER);
  write(SPURIOUS, ENABLED | VECTOR_SPURIOUS);
}

void lapic_timer_set(u32 count) { write(INITIAL, count); }
u32 lapic_timer_left(void) { return read(CURRENT); }

/* Called by entry.S. All there is to do is to have slept no longer. */
void interrupt_handle(u64 vector)
{
  if (vector == VECTOR_SPURIOUS) return;
  if (vector == VECTOR_POWER) power_events = 1;
  write(END_OF_INTERRUPT, 0);
}

int lapic_take_power_event(void)
{
  int seen = power_events;
  power_events = 0;
  return seen;
}

static u32 lapic_id(void) { return is_x2apic ? read(ID) : read(ID) >> 24; }

/* {2 Lines} */

static u32 ioapic_read(u64 at, u32 reg)
{
  *(volatile u32 *)at = reg;
  return *(volatile u32 *)(at + 16);
}

static void ioapic_write(u64 at, u32 reg, u32 v)
{
  *(volatile u32 *)at = reg;
  *(volatile u32 *)(at + 16) = v;
}

static int enable_in(u64 at, u32 first, u32 line, u32 setting)
{
  enum { VERSION = 1, REDIRECTIONS = 16 };
  u32 version = ioapic_read(at, VERSION), last = version >> 16 & 0xff;
  if (version == ~0u || line < first || line - first > last) return 0;
  u32 reg = REDIRECTIONS + 2 * (line - first);
  ioapic_write(at, reg + 1, lapic_id() << 24);
  ioapic_write(at, reg, setting);
  return 1;
}

/* ACPI Specification 6.4, section 5.2.12: the controllers, and lines of the ISA bus that
   are connected otherwise. */
struct madt {
  struct acpi_header header;
  u32 lapic, flags;
  u8 entries[];
} __attribute__((packed));
enum { MADT_IOAPIC = 1 };
struct madt_ioapic {
  u8 type, length, id, reserved;
  u32 address, first;
} __attribute__((packed));

#define USUAL_IOAPIC 0xfec00000

int ioapic_enable(u32 line, u8 vector, int is_level)
{
  u32 setting = vector | (is_level ? 1 << 15 : 0);
  const struct madt *madt = (const struct madt *)acpi_table("APIC", 0);
  if (!madt) return enable_in(USUAL_IOAPIC, 0, line, setting);
  const u8 *p = madt->entries, *end = (const u8 *)madt + madt->header.length;
  for (; p + 2 <= end && p[1] >= 2 && p + p[1] <= end; p += p[1]) {
    const struct madt_ioapic *entry = (const struct madt_ioapic *)p;
    if (p[0] == MADT_IOAPIC && p[1] >= sizeof *entry &&
        enable_in(entry->address, entry->first, line, setting))
      return 1;
  }
  return 0;
}

/* {2 For drivers} */

int interrupt_enable_line(u32 line) { return ioapic_enable(line, VECTOR_DEVICE, 0); }

/* Section 10.11 of the SDM */
struct interrupt_message interrupt_message(void)
{
  return (struct interrupt_message){0xfee00000 | lapic_id() << 12, VECTOR_DEVICE};
}
