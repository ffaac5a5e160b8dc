/* SPDX-License-Identifier: ISC */

/* The console's two queues, each with one buffer at a time (Virtual I/O Device (VIRTIO)
   Version 1.2, section 2.7). Written in C as messages also come from where no OCaml can run.
   The features agreed on have no part in this but VIRTIO_F_EVENT_IDX, which only says what
   the device may spare itself; it is notified each time. */

#define CAML_NAME_SPACE
#include <caml/mlvalues.h>

#include "arch.h"
#include "console_device.h"

enum { RECEIVE, TRANSMIT };
enum { BUFFER_SIZE = 2048, WRITABLE = 2 };

static struct queue {
  u32 size;
  volatile struct {
    u64 address;
    u32 length;
    u16 flags, next;
  } *descriptors;
  volatile u16 *driver, *device; /* flags, index, entries */
  u64 place, number, wide;
  u16 shown;
  char buffer[BUFFER_SIZE];
} queues[2];

static void barrier(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

static void show(struct queue *q, u32 length, u16 flags)
{
  q->descriptors[0].address = arch_physical(q->buffer);
  q->descriptors[0].length = length;
  q->descriptors[0].flags = flags;
  q->driver[2 + q->shown % q->size] = 0;
  barrier();
  q->driver[1] = ++q->shown;
  barrier();
  if (q->wide)
    *(volatile u32 *)q->place = q->number;
  else
    *(volatile u16 *)q->place = q->number;
}

static int is_done(const struct queue *q)
{
  barrier();
  return q->device[1] == q->shown;
}

/* A device that does not take anything is not waited for again. */
static int wait_until_done(const struct queue *q)
{
  static int given_up;
  u64 deadline = clock_monotonic() + NSEC_PER_SEC;
  while (!is_done(q) && !given_up) given_up = clock_monotonic() >= deadline;
  return is_done(q);
}

static void write(const char *s, size_t n)
{
  struct queue *q = &queues[TRANSMIT];
  while (n && wait_until_done(q)) {
    u32 length = 0;
    for (; n && length + 2 <= BUFFER_SIZE; n--, s++) {
      if (*s == '\n') q->buffer[length++] = '\r';
      q->buffer[length++] = *s;
    }
    show(q, length, 0);
  }
  wait_until_done(q);
}

static size_t read(char *to, size_t n)
{
  static u32 taken;
  struct queue *q = &queues[RECEIVE];
  size_t got = 0;
  if (!is_done(q)) return 0;
  /* The entries of the device's ring are 8 bytes from byte 4 on: number and length. */
  const volatile u32 *entry = (const volatile u32 *)(q->device + 2) + 2 * ((q->shown - 1) % q->size);
  u32 there = entry[1] < BUFFER_SIZE ? entry[1] : BUFFER_SIZE;
  while (got < n && taken < there) to[got++] = q->buffer[taken++];
  if (taken >= there) {
    taken = 0;
    show(q, BUFFER_SIZE, WRITABLE);
  }
  return got;
}

static const struct console_device console = {write, read};

CAMLprim value mirage_virtio_console_on_board(value unit)
{
  return Val_bool(console_is_on_board() + 0 * unit);
}

CAMLprim value mirage_virtio_console_set(value i, value fields)
{
  struct queue *q = &queues[Long_val(i)];
  q->size = Long_val(Field(fields, 0));
  q->descriptors = (void *)Long_val(Field(fields, 1));
  q->driver = (void *)Long_val(Field(fields, 2));
  q->device = (void *)Long_val(Field(fields, 3));
  q->place = Long_val(Field(fields, 4));
  q->number = Long_val(Field(fields, 5));
  q->wide = Long_val(Field(fields, 6));
  return Val_unit;
}

CAMLprim value mirage_virtio_console_start(value unit)
{
  show(&queues[RECEIVE], BUFFER_SIZE, WRITABLE);
  console_device = &console;
  return unit;
}
