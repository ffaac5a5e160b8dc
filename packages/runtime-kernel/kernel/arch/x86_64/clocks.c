/* SPDX-License-Identifier: ISC */

/* KVM tells the time itself. Otherwise it is that of the time stamp counter, whose
   frequency a hypervisor tells or which is measured against another clock of the board.
   Every wait for hardware ends: machines leave out whatever they like. */

#include "clocks.h"

#include "acpi.h"
#include "cpu.h"
#include "lapic.h"
#include "pvclock.h"
#include "rtc.h"

static u64 tsc_start, tsc_hz, bus_hz, wall;
static u64 ns_per_tick; /* by 2^32 */

/* {2 Hypervisors: leaves of CPUID from 0x40000000 on} */

enum { LEAVES = 0x40000000, KVM_FEATURES = LEAVES + 1, FREQUENCIES = LEAVES + 0x10 };

static int is_guest(void) { return cpuid(1, 0).c >> 31; }

static int is_guest_of(const char *signature)
{
  struct cpuid r = cpuid(LEAVES, 0);
  u32 words[3] = {r.b, r.c, r.d};
  return is_guest() && !memcmp(words, signature, sizeof words);
}

/* Both of QEMU's ways of running a guest count bus cycles of 1 ns. */
static void ask_hypervisor(void)
{
  if (is_guest_of("KVMKVMKVM\0\0\0") || is_guest_of("TCGTCGTCGTCG")) bus_hz = NSEC_PER_SEC;
  if (!is_guest() || cpuid(LEAVES, 0).a < FREQUENCIES || cpuid(LEAVES, 0).a > LEAVES + 0x100)
    return;
  struct cpuid kilohertz = cpuid(FREQUENCIES, 0);
  tsc_hz = kilohertz.a * 1000ull;
  if (kilohertz.b) bus_hz = kilohertz.b * 1000ull;
}

/* {2 KVM: Documentation/virt/kvm/x86/msr.rst of Linux} */

static volatile struct pvclock kvm_clock __attribute__((aligned(64)));
static volatile struct {
  u32 version, seconds, ns;
} kvm_wall __attribute__((aligned(64)));
static int has_kvm_clock;

static void start_kvm_clock(void)
{
  enum { OLD = 1 << 0, NEW = 1 << 3 };
  u32 features = is_guest_of("KVMKVMKVM\0\0\0") ? cpuid(KVM_FEATURES, 0).a : 0;
  if (!(features & (OLD | NEW))) return;
  write_msr(features & NEW ? 0x4b564d00 : 0x11, (u64)&kvm_wall);
  write_msr(features & NEW ? 0x4b564d01 : 0x12, (u64)&kvm_clock | 1);
  has_kvm_clock = kvm_clock.tsc_to_system_mul != 0;
  if (has_kvm_clock) wall = kvm_wall.seconds * NSEC_PER_SEC + kvm_wall.ns;
}

/* {2 Measuring} */

/* Another clock, by what it has counted; mask is its width. */
struct reference {
  u64 hz, mask;
  u64 (*count)(void);
};

/* Ticks of the time stamp counter in a second, by 5 ms of the reference; 0 if that stands
   still. */
static u64 measure(const struct reference *r)
{
  enum { TRIES = 1 << 22 };
  u64 wanted = r->hz / 200, first = r->count(), start = read_tsc(), passed = 0;
  for (u32 tries = 0; passed < wanted && tries < TRIES; tries++)
    passed = (r->count() - first) & r->mask;
  return passed < wanted ? 0 : (read_tsc() - start) * r->hz / passed;
}

/* IA-PC HPET Specification 1.0a, section 2.3.4 */
static volatile u64 *hpet;
static u64 count_hpet(void) { return hpet[0xf0 / 8]; }

