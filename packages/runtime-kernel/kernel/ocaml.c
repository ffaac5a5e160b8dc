/* SPDX-License-Identifier: ISC */

#define CAML_NAME_SPACE
#define CAML_INTERNALS
#ifdef __x86_64__
#define TARGET_amd64
#else
#define TARGET_arm64
#endif
#include <caml/callback.h>
#include <caml/signals.h>

#include "ocaml_runtime.h"

_Noreturn void exit(int);

/* The minor heap: a thirty-second of the memory, at least 256 KiB and at most OCaml's
   default of 2 MiB. The runtime has tables of half its size beside it, and starts a
   slice of a major collection only after as much has been allocated in the major heap.
   OCAMLRUNPARAM has the last word. */
static void size_minor_heap(void)
{
  enum { LEAST = 32 << 10, MOST = 256 << 10 };
  u64 memory = memory_pages() * PAGE_SIZE;
  u64 words = memory / 32 / sizeof(value);
  ocaml_set_sizes(words < LEAST ? LEAST : words > MOST ? MOST : words,
                  memory / 16 / sizeof(value));
}

/* With -output-complete-obj, only caml_shutdown runs what at_exit has registered. */
int ocaml_main(int argc, char **argv)
{
  (void)argc;
  frames_unpack();
  size_minor_heap();
  caml_startup(argv);
  caml_shutdown();
  exit(0);
}

/* Core.Shortage handles it at the next allocation. */
void ocaml_signal_shortage(void) { caml_record_signal(SIGUSR1); }

extern const value caml_exn_Out_of_memory[];

/* Takes the place of the runtime's, which mirage-link-kernel has made weak. Whoever asks for
   a quarter of all memory may have something else to do if there isn't so much. When a
   small piece is missing, others will be too, and a handler that catches the exception,
   as each of a server's connections has one, would only hide that nothing works. */
void caml_raise_out_of_memory(void)
{
  if (memory_refused() < memory_pages() / 4) memory_exhausted();
  caml_raise((value)caml_exn_Out_of_memory);
}

/* The code of each compilation unit, as the compiler lists it; C lies between some. */
extern const struct segment {
  u64 begin, end;
} caml_code_segments[];

int ocaml_is_code(u64 rip)
{
  for (const struct segment *s = caml_code_segments; s->begin; s++)
    if (rip >= s->begin && rip < s->end) return 1;
  return 0;
}

/* The line of a file that a return address belongs to; 0 if it is not OCaml's. */
u64 ocaml_line(u64 return_address, const char **file)
{
  frame_descr *frame = ocaml_frame(return_address);
  if (!frame || !ocaml_frame_has_line(frame)) return 0;
  struct caml_loc_info info;
  caml_debuginfo_location(caml_debuginfo_extract(frame), &info);
  *file = info.loc_filename;
  return info.loc_valid ? ocaml_line_of(&info) : 0;
}

/* That of the call, or other place that has one, next to an address in OCaml's code. */
u64 ocaml_nearest_line(u64 address, const char **file)
{
  enum { FAR = 512 };
  if (!ocaml_is_code(address)) return 0;
  for (u64 distance = 0; distance < FAR; distance++) {
    u64 line = ocaml_line(address + distance, file);
    if (!line) line = ocaml_line(address - distance, file);
    if (line) return line;
  }
  return 0;
}

void ocaml_save_allocation_pointer(u64 pointer) { ocaml_note_allocation(pointer); }
