/* SPDX-License-Identifier: ISC */

/* What a loader tells: all of it stands in the device tree (Devicetree Specification 0.4,
   chapter 3). */

#include "arch.h"
#include "boot.h"
#include "device_tree.h"
#include "efi.h"
#include "paging.h"
#include "start.h"

static struct boot boot;

/* Takes [start, end) out of the usable memory. */
static void cut(u64 start, u64 end)
{
  u32 count = boot.range_count;
  for (u32 i = 0; i < count; i++) {
    struct boot_range *r = &boot.ranges[i];
    if (end <= r->start || start >= r->end) continue;
    u64 rest = r->end;
    r->end = r->start > start ? r->start : start;
    if (end >= rest || boot.range_count == BOOT_MAX_RANGES) continue;
    boot.ranges[boot.range_count++] = (struct boot_range){end, rest};
  }
}

static void cut_pages(u64 address, u64 size)
{
  cut(address & -PAGE_SIZE, (address + size + PAGE_SIZE - 1) & -PAGE_SIZE);
}

static void sort(void)
{
  for (u32 i = 1; i < boot.range_count; i++)
    for (u32 j = i; j && boot.ranges[j].start < boot.ranges[j - 1].start; j--) {
      struct boot_range r = boot.ranges[j];
      boot.ranges[j] = boot.ranges[j - 1];
      boot.ranges[j - 1] = r;
    }
}

static void read_memory(void)
{
  u64 address, size;
  tree_node node;
  for (u32 i = 0; (node = tree_of_type("memory", i)) != NO_NODE; i++)
    for (u32 n = 0; tree_reg(node, n, &address, &size); n++)
      if (boot.range_count < BOOT_MAX_RANGES)
        boot.ranges[boot.range_count++] =
            (struct boot_range){(address + PAGE_SIZE - 1) & -PAGE_SIZE, (address + size) & -PAGE_SIZE};
  cut_pages(arch_physical(image_start), _end - image_start);
  cut_pages(tree_start(), tree_end() - tree_start());
  for (u32 i = 0; tree_reservation(i, &address, &size); i++) cut_pages(address, size);
  tree_node reserved = tree_child(tree_first(), "reserved-memory");
  for (node = tree_first(); node != NO_NODE && reserved != NO_NODE; node = tree_next(node))
    for (u32 n = 0; tree_parent(node) == reserved && tree_reg(node, n, &address, &size); n++)
      cut_pages(address, size);
  sort();
}

/* Linux's Documentation/devicetree/bindings/chosen.txt of dtschema: a seed is worth as many
   bits as it has. */
static void read_chosen(void)
{
  u32 size = 0;
  tree_node chosen = tree_child(tree_first(), "chosen");
  const char *line = tree_property(chosen, "bootargs", &size);
  if (!line || !*line) line = efi_command_line(), size = strlen(line);
  for (u32 i = 0; i < size && i < sizeof boot.command_line - 1; i++) boot.command_line[i] = line[i];
  const void *seed = tree_property(chosen, "rng-seed", &size);
  if (seed) entropy_add(seed, size);
}

/* Called by boot.S, at the image's own address. */
void arch_start(u64 tree)
{
  u64 image;
  __asm__("at s1e1r, %1\n\tisb\n\tmrs %0, par_el1" : "=r"(image) : "r"(image_start));
  paging_entered(image & 0x0000fffffffff000);
  if (!tree_init(tree)) arch_halt();
  read_memory();
  read_chosen();
  for (u32 i = 0; i < boot.range_count; i++) paging_map_first(boot.ranges[i].start, boot.ranges[i].end);
  kernel_start(&boot);
}

/* The image has no ELF header. Elf64_Phdr, as System V's ABI has it, chapter 5. */
struct arch_headers arch_program_headers(void)
{
  enum { PT_TLS = 7 };
  extern const struct {
    u64 start, initialised, size, alignment;
  } tls;
  static struct {
    u32 type, flags;
    u64 offset, virtual, physical, file_size, memory_size, alignment;
  } header;
  header.type = PT_TLS, header.virtual = tls.start, header.file_size = tls.initialised;
  header.memory_size = tls.size, header.alignment = tls.alignment;
  return (struct arch_headers){&header, sizeof header, tls.size != 0};
}