static u64 measure_by_hpet(void)
{
  enum { ADDRESS = 44, CAPABILITIES = 0, CONFIGURATION = 2, WIDE = 1 << 13 };
  const struct acpi_header *t = acpi_table("HPET", 0);
  u64 address = 0;
  if (!t || t->length < ADDRESS + 8) return 0;
  memcpy(&address, (const u8 *)t + ADDRESS, sizeof address);
  hpet = (volatile u64 *)address;
  u64 femtoseconds = hpet[CAPABILITIES] >> 32;
  if (!femtoseconds || femtoseconds > 100000000) return 0;
  hpet[CONFIGURATION] |= 1;
  struct reference r = {1000000000000000ull / femtoseconds,
                        hpet[CAPABILITIES] & WIDE ? ~0ull : 0xffffffff, count_hpet};
  return measure(&r);
}

/* ACPI Specification 6.4, section 4.8.3.3 */
static u64 count_pm_timer(void) { return in32(acpi_fadt()->pm_timer); }

static u64 measure_by_pm_timer(void)
{
  struct reference r = {3579545, 0xffffff, count_pm_timer};
  return acpi_fadt()->pm_timer && acpi_fadt()->pm_timer_length == 4 ? measure(&r) : 0;
}

/* The 8254's channel 2, which goes off after a while. One that isn't there has gone off
   before it was started. */
static u64 measure_by_pit(void)
{
  enum { CHANNEL_2 = 0x42, MODE = 0x43, SPEAKER = 0x61, DONE = 0x20, HZ = 1193182, TRIES = 1 << 20 };
  const u32 count = HZ / 200;
  out8(SPEAKER, (in8(SPEAKER) & ~2) | 1); /* counting, silently */
  out8(MODE, 0xb0);                       /* low and high byte, once */
  if (in8(SPEAKER) & DONE) return 0;
  out8(CHANNEL_2, count & 0xff);
  out8(CHANNEL_2, count >> 8);
  u64 start = read_tsc();
  for (u32 tries = 0; tries < TRIES; tries++)
    if (in8(SPEAKER) & DONE) return (read_tsc() - start) * 200;
  return 0;
}

static u64 count_bus(void) { return -(u64)lapic_timer_left() * LAPIC_DIVISOR; }

static u64 measure_by_bus(void)
{
  if (!bus_hz) return 0;
  struct reference r = {bus_hz, 0xffffffffull * LAPIC_DIVISOR, count_bus};
  lapic_timer_set(0xffffffff);
  u64 hz = measure(&r);
  lapic_timer_set(0);
  return hz;
}

/* The other way round, by 2 ms of the clock that we have. */
static u64 measure_bus(void)
{
  u64 end = clocks_monotonic() + 2000000;
  lapic_timer_set(0xffffffff);
  while (clocks_monotonic() < end) continue;
  u64 passed = 0xffffffff - lapic_timer_left();
  lapic_timer_set(0);
  return passed * LAPIC_DIVISOR * 500;
}

static void find_tsc_frequency(void)
{
  static u64 (*const ways[])(void) = {measure_by_hpet, measure_by_pm_timer, measure_by_pit,
                                      measure_by_bus};
  for (size_t i = 0; i < sizeof ways / sizeof *ways && !tsc_hz; i++) tsc_hz = ways[i]();
  if (!tsc_hz) panic("the machine has no clock by which to measure the processor's");
}

void clocks_init(void)
{
  ask_hypervisor();
  start_kvm_clock();
  if (!has_kvm_clock) {
    find_tsc_frequency();
    ns_per_tick = (NSEC_PER_SEC << 32) / tsc_hz;
    tsc_start = read_tsc();
    wall = rtc_seconds() * NSEC_PER_SEC;
  }
  if (!bus_hz) bus_hz = measure_bus();
  if (!bus_hz) panic("the timer of the processor's local APIC stands still");
}

u64 clocks_monotonic(void)
{
  if (has_kvm_clock) return pvclock_read(&kvm_clock);
  return (u64)((unsigned __int128)(read_tsc() - tsc_start) * ns_per_tick >> 32);
}

u64 clocks_wall_base(void) { return wall; }

u32 clocks_timer_count(u64 ns)
{
  u64 longest = 4ull * NSEC_PER_SEC;
  u64 count = (ns < longest ? ns : longest) * (bus_hz / 1000) / (NSEC_PER_SEC / 1000) / LAPIC_DIVISOR;
  return count > 0xffffffff ? 0xffffffff : count + 1;
}
