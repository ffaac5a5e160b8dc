/* SPDX-License-Identifier: ISC */

/* ACPI's tables, as far as a kernel needs them (ACPI Specification 6.4, chapter 5). */
#ifndef MIRAGE_ACPI_H
#define MIRAGE_ACPI_H

#include "kernel.h"

/* Section 5.2.6 */
struct acpi_header {
  char signature[4];
  u32 length;
  u8 revision, checksum;
  char oem[6], oem_table[8];
  u32 oem_revision, creator, creator_revision;
} __attribute__((packed));

/* Section 5.2.3.2: a register, in memory or among the ports. */
enum { ACPI_MEMORY = 0, ACPI_PORT = 1 };
struct acpi_address {
  u8 space, width, offset, access;
  u64 address;
} __attribute__((packed));

/* Section 5.2.9 */
enum { ACPI_RESET_SUPPORTED = 1 << 10, ACPI_HARDWARE_REDUCED = 1 << 20 };
struct acpi_fadt {
  struct acpi_header header;
  u32 facs, dsdt;
  u8 reserved0, profile;
  u16 sci;
  u32 smi_command;
  u8 enable, disable, s4bios, pstate;
  u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control, pm2_control, pm_timer, gpe0, gpe1;
  u8 pm1_event_length, pm1_control_length, pm2_control_length, pm_timer_length;
  u8 unused[16];
  u8 century;
  u16 boot_flags;
  u8 reserved1;
  u32 flags;
  struct acpi_address reset;
  u8 reset_value;
  u16 arm_boot_flags;
  u8 minor;
  u64 x_facs, x_dsdt;
  struct acpi_address x_pm1a_event, x_pm1b_event, x_pm1a_control, x_pm1b_control;
  struct acpi_address x_pm2_control, x_pm_timer, x_gpe0, x_gpe1;
  struct acpi_address sleep_control, sleep_status;
} __attribute__((packed));

/* rsdp: where the tables begin; 0 has them looked for where a BIOS leaves them. */
void acpi_init(u64 rsdp);

/* The i-th table of that kind with a right checksum, or NULL. Those beyond what is mapped at
   boot are not looked at. */
const struct acpi_header *acpi_table(const char *signature, u32 i);

/* The FADT: what is not in the machine's, as it is of an older version, is 0. All of it, if
   there are no tables. */
const struct acpi_fadt *acpi_fadt(void);

/* The DSDT (i = 0), then the SSDTs: what machines are made of, as bytecode. */
const struct acpi_header *acpi_definitions(u32 i);

/* The types of sleep that mean power off, for PM1a and PM1b; 0 if there are none. */
int acpi_off_types(u8 types[2]);

#endif
