/* SPDX-License-Identifier: ISC */

#include "../../../runtime-kernel/kernel/arch/x86_64/pvh.h"

#include <elf.h>

struct module {
  uint64_t start, size, command_line, reserved;
};

static void copy(char *to, const char *from, uint64_t n)
{
  while (n--) *to++ = *from++;
}

static void clear(char *to, uint64_t n)
{
  while (n--) *to++ = 0;
}

/* Puts the module's segments where they belong and makes boot_params (asm/bootparam.h);
   returns the entry. */
uint64_t load(const struct hvm_start_info *info)
{
  const struct module *module = (const struct module *)info->modlist_paddr;
  const struct hvm_memmap_table_entry *map = (const void *)info->memmap_paddr;
  const char *file = (const char *)module->start;
  const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
  const Elf64_Phdr *segment = (const Elf64_Phdr *)(file + header->e_phoff);
  char *params = (char *)0x7000;
  clear(params, 4096);
  *(uint32_t *)(params + 0x202) = 0x53726448;
  *(uint32_t *)(params + 0x228) = info->cmdline_paddr;
  *(uint64_t *)(params + 0x70) = info->rsdp_paddr;
  for (uint32_t i = 0; i < info->memmap_entries; i++)
    copy(params + 0x2d0 + 20 * i, (const char *)&map[i], 20);
  params[0x1e8] = info->memmap_entries;
  for (int i = 0; i < header->e_phnum; i++) {
    if (segment[i].p_type != PT_LOAD) continue;
    char *to = (char *)segment[i].p_paddr;
    copy(to, file + segment[i].p_offset, segment[i].p_filesz);
    /* Not cleared: the kernel does that. */
  }
  return header->e_entry;
}
