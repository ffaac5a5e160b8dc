/* SPDX-License-Identifier: ISC */

/* Registers of devices, in memory and in PCI's configuration space. Nothing allocates. */

#define CAML_NAME_SPACE
#include <caml/mlvalues.h>

#include "arch.h"
#include "interrupts.h"
#include "pci.h"

/* Each access is one instruction of that width (Virtual I/O Device (VIRTIO) Version 1.2,
   sections 4.1.3.1 and 4.2.2.2). */
#define REGISTER(bits)                                                             \
  CAMLprim value mirage_virtio_read##bits(value address)                          \
  {                                                                                \
    return Val_long(*(volatile u##bits *)Long_val(address));                       \
  }                                                                                \
  CAMLprim value mirage_virtio_write##bits(value address, value v)                \
  {                                                                                \
    *(volatile u##bits *)Long_val(address) = Long_val(v);                          \
    return Val_unit;                                                               \
  }
REGISTER(8)
REGISTER(16)
REGISTER(32)

CAMLprim value mirage_virtio_map(value address, value size)
{
  paging_map_device(Long_val(address), Long_val(size));
  return Val_unit;
}

CAMLprim value mirage_virtio_pci_read(value device, value offset)
{
  return Val_long(pci_read(Long_val(device), Long_val(offset)));
}

CAMLprim value mirage_virtio_pci_write(value device, value offset, value v)
{
  pci_write(Long_val(device), Long_val(offset), Long_val(v));
  return Val_unit;
}

CAMLprim value mirage_virtio_message_address(value unit)
{
  return Val_long(interrupt_message().address + 0 * unit);
}

CAMLprim value mirage_virtio_message_word(value unit)
{
  return Val_long(interrupt_message().word + 0 * unit);
}
