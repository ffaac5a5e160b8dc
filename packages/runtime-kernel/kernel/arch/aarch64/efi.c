/* SPDX-License-Identifier: ISC */

/* The kernel as a program of UEFI (UEFI Specification 2.10): it reads its command line, takes the
   machine over from the firmware, and hands the device tree to boot.S as other loaders do. All
   of it runs where the firmware has put the image, so that no address in initialised data holds. */

#include "efi.h"

#include "arch.h"
#include "boot.h"
#include "cpu.h"
#include "device_tree.h"

typedef u64 efi_status;
typedef void *efi_handle;
typedef u16 efi_char;

struct efi_guid {
  u32 a;
  u16 b, c;
  u8 d[8];
};

/* Section 12.4 */
struct efi_text_output {
  void *reset;
  efi_status (*output_string)(struct efi_text_output *, const efi_char *);
};

/* Section 13.5 */
struct efi_file {
  u64 revision;
  efi_status (*open)(struct efi_file *, struct efi_file **, const efi_char *name, u64 mode, u64 attributes);
  efi_status (*close)(struct efi_file *);
  void *delete;
  efi_status (*read)(struct efi_file *, u64 *size, void *to);
};

/* Section 13.4 */
struct efi_file_system {
  u64 revision;
  efi_status (*open_volume)(struct efi_file_system *, struct efi_file **);
};

/* Section 9.1 */
struct efi_loaded_image {
  u32 revision;
  efi_handle parent;
  void *table;
  efi_handle device;
};

/* Section 4.4: by their places behind the header */
struct efi_boot_services {
  u64 header[3];
  void *before_pages[2];
  efi_status (*allocate_pages)(u32 kind, u32 type, u64 pages, u64 *address);
  void *free_pages;
  efi_status (*memory_map)(u64 *size, void *map, u64 *key, u64 *entry_size, u32 *version);
  void *before_protocols[11];
  efi_status (*protocol)(efi_handle, const struct efi_guid *, void *interface);
  void *before_exit[9];
  efi_status (*exit_boot_services)(efi_handle, u64 key);
};

struct efi_configuration {
  struct efi_guid guid;
  void *table;
};

/* Section 4.3 */
struct efi_system_table {
  u64 header[3];
  void *vendor;
  u64 revision;
  void *input[3];
  struct efi_text_output *output;
  void *error_output[2];
  void *runtime_services;
  struct efi_boot_services *boot_services;
  u64 configuration_count;
  struct efi_configuration *configurations;
};

/* Not with what is zero at the start: boot.S clears that. */
static char command_line[BOOT_MAX_COMMAND_LINE] __attribute__((section(".data")));

const char *efi_command_line(void) { return command_line; }

static void say(struct efi_system_table *system, const char *text)
{
  efi_char wide[2] = {0};
  for (; *text; text++) {
    wide[0] = *text;
    system->output->output_string(system->output, wide);
  }
}

/* EFI_DTB_TABLE_GUID of section 4.6 */
static u64 find_tree(struct efi_system_table *system)
{
  const struct efi_guid wanted = {0xb1b621d5, 0xf19c, 0x41a5, {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};
  for (u64 i = 0; i < system->configuration_count; i++)
    if (!memcmp(&system->configurations[i].guid, &wanted, sizeof wanted)) return (u64)system->configurations[i].table;
  return 0;
}

static void read_command_line(efi_handle self, struct efi_boot_services *services)
{
  const struct efi_guid image_guid = {0x5b1b31a1, 0x9562, 0x11d2, {0x8e, 0x3f, 0, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
  const struct efi_guid volume_guid = {0x964e5b22, 0x6459, 0x11d2, {0x8e, 0x39, 0, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
  enum { READ = 1 };
  struct efi_loaded_image *image;
  struct efi_file_system *volume;
  struct efi_file *root, *file;
  u64 size = sizeof command_line - 1;
  if (services->protocol(self, &image_guid, &image)) return;
  if (services->protocol(image->device, &volume_guid, &volume)) return;
  if (volume->open_volume(volume, &root)) return;
  if (!root->open(root, &file, u"cmdline", READ, 0)) {
    if (file->read(file, &size, command_line)) size = 0;
    for (u64 i = 0; i < size; i++)
      if (command_line[i] == '\r' || command_line[i] == '\n') command_line[i] = ' ';
    file->close(file);
  }
  root->close(root);
}

/* What was written through the caches is in memory, where it is looked for while they are off. */
static void clean(u64 start, u64 size)
{
  u64 line = 4ull << (READ_SYSTEM(ctr_el0) >> 16 & 15);
  for (u64 at = start & -line; at < start + size; at += line) __asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
  data_barrier();
  __asm__ volatile("ic iallu" : : : "memory");
  data_barrier();
  instruction_barrier();
}

/* A copy of the image at a multiple of 2 MiB; 0 if there is no room. */
static u64 copy_image(struct efi_boot_services *services)
{
  enum { ANYWHERE = 0, LOADER_CODE = 1, ALIGNMENT = 2 << 20 };
  u64 size = _end - image_start, address;
  if (services->allocate_pages(ANYWHERE, LOADER_CODE, (size + ALIGNMENT) / PAGE_SIZE, &address)) return 0;
  address = (address + ALIGNMENT - 1) & -(u64)ALIGNMENT;
  memcpy((void *)address, image_start, size);
  clean(address, size);
  return address;
}

/* The firmware may change its map while it ends what it does. */
static int leave_firmware(efi_handle self, struct efi_boot_services *services)
{
  enum { TRIES = 8 };
  static u8 map[32 << 10];
  for (int i = 0; i < TRIES; i++) {
    u64 size = sizeof map, key, entry_size;
    u32 version;
    if (services->memory_map(&size, map, &key, &entry_size, &version)) return 0;
    if (!services->exit_boot_services(self, key)) return 1;
  }
  return 0;
}

struct efi_start {
  u64 tree, image;
};

/* Called by boot.S; the image is 0, and the firmware goes on, if the machine is none for us. */
struct efi_start efi_take_over(efi_handle self, struct efi_system_table *system)
{
  const struct efi_start none = {0, 0};
  u64 tree = find_tree(system);
  if (!tree) {
    say(system, "The kernel needs a device tree, and the firmware has none: it tells of the machine by ACPI only.\r\n");
    return none;
  }
  read_command_line(self, system->boot_services);
  u64 image = copy_image(system->boot_services);
  if (!image || !leave_firmware(self, system->boot_services)) {
    say(system, "The firmware does not let the kernel have the machine.\r\n");
    return none;
  }
  clean(tree, tree_octets((const u8 *)tree));
  return (struct efi_start){tree, image};
}
