/* SPDX-License-Identifier: ISC */

/* What OCaml's runtime calls by other names since OCaml 5, in one place: the minor heap and
   the stack at the start, a frame by its return address, and domains. Needs CAML_INTERNALS;
   the names are those of <caml/startup_aux.h>, <caml/stack.h> and
   <caml/frame_descriptors.h>. */
#ifndef MIRAGE_OCAML_RUNTIME_H
#define MIRAGE_OCAML_RUNTIME_H

#include <caml/version.h>

#include <caml/backtrace_prim.h>
#include <caml/domain_state.h>
#include <caml/fail.h>
#include <caml/mlvalues.h>
#include <caml/stack.h>
#include <caml/startup_aux.h>

#include "kernel.h"

#if OCAML_VERSION_MAJOR >= 5

#include <caml/frame_descriptors.h>

int setenv(const char *name, const char *value, int overwrite);
char *getenv(const char *name);

static char *put(char *to, const char *text)
{
  size_t n = strlen(text);
  memcpy(to, text, n + 1);
  return to + n;
}

static char *put_number(char *to, u64 n)
{
  char digits[21], *at = digits + sizeof digits - 1;
  *at = 0;
  do *--at = '0' + n % 10;
  while (n /= 10);
  return put(to, at);
}

/* Room for one domain is reserved and no more. The stack grows on the heap up to that size. What
   the user sets comes last, which is what counts. */
static void ocaml_set_sizes(u64 minor_heap_words, u64 stack_words)
{
  static char settings[1024];
  const char *name = "OCAMLRUNPARAM", *given = getenv(name);
  char *end = put_number(put(settings, "d=1,s="), minor_heap_words);
  end = put_number(put(end, ",l="), stack_words);
  if (given && strlen(given) < sizeof settings - 64) put(put(end, ","), given);
  setenv(name, settings, 1);
}

static frame_descr *ocaml_frame(u64 return_address)
{
  return caml_find_frame_descr(caml_get_frame_descrs(), return_address);
}

static int ocaml_frame_has_line(frame_descr *frame)
{
  return !frame_return_to_C(frame) && frame_has_debug(frame);
}

static u64 ocaml_line_of(const struct caml_loc_info *info) { return info->loc_start_lnum; }

/* OCaml code checks the bounds of its stack itself. */
static void ocaml_note_allocation(u64 pointer) { (void)pointer; }

/* Takes the place of the runtime's, which mirage-link-kernel has made weak. */
value caml_domain_spawn(value callback, value sync)
{
  (void)callback, (void)sync;
  caml_failwith("Domain.spawn: a kernel has one processor and one domain");
}

#else

static void ocaml_set_sizes(u64 minor_heap_words, u64 stack_words)
{
  (void)stack_words;
  if (minor_heap_words < caml_init_minor_heap_wsz) caml_init_minor_heap_wsz = minor_heap_words;
}

static frame_descr *ocaml_frame(u64 return_address)
{
  if (!caml_frame_descriptors) return NULL;
  for (uintnat h = Hash_retaddr(return_address); caml_frame_descriptors[h];
       h = (h + 1) & caml_frame_descriptors_mask)
    if (caml_frame_descriptors[h]->retaddr == return_address) return caml_frame_descriptors[h];
  return NULL;
}

static int ocaml_frame_has_line(frame_descr *frame)
{
  return frame->frame_size != 0xffff && (frame->frame_size & 1);
}

static u64 ocaml_line_of(const struct caml_loc_info *info) { return info->loc_lnum; }

/* OCaml 4.13 raises Stack_overflow straight from its signal handler and
   continues from the allocation pointer that the last call of C has left, so that
   younger values would be overwritten. The processor's handler knows in which
   register OCaml code has the pointer. */
static void ocaml_note_allocation(u64 pointer)
{
  if (Caml_state) Caml_state->young_ptr = (value *)pointer;
}

#endif

#endif
