/* SPDX-License-Identifier: ISC */

/* OCaml's tables of return addresses, which mirage-link-kernel has packed: the format is in
   compact/frametable.mli, what the runtime reads in its caml/stack.h. */

#include "kernel.h"

struct packed {
  int64_t count; /* negative, or else the table is as the compiler made it */
  u32 frames_size; /* unpacked */
  u32 records_size; /* unpacked */
  u32 names_size;
  u32 stream_size;
  u8 stream[]; /* and then the names */
};

/* By the compiler; ends with a null pointer. */
extern const struct packed *caml_frametable[];

enum { MOST_SHAPES = 255 };

struct state {
  const u8 *from;
  u8 *to;
  u8 *next_record;
  u8 *names;
  u64 line;
  u32 shape_count;
  const u8 *shapes[MOST_SHAPES + 1];
};

enum { OF_C = 0xffff, HAS_PLACE = 1, HAS_ALLOCATIONS = 2, MORE = 1, RECORD_SIZE = 8 };

static u64 number(struct state *s)
{
  u64 n = 0;
  for (u32 shift = 0;; shift += 7) {
    u8 octet = *s->from++;
    n |= (u64)(octet & 0x7f) << shift;
    if (!(octet & 0x80)) return n;
  }
}

static void put16(struct state *s, u16 v)
{
  memcpy(s->to, &v, sizeof v);
  s->to += sizeof v;
}

static void align(struct state *s, u64 alignment)
{
  s->to = (u8 *)(((u64)s->to + alignment - 1) & -alignment);
}

static void put32(u8 **to, u32 v)
{
  memcpy(*to, &v, sizeof v);
  *to += sizeof v;
}

/* Bit 0 of the first word: another follows; bits 2 to 25: the distance of the name. Line and columns
   have the other bits and the next word (debuginfo in runtime/backtrace_nat.c of OCaml). */
static u64 put_record(struct state *s)
{
  enum { DISTANCE = 0x3fffffc };
  u64 name = number(s), step = number(s), columns = number(s);
  u32 distance = s->names + 4 * (name >> 1) - s->next_record;
  s->line += step & 1 ? -(step + 1) / 2 : step / 2;
  put32(&s->next_record,
        (distance & DISTANCE) | (name & MORE) | (columns & 1) << 1 | (columns >> 1) << 26);
  put32(&s->next_record, s->line << 12 | columns >> 7);
  return name & MORE;
}

static const u8 *records(struct state *s)
{
  u64 records_back = number(s);
  const u8 *found = s->next_record - RECORD_SIZE * records_back;
  if (!records_back)
    while (put_record(s)) continue;
  return found;
}

/* A frame has the distance of its records, which lie behind it. */
static void put_place(struct state *s)
{
  align(s, 4);
  u8 *place = s->to;
  put32(&s->to, records(s) - place);
}

/* Returns the frame's size, with its flags. */
static u64 put_shape(struct state *s)
{
  u64 size = number(s), live = number(s);
  put16(s, size);
  put16(s, live);
  while (live--) put16(s, number(s));
  if (size != OF_C && size & HAS_ALLOCATIONS) {
    u64 lengths = 1 + *s->from;
    while (lengths--) *s->to++ = *s->from++;
  }
  return size;
}

static u64 put_known_shape(struct state *s, u8 shape)
{
  const u8 *next = s->from;
  s->from = s->shapes[shape];
  u64 size = put_shape(s);
  s->from = next;
  return size;
}

static void put_frame(struct state *s, u64 return_address)
{
  memcpy(s->to, &return_address, sizeof return_address);
  s->to += sizeof return_address;
  u8 shape = *s->from++;
  if (!shape && s->shape_count < MOST_SHAPES) s->shapes[++s->shape_count] = s->from;
  u64 size = shape ? put_known_shape(s, shape) : put_shape(s);
  if (size != OF_C && size & HAS_PLACE) put_place(s);
  align(s, 8);
}

static void put_frames(struct state *s, u64 count)
{
  while (count) {
    u32 address;
    memcpy(&address, s->from, sizeof address);
    s->from += sizeof address;
    u64 run = number(s);
    count -= run;
    while (run--) put_frame(s, address += number(s));
  }
}

static u8 *unpack(const struct packed *table, u8 *to)
{
  static struct state s;
  u64 count = -table->count;
  u8 *names = to + table->frames_size + table->records_size;
  memcpy(to, &count, sizeof count);
  s = (struct state){
      .from = table->stream,
      .to = to + sizeof count,
      .next_record = to + table->frames_size,
      .names = names,
  };
  put_frames(&s, count);
  memcpy(names, table->stream + table->stream_size, table->names_size);
  return names + table->names_size;
}

void frames_unpack(void)
{
  u64 size = 0;
  for (u32 i = 0; caml_frametable[i]; i++) {
    const struct packed *t = caml_frametable[i];
    if (t->count < 0) size += t->frames_size + t->records_size + t->names_size;
  }
  u8 *to = size ? memory_take((size + PAGE_SIZE - 1) / PAGE_SIZE) : NULL;
  for (u32 i = 0; to && caml_frametable[i]; i++) {
    const struct packed *table = caml_frametable[i];
    if (table->count >= 0) continue;
    caml_frametable[i] = (const struct packed *)to;
    to = unpack(table, to);
  }
}
