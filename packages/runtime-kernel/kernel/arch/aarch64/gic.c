/* SPDX-License-Identifier: ISC */

/* Arm Generic Interrupt Controller, architecture versions 2 (IHI 0048) and 3 (IHI 0069). */

#include "gic.h"

#include "arch.h"
#include "cpu.h"
#include "device_tree.h"
#include "interrupts.h"

enum { CONTROL = 0, GROUPS = 0x80, ENABLE = 0x100, DISABLE = 0x180, PRIORITY = 0x400, TARGETS = 0x800,
       TRIGGER = 0xc00, ROUTES = 0x6000 };
enum { OWN = 32, LAST = 1019, NONE = 1020, URGENT = 0xa0 };

static u64 distributor;
static u64 interface;     /* version 2: the processor's registers */
static u64 redistributor; /* version 3: the pages of the processor's own lines */

/* {2 MSI, by a frame of GICv2m (Arm Server Base System Architecture, appendix E): a word written
   there raises the line of that number} */

static u64 frame;
static u32 message_line;

static void find_frame(void)
{
  enum { TYPE = 8 };
  u64 size;
  if (!tree_reg(tree_compatible("arm,gic-v2m-frame", 0), 0, &frame, &size)) return;
  paging_map_device(frame, size);
  message_line = mmio_read32(frame + TYPE) >> 16 & 0x3ff;
}

struct interrupt_message interrupt_message(void)
{
  enum { SET = 0x40 };
  if (!frame || !interrupt_enable_line(message_line | GIC_EDGE)) return (struct interrupt_message){0, 0};
  return (struct interrupt_message){frame + SET, message_line};
}

/* {2 Both versions} */

u32 gic_line(u32 kind, u32 number, u32 flags)
{
  enum { SHARED, PRIVATE };
  enum { BY_EDGE = 3 };
  u32 first = kind == SHARED ? 32 : kind == PRIVATE ? 16 : NONE;
  return first + number > LAST ? 0 : (first + number) | (flags & BY_EDGE ? GIC_EDGE : 0);
}

/* Where the registers are that have a part for each line. */
static u64 bank(u32 line) { return line < OWN && redistributor ? redistributor + 0x10000 : distributor; }

int interrupt_enable_line(u32 coded)
{
  u32 line = coded & ~GIC_EDGE, is_edge = (coded & GIC_EDGE) != 0;
  if (!distributor || line < 16 || line > LAST) return 0;
  u64 registers = bank(line), trigger = registers + TRIGGER + line / 16 * 4;
  mmio_write32(registers + DISABLE + line / 32 * 4, 1u << line % 32);
  u32 kinds = mmio_read32(trigger) & ~(2u << line % 16 * 2);
  mmio_write32(trigger, kinds | (is_edge ? 2u << line % 16 * 2 : 0));
  mmio_write8(registers + PRIORITY + line, URGENT);
  if (line >= OWN && redistributor)
    *(volatile u64 *)(distributor + ROUTES + 8 * line) = READ_SYSTEM(mpidr_el1) & 0xff00ffffff;
  else if (line >= OWN)
    mmio_write8(distributor + TARGETS + line, mmio_read8(distributor + TARGETS));
  mmio_write32(registers + ENABLE + line / 32 * 4, 1u << line % 32);
  return 1;
}

/* {2 Version 2} */

enum { INTERFACE_CONTROL = 0, MASK = 4, ACKNOWLEDGE = 0xc, END = 0x10 };

static void start_v2(tree_node node)
{
  u64 size, interface_size;
  if (!tree_reg(node, 0, &distributor, &size) || !tree_reg(node, 1, &interface, &interface_size))
    panic("the device tree's interrupt controller has no registers");
  paging_map_device(distributor, size);
  paging_map_device(interface, interface_size);
  mmio_write32(distributor + CONTROL, 1);
  mmio_write32(interface + MASK, 0xff);
  mmio_write32(interface + INTERFACE_CONTROL, 1);
}

