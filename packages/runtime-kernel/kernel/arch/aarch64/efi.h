/* SPDX-License-Identifier: ISC */

/* What the kernel got from UEFI, if that has started it. */
#ifndef MIRAGE_EFI_H
#define MIRAGE_EFI_H

/* The words of the file `cmdline` in the root of the volume, ended by 0; empty without UEFI. */
const char *efi_command_line(void);

#endif
