/* SPDX-License-Identifier: ISC */

/* OCaml's tables of return addresses, which mirage-link-kernel has packed: the format is in
   compact/frametable.mli, what the runtime reads in its caml/stack.h. */

#include "kernel.h"

struct packed {
  int64_t count; /* negative, or else the table is as the compiler made it */
  u32 frames_size; /* unpacked */
  u32 records_size;
  u32 stream_size;
  u8 stream[]; /* and then the records */
};

/* By the compiler; ends with a null pointer. */
extern const struct packed *caml_frametable[];

enum { MOST_SHAPES = 255 };

struct state {
  const u8 *from;
  u8 *to;
  const u8 *next_record;
  int64_t moved; /* how far from there the records are to be looked for */
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

static const u8 *record(struct state *s)
{
  u64 words_back = number(s);
  const u8 *found = s->next_record - 4 * words_back;
  if (words_back) return found;
  while (*s->next_record & MORE) s->next_record += RECORD_SIZE;
  s->next_record += RECORD_SIZE;
  return found;
}

/* A frame has the distance of its record, which lies behind it. */
static void put_place(struct state *s)
{
  align(s, 4);
  u32 distance = record(s) + s->moved - s->to;
  memcpy(s->to, &distance, sizeof distance);
  s->to += sizeof distance;
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
    u64 address, run;
    memcpy(&address, s->from, sizeof address);
    s->from += sizeof address;
    count -= run = number(s);
    while (run--) put_frame(s, address += number(s));
  }
}

static const u8 *records_of(const struct packed *table)
{
  return table->stream + table->stream_size;
}

static u8 *unpack(const struct packed *table, u8 *to, int with_records)
{
  u64 count = -table->count;
  const u8 *records = records_of(table);
  u8 *copy = to + table->frames_size;
  memcpy(to, &count, sizeof count);
  static struct state s;
  s = (struct state){
      .from = table->stream,
      .to = to + sizeof count,
      .next_record = records,
      .moved = with_records ? copy - records : 0,
  };
  put_frames(&s, count);
  if (!with_records) return copy;
  memcpy(copy, records, table->records_size);
  return copy + table->records_size;
}

static void *take(u64 n) { return memory_take((n + PAGE_SIZE - 1) / PAGE_SIZE); }

/* The records stay in the image if the frames come to lie before it, as they mostly do: below
   1 MiB. */
void frames_unpack(void)
{
  u64 frames = 0, records = 0;
  const struct packed *table = NULL;
  for (u32 i = 0; caml_frametable[i]; i++) {
    if (caml_frametable[i]->count >= 0) continue;
    table = caml_frametable[i];
    frames += table->frames_size;
    records += table->records_size;
  }
  if (!table) return;
  u8 *to = take(frames);
  int with_records = to > (const u8 *)table;
  if (with_records) {
    memory_free((u64)to, (frames + PAGE_SIZE - 1) / PAGE_SIZE);
    to = take(frames + records);
  }
  for (u32 i = 0; caml_frametable[i]; i++) {
    if ((table = caml_frametable[i])->count >= 0) continue;
    caml_frametable[i] = (const struct packed *)to;
    to = unpack(table, to, with_records);
  }
}