/* {2 Version 3} */

#define ICC_SRE S3_0_C12_C12_5
#define ICC_PMR S3_0_C4_C6_0
#define ICC_IGRPEN1 S3_0_C12_C12_7
#define ICC_IAR1 S3_0_C12_C12_0
#define ICC_EOIR1 S3_0_C12_C12_1

/* Each processor has 128 KiB of a region, or twice that, and says which is the last. */
static u64 find_redistributor(u64 region, u64 size)
{
  enum { TYPE = 8, LAST_ONE = 1 << 4, VIRTUAL = 1 << 1, STEP = 0x20000 };
  u64 own = READ_SYSTEM(mpidr_el1);
  u32 affinity = (own & 0xffffff) | (own >> 32 & 0xff) << 24;
  for (u64 at = region; at < region + size;) {
    u64 type = *(volatile u64 *)(at + TYPE);
    if (type >> 32 == affinity) return at;
    if (type & LAST_ONE) break;
    at += type & VIRTUAL ? 2 * STEP : STEP;
  }
  return 0;
}

static void wake_redistributor(void)
{
  enum { WAKER = 0x14, ASLEEP = 2, CHILDREN_ASLEEP = 4, TRIES = 1 << 20 };
  mmio_write32(redistributor + WAKER, mmio_read32(redistributor + WAKER) & ~ASLEEP);
  for (u32 i = 0; i < TRIES && mmio_read32(redistributor + WAKER) & CHILDREN_ASLEEP; i++) continue;
}

static void start_v3(tree_node node)
{
  enum { GROUP_1 = 2, AFFINITY = 0x10, LINES = 4 };
  u64 region, size;
  if (!tree_reg(node, 0, &distributor, &size)) panic("the device tree's interrupt controller has no registers");
  paging_map_device(distributor, size);
  for (u32 i = 1; !redistributor && tree_reg(node, i, &region, &size); i++) {
    paging_map_device(region, size);
    redistributor = find_redistributor(region, size);
  }
  if (!redistributor) panic("the interrupt controller does not know the processor");
  wake_redistributor();
  mmio_write32(distributor + CONTROL, GROUP_1 | AFFINITY);
  u32 words = (mmio_read32(distributor + LINES) & 31) + 1;
  for (u32 i = 1; i < words; i++) mmio_write32(distributor + GROUPS + 4 * i, ~0u);
  mmio_write32(redistributor + 0x10000 + GROUPS, ~0u);
  WRITE_SYSTEM(ICC_SRE, READ_SYSTEM(ICC_SRE) | 1);
  instruction_barrier();
  WRITE_SYSTEM(ICC_PMR, 0xff);
  WRITE_SYSTEM(ICC_IGRPEN1, 1);
  instruction_barrier();
}

void gic_init(void)
{
  static const char *const old[] = {"arm,cortex-a15-gic", "arm,gic-400", "arm,cortex-a7-gic"};
  tree_node node = tree_compatible("arm,gic-v3", 0);
  if (node != NO_NODE) {
    start_v3(node);
    return;
  }
  for (size_t i = 0; i < sizeof old / sizeof *old && node == NO_NODE; i++) node = tree_compatible(old[i], 0);
  if (node == NO_NODE) panic("the device tree has no interrupt controller that the kernel knows (GICv2, GICv3)");
  start_v2(node);
  find_frame();
}

void gic_drain(void)
{
  for (u32 i = 0; i <= LAST; i++) {
    u32 taken = redistributor ? READ_SYSTEM(ICC_IAR1) : mmio_read32(interface + ACKNOWLEDGE);
    if ((taken & 0x3ff) >= NONE) return;
    if (redistributor)
      WRITE_SYSTEM(ICC_EOIR1, taken);
    else
      mmio_write32(interface + END, taken);
  }
}
